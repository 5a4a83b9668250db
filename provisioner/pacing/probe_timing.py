"""When a desktop's guest is asked: late enough to be ready, for a question too early costs a call, or 3 s of an API worker."""

from provisioner.model.budget import Pace
from provisioner.model.desktops import GuestReport
from provisioner.model.ids import Instant
from provisioner.pacing.boot_limits import NodeBoots

_PATIENCE = 12
"""Parts of its time that a boot is left alone for after each question: at ten minutes that is 50 s."""


def ask_first(progress: float | None, boots: NodeBoots) -> bool:
    """Whether a starting desktop that was not asked yet is asked now.

    `progress` is how far its boot is by what is expected; None: it is late by far. The profile's own figure, which counts until
    boots have been measured, is when to ask.
    """
    return progress is None or progress >= (boots.pace.late if boots.pace.measured else 1.0)


def ask_again_at(*, started_at: Instant, checked_at: Instant, pace: Pace) -> Instant:
    """When a starting desktop that was not ready when it was asked is asked again; the later it is, the seldomer.

    A guest agent that is dead holds an API worker for 3 s each time, and one of the places of those that come up.
    """
    return checked_at + max(pace.check_retry_s, min((checked_at - started_at) / _PATIENCE, pace.session_interval_s))


def sessions_known_for_s(pace: Pace) -> float:
    """After this long without an answer a desktop's sessions are unknown: twice it was asked in vain."""
    return 2.0 * pace.session_interval_s


def sessions_due(*, report: GuestReport, checked_at: Instant | None, pace: Pace) -> Instant:
    """When a ready desktop is asked for its sessions: soon after it became ready, then each interval.

    A guest that gave no answer to the last question is asked again after the shorter of the two.
    """
    ready_at = min(report.ready_at or report.read_at, report.read_at)  # the guest's clock may be ahead
    if report.read_at < ready_at + pace.session_first_s:
        due = ready_at + pace.session_first_s
    elif report.somebody_comes:
        due = report.read_at + min(pace.session_first_s, pace.session_interval_s)
    else:
        due = report.read_at + pace.session_interval_s
    if checked_at is not None and checked_at > report.read_at:
        return max(due, checked_at + min(pace.session_first_s, pace.session_interval_s))
    return due
