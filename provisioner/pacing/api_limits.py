"""Limits the parallel calls to a node's API. Pure.

Proxmox VE has three workers on each node (pveproxy and pvedaemon; configurable since PVE 9). More calls only queue, and the
proxy gives up a queued call after 30 s while the call still runs.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from provisioner.actions.registry import node_asked
from provisioner.model.actions import Action, Plan, seat_at
from provisioner.model.deferrals import Deferral
from provisioner.model.ids import NodeKey
from provisioner.model.words import WaitsFor
from provisioner.reasons.reason import Argument
from provisioner.reasons.steps import API_BUSY, API_BUSY_EACH

WORKERS = 3
_ANSWERED_WITHIN_S = 10.0
"""A third of the proxy's time-out: there are other clients, and some calls take longer than most."""
_UNMEASURED = 8 * WORKERS


def call_limit(answer_s: float | None) -> int:
    """Parallel calls to one node so that the last is answered in time. `answer_s`: duration of one call, with queueing."""
    if answer_s is None:
        return _UNMEASURED
    return max(WORKERS, int(WORKERS * _ANSWERED_WITHIN_S / max(answer_s, 0.01)))


def limit_calls(plan: Plan, unanswered: Mapping[NodeKey, int], answers_s: Mapping[NodeKey, float]) -> Plan:
    """The plan without the calls that a node would queue for too long; each is deferred with its reason."""
    pending = Counter(unanswered)
    actions: list[Action] = []
    deferred: list[Deferral] = []
    for action in plan.actions:
        node = node_asked(action)
        if node is not None and pending[node] >= call_limit(answers_s.get(node)):
            deferred.append(_deferral(action, node, answers_s.get(node), pending[node]))
            continue
        if node is not None:
            pending[node] += 1
        actions.append(action)
    return replace(plan, actions=tuple(actions), singles=(*plan.singles, *deferred)) if deferred else plan


def _deferral(action: Action, node: NodeKey, answer_s: float | None, waiting: int) -> Deferral:
    words: dict[str, Argument] = {"order": action.word, "node": node.node, "waiting": waiting}
    reason = API_BUSY(**words) if answer_s is None else API_BUSY_EACH(each_s=answer_s, **words)
    return Deferral(what=action.desktop, seat=seat_at(action), reason=reason, binds=WaitsFor.API)
