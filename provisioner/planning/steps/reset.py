"""Deletions that reset desktops of pools: in the pool's hours, so many at once, and as many as a storage's lock takes."""

from collections import Counter
from collections.abc import Iterator

from provisioner.model.actions import Delete
from provisioner.model.desktops import Reservation
from provisioner.model.ids import LockDomain
from provisioner.model.seats import pool_of
from provisioner.planning.inputs import where
from provisioner.planning.placement.candidates import Candidate
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.task import LowerTask
from provisioner.planning.targets.pools import pool_configured
from provisioner.reasons.pools import RESET_GRANTED, RESET_HOURS, RESETS_AT_ONCE, RESETS_LOCK
from provisioner.reasons.reason import NONE, Reason


def is_reset(draft: Draft, desktop: Reservation) -> bool:
    """Whether its deletion is a reset of its pool."""
    return desktop.name in draft.facts.to_reset and pool_configured(draft.facts, desktop) is not None


def why_no_reset(draft: Draft, task: LowerTask) -> Reason:
    """Why a desktop of a pool is not deleted now; empty: it can be."""
    pool, desktop = pool_configured(draft.facts, task.desktop), task.desktop
    assert pool is not None, "only a configured pool resets its desktops"
    if (held_s := _granted_for_s(draft, desktop)) > 0:
        return RESET_GRANTED(seconds=held_s)
    hours = pool.resets.hours
    if hours is not None and hours.opens_at(draft.now) > draft.now:
        return RESET_HOURS(pool=pool.name, at=hours.words)
    under_way = list(_resets(draft))
    of_pool = sum(pool_of(other.reservation.seat) == pool.name for other in under_way)
    if of_pool >= pool.resets.at_once:
        return RESETS_AT_ONCE(count=of_pool, pool=pool.name)
    home = _home(draft, desktop)
    if home is None:
        return NONE
    domains = Counter(_domain(draft, other.reservation) for other in under_way)
    count = draft.resources.cloning[home.domain] + domains[home.domain]
    return RESETS_LOCK(count=count) if count >= draft.resources.clone_ceiling(home) else NONE


def _granted_for_s(draft: Draft, desktop: Reservation) -> float:
    """Seconds for which a grant of the last person may still open a desktop with its name or address."""
    grants, lease = draft.situation.config.grants, draft.situation.records.desktops[desktop.name].lease
    return 0.0 if grants is None or lease is None else lease.since + grants.hold_s - draft.now


def _resets(draft: Draft) -> Iterator[Delete]:
    """Under way, or ordered by this plan."""
    for action in (*draft.situation.in_flight.values(), *draft.actions):
        if isinstance(action, Delete) and action.resets:
            yield action


def _domain(draft: Draft, desktop: Reservation) -> LockDomain | None:
    home = _home(draft, desktop)
    return None if home is None else home.domain


def _home(draft: Draft, desktop: Reservation) -> Candidate | None:
    """Where it would be cloned on its node, which names the lock that its deletion takes; None: not known."""
    profile, node = draft.situation.config.profiles.get(desktop.profile), where(draft.situation, desktop)
    if profile is None:
        return None
    return next((home for home in draft.resources.candidates.of(profile) if home.node == node), None)
