"""The store of a rehearsal: in memory, with the same behaviour as the store on a database."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from operator import eq
from typing import Any, TypeVar

from provisioner.errors import StoreError, StoreOwned
from provisioner.ledger import (
    ROSTERS_KEPT,
    StoredState,
    entry_of,
    erased_entry,
    given_entry,
    half_days_of,
    set_aside_entry,
    surge_entry,
    trimmed_entry,
    wave_entry,
    withdrawn_entry,
)
from provisioner.model.ids import AgentId, DesktopPoolName, Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.erasure import ErasureRequest, ErasureResult, Unclear, UnclearMention, hindrances, without
from provisioner.model.kept.known_people import KnownPerson, learned, rekeyed_people, served_people
from provisioner.model.kept.records import Records
from provisioner.model.kept.rekeying import rekeyed_roster
from provisioner.model.kept.rewriting import Rewriting
from provisioner.model.kept.set_aside import Unreadable
from provisioner.model.kept.store_fit import D, HistoryTable, PeopleTable
from provisioner.model.people.agents import Roster
from provisioner.model.scenario.etas import FORECASTS_KEPT, KEPT, KeptForecast, MeasuredKind, Measurement
from provisioner.model.scenario.progress import PROGRESS_KEPT, Progress
from provisioner.model.scenario.surges import SurgeRun
from provisioner.model.session_counts import ARRIVALS_KEPT_S, PoolQuarter, SessionCounts
from provisioner.ports import Changes, JournalEntry

T = TypeVar("T")


class MemoryStore:
    """A Store without a file.

    `load` returns views that show later commits (except roster, intents and baseline). So load and commit cost the same for any
    number of desktops.
    """

    def __init__(self) -> None:
        self._kept = StoredState()
        self._earlier: tuple[Roster, ...] = ()
        """Accepted before the roster in force, newest first."""
        self._intents: dict[tuple[IntentKind, str], Intent] = {}
        self._journal: list[JournalEntry] = []
        self._lines = 0
        """Ever written."""
        self._claimed = False
        self._measured: list[Measurement] = []
        self._forecasts: list[KeptForecast] = []
        self._progress: list[Progress] = []
        self._histories: dict[HistoryTable[Any], list[Any]] = {}
        self._arrivals: dict[tuple[Instant, DesktopPoolName], PoolQuarter] = {}
        self._runs: dict[int, SurgeRun] = {}
        self._people: dict[PeopleTable[Any], dict[tuple[object, ...], Any]] = {}
        self._known: dict[AgentId, KnownPerson] = {}

    def claim(self) -> None:
        """Own the store until `close`; raises StoreOwned if it is already owned."""
        if self._claimed:
            raise StoreOwned("the store is owned by this process already")
        self._claimed = True

    def load(self) -> Records:
        """All records, as views."""
        return self._kept.records(self.intents())

    def commit(self, changes: Changes) -> None:
        """All or nothing: everything is checked before the first change."""
        if not self._claimed:
            raise StoreError("the store has to be claimed before anything is committed")
        self._kept.check(changes)
        earlier = (*_rosters_before(changes, self._kept.roster, self._earlier),)
        self._kept.apply(changes)
        self._earlier = earlier
        self._learn(changes)
        if changes.rekeyed:
            for table, rows in self._people.items():
                renamed = [replace(each, agent_id=changes.rekeyed.get(each.agent_id, each.agent_id)) for each in rows.values()]
                self._people[table] = {table.key_of(each): each for each in renamed}
        self._append(*map(entry_of, changes.outcomes), *changes.entries)
        if changes.surge is not None:
            self._append(surge_entry(changes.surge))
            self._runs[changes.surge.run.number] = changes.surge.run
        self._append(*map(wave_entry, changes.waves))

    def _learn(self, changes: Changes) -> None:
        if changes.rekeyed:
            self._known = rekeyed_people(self._known, changes.rekeyed)
        if changes.roster is not None:
            served = served_people(self._kept.desktops.values())
            self._known |= learned(self._known, served=served, roster=changes.roster, at=changes.roster.read_at)
        elif new := served_people(changes.desktops.values()) - self._known.keys():
            self._known |= learned({}, served=new, roster=self._kept.roster, at=0.0)

    def intents(self) -> tuple[Intent, ...]:
        """All intents, oldest first."""
        return tuple(sorted(self._intents.values(), key=lambda intent: (intent.at, intent.kind, intent.target)))

    def unreadable(self) -> tuple[Unreadable, ...]:
        """None: they are kept as values."""
        return ()

    def discard(self, order: Unreadable, at: Instant) -> None:
        """It is journalled alone."""
        self._append(set_aside_entry(order, at))

    def give(self, intent: Intent) -> None:
        """Store an intent, replacing an earlier intent for the same target, and journal it."""
        self._intents[intent.kind, intent.target] = intent
        self._append(given_entry(intent))

    def withdraw(self, kind: IntentKind, *, by: str, at: Instant, target: str = "", reason: str = "") -> bool:
        """Remove an intent, and journal it; whether there was one."""
        if self._intents.pop((kind, target), None) is None:
            return False
        self._append(withdrawn_entry(kind, by=by, at=at, target=target, reason=reason))
        return True

    def journal(self, *, limit: int = 100, subject: str | None = None) -> Iterator[JournalEntry]:
        """Newest first."""
        wanted = (entry for entry in reversed(self._journal) if subject is None or entry.subject == subject)
        return islice(wanted, limit)

    def journal_after(self, sequence: int, *, limit: int = 500) -> Sequence[JournalEntry]:
        """Oldest first."""
        return list(islice((entry for entry in self._journal if entry.sequence > sequence), limit))

    def rosters(self) -> Iterator[Roster]:
        """Newest first; the first is in force."""
        return iter(() if self._kept.roster is None else (self._kept.roster, *self._earlier))

    def forget(self, order: ErasureRequest) -> ErasureResult:
        """Erase the person of the order, and journal it."""
        mentions = order.mentions
        if why := next(hindrances(order.person, mentions, self.load()), None):
            raise StoreError(why)
        rewriting = Rewriting(mentions, unclear_too=order.unclear is Unclear.ERASE)
        journal = [_renamed(entry, rewriting, order) for entry in self._journal]
        intents = {key: _intent(intent, rewriting) for key, intent in self._intents.items()}
        before = tuple(self.rosters())
        rosters = tuple(without(roster, order.person, rewriting) for roster in before)
        if rewriting.unclear and order.unclear is Unclear.ASK:
            return ErasureResult(unclear=tuple(UnclearMention(place="memory", text=text) for text in rewriting.unclear))
        result = ErasureResult(
            lines=sum(after != before for after, before in zip(journal, self._journal, strict=True)),
            rosters=sum(after is not roster for after, roster in zip(rosters, before, strict=True)),
            orders=sum(intent != self._intents[key] for key, intent in intents.items()),
            others=sum(self._known.pop(agent_id, None) is not None for agent_id in order.person.ids),
        )
        self._journal, self._intents = journal, intents
        self._kept.roster, self._earlier = next(iter(rosters), None), rosters[1:]
        if (run := self._kept.surge) is not None:
            self._kept.surge = replace(run, by=rewriting.prose(run.by), reason=rewriting.prose(run.reason))
        self._runs = {
            number: replace(run, by=rewriting.prose(run.by), reason=rewriting.prose(run.reason))
            for number, run in self._runs.items()
        }
        for history, values in self._histories.items():
            self._histories[history] = [history.value(each.at, rewriting.document(history.document(each))) for each in values]
        ids = order.person.ids
        for table in self._people:
            self.drop(table, sorted(ids))
        weeks = self._kept.half_days.values()
        self._kept.half_days = half_days_of(week for week in weeks if week.agent_id not in ids)
        self._kept.rekeyed = {old: now for old, now in self._kept.rekeyed.items() if now not in ids and old not in ids}
        self._append(*([erased_entry(order, result, mentions)] if result else []))
        return result

    def finish_erasures(self) -> None:
        """Nothing is left: there is no file."""

    def people(self) -> tuple[KnownPerson, ...]:
        """The people kept, by id."""
        return tuple(person for _, person in sorted(self._known.items()))

    def trim_journal(self, *, before: Instant, at: Instant) -> int:
        """Erase older lines, and journal it."""
        self._earlier = tuple(roster for roster in self._earlier if roster.read_at >= before)
        kept = [line for line in self._journal if line.at >= before]
        lines = len(self._journal) - len(kept)
        self._journal = kept
        self._append(*([trimmed_entry(lines=lines, at=at, before=before)] if lines else []))
        return lines

    def keep_measured(self, measured: Sequence[Measurement]) -> None:
        """The latest of each group stay."""
        if measured and not self._claimed:
            raise StoreError("the store has to be claimed before anything is kept")
        for each in measured:
            self._measured.append(each)
        counts: Counter[tuple[MeasuredKind, str, str]] = Counter()
        kept = []
        for each in reversed(self._measured):
            counts[each.group] += 1
            if counts[each.group] <= KEPT:
                kept.append(each)
        self._measured = kept[::-1]

    def measured(self) -> tuple[Measurement, ...]:
        """In the order in which they were added."""
        return tuple(self._measured)

    def keep_forecast(self, forecast: KeptForecast) -> bool:
        """A store in memory is always there."""
        self._forecasts = [*self._forecasts, forecast][-FORECASTS_KEPT:]
        return True

    def forecasts(self) -> tuple[KeptForecast, ...]:
        """Oldest first."""
        return tuple(self._forecasts)

    def add(self, history: HistoryTable[D], value: D) -> bool:
        """A store in memory is always there."""
        self._histories[history] = [*self._histories.get(history, ()), value][-history.most :]
        return True

    def latest(self, history: HistoryTable[D], limit: int) -> tuple[D, ...]:
        """Newest first."""
        return tuple(self._histories.get(history, ())[::-1][:limit])

    def keep_progress(self, noted: Sequence[Progress]) -> None:
        """The latest ones stay."""
        if noted and not self._claimed:
            raise StoreError("the store has to be claimed before anything is kept")
        self._progress = [*self._progress, *noted][-PROGRESS_KEPT:]

    def progress(self, run: int) -> tuple[Progress, ...]:
        """Oldest first."""
        return tuple(noted for noted in self._progress if noted.run == run)

    def keep_arrivals(self, quarters: Sequence[PoolQuarter]) -> None:
        """Older ones go."""
        if quarters and not self._claimed:
            raise StoreError("the store has to be claimed before anything is kept")
        self._arrivals |= {(each.quarter.at, each.pool): each for each in quarters}
        newest = max((at for at, _ in self._arrivals), default=0.0)
        self._arrivals = {key: each for key, each in self._arrivals.items() if key[0] >= newest - ARRIVALS_KEPT_S}

    def arrivals(self) -> tuple[PoolQuarter, ...]:
        """Oldest first, then by pool."""
        return tuple(each for _, each in sorted(self._arrivals.items(), key=lambda item: item[0]))

    def session_counts(self) -> SessionCounts:
        """The counts as last committed."""
        return self._kept.session_counts

    def kept(self, table: PeopleTable[T]) -> tuple[T, ...]:
        """All rows, in no order."""
        return tuple(self._people.get(table, {}).values())

    def keep(self, table: PeopleTable[T], changed: Sequence[T]) -> None:
        """The last of each key."""
        if changed and not self._claimed:
            raise StoreError("the store has to be claimed before anything is kept")
        self._people.setdefault(table, {}).update({table.key_of(each): each for each in changed})

    def drop(self, table: PeopleTable[T], people: Sequence[AgentId]) -> None:
        """All of these people."""
        rows = self._people.get(table, {})
        self._people[table] = {key: each for key, each in rows.items() if each.agent_id not in people}

    def runs(self) -> tuple[SurgeRun, ...]:
        """Oldest first."""
        return tuple(run for _, run in sorted(self._runs.items()))

    def verify(self) -> None:
        """Nothing to check."""

    def _append(self, *entries: JournalEntry) -> None:
        for entry in entries:
            self._lines += 1
            self._journal.append(replace(entry, sequence=self._lines))

    def close(self) -> None:
        """Give up the store. Its content stays for the next claim."""
        self._claimed = False


def _rosters_before(changes: Changes, roster: Roster | None, earlier: tuple[Roster, ...]) -> Iterable[Roster]:
    """The rosters before the one in force after these changes, under its ids."""
    if changes.roster is None and not changes.rekeyed:
        return earlier
    new = changes.roster
    is_same = new is None or roster is None or all(map(eq, _people_in(roster), _people_in(new)))
    kept = earlier if is_same or roster is None else (roster, *earlier)
    return (rekeyed_roster(each, changes.rekeyed) for each in islice(kept, ROSTERS_KEPT - 1))


def _people_in(roster: Roster) -> tuple[object, ...]:
    return roster.agents, roster.departed, roster.rejected


def _renamed(line: JournalEntry, rewriting: Rewriting, order: ErasureRequest) -> JournalEntry:
    subject = order.pseudonym if line.subject in order.person.ids else line.subject
    return replace(line, subject=subject, reason=rewriting.reason(line.reason), because=rewriting.reason(line.because))


def _intent(intent: Intent, rewriting: Rewriting) -> Intent:
    return replace(intent, by=rewriting.prose(intent.by), reason=rewriting.prose(intent.reason))
