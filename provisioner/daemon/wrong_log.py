"""Notes in the journal when an entry of the list of what is wrong begins, grows and is over; and when the daemon was not there.

A listener of the control loop, and of its thread: it alone may write to the journal. `keep` does, between two cycles.

Bounds: what stands for less than a minute is not noted, and what is back within five minutes has gone on. So an entry that
comes and goes writes two lines in six minutes at most, and one more each time that it concerns twice as many.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from provisioner.errors import StoreError
from provisioner.model.actions import Outcome
from provisioner.model.ids import Instant
from provisioner.model.order_words import NotedWord
from provisioner.model.people.agents import Roster
from provisioner.model.status import Status
from provisioner.model.words import JournalWord
from provisioner.ports import ApiCall, Changes, JournalEntry, Store
from provisioner.reasons.hiding import without_arguments, without_names
from provisioner.reasons.reason import Reason
from provisioner.reasons.wrong import (
    DAEMON_BACK,
    DAEMON_BACK_KILLED,
    DAEMON_BEGINS,
    DAEMON_ENDS,
    DAEMON_HUNG,
    LENDS_REFUSED,
    WRONG_OVER,
    WRONG_STANDS,
)
from provisioner.views.surge_report.spells import spells
from provisioner.wrong.entry import Wrong
from provisioner.wrong.noted import is_kept, trouble_of

STOOD_S = 60.0
"""What is over sooner is not noted: a cluster that was not observed yet as the daemon started, a node that was slow once."""
GONE_S = 300.0
"""What is back sooner has gone on all the time."""
HUNG_S = 120.0
"""Real seconds. Longer than any cycle: then nobody has looked."""
_RETRY_S = 30.0
LINES = 20_000
"""Lines in which what stood before a restart is looked for: those of some nights. What began before them begins anew."""
_MOST_WAITING = 1_000
"""A store that cannot be written does not fill the memory: the oldest go."""
_OF_PEOPLE = ("entry", "login", "name", "person", "who", "user")
"""Arguments that may name a person."""
_OF_OTHERS = (JournalWord.GIVEN, JournalWord.WITHDRAWN, JournalWord.ERASED, JournalWord.RESTORED)
"""Results of lines that commands write without a daemon."""
Key = tuple[str, str]
"""Which trouble, and what has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingEntry:
    """An entry that stands, or is gone for a moment."""

    entry: Wrong
    """As it was when it concerned most."""
    since: Instant
    listed_at: Instant
    """When it was first in the list: after `since`, if its state says since when it is so."""
    noted: int | None = None
    """How many it concerned in its last line; None: it has none."""
    gone_at: Instant | None = None
    """None: it stands."""


class Refusals:
    """People whom a pool has refused a desktop: no entry of the list, for it says what is so now."""

    def __init__(self) -> None:
        self._total = self._count = 0
        self._began_at = self._last_at = -inf

    def look(self, status: Status) -> Iterator[Wrong]:
        """One entry for all that come within five minutes of each other; it stands until a minute and a half after the last."""
        total, now = sum(status.lends_refused.values()), status.at
        self._began_at, self._last_at = min(self._began_at, now), min(self._last_at, now)
        more, self._total = max(0, total - self._total), total  # a daemon that begins anew counts from 0
        if more:
            if now - self._last_at > GONE_S:
                self._began_at, self._count = now, 0
            self._last_at, self._count = now, self._count + more
        if now - self._last_at <= 1.5 * STOOD_S:
            yield Wrong(says=LENDS_REFUSED(count=self._count), since=self._began_at, concerns=self._count)


class WrongLog:
    """What stands, and the lines that are not stored yet. Of the control thread."""

    def __init__(self, wrong: Callable[[Status], tuple[Wrong, ...]], *, clock_rate: float = 1.0) -> None:
        """`wrong`: the list of what is wrong; `clock_rate`: seconds of the clock per real second."""
        self._wrong, self._hung_s = wrong, HUNG_S * clock_rate
        self._standing: dict[Key, StandingEntry] = {}
        self._waiting: list[JournalEntry] = []
        self._refusals = Refusals()
        self._looked_at: Instant | None = None
        self._try_at: Instant = 0.0

    def begin(self, lines: Sequence[JournalEntry], *, heard_at: Instant, now: Instant) -> None:
        """The daemon starts. `lines`: the journal's, newest first; `heard_at`: when a daemon has done anything, for sure."""
        self._standing = {
            (spell.trouble, spell.about): StandingEntry(
                entry=Wrong(says=spell.says, about=spell.about, concerns=spell.count),
                since=spell.began_at,
                listed_at=spell.began_at,
                noted=spell.count,
            )
            for spell in spells(reversed(lines))
            if spell.ended_at is None
        }
        self._looked_at = None
        self._note(now, NotedWord.STARTED, _back(lines, heard_at=heard_at, now=now))

    def begin_anew(self) -> None:
        """The clock was set: the time since the last cycle is not known."""
        self._looked_at = None

    def end(self, now: Instant) -> None:
        """The daemon ends in an orderly way."""
        self._note(now, NotedWord.ENDED, DAEMON_ENDS())

    def status(self, status: Status) -> None:
        """A cycle ended."""
        if self._looked_at is not None and status.at - self._looked_at > self._hung_s:
            self._note(status.at, NotedWord.HUNG, DAEMON_HUNG(away_s=status.at - self._looked_at))
        self._looked_at = status.at
        entries = (*filter(is_kept, self._wrong(status)), *self._refusals.look(status))
        self._standing = followed(self._standing, entries, now=status.at)
        self._waiting += _lines(self._standing, status)

    def keep(self, store: Store) -> None:
        """Store what waits. What cannot be stored now waits for half a minute: the loop is not to wait for a faulty store."""
        at = self._waiting[-1].at if self._waiting else 0.0
        if not self._waiting or 0 < self._try_at - max(at, self._looked_at or at) <= _RETRY_S:
            return
        try:
            store.commit(Changes(entries=tuple(self._waiting)))
        except StoreError:  # a fault of the store is noticed by those who need it
            self._waiting = self._waiting[-_MOST_WAITING:]
            self._try_at = (self._looked_at or at) + _RETRY_S
        else:
            self._waiting = []

    def _note(self, at: Instant, result: NotedWord, reason: Reason) -> None:
        self._waiting.append(JournalEntry(at=at, what=NotedWord.DAEMON, subject="", result=result, reason=reason))

    def api_call(self, call: ApiCall) -> None:
        """Not noted."""

    def outcome(self, outcome: Outcome) -> None:
        """Not noted: the journal has it."""

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """Not noted: the list has it."""

    def notice(self, subject: str, text: str) -> None:
        """Not noted."""


def followed(before: dict[Key, StandingEntry], entries: Iterable[Wrong], *, now: Instant) -> dict[Key, StandingEntry]:
    """What stands now, and what has gone, until that is noted."""
    before = {key: _by(each, now) for key, each in before.items()}
    there: dict[Key, Wrong] = {}
    for entry in entries:
        there.setdefault((trouble_of(entry.says), entry.about), entry)
    gone = {key: _gone(each, now) for key, each in before.items() if key not in there}
    return {key: each for key, each in gone.items() if each is not None} | {
        key: _stands(before.get(key), entry, now) for key, entry in there.items()
    }


def _by(each: StandingEntry, now: Instant) -> StandingEntry:
    """With no time to come: the clock may have been set back."""
    gone_at = None if each.gone_at is None else min(each.gone_at, now)
    return replace(each, since=min(each.since, now), listed_at=min(each.listed_at, now), gone_at=gone_at)


def _gone(before: StandingEntry, now: Instant) -> StandingEntry | None:
    """None: it was too short to be worth a line."""
    if before.noted is None:
        return None
    return before if before.gone_at is not None else replace(before, gone_at=now)


def _stands(before: StandingEntry | None, entry: Wrong, now: Instant) -> StandingEntry:
    if before is None:
        return StandingEntry(entry=entry, since=now if entry.since is None else min(entry.since, now), listed_at=now)
    most = entry if entry.concerns > before.entry.concerns else before.entry
    return replace(before, entry=most, gone_at=None)


def _lines(standing: dict[Key, StandingEntry], status: Status) -> Iterator[JournalEntry]:
    """What is to be noted now; what is over for good leaves `standing`."""
    now = status.at
    for key, each in list(standing.items()):
        if each.gone_at is not None and now - each.gone_at >= GONE_S:
            del standing[key]
            says = WRONG_OVER(ago_s=now - each.gone_at, lasted_s=each.gone_at - each.since, what=_kept(each.entry.says, status))
            yield _line(each, NotedWord.OVER, says, now)
        elif each.gone_at is None and _is_news(each, now):
            standing[key] = replace(each, noted=each.entry.concerns)
            says = WRONG_STANDS(stood_s=now - each.since, what=_kept(each.entry.says, status))
            yield _line(each, NotedWord.BEGAN if each.noted is None else NotedWord.GREW, says, now)


def _is_news(each: StandingEntry, now: Instant) -> bool:
    if each.noted is None:
        return now - each.listed_at >= STOOD_S
    return each.entry.concerns >= 2 * max(1, each.noted)


def _line(each: StandingEntry, result: NotedWord, reason: Reason, now: Instant) -> JournalEntry:
    """Dated when it is noted: the journal's lines are in the order of their times."""
    return JournalEntry(at=now, what=NotedWord.WRONG, subject=each.entry.about, result=result, reason=reason)


def _kept(says: Reason, status: Status) -> Reason:
    """Without people: neither those of the directory nor those of its entries that cannot be used."""
    roster, people = status.roster, set[str]()
    if roster is not None:
        people = {agent.login for agent in roster.agents.values()} | {entry.login for entry in roster.rejected}
    return without_names(without_arguments(says, _OF_PEOPLE), people - {""})


def _back(lines: Sequence[JournalEntry], *, heard_at: Instant, now: Instant) -> Reason:
    last = next((line for line in lines if line.result not in _OF_OTHERS), None)
    if last is None:
        return DAEMON_BEGINS()
    if (last.what, last.result) == (NotedWord.DAEMON, NotedWord.ENDED):
        return DAEMON_BACK(away_s=max(0.0, now - last.at))
    return DAEMON_BACK_KILLED(away_s=max(0.0, now - max(heard_at, last.at)))


__all__ = ["GONE_S", "HUNG_S", "LINES", "STOOD_S", "StandingEntry", "WrongLog", "followed"]
