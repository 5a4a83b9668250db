"""Each desktop's open sessions, from whatever source said it last. One merge, on a cluster and in virtual time.

Documents of one boot are ordered by their sequence number, whichever way they came. Their events are counted at the moment that
the desktop's steady clock says. What its sessions show beyond its events (an image that notes none, or over 16 events lost)
is counted at the moment that it was heard.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from provisioner.model.desktops import EventKind, GuestReport, Session
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.session_counts import NO_COUNTS, Heard, SessionCounts, SessionFigures
from provisioner.model.session_groups import Place, ShownGroups
from provisioner.sessions.figures import SessionTally, figures_of
from provisioner.sessions.push import SOURCE as PUSH
from provisioner.sessions.readings import Readings
from provisioner.sessions.timeline import HORIZON_S, Timeline

SOURCES = (PUSH, "guest_agent", "ssh")
_COUNTS = {EventKind.LOGON: 1, EventKind.LOGOFF: -1}


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopSessions:
    """What is known of one desktop."""

    place: Place
    """The groups that its sessions count in, as they are shown."""
    boot_id: str
    sequence: int
    event_number: int
    open: int
    heard_at: Instant
    began_at: Instant
    """When its boot began, on Bascule's clock: the earliest that any of its documents allows."""
    source: str
    sessions: tuple[tuple[str, str], ...]
    """Logins and states, sorted: to see whether two sources disagree."""


class SessionBook:
    """Changed by one thread."""

    def __init__(self, kept: SessionCounts = NO_COUNTS) -> None:
        self.timeline = Timeline(kept)
        self.tally = SessionTally()
        self.readings = Readings(kept.readings)
        self._known: dict[DesktopName, DesktopSessions] = {}
        self._lost: dict[DesktopName, str] = {}
        """Desktops whose sessions became unknown, with their boot then."""

    def known(self, name: DesktopName) -> DesktopSessions | None:
        """What is known of a desktop; None: its sessions are unknown."""
        return self._known.get(name)

    def names(self) -> Iterator[DesktopName]:
        """The desktops whose sessions are known."""
        return iter(tuple(self._known))

    def heard(self) -> dict[DesktopName, Heard]:
        """When each desktop whose sessions are known has last said them, and by which way."""
        return {name: Heard(known.heard_at, known.source) for name, known in self._known.items()}

    def pushing(self) -> frozenset[DesktopName]:
        """The desktops whose last document was a push."""
        return frozenset(name for name, known in self._known.items() if known.source == PUSH)

    def resume(self, name: DesktopName, place: Place, report: GuestReport) -> None:
        """After a restart of the daemon: the timeline has the sessions of this stored report already."""
        self._known[name] = _first(place, report, source=_source(report), heard_at=report.read_at)

    def balance(self, now: Instant) -> None:
        """Count only desktops whose sessions are known: the daemon may have ended between a report and its count."""
        known: Counter[Place] = Counter()
        for desktop in self._known.values():
            known[desktop.place] += desktop.open
        for place in sorted({*known, *self.timeline.open}):
            self._change(known[place] - self.timeline.open[place], place, now)

    def regroup(self, name: DesktopName, place: Place, now: Instant) -> None:
        """From now on its sessions count in other groups."""
        known = self._known.get(name)
        if known is not None and known.place != place:
            self._change(-known.open, known.place, now)
            self._change(known.open, place, now)
            self._known[name] = replace(known, place=place)

    def hear(self, name: DesktopName, place: Place, report: GuestReport, *, source: str) -> bool:
        """Take in a report; False: it is older than what is known. There are four cases:

        1. nothing is known: its events are counted; or, if it was lost sight of in this boot, its sessions from now on;
        2. another boot: the sessions of the boot before ended with it;
        3. the same boot, and newer: its new events, then whatever its sessions show beyond them;
        4. the same boot, and older: a pull that a push has overtaken, or the other way round.
        """
        now, before = report.read_at, self._known.get(name)
        if before is not None and _is_older(report, before):
            return False
        self.tally.documents[source] += 1
        if before is not None and report.boot_id != before.boot_id:
            ended_at = max(before.heard_at, now - report.sequence / 1e6) if report.sequence else now
            self._change(-before.open, before.place, ended_at)
            before = None
        known = _first(place, report, source=source, heard_at=now)
        if before is not None and PUSH not in (source, before.source):
            self.readings.read(name, before=before.heard_at, at=now)
        if before is None:
            in_sight = self._lost.pop(name, None) != report.boot_id
            began = replace(known, open=0, event_number=0 if in_sight else report.event_number)
        else:
            began = replace(before, began_at=min(before.began_at, known.began_at))
            self._compare(before, known)
        self._known[name] = replace(known, began_at=began.began_at)
        self._count(began, report)
        return True

    def close(self, name: DesktopName, at: Instant) -> None:
        """Its sessions have ended, or are unknown from now on: it is off, gone, or silent."""
        known = self._known.pop(name, None)
        if known is not None:
            self._lost[name] = known.boot_id
            self._change(-known.open, known.place, at)

    def forget(self, name: DesktopName, at: Instant) -> None:
        """Its boot has ended, whatever its boot id says: what it says next is about another one."""
        self.close(name, at)
        self._lost.pop(name, None)

    def figures(self, now: Instant, groups: ShownGroups, counted: Iterable[DesktopName] = ()) -> SessionFigures:
        """What metrics show. `counted`: the desktops that are on and whose sessions are known."""
        self.timeline.settle(now)
        sources = Counter(known.source for known in self._known.values() if known.heard_at > now - HORIZON_S)
        oldest_at = min((self._known[name].heard_at for name in counted if name in self._known), default=None)
        return replace(figures_of(self.timeline, self.tally, sources, now, groups), oldest_at=oldest_at)

    def _count(self, before: DesktopSessions, report: GuestReport) -> None:
        expected = before.open
        for event in report.events:
            if event.number > before.event_number and (change := _COUNTS.get(event.kind, 0)):
                expected += change
                self._change(change, before.place, min(before.began_at + event.at_s, report.read_at))
        if beyond := len(report.sessions) - expected:
            self.tally.inferred += abs(beyond)
            self.readings.inferred(abs(beyond), before=before.heard_at, at=report.read_at)
            self._change(beyond, before.place, report.read_at)

    def _compare(self, before: DesktopSessions, now: DesktopSessions) -> None:
        """Two documents of one boot without an event in between should show the same sessions."""
        numbered = now.event_number or before.event_number
        if numbered and now.event_number == before.event_number and now.sessions != before.sessions:
            self.tally.disagreements += 1

    def _change(self, count: int, place: Place, at: Instant) -> None:
        for _ in range(abs(count)):
            self.timeline.add(at, 1 if count > 0 else -1, place)


def _first(place: Place, report: GuestReport, *, source: str, heard_at: Instant) -> DesktopSessions:
    return DesktopSessions(
        place=place,
        boot_id=report.boot_id,
        sequence=report.sequence,
        event_number=report.event_number,
        open=len(report.sessions),
        heard_at=heard_at,
        began_at=heard_at - report.sequence / 1e6,
        source=source,
        sessions=tuple(sorted((session.login, session.state.value) for session in report.sessions)),
    )


def _is_older(report: GuestReport, known: DesktopSessions) -> bool:
    if report.boot_id == known.boot_id and report.sequence and known.sequence:
        return report.sequence <= known.sequence
    return report.read_at < known.heard_at


def _source(report: GuestReport) -> str:
    sessions: tuple[Session, ...] = report.sessions
    return sessions[0].source if sessions else "guest_agent"
