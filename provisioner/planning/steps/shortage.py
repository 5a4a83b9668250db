"""What the scenario states for people for whom no desktop of their profile fits: another profile, or none."""

from dataclasses import replace
from math import inf

from provisioner.model.budget import Safety
from provisioner.model.demand import Want
from provisioner.model.ids import NodeKey, Seat
from provisioner.model.people.profiles import Profile
from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import why_quarantined
from provisioner.planning.placement.refusal import Refusal
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.provision import SupersededDesktop, create
from provisioner.reasons.placement import GETS_LESS, REFUSED
from provisioner.reasons.steps import PROFILE_GONE


def create_as_stated(draft: Draft, want: Want) -> Refusal | None:
    """Create a desktop for a seat that has none; returns why not, if it cannot.

    Its profile may be gone: while the guard holds the configured entitlements back, those in force name the earlier profiles.

    Where none of the agent's profile fits, the scenario's `shortage` says what comes of it, in its order. It concerns only
    agents whose batch is open, and who have never been given a desktop: everybody else waits.
    """
    former = _quarantined_at(draft, want.seat)
    if former is not None:
        return create_instead(draft, want, former)
    profile = draft.situation.config.profiles.get(want.profile)
    if profile is None:
        return _gone(want)
    refusal = create(draft, want, profile)
    if refusal is None or not _is_concerned(draft, want) or not _is_short(draft, profile, refusal):
        return refusal
    return _what_is_stated(draft, want, refusal)


def create_instead(draft: Draft, want: Want, former: SupersededDesktop) -> Refusal | None:
    """Create another desktop instead of one that its agent cannot have; returns why not, if it cannot.

    Whoever was given another profile for want of room gets no more room in a repair.
    """
    profiles, shortage = draft.situation.config.profiles, draft.situation.config.scenario.shortage
    had = draft.situation.records.desktops[former.name].reservation.profile
    name = had if had in shortage.profiles and had in profiles else want.profile
    return create(draft, want, profiles[name], former) if name in profiles else _gone(want)


def _gone(want: Want) -> Refusal:
    return Refusal(WaitsFor.OPERATOR, PROFILE_GONE(profile=want.profile))


def _is_concerned(draft: Draft, want: Want) -> bool:
    situation = draft.situation
    is_open = want.agent_id is not None and want.seat in situation.demand.wants
    return is_open and bool(situation.config.scenario.shortage) and want.agent_id not in draft.served


def _what_is_stated(draft: Draft, want: Want, refusal: Refusal) -> Refusal | None:
    """The first profile that fits; otherwise none, if the scenario refuses. A profile that waits for its turn is waited for."""
    scenario, profiles = draft.situation.config.scenario, draft.situation.config.profiles
    for name in scenario.shortage.profiles:
        profile = profiles.get(name)
        if profile is None or name == want.profile:
            continue
        because = GETS_LESS(wave=want.wave, login=want.login, profile=name, own=want.profile)
        less = create(draft, replace(want, by=because), profile)
        if less is None or not _is_short(draft, profile, less):
            return less
    if not scenario.shortage.refuses:
        return refusal
    return refusal._replace(text=REFUSED(scenario=scenario.name, why=refusal.text))


def _is_short(draft: Draft, profile: Profile, refusal: Refusal) -> bool:
    """Whether it fits nowhere, and no node is away that may be back in a moment."""
    candidates = draft.resources.candidates.of(profile)
    return refusal.short and not any(_may_come_back(draft, node) for node in {each.node for each in candidates})


def _may_come_back(draft: Draft, node: NodeKey) -> bool:
    situation = draft.situation
    view = situation.snapshot.clusters.get(node.cluster)
    if view is not None and view.complete_on(node.node):
        return False
    after_s = situation.config.safety.replace_after_s
    # `never` is said of desktops that are there: new ones wait as long as usual.
    return situation.now < situation.offline_since.get(node, inf) + (after_s if after_s < inf else Safety().replace_after_s)


__all__ = ["create_as_stated", "create_instead"]


def _quarantined_at(draft: Draft, seat: Seat) -> SupersededDesktop | None:
    """The seat's quarantined desktop, for a new one to supersede: so it does not come back of itself; None: there is none."""
    records = draft.situation.records.desktops
    for name in sorted(draft.survey.quarantined):
        record = records[name]
        if record.reservation.seat == seat and record.superseded_by is None:
            return SupersededDesktop(name=name, why=why_quarantined(draft.facts.quarantines[name]))
    return None
