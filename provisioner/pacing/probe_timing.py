"""When to probe a desktop's guest: late enough to be ready, since a probe too early costs a call, or 3 s of an API worker."""

from provisioner.model.budget import Pace
from provisioner.model.desktops import GuestReport
from provisioner.model.ids import Instant

_PATIENCE = 12
"""After a probe without success, wait 1/12 of the boot's time so far: 50 s after ten minutes."""


def ask_again_at(*, started_at: Instant, checked_at: Instant, pace: Pace) -> Instant:
    """When to probe a starting desktop again; the intervals grow with the boot's time so far.

    A dead guest agent holds an API worker for 3 s on each probe, and takes the slot of another desktop's probe.
    """
    return checked_at + max(pace.check_retry_s, min((checked_at - started_at) / _PATIENCE, pace.session_interval_s))


def sessions_known_for_s(pace: Pace) -> float:
    """Seconds without an answer after which a desktop's sessions are unknown: two probes have failed."""
    return 2.0 * pace.session_interval_s


def sessions_due(*, report: GuestReport, checked_at: Instant | None, pace: Pace) -> Instant:
    """When to read a ready desktop's sessions: soon after it became ready, then at each interval.

    After a probe without an answer, the shorter of the two times applies. A desktop that pushes from another boot is read soon.
    """
    ready_at = min(report.ready_at or report.read_at, report.read_at)  # the guest's clock may be ahead
    shorter_s = min(pace.session_first_s, pace.session_interval_s)
    if report.read_at < ready_at + pace.session_first_s:  # not read since shortly after it became ready
        due_at = ready_at + pace.session_first_s
    elif report.somebody_comes:  # somebody is logging on: their session follows soon
        due_at = report.read_at + shorter_s
    else:
        due_at = report.read_at + pace.session_interval_s
    if report.ask_at is not None:
        due_at = min(due_at, report.ask_at)
    if checked_at is not None and checked_at > report.read_at:  # the last probe had no answer
        return max(due_at, checked_at + shorter_s)
    return due_at
