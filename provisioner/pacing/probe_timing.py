"""When to probe a desktop's guest: late enough to be ready, since a probe too early costs a call, or 3 s of an API worker."""

from provisioner.model.budget import Pace
from provisioner.model.ids import Instant
from provisioner.model.machines.desktops import GuestReport

_PATIENCE = 12
"""After a probe without success, wait 1/12 of the boot's time so far: 50 s after ten minutes."""
_UNKNOWN_PATIENCE = 4
"""The same, 1/4, where no guest of its profile has been ready: several boots of a node are asked, at unlike ages."""
_FIRST_S = 30.0
"""Few desktops answer sooner after their start order."""
_DOUBLED = 8
"""The ninth boot of a node, and all after it, are asked after two hours at the latest."""
_LONGEST_S = 300.0
"""However long a desktop has given no report: what is said of it is no older."""
LATELY_S = 2 * _LONGEST_S
"""A desktop that is to be asked was asked within this time, unless the cluster cannot be asked, or nobody is to have it."""
_IN_VAIN = 6
"""After a question without an answer, wait 1/6 of the time since the first of them: 20 s at first, minutes after half an hour.
A dead guest agent costs 3 s of one of a node's three API workers: ten of them, asked each 20 s, take half of these."""
_IN_VAIN_LEAST_S = 20.0
_RESPECTED_S = 1800.0
"""A guest agent that was restarted, or died, is back or was looked at by then: until then somebody may be at work."""
_PUSH_GRACE = 1.25
"""A desktop that pushes does so each minute: it is read only if that fails."""


def first_asked_s(before: int) -> float:
    """Seconds from a start order to the first probe of a boot that so many others of its node come before, as long as no guest
    of its profile has answered.

    It does not follow what an administrator expects: the oldest soon, each younger one after twice the time, in case that the
    older ones are broken.
    """
    return _FIRST_S * float(2 ** min(before, _DOUBLED))


def ask_again_at(*, started_at: Instant, checked_at: Instant, pace: Pace, known: bool = True) -> Instant:
    """When to probe a starting desktop again; the intervals grow with the boot's time so far.

    `known`: whether it has answered, or a boot of its profile was measured.

    A dead guest agent holds an API worker for 3 s on each probe, and takes the slot of another desktop's probe.
    """
    patience = _PATIENCE if known else _UNKNOWN_PATIENCE
    return checked_at + max(pace.check_retry_s, min((checked_at - started_at) / patience, _LONGEST_S))


def sessions_known_for_s(pace: Pace) -> float:
    """Seconds without an answer after which a desktop's sessions are unknown: it was asked several times in vain."""
    return 2.0 * pace.session_interval_s


def sessions_respected_for_s(pace: Pace) -> float:
    """Seconds for which an order waits for a session that was open at the last answer: people work on without a guest agent."""
    return max(_RESPECTED_S, sessions_known_for_s(pace))


def sessions_due(
    *, report: GuestReport, checked_at: Instant | None, pace: Pace, in_vain_since: Instant | None = None
) -> Instant:  # fmt: skip
    """When to read a ready desktop's sessions: soon after it became ready, then within each interval.

    Each is due `observe_idle_s` before that time ends: the next cycle may come only so much later.

    After a probe without an answer, it is asked again after a part of the time since the first of them (`in_vain_since`). A
    desktop that pushes from another boot is read soon.
    """
    ready_at = min(report.ready_at or report.read_at, report.read_at)  # the guest's clock may be ahead
    shorter_s = _within_s(min(pace.session_first_s, pace.session_interval_s), pace)
    if report.read_at < ready_at + shorter_s:  # not read since shortly after it became ready
        due_at = ready_at + shorter_s
    elif report.somebody_comes:  # somebody is logging on: their session follows soon
        due_at = report.read_at + shorter_s
    elif report.push_secret:
        due_at = report.read_at + pace.session_interval_s * _PUSH_GRACE
    else:
        due_at = report.read_at + _within_s(pace.session_interval_s, pace)
    if report.ask_at is not None:
        due_at = min(due_at, report.ask_at)
    if checked_at is not None and checked_at > report.read_at:  # the last probe had no answer
        return max(due_at, checked_at + _in_vain_s(checked_at - (in_vain_since or checked_at)))
    return due_at


def _within_s(interval_s: float, pace: Pace) -> float:
    return max(interval_s - pace.observe_idle_s, interval_s / 2)


def _in_vain_s(for_s: float) -> float:
    return min(max(for_s / _IN_VAIN, _IN_VAIN_LEAST_S), _LONGEST_S)
