"""Common causes: after three desktops have failed alike, only one tries, at growing intervals. Pure.

Examples: a wrong bridge in a profile, a missing right, VMIDs that other VMs hold. Otherwise each desktop would use up its
tries, be given up, and be made again elsewhere. Any success of the same kind ends the cause.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from provisioner.actions.causes import CommonCause, profile_of
from provisioner.actions.registry import changes_node, place_of
from provisioner.errors import Forbidden, HypervisorError, IdTaken, NodeRefuses, PlaceElsewhere, Refused, word_for
from provisioner.model.actions import Action, Clone
from provisioner.model.ids import ClusterId, DesktopName, Instant, NodeName, ProfileName
from provisioner.reasons.targets import VMID_HELD

FIRST_WAIT_S = 30.0
"""As long as a circuit stays open: short for an operator who has fixed the cause."""
LONGEST_WAIT_S = 900.0
"""After hours, four tries an hour."""
_ALIKE = {word_for(error): 3 for error in (Forbidden, Refused, PlaceElsewhere, HypervisorError, NodeRefuses)}
_ALIKE |= {word_for(IdTaken): 5}
"""How many desktops have to fail alike, by error: two may be chance. Of VMIDs that are taken, four are skipped. For a node that
refuses requests, actions count instead of desktops."""


_TAKEN = word_for(IdTaken)
_NODE_REFUSES = word_for(NodeRefuses)


class CauseKey(NamedTuple):
    """What makes two failures alike."""

    cluster: ClusterId
    node: NodeName | None
    word: str | None
    profile: ProfileName | None
    text: str


Causes = Mapping[CauseKey, CommonCause]


def after_failure(causes: Causes, action: Action, error: str, reason: str, now: Instant, *, alone: bool) -> Causes:
    """Count the failure; the wait doubles with each trial that fails once the cause is common."""
    if error not in _ALIKE or not changes_node(action):
        return causes
    key = key_of(action, error, reason)
    before = causes.get(key)
    if before is None:
        first = CommonCause(
            cluster=key.cluster, node=key.node, word=key.word, profile=key.profile,
            error=error, text=_plain_text(action, error, reason),
            desktops=(action.desktop,), nodes=_nodes_of(action), until=now, wait_s=FIRST_WAIT_S / 2,
        )  # fmt: skip
        return {**causes, key: first}
    desktops = (*(name for name in before.desktops if name != action.desktop), action.desktop)
    counted = replace(before, desktops=desktops, nodes=before.nodes | _nodes_of(action), failures=before.failures + 1)
    if is_common(counted, alone=alone) and now >= before.until:
        wait_s = min(2 * before.wait_s, LONGEST_WAIT_S)
        counted = replace(counted, until=now + wait_s, wait_s=wait_s)
    return {**causes, key: counted}


def after_success(causes: Causes, action: Action) -> Causes:
    """Without the causes of this kind: an action of the kind has succeeded."""
    if not any(cause.applies_to(action) for cause in causes.values()):
        return causes
    return {key: cause for key, cause in causes.items() if not cause.applies_to(action)}


def after_answer(causes: Causes, action: Action) -> Causes:
    """Without refusals of the action's node: it has accepted an action."""
    if not any(cause.node is not None and cause.applies_to(action) for cause in causes.values()):
        return causes
    return {key: cause for key, cause in causes.items() if cause.node is None or not cause.applies_to(action)}


def is_common(cause: CommonCause, *, alone: bool) -> bool:
    """Whether enough desktops have failed alike to blame neither a desktop nor its node.

    Failures on one node only are blamed on the node, unless the cluster has no other (`alone`).
    """
    if cause.node is not None:
        return cause.failures >= _ALIKE[cause.error]
    return len(cause.desktops) >= _ALIKE[cause.error] and (alone or len(cause.nodes) > 1 or cause.error == _TAKEN)


def key_of(action: Action, error: str, reason: str) -> CauseKey:
    """The key of a failure: its text without names of action, desktop, VM and node. People see the text of the first one."""
    text = _plain_text(action, error, reason)
    if error == _NODE_REFUSES:
        return CauseKey(action.key.cluster, place_of(action), None, None, text)
    if isinstance(action, Clone):  # each node has a template of its own
        text = re.sub(rf"\b{action.template.vmid}\b", "TEMPLATE", text)
    for node in _nodes_of(action):
        text = re.sub(rf"\b{re.escape(node)}\b", "NODE", text)
    return CauseKey(action.key.cluster, None, action.word, profile_of(action), text)


def _nodes_of(action: Action) -> frozenset[NodeName]:
    """Nodes that may be to blame: a clone to another node involves the template's node and its own."""
    own = {action.reservation.node} if isinstance(action, Clone) else set()
    return frozenset({place_of(action), *own})


def _plain_text(action: Action, error: str, reason: str) -> str:
    if error == _NODE_REFUSES:
        return reason.rpartition(": ")[2]
    if error == _TAKEN:
        return VMID_HELD()
    text = reason.partition(": ")[2] or reason
    return text.replace(action.desktop, "NAME").replace(str(action.key.vmid), "VMID")


def ended(before: Causes, after: Causes) -> Iterator[tuple[DesktopName, str]]:
    """Desktops that failed by common causes which are gone, each with the error."""
    for key in before.keys() - after.keys():
        yield from ((name, before[key].error) for name in before[key].desktops)


def at_once(causes: Causes, now: Instant) -> Causes:
    """The causes with their next try due now: an operator has fixed something."""
    return {key: replace(cause, until=min(cause.until, now)) for key, cause in causes.items()}
