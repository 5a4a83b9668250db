"""Delete VMs with all their disks: one at a time on each cluster, and few a day. Resets of pools have limits of their own.

Deletions that reset desktops of pools: in the pool's hours, so many at once, and as many as a storage's lock takes.
"""

from collections import Counter
from collections.abc import Iterator

from provisioner.model.actions import Delete
from provisioner.model.ids import LockDomain
from provisioner.model.machines.cluster import Guest, Power
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.seats import is_trial, pool_of
from provisioner.planning.inputs import where
from provisioner.planning.placement.candidates import Candidate
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.obstacles import lock_of, tried_again_at, tried_lately
from provisioner.planning.steps.stop import wait
from provisioner.planning.steps.task import LowerTask
from provisioner.planning.survey.leaver_ladder import deleted_lately, is_out_of_the_way
from provisioner.planning.targets.pools import pool_configured
from provisioner.reasons.pools import RESET_GRANTED, RESET_HOURS, RESETS_AT_ONCE, RESETS_LOCK
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.steps import DELETE_WAITS, DELETES_DAY, DELETES_ONE, DELETES_PLAN, NO_DELETES, POWER_NOT_OFF

_DEADLINE_S = 600.0
"""A disk of 32 GiB is deleted within seconds, on a busy shared storage within minutes, after waiting for the lock."""


def delete(draft: Draft, task: LowerTask) -> None:
    """Delete the VM; if there is none, release the reservation once no clone can appear."""
    desktop = task.desktop
    guest = draft.situation.snapshot.guest(desktop.key)
    if guest is None:
        if is_out_of_the_way(desktop, draft.facts.departures.get(desktop.name), draft.now):
            draft.given_back.append(desktop.name)
    elif refusal := _refusal(draft, task, guest):
        until = tried_again_at(draft, desktop) if refusal == tried_lately(draft, desktop) else None
        wait(draft, task, DELETE_WAITS(reason=refusal, why=task.target.because), until=until)
    else:
        node, deadline, resets = where(draft.situation, desktop), draft.now + _DEADLINE_S, is_reset(draft, desktop)
        draft.order(Delete(reservation=desktop, because=task.target.because, deadline=deadline, node=node, resets=resets))


def _refusal(draft: Draft, task: LowerTask, guest: Guest) -> Reason:
    resets = is_reset(draft, task.desktop)
    is_own = is_trial(task.desktop.seat)
    if draft.situation.config.safety.max_deletes <= 0 and not resets and not is_own:
        return NO_DELETES()
    if guest.power is not Power.STOPPED:
        return POWER_NOT_OFF(power=guest.power.value)
    others = why_no_reset if resets else _after_another if is_own else _after_others
    return lock_of(draft, task.desktop) or tried_lately(draft, task.desktop) or others(draft, task)


def _after_another(draft: Draft, task: LowerTask) -> Reason:
    """Why another deletion comes first: it is under way on the same cluster; empty: none is."""
    cluster = task.desktop.cluster
    others = (*draft.situation.in_flight.values(), *draft.actions)
    deletes = (other for other in others if isinstance(other, Delete) and not other.resets)
    first = next((other for other in deletes if other.key.cluster == cluster), None)
    return NONE if first is None else DELETES_ONE(first=first.desktop, cluster=cluster)


def _after_others(draft: Draft, task: LowerTask) -> Reason:
    """Why other deletions come first: one under way on its cluster, the plan's limit, or the day's limit; empty: none do.

    What a trial has made is not a part of either limit: nobody was given it.
    """
    if waits := _after_another(draft, task):
        return waits
    desktop, config = task.desktop, draft.situation.config
    planned = [other for other in draft.actions if isinstance(other, Delete) and other.is_limited]
    if len(planned) >= config.safety.max_deletes:
        return DELETES_PLAN(first=planned[0].desktop, count=len(planned))
    lately = deleted_lately(draft.situation.records.deletions, draft.now)
    limit, mine = config.leavers.deletes_a_day, (desktop.name, desktop.reserved_at)
    if mine not in lately and len(lately) + len(planned) >= limit:
        return DELETES_DAY(count=len(lately) + len(planned), limit=limit)
    return NONE


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
