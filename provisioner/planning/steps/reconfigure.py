"""Configure desktops again that are off: their profile has changed, or an operator has ordered it.

It comes before the next start, which may fail, or end in the wrong network, with what the profile said before. A desktop that
cannot be configured again is started with what it has.
"""

from provisioner.model.actions import Reconfigure
from provisioner.model.demand import Want
from provisioner.model.machines.cluster import Power
from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.model.people.profiles import Profile
from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import where
from provisioner.planning.steps.draft import Draft, slot
from provisioner.planning.survey.profile_changes import in_words
from provisioner.reasons.steps import CONFIGURING, PROFILE_CHANGED

_DEADLINE_S = 60.0
_OFF = frozenset({Phase.STOPPED, Phase.FAILED})


def reconfigure(draft: Draft, want: Want, desktop: Reservation, profile: Profile) -> bool:
    """Order it for a wanted desktop, or say what it waits for; False: nothing is to be done, or it cannot be done now."""
    action = _due(draft, desktop, profile)
    if action is None:
        return False
    if slot(draft.configuring, action.node, draft.situation.config.budget.configures_per_node):
        draft.order(action)
    else:
        draft.defer(want, CONFIGURING(node=action.node.node), binds=WaitsFor.API)
    return True


def reconfigure_by_order(draft: Draft) -> None:
    """Order it for desktops that an operator has named, or all that are off, whether an agent wants them now or not."""
    facts, records, profiles = draft.facts, draft.situation.records.desktops, draft.situation.config.profiles
    names = set(facts.reconfigure_orders).union(draft.survey.outdated if facts.reconfigures_all else ())
    if not names:
        return
    busy = {action.key for action in draft.actions}.union(desktop.key for desktop in draft.survey.doubled)
    for name in sorted(names & records.keys() - draft.survey.superseded.keys()):
        desktop = records[name].reservation
        profile = profiles.get(desktop.profile)
        action = _due(draft, desktop, profile) if profile is not None and desktop.key not in busy else None
        if action and slot(draft.configuring, action.node, draft.situation.config.budget.configures_per_node):
            draft.order(action)


def _due(draft: Draft, desktop: Reservation, profile: Profile) -> Reconfigure | None:
    """The action, if it is due and nothing is in its way."""
    changed, because = draft.survey.outdated.get(desktop.name), draft.facts.why_reconfigured(desktop)
    if not (changed or because) or not _is_off(draft, desktop) or _failed_lately(draft, desktop):
        return None
    guest = draft.situation.snapshot.guest(desktop.key)
    action = Reconfigure(
        reservation=desktop,
        because=because or PROFILE_CHANGED(what=in_words(changed or (), guest, profile)),
        deadline=draft.now + _DEADLINE_S,
        node=where(draft.situation, desktop),
        profile=profile,
        whole=bool(because),
    )
    return None if _waits_for_others(draft, action) else action


def _is_off(draft: Draft, desktop: Reservation) -> bool:
    """Whether it is off, and its VM neither locked nor worked on. A failed desktop may never have been made."""
    guest = draft.situation.snapshot.guest(desktop.key)
    if guest is None or guest.lock is not None or not desktop.proven or desktop.key in draft.situation.in_flight:
        return False
    phase = draft.facts.phase(desktop)
    return phase is Phase.STOPPED or (phase is Phase.FAILED and guest.power is Power.STOPPED)


def _failed_lately(draft: Draft, desktop: Reservation) -> bool:
    last = draft.situation.records.reconfigured.get(desktop.name)
    return last is not None and bool(last.failure) and draft.now < last.at + draft.situation.config.budget.retry_cap_s


def _waits_for_others(draft: Draft, action: Reconfigure) -> bool:
    """Whether another desktop tries, after several could not be configured again for the same cause."""
    situation = draft.situation
    causes = (cause for cause in situation.causes if cause.applies_to(action))
    return any(not cause.may_try(situation.now, situation.in_flight.values()) for cause in causes)
