"""Desktops that an operator has ordered to be shut down: nobody else can be sure of them."""

from provisioner.model.actions import Deferral
from provisioner.model.ids import DesktopName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.words import WaitsFor
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.stop import Cause, shut_down, stops_left


def stop_as_ordered(draft: Draft) -> None:
    """The next step of each; before a drain and the leavers' ladder, which leave them alone."""
    left = stops_left(draft)
    for intent in draft.situation.memory.intents:
        if intent.kind is IntentKind.STOP:
            left -= _stop(draft, intent, may_stop=left > 0)


def _stop(draft: Draft, intent: Intent, *, may_stop: bool) -> int:
    reservation = draft.situation.memory.reservations.get(DesktopName(intent.target))
    if reservation is None:
        return 0
    profile = draft.situation.config.profiles.get(reservation.profile)
    why = f"ordered by {intent.by}" + (f" ({intent.reason})" if intent.reason else "")
    if profile is None:
        reason = f"not shut down, its profile {reservation.profile} is not configured any more: {why}"
        draft.deferred.append(Deferral(what=reservation.name, agent_id=None, reason=reason, binds=WaitsFor.OPERATOR))
        return 0
    draft.ordered.add(reservation.name)
    return shut_down(draft, reservation, profile, Cause(ordered=why, binds=WaitsFor.OPERATOR), may_stop=may_stop)
