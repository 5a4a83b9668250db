"""From cloned to ready: configure, start, and check whether it is ready."""

from math import inf

from provisioner.model.actions import Assign, CheckGuest, Configure, Start
from provisioner.model.demand import Want
from provisioner.model.ids import DesktopName, Instant, NodeKey
from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.model.people.profiles import Profile
from provisioner.model.words import WaitsFor
from provisioner.pacing.boot_progress import NodeBoots
from provisioner.pacing.probe_timing import ask_again_at, first_asked_s
from provisioner.planning.inputs import asked_lately, started_at, where
from provisioner.planning.steps.draft import Draft, slot
from provisioner.planning.steps.marks import put_back
from provisioner.planning.steps.obstacles import lock_of
from provisioner.planning.steps.task import RaiseTask
from provisioner.planning.survey.lifecycle import first_boot_failed
from provisioner.planning.survey.profile_changes import misfit_of
from provisioner.planning.survey.queues import is_own
from provisioner.planning.survey.session_schedule import is_sweep_due
from provisioner.planning.targets.sources import overruling
from provisioner.planning.targets.target import TargetLevel
from provisioner.pve.desktop_settings import fits
from provisioner.reasons.steps import ADDRESS_UNFIT, ASSIGN, BOOTS, CONFIGURING, LATE, READY_BY_NOW, SESSIONS_DUE, SLOW

_DEADLINE_S = 60.0
_PROBABLY = 1.15
"""Progress of a boot at which most are ready: each probe before that costs 3 s of an API worker."""


def configure(draft: Draft, task: RaiseTask) -> None:
    """Set its sizes, network and tags."""
    if lock := lock_of(draft, task.desktop):
        draft.defer(task.want, lock, binds=WaitsFor.RETRY)
        return
    if not fits(task.desktop, task.profile.addressing):
        why = misfit_of(task.desktop, task.profile.addressing)
        draft.defer(task.want, ADDRESS_UNFIT(profile=task.profile.name, why=why), binds=WaitsFor.ADDRESSES)
        return
    node = where(draft.situation, task.desktop)
    if not slot(draft.configuring, node, draft.situation.config.budget.configures_per_node):
        draft.defer(task.want, CONFIGURING(node=node.node), binds=WaitsFor.API)
        return
    deadline, because = draft.now + _DEADLINE_S, task.want.because
    draft.order(
        Configure(reservation=task.desktop, because=because, deadline=deadline, node=node, profile=task.profile)
    )  # fmt: skip


def start(draft: Draft, task: RaiseTask) -> None:
    """Start it if its node has a slot for another boot. Its tags come first, unless they cannot be restored."""
    desktop, node = task.desktop, where(draft.situation, task.desktop)
    if _is_unmarked(draft, desktop) and put_back(draft, desktop):
        return
    if overruled := overruling(draft.facts, desktop, task.source):
        draft.defer(task.want, overruled.because, binds=overruled.binds)
    elif lock := lock_of(draft, desktop):
        draft.defer(task.want, lock, binds=WaitsFor.RETRY)
    elif not slot(draft.booting, node, limit := _boots_at_once(draft, task, node)):
        draft.defer(task.want, BOOTS(node=node.node, limit=limit), binds=WaitsFor.BOOTS)
    else:
        draft.order(_start(draft, task, node))


def _start(draft: Draft, task: RaiseTask, node: NodeKey) -> Start:
    return Start(
        reservation=task.desktop,
        because=task.target.because,
        deadline=draft.now + task.profile.start_timeout_s,
        node=node,
        profile=task.profile,
        prove=task.desktop.name not in draft.situation.records.proved,
    )


def _is_unmarked(draft: Draft, desktop: Reservation) -> bool:
    return desktop.name in draft.survey.unmarked and not draft.situation.records.desktops[desktop.name].attempts


def _boots_at_once(draft: Draft, task: RaiseTask, node: NodeKey) -> int:
    """People who wait come before bulk work: only the configured limit applies to them.

    They are agents who have used their desktop, and whom a help desk helps.
    """
    own = is_own(task.want, draft.situation.records.desktops[task.desktop.name], Phase.STOPPED)
    waited_for = own or task.want.seat in draft.by_order
    return draft.situation.config.budget.boots_per_node if waited_for else draft.boot_limit(node)


def say_if_late(draft: Draft, want: Want, reservation: Reservation, profile: Profile) -> None:
    """Report a boot that takes too long: an administrator has to look at it. Slow is not late: it goes on as before."""
    took_s, slow_s = draft.now - started_at(draft.situation, reservation), draft.situation.limits.slow_after_s(profile)
    if has_failed(draft, reservation) or took_s <= slow_s:
        return
    late = took_s > profile.ready_timeout_s and asked_lately(draft.situation, reservation.name)
    draft.defer(want, LATE(after_s=profile.ready_timeout_s) if late else SLOW(after_s=slow_s))


def boots_in_time(draft: Draft, desktop: Reservation) -> bool:
    """Whether it is neither slow, failed, nor due for a check: true of most starting desktops in a switch, in most cycles."""
    profile = draft.situation.config.profiles.get(desktop.profile)
    if profile is None:
        return False
    late = draft.now - started_at(draft.situation, desktop) > draft.situation.limits.slow_after_s(profile)
    return not (late or has_failed(draft, desktop) or _is_due(draft, desktop, where(draft.situation, desktop)))


def has_failed(draft: Draft, desktop: Reservation) -> bool:
    """Whether its guest says that its first boot has failed."""
    view = draft.situation.snapshot.clusters.get(desktop.cluster)
    return first_boot_failed(draft.situation.records.desktops[desktop.name], view)


def check(draft: Draft, reservation: Reservation, profile: Profile) -> None:
    """Check whether a starting desktop is ready, once it should be."""
    node = where(draft.situation, reservation)
    if not _is_due(draft, reservation, node):
        return
    if slot(draft.checking, node, draft.situation.config.budget.checks_per_node):
        draft.order(_reading(draft, reservation, profile, node, sweep=False))
    else:
        draft.unchecked.add(node)


def _is_due(draft: Draft, reservation: Reservation, node: NodeKey) -> bool:
    began, checked = started_at(draft.situation, reservation), draft.situation.records.checked.get(reservation.name)
    if checked is not None and checked < _seems_booted_at(draft, reservation):
        return True  # it was moved, or started by hand
    if checked is not None and checked >= began:
        return draft.now >= _again_at(draft, reservation, began, checked)
    boots, limits = draft.boots.get(node), draft.situation.limits
    if boots is None or reservation.name not in boots.progress:
        return True  # it is late
    profile = draft.situation.config.profiles[reservation.profile]
    after_s = limits.first_probe_s(profile, boots.before(reservation.name))
    if after_s is None and _is_lonely(boots, reservation):
        after_s = first_asked_s(0)
    return boots.progress[reservation.name] >= _PROBABLY if after_s is None else draft.now >= began + after_s


def _is_lonely(boots: NodeBoots | None, reservation: Reservation) -> bool:
    """Whether it is the oldest of few on its node: with more others beside them, the boots that were measured took longer.

    Until it should be ready by those.
    """
    if boots is None or 2 * len(boots.progress) > boots.pace.limit:
        return False
    return boots.progress.get(reservation.name, inf) < _PROBABLY and boots.before(reservation.name) == 0


def _again_at(draft: Draft, reservation: Reservation, began: Instant, checked: Instant) -> Instant:
    """When to ask it again. A guest that sets itself up is asked once the quickest of its image would be ready."""
    limits, profile = draft.situation.limits, draft.situation.config.profiles[reservation.profile]
    report = draft.situation.records.desktops[reservation.name].report
    answers = report is not None and report.read_at >= began
    boots = draft.boots.get(where(draft.situation, reservation))
    known = answers or (limits.boots_measured(profile) and not _is_lonely(boots, reservation))
    again_at = ask_again_at(started_at=began, checked_at=checked, pace=draft.situation.config.pace, known=known)
    return max(again_at, began + limits.soonest_ready_s(profile)) if answers else again_at


def _seems_booted_at(draft: Draft, reservation: Reservation) -> Instant:
    """When the boot of a desktop began that was ready before; long ago: it was not.

    After a move its uptime begins anew, since it is that of the QEMU process on the new node.
    """
    report, view = (
        draft.situation.records.desktops[reservation.name].report,
        draft.situation.snapshot.clusters.get(reservation.cluster),
    )
    was_ready = report is not None and report.ready
    return view.booted_at(reservation.vmid) if was_ready and view is not None else -inf


def check_raised(draft: Draft, task: RaiseTask) -> None:
    """Check whether it is ready."""
    check(draft, task.desktop, task.profile)


def keep_ready(draft: Draft, task: RaiseTask) -> None:
    """Assign it once its agent's batch is open, and read its sessions at intervals."""
    desktop, agent_id = task.desktop, task.want.agent_id
    assigned_to = draft.situation.records.desktops[desktop.name].assigned_to
    if task.target.level is TargetLevel.READY and agent_id is not None and assigned_to != agent_id:
        deadline = draft.now + _DEADLINE_S
        draft.order(Assign(reservation=desktop, because=ASSIGN(), deadline=deadline, agent_id=agent_id))
    read_sessions(draft, desktop, task.profile)


def ask_again(draft: Draft, task: RaiseTask) -> None:
    """It was ready and does not answer: ask on."""
    read_sessions(draft, task.desktop, task.profile)


def read_sessions(draft: Draft, reservation: Reservation, profile: Profile) -> None:
    """Read the sessions of a ready desktop, if that is due."""
    if is_sweep_due(draft.situation, reservation.name):
        reading = _reading(draft, reservation, profile, where(draft.situation, reservation), sweep=True)
        draft.sweeps.setdefault(reservation.name, reading)


def sweep(draft: Draft) -> None:
    """Add the session readings, after the readiness checks; what has no slot waits for it.

    None waits on a node where a readiness check has no slot: they would take every slot that becomes free until the next cycle.
    First those that a stop waits for; then the oldest reports; last what was asked in vain: it holds a slot for seconds.
    """
    for reading in sorted(draft.sweeps.values(), key=lambda reading: _urgency(draft, reading)):
        if reading.is_routine and reading.node in draft.unchecked:
            continue
        if slot(draft.checking, reading.node, draft.situation.config.budget.checks_per_node):
            draft.order(reading)
        else:
            draft.readings.append(reading)


def _urgency(draft: Draft, reading: CheckGuest) -> tuple[bool, bool, Instant, DesktopName]:
    records, name = draft.situation.records, reading.desktop
    read_at = records.report_of(name).read_at
    return reading.is_routine, records.checked.get(name, read_at) > read_at, read_at, name


def _reading(draft: Draft, reservation: Reservation, profile: Profile, node: NodeKey, *, sweep: bool) -> CheckGuest:
    because = SESSIONS_DUE() if sweep else READY_BY_NOW()
    deadline = draft.now + _DEADLINE_S
    return CheckGuest(
        reservation=reservation, because=because, deadline=deadline, node=node, profile=profile, sweep=sweep, is_routine=sweep
    )  # fmt: skip
