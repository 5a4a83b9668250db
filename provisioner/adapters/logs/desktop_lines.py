"""Log lines about single desktops: changes from one status to the next."""

from collections.abc import Iterator

from provisioner.adapters.logs.line import LineLevel, LogLine
from provisioner.model.departures import LeaverStep
from provisioner.model.desktops import Phase
from provisioner.model.ids import DesktopName
from provisioner.model.status import DesktopState, Status


def desktop_lines(before: Status, status: Status) -> Iterator[LogLine]:
    """New phases, superseded desktops, steps for leavers, and strangers."""
    for name, desktop in _moved(status):
        old = before.desktops.get(name)
        if old is not desktop and (old is None or old.phase is not desktop.phase):
            yield _phase(name, old, desktop)
        if old is not None and old.superseded_by != desktop.superseded_by:
            yield _superseded(name, desktop)
        if old is not None and _step(old) != _step(desktop):
            yield _leaving(name, desktop)
        if old is not None and _strangers(desktop) - _strangers(old):
            yield _strange(name, len(_strangers(desktop)))
    gone = before.desktops.keys() - status.desktops.keys() if status.moved is None else status.moved & before.desktops.keys()
    for name in sorted(gone - status.desktops.keys()):
        yield LogLine(subject=f"desktop {name}", text=f"gone, was '{before.desktops[name].phase}'")


def _moved(status: Status) -> Iterator[tuple[DesktopName, DesktopState]]:
    """Desktops that may have changed; most do not change in most statuses."""
    if status.moved is None:
        yield from status.desktops.items()
        return
    for name in sorted(status.moved):
        if name in status.desktops:
            yield name, status.desktops[name]


def _phase(name: DesktopName, old: DesktopState | None, desktop: DesktopState) -> LogLine:
    text = f"phase changed from '{old.phase}' to '{desktop.phase}'" if old else f"new, phase is '{desktop.phase}'"
    if desktop.phase is Phase.FAILED:
        return LogLine(
            subject=f"desktop {name}", text=f"{text}: {desktop.because}", level=LineLevel.ERROR, reason=desktop.because
        )
    if desktop.phase is Phase.UNKNOWN:
        return LogLine(
            subject=f"desktop {name}", text=f"{text}: {desktop.because}", level=LineLevel.WARNING, reason=desktop.because
        )
    return LogLine(subject=f"desktop {name}", text=text)


def _superseded(name: DesktopName, desktop: DesktopState) -> LogLine:
    if desktop.superseded_by is None:
        return LogLine(subject=f"desktop {name}", text="counts again", level=LineLevel.WARNING)
    text = f"superseded by {desktop.superseded_by}: kept, and not used"
    return LogLine(subject=f"desktop {name}", text=text, level=LineLevel.WARNING)


def _step(desktop: DesktopState) -> tuple[LeaverStep, bool] | None:
    """The step, and whether the next step is overdue."""
    return (desktop.leaving.step, desktop.leaving.overdue) if desktop.leaving else None


def _leaving(name: DesktopName, desktop: DesktopState) -> LogLine:
    if desktop.leaving is None:
        return LogLine(subject=f"desktop {name}", text="its agent is wanted again: off the leavers' ladder")
    leaving = desktop.leaving
    overdue = f", and {leaving.next_step} overdue: `bascule status` says why" if leaving.overdue else ""
    text = f"its agent is not wanted any more ({leaving.reason}): {leaving.step}{overdue}"
    return LogLine(subject=f"desktop {name}", text=text, level=LineLevel.WARNING, reason=leaving.reason)


def _strangers(desktop: DesktopState) -> set[str]:
    return {session.login for session in desktop.strangers}


def _strange(name: DesktopName, count: int) -> LogLine:
    """The log does not name people."""
    who = "a stranger is" if count == 1 else f"{count} strangers are"
    return LogLine(
        subject=f"desktop {name}", text=f"{who} logged on (`bascule desktop list` names them)", level=LineLevel.WARNING
    )


__all__ = ["desktop_lines"]
