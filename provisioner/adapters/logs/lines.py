"""A line of the log; and the lines about single desktops: changes from one status to the next, and desktops that give no
report, some by name, the rest counted."""

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf

from provisioner.model.departures import LeaverStep
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.machines.desktops import Phase, Unheard
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import GuestWord
from provisioner.reasons.grouping import codes_of

_BOOTING_S = 30.0
"""A booting desktop may be asked before its guest agent runs, or knows anything: only a longer silence gets a line."""
_NAMED, _NAMED_IN_S, _COUNTED_S = 5, 600.0, 60.0
"""So many desktops of one cause are named in so many seconds, and the others counted once in so many: it may silence a whole
profile, one boot after the other. `bascule desktop list` names all."""

_PASSING = (GuestWord.NOT_ASKED, GuestWord.OFF, GuestWord.CONNECTIONS)
"""Causes without a line: the cluster's own lines say why it did not ask, the next listing shows desktops that are off, and
connections end soon."""


class LineLevel(enum.StrEnum):
    """How urgent."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of the log, without its time."""

    subject: str
    """`desktop vd-0042`, `cluster pve`, `directory`, …"""
    text: str
    level: LineLevel = LineLevel.INFO
    reason: str = ""
    """The reason in the text, if there is one."""

    @property
    def sentence(self) -> str:
        """Subject and text."""
        return f"{self.subject}: {self.text}"

    @property
    def code(self) -> str:
        """The codes of the reason, for programs; empty: there are none."""
        return " ".join(codes_of(self.reason))

    def __str__(self) -> str:
        return with_code(self.sentence, self.code)


def with_code(sentence: str, code: str) -> str:
    """The sentence with its code, as in the log for people: `… [lock_busy]`."""
    return f"{sentence} [{code}]" if code else sentence


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


class Silence:
    """Follows the statuses, and remembers which lines were written."""

    def __init__(self) -> None:
        self._unheard: dict[DesktopName, Unheard] = {}
        self._reported: dict[DesktopName, GuestWord] = {}
        self._named: dict[GuestWord, list[Instant]] = {}
        self._others: set[DesktopName] = set()
        self._counted_at = -inf

    def follow(self, status: Status) -> Iterator[tuple[str, str]]:
        """Subject and text of each new line."""
        self._take(status.desktops, status.desktops if status.moved is None else status.moved)
        due = [name for name, unheard in sorted(self._unheard.items()) if self._is_due(name, unheard, status)]
        for name in due:
            unheard = self._unheard[name]
            self._reported[name] = unheard.word
            if self._may_name(unheard.word, status.at):
                yield f"desktop {name}", f"gives no report: {unheard.text}"
            else:
                self._others.add(name)
        if self._others and not 0 <= status.at - self._counted_at < _COUNTED_S:
            yield "desktops", f"{len(self._others)} more give no report: `bascule desktop list` says why of each"
            self._others.clear()
            self._counted_at = status.at

    def _may_name(self, word: GuestWord, now: Instant) -> bool:
        """A time that is to come is none: the clock was set back."""
        named = self._named[word] = [at for at in self._named.get(word, ()) if 0 <= now - at < _NAMED_IN_S]
        if len(named) < _NAMED:
            named.append(now)
            return True
        return False

    def _take(self, desktops: Mapping[DesktopName, DesktopState], moved: Iterable[DesktopName]) -> None:
        for name in moved:
            state = desktops.get(name)
            if state is not None and state.unheard is not None:
                self._unheard[name] = state.unheard
            else:
                self._unheard.pop(name, None)
                self._reported.pop(name, None)
                self._others.discard(name)

    def _is_due(self, name: DesktopName, unheard: Unheard, status: Status) -> bool:
        if unheard.word in (self._reported.get(name), *_PASSING):
            return False
        if status.desktops[name].phase is not Phase.STARTING:
            return True
        overdue = unheard.word is not GuestWord.NO_AGENT or name in status.plan.overdue
        return overdue and status.at - unheard.since >= _BOOTING_S
