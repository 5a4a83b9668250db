"""Emptying a node: its desktops are shut down, a few at a time, once it is certain that nobody is logged on."""

from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import where
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.stop import Cause, shut_down, stops_left


def drain(draft: Draft) -> None:
    """Order the stops that may go now, read those that come next, and say of every other desktop what it waits for."""
    if not draft.drained:
        return
    left = stops_left(draft)
    superseded = (draft.situation.memory.reservations[name] for name in draft.seen.superseded)
    for one in sorted([*draft.seen.of_agent.values(), *superseded], key=lambda one: one.name):
        cordon = draft.drained.get(where(draft.situation, one))
        profile = draft.situation.config.profiles.get(one.profile)
        if cordon is not None and profile is not None and one.name not in draft.ordered:
            left -= shut_down(draft, one, profile, Cause(drained=cordon.reason, binds=WaitsFor.OPERATOR), may_stop=left > 0)
