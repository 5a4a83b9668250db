"""Shut a desktop down, for whatever reason: only once it is certain that nobody is logged on, and a few at a time.

A session that begins between the reading and the shutdown would be cut off. So sessions are read once more before the stop is
ordered, and by the stop itself, right before the shutdown is sent. A resource of HA is not shut down at all: HA does so within
seconds, and with force, whoever has come by then.
"""

from provisioner.model.actions import CheckGuest, Stop
from provisioner.model.deferrals import Deferral
from provisioner.model.ids import Instant
from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.model.people.profiles import Profile
from provisioner.model.words import GuestWord
from provisioner.planning.inputs import where
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.obstacles import forced_off, lock_of, tried_again_at, tried_lately
from provisioner.planning.steps.task import LowerTask
from provisioner.planning.targets.session import FRESH_S
from provisioner.planning.targets.sources import overruling
from provisioner.reasons.reason import Reason
from provisioner.reasons.steps import (
    ANYBODY_THERE,
    NOT_OFF,
    NOT_OFF_NO_PROFILE,
    OFF_AFTER_OTHERS,
    OFF_WHEN_READY,
    READ_ONCE_MORE,
)

_STOP_DEADLINE_S = 120.0
"""Proxmox VE waits 60 s for a guest to shut down; the rest is for reading sessions before, and for the listing's delay."""
_CHECK_DEADLINE_S = 60.0


def stop_later(draft: Draft, task: LowerTask) -> None:
    """A starting desktop does not report yet: wait for it, unless an operator insists."""
    if task.target.insists:
        shut_down(draft, task)
    else:
        wait(draft, task, OFF_WHEN_READY(why=task.target.because))


def wait_unseen(draft: Draft, task: LowerTask) -> None:
    """The desktop is out of sight: wait."""
    wait(draft, task, NOT_OFF(reason=task.why, why=task.target.because))


def shut_down(draft: Draft, task: LowerTask) -> None:
    """Stop the desktop, have its sessions read once more, or say what it waits for."""
    desktop, profile = task.desktop, task.profile
    if profile is None:
        wait(draft, task, NOT_OFF_NO_PROFILE(profile=desktop.profile, why=task.target.because))
    elif other := overruling(draft.facts, desktop, task.source):
        _keep_read(draft, task, profile, other.because)
    elif forced := forced_off(draft, desktop):
        wait(draft, task, NOT_OFF(reason=forced, why=task.target.because))
    elif draft.stops_left <= 0:
        wait(draft, task, OFF_AFTER_OTHERS(why=task.target.because))
    elif reason := lock_of(draft, desktop):
        wait(draft, task, NOT_OFF(reason=reason, why=task.target.because))
    elif reason := tried_lately(draft, desktop):
        wait(draft, task, NOT_OFF(reason=reason, why=task.target.because), until=tried_again_at(draft, desktop))
    else:
        draft.stops_left -= 1
        _stop_or_read(draft, task, profile)


def wait(draft: Draft, task: LowerTask, reason: Reason, *, until: Instant | None = None) -> None:
    """Say what a desktop waits for before it is turned off or deleted, and until when, if that is known."""
    waits = Deferral(what=task.desktop.name, seat=None, reason=reason, binds=task.target.binds, retry_at=until)
    draft.deferred.append(waits)


def _keep_read(draft: Draft, task: LowerTask, profile: Profile, because: Reason) -> None:
    """An earlier source keeps it on: wait, and keep its sessions known."""
    wait(draft, task, NOT_OFF(reason=because, why=task.target.because))
    if draft.facts.phase(task.desktop) in (Phase.READY, Phase.SILENT):
        _read(draft, task.desktop, profile, within_s=_again_after_s(draft, task.desktop))


def _stop_or_read(draft: Draft, task: LowerTask, profile: Profile) -> None:
    desktop, insists = task.desktop, task.target.insists
    if desktop.key in draft.situation.in_flight:
        wait(draft, task, READ_ONCE_MORE(why=task.target.because))
        return
    if not insists and draft.now - draft.situation.records.report_of(desktop.name).read_at > FRESH_S:
        wait(draft, task, READ_ONCE_MORE(why=task.target.because))
        _read(draft, desktop, profile, within_s=FRESH_S)
        return
    draft.sweeps.pop(desktop.name, None)  # the stop reads sessions itself
    draft.order(
        Stop(
            reservation=desktop,
            because=task.target.because,
            deadline=draft.now + _STOP_DEADLINE_S,
            node=where(draft.situation, desktop),
            profile=profile,
            though_unknown=insists,
            even_with_session=task.target.terms.even_with_session,
            by_force=task.target.terms.by_force,
        )
    )


def _again_after_s(draft: Draft, desktop: Reservation) -> float:
    """Seconds until the next reading: soon for a dated document, whose successor may prove more; else at the normal pace."""
    report = draft.situation.records.report_of(desktop.name)
    dated = report.written_at is not None and not report.sessions and report.doubt(report.read_at)
    return FRESH_S if dated else draft.situation.config.pace.session_first_s


def _is_misdated(draft: Draft, desktop: Reservation) -> bool:
    """By its clock, which may have stood still with its VM; its uptime says what is so."""
    unheard = draft.situation.records.desktops[desktop.name].unheard
    return unheard is not None and unheard.word is GuestWord.OUTDATED


def _read(draft: Draft, desktop: Reservation, profile: Profile, *, within_s: float) -> None:
    """Have its sessions read, unless that was tried within `within_s`, is under way, or is already ordered."""
    records, report = draft.situation.records, draft.situation.records.report_of(desktop.name)
    read_at = max(report.read_at, records.checked.get(desktop.name, 0.0))
    if draft.now - read_at <= within_s or desktop.key in draft.situation.in_flight:
        return
    reading = CheckGuest(
        reservation=desktop,
        because=ANYBODY_THERE(),
        deadline=draft.now + _CHECK_DEADLINE_S,
        node=where(draft.situation, desktop),
        profile=profile,
        sweep=True,
        by_uptime=bool(report.doubt(report.read_at)) or _is_misdated(draft, desktop),
    )
    draft.sweeps[desktop.name] = reading  # a routine one makes nobody look at the cluster again soon
