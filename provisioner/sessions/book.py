"""Each desktop's open sessions, from whatever source said it last. One merge, on a cluster and in virtual time.

Documents of one boot are ordered by their sequence number, whichever way they came. Their events are counted at the moment that
the desktop's steady clock says, if they lead from the sessions that are known to those that it tells (`gate`). Else (an image
that notes none, over 16 events lost, or a lie) what it tells is counted at the moment that it was heard. A desktop's changes
are counted in the order of their documents, so that at no moment it has more than it can hold.
"""

import enum
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from math import inf
from statistics import median_low

from provisioner.model.ids import DesktopName, Instant
from provisioner.model.machines.desktops import GuestReport, Session
from provisioner.model.machines.guest_bounds import MAX_AGE_S
from provisioner.model.session_counts import NO_COUNTS, GroupPlace, Heard, SessionCounts, SessionTotals, ShownGroups
from provisioner.sessions.gate import Lead, PushGate
from provisioner.sessions.push import SOURCE as PUSH
from provisioner.sessions.timeline import HORIZON_S, Readings, SessionTally, Timeline, figures_of

SOURCES = (PUSH, "guest_agent", "ssh")
_SET_BACK = 2e6 * MAX_AGE_S
"""Microseconds: so far a document that was read may be behind, and a push before it ahead."""


class Hearing(enum.Enum):
    """What became of a document."""

    TAKEN = enum.auto()
    OLDER = enum.auto()
    """Than what is known: a pull that a push has overtaken, or the other way round."""
    CUT = enum.auto()
    """It came by itself, and its desktop's sessions have changed too often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopSessions:
    """What is known of one desktop."""

    place: GroupPlace
    """The groups that its sessions count in, as they are shown."""
    boot_id: str
    sequence: int
    event_number: int
    open: int
    heard_at: Instant
    began_at: Instant
    """When its boot began, on Bascule's clock: the earliest that any of its documents allows; later by the time that it was
    paused."""
    earliest_at: Instant
    """It cannot have begun before: the document that Bascule has read itself was not older than it takes."""
    source: str
    sessions: tuple[tuple[str, str], ...]
    """Logins and states, sorted: to see whether two sources disagree."""
    took_s: float = 0.0
    """How long its last push took, by the desktop's uptime."""


class SessionBook:
    """Changed by one thread."""

    def __init__(self, kept: SessionCounts = NO_COUNTS, *, gate: PushGate | None = None) -> None:
        self._gate = gate or PushGate()
        self.timeline = Timeline(kept)
        self.tally = SessionTally()
        self.readings = Readings(kept.readings)
        self._known: dict[DesktopName, DesktopSessions] = {}
        self._lost: dict[DesktopName, str] = {}
        """Desktops whose sessions became unknown, with their boot then."""
        self._changed_at: dict[DesktopName, Instant] = {}
        """When each desktop's sessions have changed last."""

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

    def resume(self, name: DesktopName, place: GroupPlace, report: GuestReport) -> None:
        """After a restart of the daemon: the timeline has the sessions of this stored report already."""
        self._known[name] = _first(place, report, source=_source(report), heard_at=report.read_at)
        self._changed_at[name] = report.read_at

    def balance(self, now: Instant) -> None:
        """Count only desktops whose sessions are known: the daemon may have ended between a report and its count."""
        known: Counter[GroupPlace] = Counter()
        for desktop in self._known.values():
            known[desktop.place] += desktop.open
        for place in sorted({*known, *self.timeline.open}):
            self._add(known[place] - self.timeline.open[place], place, now)

    def regroup(self, name: DesktopName, place: GroupPlace, now: Instant) -> None:
        """From now on its sessions count in other groups."""
        known = self._known.get(name)
        if known is not None and known.place != place:
            self._add(-known.open, known.place, now)
            self._add(known.open, place, now)
            self._known[name] = replace(known, place=place)

    def hear(self, name: DesktopName, place: GroupPlace, report: GuestReport, *, source: str, most: int) -> Hearing:
        """Take in a report of a desktop that can have `most` sessions. There are four cases:

        1. nothing is known: its events are counted; or, if it was lost sight of in this boot, its sessions from now on;
        2. another boot: the sessions of the boot before ended with it;
        3. the same boot, and newer: its new events, then whatever its sessions show beyond them;
        4. the same boot, and older: a pull that a push has overtaken, or the other way round.
        """
        before = self._known.get(name)
        if before is not None and _is_older(report, before, is_read=source != PUSH):
            return Hearing.OLDER
        known = _first(place, report, source=source, heard_at=report.read_at)
        began = self._began(name, before, known)
        leads_from = began.open, began.event_number
        lead = self._gate.lead(name, report, known=leads_from, sessions=most, refusable=source == PUSH)
        if lead is None:
            return Hearing.CUT
        self.tally.documents[source] += 1
        if before is not None:
            self._leave(name, before, known)
        self._lost.pop(name, None)
        took_s = max(0.0, report.read_at - (began.began_at + report.sequence / 1e6))
        self._known[name] = replace(known, began_at=began.began_at, earliest_at=began.earliest_at, took_s=took_s)
        self._count(name, began, lead, report.read_at, most=most)
        return Hearing.TAKEN

    def close(self, name: DesktopName, at: Instant) -> None:
        """Its sessions have ended, or are unknown from now on: it is off, gone, or silent."""
        known = self._known.pop(name, None)
        if known is not None:
            self._lost[name] = known.boot_id
            self._change(name, -known.open, known.place, at)

    def forget(self, name: DesktopName, at: Instant) -> None:
        """Its boot has ended, whatever its boot id says: what it says next is about another one."""
        self.close(name, at)
        self._lost.pop(name, None)

    def drop(self, name: DesktopName, at: Instant) -> None:
        """It is gone."""
        self.forget(name, at)
        self._changed_at.pop(name, None)

    def figures(self, now: Instant, groups: ShownGroups, counted: Set[DesktopName] = frozenset()) -> SessionTotals:
        """What metrics show. `counted`: the desktops that are on and whose sessions are known."""
        self.timeline.settle(now)
        sources = Counter(known.source for known in self._known.values() if known.heard_at > now - HORIZON_S)
        figures = figures_of(self.timeline, self.tally, sources, now, groups)
        return replace(figures, oldest_at=self._oldest_at(counted), push_delay_s=self._push_delay_s(now))

    def _oldest_at(self, counted: Set[DesktopName]) -> Instant | None:
        """When that of them was heard which was heard longest ago; None: none of them is known.

        In the order of what is known: by each name in `counted` it takes ten times as long.
        """
        oldest_at = inf
        for name, known in self._known.items():
            if known.heard_at < oldest_at and name in counted:
                oldest_at = known.heard_at
        return None if oldest_at == inf else oldest_at

    def _push_delay_s(self, now: Instant) -> float | None:
        """The median, so that one desktop, which can say anything of its uptime, does not move it. None: nothing is pushed."""
        pushing = (known for known in self._known.values() if known.source == PUSH and known.heard_at > now - HORIZON_S)
        took_s = [known.took_s for known in pushing]
        return float(median_low(took_s)) if took_s else None

    def _began(self, name: DesktopName, before: DesktopSessions | None, known: DesktopSessions) -> DesktopSessions:
        """What its events lead on from: what is known of this boot, or its begin."""
        if before is not None and before.boot_id == known.boot_id and known.sequence < before.sequence:
            return replace(known, open=before.open)  # set back: no event leads from there to here
        if before is None or before.boot_id != known.boot_id:
            in_sight = before is not None or self._lost.get(name) != known.boot_id
            return replace(known, open=0, event_number=0 if in_sight else known.event_number)
        earliest_at = before.earliest_at if known.source == PUSH else known.earliest_at
        stood_still = before.began_at < earliest_at  # a VM that was paused: its uptime was, too
        began_at = known.began_at if stood_still else min(before.began_at, known.began_at)
        return replace(before, began_at=began_at, earliest_at=earliest_at)

    def _leave(self, name: DesktopName, before: DesktopSessions, known: DesktopSessions) -> None:
        """Of the document before: what it says against this one, or the end of its boot."""
        if before.boot_id != known.boot_id:
            ended_at = max(before.heard_at, known.began_at) if known.sequence else known.heard_at
            self._change(name, -before.open, before.place, ended_at)
            return
        if PUSH not in (known.source, before.source):
            self.readings.read(name, before=before.heard_at, at=known.heard_at)
        self._compare(before, known)

    def _count(self, name: DesktopName, before: DesktopSessions, lead: Lead, now: Instant, *, most: int) -> None:
        for at_s, change in lead.dated:
            self._change(name, change, before.place, min(before.began_at + at_s, now))
        if lead.undated:
            self.tally.inferred += abs(lead.undated)
            self.readings.inferred(name, abs(lead.undated), most=max(most, before.open), before=before.heard_at, at=now)
            self._change(name, lead.undated, before.place, now)

    def _compare(self, before: DesktopSessions, now: DesktopSessions) -> None:
        """Two documents of one boot without an event in between should show the same sessions."""
        numbered = now.event_number or before.event_number
        if numbered and now.event_number == before.event_number and now.sessions != before.sessions:
            self.tally.disagreements += 1

    def _change(self, name: DesktopName, count: int, place: GroupPlace, at: Instant) -> None:
        """Never before its change before: what it had then, it had until now."""
        if count:
            self._changed_at[name] = at = max(at, self._changed_at.get(name, at))
            self._add(count, place, at)

    def _add(self, count: int, place: GroupPlace, at: Instant) -> None:
        if count:
            self.timeline.add(at, count, place)


def _first(place: GroupPlace, report: GuestReport, *, source: str, heard_at: Instant) -> DesktopSessions:
    return DesktopSessions(
        place=place,
        boot_id=report.boot_id,
        sequence=report.sequence,
        event_number=report.event_number,
        open=len(report.sessions),
        heard_at=heard_at,
        began_at=heard_at - report.sequence / 1e6,
        earliest_at=heard_at - report.sequence / 1e6 - MAX_AGE_S,
        source=source,
        sessions=tuple(sorted((session.login, session.state.value) for session in report.sessions)),
    )


def _is_older(report: GuestReport, known: DesktopSessions, *, is_read: bool) -> bool:
    """By its number; of what Bascule has read itself, and is no older than it takes, a number far below is no older document:
    the VM was set back to a moment before, with its memory and its uptime.
    """
    if report.boot_id == known.boot_id and report.sequence and known.sequence:
        was_set_back = is_read and report.read_at >= known.heard_at and known.sequence - report.sequence > _SET_BACK
        return report.sequence <= known.sequence and not was_set_back
    return report.read_at < known.heard_at


def _source(report: GuestReport) -> str:
    sessions: tuple[Session, ...] = report.sessions
    return sessions[0].source if sessions else "guest_agent"
