"""Read the guest's report: readiness and sessions. Over the guest agent an operation, over SSH a question to the driver."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.errors import BasculeError, GuestUnknown, HypervisorError
from provisioner.model.actions import CheckGuest
from provisioner.model.ids import Instant
from provisioner.model.machines.desktops import GuestReport
from provisioner.model.machines.guest_bounds import MAX_AGE_S, MAX_STATUS_BYTES, SAME_S, on_our_clock
from provisioner.model.status_document import age_in, boot_in, cause_of, parse_status
from provisioner.model.words import GuestWord
from provisioner.pve.faults import guest_word_of
from provisioner.pve.requests import ask, data_of, of_guest
from provisioner.pve.wire import ApiResponse, GuestQuestion, Operation, question

T = TypeVar("T")
UPTIME_FILE = "/proc/uptime"
"""Linux: seconds since the boot by CLOCK_BOOTTIME, which the document's `sequence` is of, too."""
_BAD_PARAMETER = 400


def operation(action: CheckGuest, _: OperationContext) -> Operation[GuestReport]:
    """Query the desktop by its profile's method."""
    return (yield from question(action))


def read_guest(action: CheckGuest, *, now: Callable[[], Instant]) -> Operation[GuestReport]:
    """Read the status document over the guest agent; raises GuestUnknown when there is no valid report."""
    at, doing = now(), f"check {action.desktop}"
    content = yield from _content(action, action.profile.status_file, doing)
    try:
        report = _report(action, content, at=at, doing=doing)
    except GuestUnknown as wrong:
        if not action.by_uptime or wrong.cause is not GuestWord.OUTDATED:
            raise
        return (yield from _of_wrong_clock(action, content, wrong, at=at, now=now))
    if not action.by_uptime or report.sessions or not report.sequence:
        return report
    return (yield from _aged(action, report, doing, now=now))


def _of_wrong_clock(
    action: CheckGuest, content: str, wrong: GuestUnknown, *, at: Instant, now: Callable[[], Instant]
) -> Operation[GuestReport]:
    """Its clock is wrong (its VM was paused, and nothing has set it), or its writer has stopped: its uptime says which."""
    doing = f"check {action.desktop}"
    report = _report(action, content, at=at, doing=doing, whatever_its_clock_says=True)
    if not report.sequence:
        raise wrong
    try:
        report = yield from _aged(action, report, doing, now=now)
    except GuestUnknown:
        raise wrong from None
    assert report.age_s is not None, "it is dated"
    if not -SAME_S <= report.age_s <= MAX_AGE_S:
        raise wrong
    return on_our_clock(report, at - report.age_s)


def _aged(action: CheckGuest, report: GuestReport, doing: str, *, now: Callable[[], Instant]) -> Operation[GuestReport]:
    """With its age by the uptime; raises GuestUnknown."""
    asked_at = now()
    uptime_s = _uptime_s((yield from _content(action, UPTIME_FILE, doing)), doing)
    return replace(report, age_s=uptime_s - report.sequence / 1e6 - (asked_at - report.read_at))


def _uptime_s(text: str, doing: str) -> float:
    try:
        return float(text.split()[0])
    except (ValueError, IndexError):
        raise GuestUnknown(f"{doing}: {UPTIME_FILE} holds no number", cause=GuestWord.UNREADABLE) from None


def _content(action: CheckGuest, file: str, doing: str) -> Operation[str]:
    """A file's text, of at most MAX_STATUS_BYTES; raises GuestUnknown."""
    try:
        data = yield from _read_file(action, file, doing)
    except (HypervisorError, GuestUnknown) as error:
        raise GuestUnknown(str(error), cause=guest_word_of(str(error).removeprefix(f"{doing}: "))) from error
    content = data.get("content") if isinstance(data, dict) else None
    if not isinstance(content, str):
        raise GuestUnknown(f"{doing}: the guest agent's answer holds no file", cause=GuestWord.UNREADABLE)
    if len(content) > MAX_STATUS_BYTES or (isinstance(data, dict) and data.get("truncated")):
        why = f"{file}: the document is larger than {MAX_STATUS_BYTES} bytes"
        raise GuestUnknown(f"{doing}: {why}", cause=GuestWord.UNREADABLE)
    return content


def _report(
    action: CheckGuest, content: str, *, at: Instant, doing: str, whatever_its_clock_says: bool = False
) -> GuestReport:  # fmt: skip
    most, signed = action.profile.max_sessions, whatever_its_clock_says  # a number of it is dated by the uptime
    try:
        return parse_status(content, read_at=at, source="guest_agent", max_sessions=most, signed=signed)
    except ValueError as wrong:
        raise GuestUnknown(
            f"{doing}: {action.profile.status_file}: {wrong}", cause=cause_of(wrong), boot=boot_in(wrong), age_s=age_in(wrong)
        ) from wrong


def by_guest_agent(operation: Operation[T], *, now: Callable[[], Instant]) -> Operation[T]:
    """Wrap an operation so that its questions go over the guest agent; it then only yields requests."""
    answer: Any = None
    error: BasculeError | None = None
    try:
        while True:
            step = operation.send(answer) if error is None else operation.throw(error)
            error = None
            try:
                answer = (yield from read_guest(step.check, now=now)) if isinstance(step, GuestQuestion) else (yield step)
            except BasculeError as failed:
                error = failed
    except StopIteration as end:
        value: T = end.value
        return value


def _read_file(action: CheckGuest, file: str, doing: str) -> Operation[object]:
    """Read one byte more than the largest valid document, so that a larger file shows.

    Proxmox VE before 2026 does not know `count` and refuses it at once; then the whole file is read.
    """
    whole: dict[str, str | int] = {"file": file}
    limited = {**whole, "count": MAX_STATUS_BYTES + 1}
    response: ApiResponse = yield of_guest("GET", action.node, action.key.vmid, "/agent/file-read", limited)
    if response.status == _BAD_PARAMETER and "count" in response.errors:
        return (yield from ask(of_guest("GET", action.node, action.key.vmid, "/agent/file-read", whole), doing))
    return data_of(response, doing)


SPEC = ActionSpec(ends=EndSignal.ANSWERED, operation=operation, writes=False)
