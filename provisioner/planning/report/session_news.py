"""The status with who is logged on as desktops have pushed it since the last cycle, or as it has become too old since."""

from collections.abc import Mapping
from dataclasses import replace

from provisioner.model.budget import Pace
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.machines.desktops import GuestReport
from provisioner.model.status import DesktopState, Status
from provisioner.pacing.probe_timing import sessions_known_for_s
from provisioner.planning.report.desktop_states import doubts_of
from provisioner.planning.report.passing import LETS_NOBODY_IN, sessions_shown


def with_old_sessions(status: Status, heard_at: Mapping[DesktopName, Instant], pace: Pace, *, now: Instant) -> Status:
    """Nobody was heard since `heard_at`: what is too old by now is unknown, as in a cycle.

    Of a desktop that was never heard, the last cycle knew that it had let nobody in yet.
    """
    before, looked_at = now - sessions_known_for_s(pace), status.planned_at or now
    old = {
        name: replace(state, sessions=None, unknown_since=known_at)
        for name, state in status.desktops.items()
        if state.sessions is not None
        and state.phase not in LETS_NOBODY_IN
        and (known_at := heard_at.get(name, looked_at)) < before
    }
    return replace(status, at=now, desktops={**status.desktops, **old} if old else status.desktops, moved=old.keys())


def with_reports(status: Status, reports: Mapping[DesktopName, GuestReport], pace: Pace) -> Status:
    """Phases follow in the next cycle, which surveys these desktops again: then the sessions are the same."""
    here = {name: state for name in reports if (state := status.desktops.get(name)) and state.phase not in LETS_NOBODY_IN}
    now = {name: _state(state, reports[name]) for name, state in here.items()}
    moved = {name: state for name, state in now.items() if state != here[name]}
    known_for_s = sessions_known_for_s(pace)
    return replace(
        status,
        desktops={**status.desktops, **moved} if moved else status.desktops,
        moved=moved.keys(),
        sessions_known_until=min((status.sessions_known_until, *(reports[name].read_at + known_for_s for name in moved))),
    )


def _state(state: DesktopState, report: GuestReport) -> DesktopState:
    sessions = sessions_shown(report)
    unknown_since = report.read_at if sessions is None else None
    return replace(state, sessions=sessions, unheard=doubts_of(report), unknown_since=unknown_since)


__all__ = ["with_old_sessions", "with_reports"]
