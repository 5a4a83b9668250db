"""Replace a desktop that is on an offline node, hangs, has failed for good (also its first boot), or cannot be cloned there.

The first desktop stays reserved and is superseded by the replacement: it is read and reported, but not assigned, configured or
started. The replacement is made in order of rank like any desktop, an agent's once the batch is open, a pool's at any time.
Which of the two is used: planning.survey.primary.
"""

from provisioner.errors import Refused
from provisioner.model.demand import Want
from provisioner.model.ids import DesktopPoolName, NodeName
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.lending import LeaseState
from provisioner.model.machines.desktops import PLACE_TRIES, Attempts, Phase, Reservation
from provisioner.model.machines.seats import is_trial, pool_of
from provisioner.model.pools import AfterPerson, DesktopPool
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import where
from provisioner.planning.placement.outages import ha_recovery, outage_in, replaced_at
from provisioner.planning.placement.refusal import Refusal
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.provision import SupersededDesktop, clone_again, home_refusal
from provisioner.planning.steps.shortage import create_instead
from provisioner.planning.steps.start import ask_again, check_raised, has_failed
from provisioner.planning.steps.task import RaiseTask
from provisioner.planning.targets.sources import overruling
from provisioner.planning.targets.target import TargetLevel
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.steps import (
    ANOTHER_AT_OPENING,
    ANOTHER_LATER,
    ANOTHER_WHEN_ON,
    COUNTS_AGAIN,
    DOUBLE_USED,
    FIRST_BOOTS_FAIL,
    FIRST_BOOTS_FAILED,
    MANY_SILENT,
    NO_OTHER,
    NO_OTHER_YET,
    TRIED_ON,
)

MOVES = 2
"""Replacements at most: a desktop that fails on three nodes fails everywhere, and an operator has to look."""
_FEW, _SHARE = 2, 0.05
"""So many desktops, or such a share of a cluster's, may be silent at once by themselves."""
_USABLE = frozenset({Phase.READY, Phase.STOPPED})
_THERE = _USABLE | {Phase.CLONING, Phase.UNPROVEN, Phase.CLONED, Phase.STARTING, Phase.STOPPING}


def instead_of_unseen(draft: Draft, want: Want, desktop: Reservation, why: Reason) -> None:
    """The desktop's node is away: wait for it, or for HA, or replace the desktop (safety.replace_after)."""
    if recovery := ha_recovery(draft.situation, desktop, why):
        draft.defer(want, recovery, binds=WaitsFor.NODES)
        return
    due_at = replaced_at(draft.situation, where(draft.situation, desktop))
    if due_at is None or _is_kept(draft, want, desktop):  # what its person has on its disk may be the only copy
        draft.defer(want, why, binds=WaitsFor.NODES)
    elif draft.now < due_at:
        after_s = draft.situation.config.safety.replace_after_s
        draft.defer(want, ANOTHER_LATER(why=why, after_s=after_s), binds=WaitsFor.NODES)
    elif outage := outage_in(draft.situation, desktop.cluster):
        draft.defer(want, NO_OTHER(why=why, outage=outage), binds=WaitsFor.NODES)
    else:
        _another(draft, want, desktop, why, avoid=())


def _is_kept(draft: Draft, want: Want, desktop: Reservation) -> bool:
    pool, lease = _pool_of(draft, want), draft.situation.records.desktops[desktop.name].lease
    return pool is not None and pool.after_person is AfterPerson.KEPT and lease is not None


def _pool_of(draft: Draft, want: Want) -> DesktopPool | None:
    return draft.situation.config.desktop_pools.get(pool_of(want.seat) or DesktopPoolName(""))


def instead_of_failed(draft: Draft, task: RaiseTask) -> None:
    """The desktop has failed for good: replace it, on another node if it was tried in vain where it is.

    Not if it is deleted anyway, for the pool's next person; nor if the request itself was refused, or enough nodes were tried:
    then an operator has to look."""
    attempts = draft.situation.records.desktops[task.desktop.name].attempts
    tried, other = _tried(draft, task.desktop, attempts), overruling(draft.facts, task.desktop, task.source)
    if other is not None and other.level is TargetLevel.ABSENT:
        draft.defer(task.want, other.because, binds=other.binds)
    elif attempts.error == Refused.word:
        draft.defer(task.want, task.why, binds=WaitsFor.OPERATOR)
    elif len(tried) > MOVES:
        draft.defer(task.want, TRIED_ON(why=task.why, nodes=", ".join(tried)), binds=WaitsFor.OPERATOR)
    else:
        # Else HA has given it up: its node has died, and was not tried in vain.
        _another(draft, task.want, task.desktop, task.why, avoid=tried if attempts.gave_up else ())


def check_or_replace(draft: Draft, task: RaiseTask) -> None:
    """Check whether it is ready. If its first boot has failed, nothing repeats that boot: another desktop is made.

    Not if somebody works on it, enough desktops were tried, or most first boots fail: then the fault is not the desktop's
    own, and an operator has to look."""
    check_raised(draft, task)
    desktop = task.desktop
    if not has_failed(draft, desktop):
        return
    made = 1 + len(draft.survey.superseded_by(desktop.name))
    if _is_at_work(draft.situation.records.desktops[desktop.name]):
        draft.defer(task.want, task.why, binds=WaitsFor.OPERATOR)
    elif made > MOVES:
        draft.defer(task.want, FIRST_BOOTS_FAILED(why=task.why, count=made), binds=WaitsFor.OPERATOR)
    elif failures := _failing_alike(draft, task):
        draft.defer(task.want, failures, binds=WaitsFor.OPERATOR)
    else:
        _another(draft, task.want, desktop, task.why, avoid=())


def _is_at_work(record: DesktopRecord) -> bool:
    """Whether its agent has worked on it, or the person to whom its pool has lent it does now."""
    is_lent = record.lease is not None and record.lease.state is LeaseState.LENT
    return record.assigned_to is not None or (is_lent and record.report is not None and bool(record.report.sessions))


def instead_of_silent(draft: Draft, task: RaiseTask) -> None:
    """It was ready and answers nothing any more. Its agent gets another if nobody can log on to it: its log-on port was tried.

    And so does its pool, unless it is lent. Not if its guest agent alone may be dead, for somebody may work there; nor if many
    are silent: then the fault is not theirs.
    """
    ask_again(draft, task)
    record = draft.situation.records.desktops[task.desktop.name]
    is_lent = record.lease is not None and record.lease.state is LeaseState.LENT
    if not record.hangs or is_lent or (task.want.agent_id is None and pool_of(task.want.seat) is None):
        draft.defer(task.want, task.why, binds=WaitsFor.OPERATOR)
    elif many := _silent_alike(draft, task.desktop):
        draft.defer(task.want, MANY_SILENT(why=task.why, count=many), binds=WaitsFor.OPERATOR)
    else:
        _another(draft, task.want, task.desktop, task.why, avoid=())


def _silent_alike(draft: Draft, desktop: Reservation) -> int:
    """How many of its cluster are silent, if those are too many to be each other's chance; else 0."""
    silent = sum(each.cluster == desktop.cluster for each in draft.survey.not_ready.get(Phase.SILENT, {}).values())
    there = sum(each.cluster == desktop.cluster for each in draft.situation.records.reservations)
    return silent if silent > max(_FEW, _SHARE * there) else 0


def _failing_alike(draft: Draft, task: RaiseTask) -> Reason:
    """Whether at least as many first boots of this profile have failed as its desktops are ready; empty: fewer."""
    profile = task.profile.name
    failed, ready = (counted[profile] for counted in draft.first_boots)
    return NONE if failed < ready else FIRST_BOOTS_FAIL(why=task.why, profile=profile, failed=failed, ready=ready)


def clone_or_move(draft: Draft, task: RaiseTask) -> None:
    """Clone the desktop where it is reserved; if that is impossible and another node has room, replace it there."""
    want, desktop = task.want, task.desktop
    if draft.no_new:  # an older store may know the agent's desktop under another name
        draft.defer(want, draft.no_new, binds=WaitsFor.SAFETY)
        return
    if _uses_double(draft, want, desktop, task.why):
        return
    attempts = draft.situation.records.desktops[desktop.name].attempts
    tried = _tried(draft, desktop, attempts)
    barred = home_refusal(draft, desktop, task.profile) is not None
    if (barred or _has_failed_here(draft, attempts)) and len(tried) <= MOVES and _is_its_turn(draft, want, desktop):
        # If nothing can be cloned here, try again on nodes that were full before.
        for avoid in (tried, (desktop.node,)) if barred else (tried,):
            former = SupersededDesktop(name=desktop.name, why=attempts.reason, avoid=avoid)
            if create_instead(draft, want, former) is None:
                return
    clone_again(draft, task)


def _has_failed_here(draft: Draft, attempts: Attempts) -> bool:
    return attempts.misplaced >= PLACE_TRIES or attempts.waited >= draft.situation.config.budget.max_attempts


def _tried(draft: Draft, reservation: Reservation, attempts: Attempts) -> tuple[NodeName, ...]:
    """Nodes where the agent's desktop was tried, this one and those of failed superseded desktops included."""
    records, survey = draft.situation.records, draft.survey
    failed = (name for name in survey.superseded_by(reservation.name) if survey.phases[name][0] is Phase.FAILED)
    places = (*attempts.avoid, *(records.desktops[name].reservation.node for name in failed), reservation.node)
    return tuple(dict.fromkeys(places))


def _another(draft: Draft, want: Want, reservation: Reservation, why: Reason, *, avoid: tuple[NodeName, ...]) -> None:
    # A superseded desktop is usable again.
    back = next(
        (name for name in draft.survey.superseded_by(reservation.name) if draft.survey.phases[name][0] in _USABLE), None
    )
    if back is not None:
        draft.superseded |= {back: None, reservation.name: back}
        draft.defer(want, COUNTS_AGAIN(why=why, former=back), binds=WaitsFor.RETRY)
        return
    if _uses_double(draft, want, reservation, why):
        return
    if _is_kept(draft, want, reservation):
        draft.defer(want, why, binds=WaitsFor.OPERATOR)
        return
    if not _is_its_turn(draft, want, reservation):
        draft.defer(want, _when(want, why), binds=WaitsFor.NODES)
        return
    former = SupersededDesktop(name=reservation.name, why=why, avoid=avoid)
    no_new = Refusal(WaitsFor.SAFETY, draft.no_new) if draft.no_new else None
    refusal = no_new or create_instead(draft, want, former)
    if refusal is not None:
        draft.defer(want, NO_OTHER_YET(why=why, refusal=refusal.text), binds=refusal.binds)


def _is_its_turn(draft: Draft, want: Want, desktop: Reservation) -> bool:
    """Ahead of need a replacement must not take resources from others. A pool has no batch that opens: its turn is now.

    Of many that are to be off on a node that is lost, only those that somebody is to have: the node may come back. A pool that
    keeps none on would wait for ever.
    """
    pool, lease = _pool_of(draft, want), draft.situation.records.desktops[desktop.name].lease
    if want.level is None or pool is None:
        return want.level is None
    waits = draft.survey.phases[desktop.name][0] is Phase.UNKNOWN and want.level is PreparationLevel.STOPPED
    return not waits or lease is not None or not (pool.follows or pool.warm)


def _when(want: Want, why: Reason) -> Reason:
    """When it is replaced. A trial's never is: the trial ends."""
    if is_trial(want.seat):
        return why
    return ANOTHER_AT_OPENING(why=why) if pool_of(want.seat) is None else ANOTHER_WHEN_ON(why=why)


def _uses_double(draft: Draft, want: Want, reservation: Reservation, why: Reason) -> bool:
    """Whether its agent has another desktop besides, which an older store does not know as its replacement: no more is made."""
    doubled = (desktop.name for desktop in draft.survey.doubled if desktop.seat == reservation.seat)
    double = next((name for name in doubled if draft.survey.phases[name][0] in _THERE), None)
    if double is None:
        return False
    draft.superseded |= {reservation.name: double}
    draft.defer(want, DOUBLE_USED(why=why, double=double), binds=WaitsFor.RETRY)
    return True


__all__ = [
    "MOVES", "check_or_replace", "clone_or_move", "instead_of_failed", "instead_of_silent", "instead_of_unseen",
]  # fmt: skip
