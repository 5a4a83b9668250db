"""How many calls a node's API is asked to answer at once. Pure.

Proxmox VE answers with three workers a node (pveproxy and pvedaemon; configurable since PVE 9); more calls only queue, and a
queued one that is not answered within 30 s is given up by the proxy while it runs on.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from provisioner.actions.registry import node_asked
from provisioner.model.actions import Action, Deferral, Plan, seat_at
from provisioner.model.ids import NodeKey
from provisioner.model.words import WaitsFor
from provisioner.reasons.reason import Argument
from provisioner.reasons.steps import API_BUSY, API_BUSY_EACH

WORKERS = 3
_ANSWERED_WITHIN_S = 10.0
"""A third of the proxy's patience: others ask the same node, and some calls take longer than most."""
_UNMEASURED = 8 * WORKERS


def call_limit(answer_s: float | None) -> int:
    """Calls at once to one node, so that the last is answered in time; `answer_s` is what one takes, queueing included."""
    if answer_s is None:
        return _UNMEASURED
    return max(WORKERS, int(WORKERS * _ANSWERED_WITHIN_S / max(answer_s, 0.01)))


def within_api(plan: Plan, unanswered: Mapping[NodeKey, int], answers_s: Mapping[NodeKey, float]) -> Plan:
    """The plan without the calls that a node would have to queue for too long, each with that reason."""
    asked = Counter(unanswered)
    actions: list[Action] = []
    late: list[Deferral] = []
    for action in plan.actions:
        node = node_asked(action)
        if node is not None and asked[node] >= call_limit(answers_s.get(node)):
            late.append(_late(action, node, answers_s.get(node), asked[node]))
            continue
        if node is not None:
            asked[node] += 1
        actions.append(action)
    return replace(plan, actions=tuple(actions), deferred=(*plan.deferred, *late)) if late else plan


def _late(action: Action, node: NodeKey, answer_s: float | None, waiting: int) -> Deferral:
    words: dict[str, Argument] = {"order": action.word, "node": node.node, "waiting": waiting}
    reason = API_BUSY(**words) if answer_s is None else API_BUSY_EACH(each_s=answer_s, **words)
    return Deferral(what=action.desktop, seat=seat_at(action), reason=reason, binds=WaitsFor.API)
