"""When a desktop's guest is asked: late enough to be ready, for a question too early costs a call, or 3 s of an API worker."""

from collections.abc import Iterable
from statistics import quantiles

from provisioner.model.budget import Pace
from provisioner.model.desktops import GuestReport
from provisioner.model.ids import Instant

_LATEST = 64
_MINIMUM = 8
_PATIENCE = 8


def expected_ready_s(durations: Iterable[tuple[Instant, float]], *, unmeasured: float) -> float:
    """From start order to ready, such that nine of ten are ready by then: the 90 % quantile of the latest 64.

    `durations` are (ready_at, seconds); `unmeasured` is the profile's own figure, used until eight are known.
    """
    latest = [seconds for _, seconds in sorted(durations)[-_LATEST:]]
    if len(latest) < _MINIMUM:
        return unmeasured
    return quantiles(latest, n=10)[-1]


def is_due(at: Instant, *, now: Instant, longest_s: float) -> bool:
    """Whether its time has come; a wait longer than any there is was noted by a clock that has been put back since."""
    return not now < at <= now + longest_s


def readiness_due(*, started_at: Instant, checked_at: Instant | None, expected_s: float, pace: Pace) -> Instant:
    """When a starting desktop is asked whether it is ready; the later it is, the seldomer.

    A guest agent that is dead holds an API worker for 3 s each time, and one of the places of those that come up.
    """
    first = started_at + expected_s
    if checked_at is None or checked_at < started_at:
        return first
    again = max(pace.check_retry_s, min((checked_at - first) / _PATIENCE, pace.session_interval_s))
    return max(first, checked_at + again)


def sessions_due(*, report: GuestReport, checked_at: Instant | None, pace: Pace) -> Instant:
    """When a ready desktop is asked for its sessions: soon after it became ready, then each interval.

    A guest that gave no answer to the last question is asked again after the shorter of the two.
    """
    ready_at = min(report.ready_at or report.read_at, report.read_at)  # the guest's clock may be ahead
    if report.read_at < ready_at + pace.session_first_s:
        due = ready_at + pace.session_first_s
    else:
        due = report.read_at + pace.session_interval_s
    if checked_at is not None and checked_at > report.read_at:
        return max(due, checked_at + min(pace.session_first_s, pace.session_interval_s))
    return due
