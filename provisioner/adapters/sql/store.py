"""The store, on SQLAlchemy Core. No type of SQLAlchemy leaves this package."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from provisioner.adapters.sql import history as past
from provisioner.adapters.sql import journal, orders, people_rows, rows
from provisioner.adapters.sql.copies import copied_file, copy_rows, copy_to_file, move
from provisioner.adapters.sql.databases import database_of
from provisioner.adapters.sql.erasure import (
    Eraser,
    count_before,
    drop_gone_before,
    erase_before,
    erase_people_before,
    erasures,
    is_scrub_due,
    note_erasure,
    note_scrubbed,
)
from provisioner.adapters.sql.people_rows import read_people, replace_people, write_people
from provisioner.adapters.sql.runs import read_progress, read_runs, write_progress
from provisioner.adapters.sql.session import Sessions
from provisioner.adapters.sql.sparing import is_still_unreadable, unreadable_rows
from provisioner.errors import StoreErased, StoreError
from provisioner.ledger import (
    StoredState,
    erased_entry,
    given_entry,
    leases_in_doubt,
    set_aside_entry,
    trimmed_entry,
    trimmed_index_entry,
    trimmed_people_entry,
    withdrawn_entry,
)
from provisioner.model.ids import AgentId, Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.erasure import ErasureRequest, ErasureResult, hindrances
from provisioner.model.kept.known_people import KnownPerson, learned, rekeyed_people, served_people
from provisioner.model.kept.records import Records
from provisioner.model.kept.set_aside import Unreadable
from provisioner.model.kept.store_fit import D, HistoryTable, PeopleTable, StoreFit, StoreMove
from provisioner.model.people.agents import Roster
from provisioner.model.scenario.etas import KeptForecast, Measurement
from provisioner.model.scenario.progress import Progress
from provisioner.model.scenario.surges import SurgeRun
from provisioner.model.session_counts import NO_COUNTS, PoolQuarter, SessionCounts
from provisioner.ports import Changes, Clock, JournalEntry
from provisioner.reasons import store as reasons
from provisioner.reasons.directory import ERASED_MEANWHILE, ORDER_STANDS

T = TypeVar("T")


class SqlStore:
    """A Store on SQLite (`sqlite:////path`) or PostgreSQL (`postgresql+psycopg://user@address/name`).

    Only the owner, after `claim`, may commit; any process may call everything else. After a StoreError that is no
    ReservationConflict it is unknown whether the last commit was stored: load again. The next call opens a lost database
    connection again, unless another daemon has owned the store meanwhile (StoreOwned: restart).
    """

    def __init__(self, url: str, *, clock: Clock, installation: str = "") -> None:
        """The first claim stores `installation`; a store of another installation is refused. Empty: any installation."""
        self._sessions = Sessions(database_of(url))
        self._clock = clock
        self._installation = installation
        self._kept: StoredState | None = None
        """As last loaded or committed. Only the owner changes it, and writes only differences. None: it has to be loaded."""
        self._people: dict[AgentId, KnownPerson] | None = None
        """The index of people, the same way."""
        self._erasures: int | None = None
        """People erased when the owner last loaded; None: it has not loaded yet."""
        self._unreadable: tuple[Unreadable, ...] | None = None
        """Of other tables than that of the orders; None: nobody has looked yet."""

    def claim(self) -> None:
        """Own the store until `close` and upgrade its schema; raises StoreOwned, with the owner if known."""
        self._kept = self._people = self._erasures = self._unreadable = None
        self._sessions.claim(at=self._clock.now(), installation=self._installation)
        with suppress(StoreError):  # then the next day
            self.finish_erasures()

    def prove(self) -> None:
        """Write something as the owner, which it becomes again; raises StoreOwned if another daemon has owned it meanwhile."""
        if not self._sessions.is_claimed:
            self.claim()
        with self._sessions.owned(reasons.COMMIT()) as connection:
            rows.write_meta(connection, "written", str(self._clock.now()))

    def fit(self) -> StoreFit:
        """Whether this version could claim it. Changes nothing."""
        return self._sessions.fit(self._installation)

    def load(self) -> Records:
        """All that is kept."""
        records, self._erasures = self._load()
        return records

    def _load(self) -> tuple[Records, int]:
        """And how many people were erased by then."""
        with self._sessions.reading(reasons.LOAD()) as connection:
            if connection is None:
                records, erased = Records(baseline_accepted=False), 0
            else:
                records, erased = rows.read_kept(connection), erasures(connection)
        self._kept, self._people = StoredState.of(records), None
        return records, erased

    def commit(self, changes: Changes) -> None:
        """Durable when it returns; all or nothing."""
        if not changes:
            return
        kept = self._kept = self._kept or StoredState.of(self._load()[0])
        kept.check(changes)
        try:
            with self._sessions.owned(reasons.COMMIT()) as connection:
                self._refuse_what_was_read_before_an_erasure(connection)
                rows.write_changes(connection, changes, kept.desktops)
                people = self._learn(connection, changes, kept)
        except StoreError:
            self._kept = self._people = None
            raise
        kept.apply(changes)
        self._people = people

    def _refuse_what_was_read_before_an_erasure(self, connection: Connection) -> None:
        """It could bring the erased names back."""
        now = erasures(connection)
        self._erasures = now if self._erasures is None else self._erasures
        if now != self._erasures:
            raise StoreErased(ERASED_MEANWHILE())

    def _learn(self, connection: Connection, changes: Changes, kept: StoredState) -> dict[AgentId, KnownPerson]:
        """The index after the changes."""
        people = read_people(connection) if self._people is None else self._people
        if changes.rekeyed:
            people = rekeyed_people(people, changes.rekeyed)
            replace_people(connection, people)
        roster = changes.roster or kept.roster
        if changes.roster is not None:
            served = served_people({**kept.desktops, **changes.desktops}.values())
            new = learned(people, served=served, roster=roster, at=changes.roster.read_at)
        else:
            new = learned({}, served=served_people(changes.desktops.values()) - people.keys(), roster=roster, at=0.0)
        write_people(connection, new)
        return {**people, **new} if new else people

    def people(self) -> tuple[KnownPerson, ...]:
        """The people kept, by id."""
        with self._sessions.reading(reasons.FIND_PERSON()) as connection:
            return tuple(read_people(connection).values()) if connection else ()

    def demand(self) -> None:
        """Raise StoreError if there is no store yet: nothing is known then, which is not the same as nothing."""
        self._sessions.demand()

    def intents(self) -> tuple[Intent, ...]:
        """All intents, oldest first."""
        with self._sessions.reading(reasons.READ_INTENTS()) as connection:
            return orders.read_intents(connection) if connection else ()

    def unreadable(self) -> tuple[Unreadable, ...]:
        """Rows that are not orders any more; and of other tables, until they are discarded, as they were once in this life."""
        with self._sessions.reading(reasons.READ_INTENTS()) as connection:
            if connection is None:
                return ()
            if self._unreadable is None:
                self._unreadable = tuple(unreadable_rows(connection))
            return (*orders.read_unreadable(connection), *self._unreadable)

    def discard(self, order: Unreadable, at: Instant) -> None:
        """Remove the row, unless it was written again since it was found, and journal it. The owner alone calls."""
        with self._sessions.owned(reasons.WITHDRAW_INTENT(intent=order.kind)) as connection:
            if not order.table or is_still_unreadable(connection, order):
                orders.remove_unreadable(connection, order)
            journal.write_line(connection, set_aside_entry(order, at))
        self._unreadable = tuple(row for row in self._unreadable or () if row != order)

    def give(self, intent: Intent) -> None:
        """Store an intent, replacing an earlier intent for the same target, and journal it. Creates the store if needed."""
        with self._sessions.writing(reasons.GIVE_INTENT(intent=intent.kind.value)) as connection:
            orders.write_intent(connection, intent)
            journal.write_line(connection, given_entry(intent))

    def withdraw(self, kind: IntentKind, *, by: str, at: Instant, target: str = "", reason: str = "") -> bool:
        """Remove an intent, and journal it; whether there was one."""
        with self._sessions.writing(reasons.WITHDRAW_INTENT(intent=kind.value)) as connection:
            removed = orders.remove_intent(connection, kind, target=target)
            if removed:
                journal.write_line(connection, withdrawn_entry(kind, by=by, at=at, target=target, reason=reason))
            return removed

    def journal(self, *, limit: int = 100, subject: str | None = None) -> Iterator[JournalEntry]:
        """Newest first."""
        with self._sessions.reading(reasons.READ_JOURNAL()) as connection:
            return iter(journal.read_journal(connection, limit=limit, subject=subject) if connection else ())

    def journal_after(self, sequence: int, *, limit: int = 500) -> Sequence[JournalEntry]:
        """Oldest first."""
        with self._sessions.reading(reasons.READ_JOURNAL()) as connection:
            return journal.read_journal_after(connection, sequence, limit=limit) if connection else []

    def rosters(self) -> Iterator[Roster]:
        """The stored rosters, newest first; the first is in force."""
        with self._sessions.reading(reasons.READ_ROSTERS()) as connection:
            return iter(rows.read_rosters(connection) if connection else ())

    def forget(self, order: ErasureRequest) -> ErasureResult:
        """Erase and journal in one transaction, then remove the old text from free pages of the file."""
        mentions = order.mentions
        eraser = Eraser(order, mentions)
        with self._sessions.reading(reasons.FIND_PERSON()) as connection:
            if connection is None:
                return ErasureResult()
            found = eraser.in_journal(connection)
        with self._sessions.writing(reasons.ERASE_PERSON()) as connection:
            if why := next(hindrances(order.person, mentions, rows.read_kept(connection)), None):
                raise StoreError(why)
            for kind, text in orders.texts_of_unreadable(connection):
                if mentions(text) != text:
                    raise StoreError(ORDER_STANDS(kind=kind, person=order.person.agent_id))
            result = eraser.erase(connection, found)
            if result:
                journal.write_line(connection, erased_entry(order, result, mentions))
                note_erasure(connection)
        self._kept = self._people = None
        self.finish_erasures()
        return result

    def finish_erasures(self) -> None:
        """Remove erased text from the files, if that was not done yet: whoever erased it may have been killed before."""
        with self._sessions.reading(reasons.FIND_PERSON()) as connection:
            if connection is None or not is_scrub_due(connection):
                return
        self._sessions.scrub()
        with self._sessions.writing(reasons.CLEAR_FILES()) as connection:
            note_scrubbed(connection)

    def copy_to(self, path: Path) -> bool:
        """Copy the store into a new SQLite file, while its owner continues; False: there is no store."""
        with self._sessions.reading(reasons.COPY()) as connection:
            if connection is None:
                return False
            copy_to_file(connection, path)
            return True

    def move_to(self, target: "SqlStore") -> StoreMove:
        """Into an empty one, compared row by row. Raises StoreOwned, StoreError: then nothing was moved."""
        return move(self._sessions, target._sessions, self._installation)

    def fill_from(self, path: Path, line: JournalEntry) -> None:
        """Restore a copy, upgrade it and journal `line`; then give up the store. All leases are in doubt.

        Raises StoreError if there is already a store, or if the copy is of another installation.
        """
        with copied_file(path) as source, self._sessions.filling() as target:
            kept = rows.read_meta(source, "installation")
            if kept is not None and self._installation not in ("", kept):
                raise StoreError(reasons.COPY_OTHER_INSTALLATION(kept=kept, installation=self._installation))
            copy_rows(source, target)
        self.claim()
        with self._sessions.owned(reasons.NOTE_RESTORE()) as connection:
            kept_desktops = rows.read_kept(connection).desktops
            rows.write_changes(connection, leases_in_doubt(kept_desktops, line.at), kept_desktops)
            journal.write_line(connection, line)
        self.close()

    def trim_journal(self, *, before: Instant, at: Instant) -> int:
        """Erase and journal in one transaction; then remove the old text from the write-ahead log."""
        with self._sessions.owned(reasons.TRIM_JOURNAL()) as connection:
            lines = count_before(connection, before)
            if lines:
                # The new line first: SQLite gives the number of the last line again if that line is gone.
                journal.write_line(connection, trimmed_entry(lines=lines, at=at, before=before))
                erase_before(connection, before)
            rosters, runs = erase_people_before(connection, before)
            if rosters or runs:
                journal.write_line(connection, trimmed_people_entry(rosters=rosters, runs=runs, at=at, before=before))
            if people := drop_gone_before(connection, before):
                journal.write_line(connection, trimmed_index_entry(people=people, at=at, before=before))
        self._sessions.scrub_log()
        self.finish_erasures()
        return lines

    def keep_measured(self, measured: Sequence[Measurement]) -> None:
        """One transaction; none without a measurement."""
        if measured:
            with self._sessions.owned(reasons.KEEP_MEASURED()) as connection:
                past.write_measured(connection, measured)

    def measured(self) -> tuple[Measurement, ...]:
        """In the order in which they were added."""
        with self._sessions.reading(reasons.READ_MEASURED()) as connection:
            return past.read_measured(connection) if connection else ()

    def keep_forecast(self, forecast: KeptForecast) -> bool:
        """Creates no store: it would belong to whoever asked for the forecast."""
        with self._sessions.reading(reasons.KEEP_FORECAST()) as connection:
            if connection is None:
                return False
        with self._sessions.writing(reasons.KEEP_FORECAST()) as connection:
            past.write_forecast(connection, forecast)
        return True

    def forecasts(self) -> tuple[KeptForecast, ...]:
        """Oldest first."""
        with self._sessions.reading(reasons.READ_FORECASTS()) as connection:
            return past.read_forecasts(connection) if connection else ()

    def add(self, history: HistoryTable[D], value: D) -> bool:
        """Creates no store, as `keep_forecast`."""
        with self._sessions.reading(history.keeping) as connection:
            if connection is None:
                return False
        with self._sessions.writing(history.keeping) as connection:
            past.write_latest(connection, history, value)
        return True

    def latest(self, history: HistoryTable[D], limit: int) -> tuple[D, ...]:
        """Newest first."""
        with self._sessions.reading(history.reading) as connection:
            return past.read_latest(connection, history, limit) if connection else ()

    def keep_progress(self, noted: Sequence[Progress]) -> None:
        """One transaction; none without anything noted."""
        if noted:
            with self._sessions.owned(reasons.KEEP_PROGRESS()) as connection:
                write_progress(connection, noted)

    def progress(self, run: int) -> tuple[Progress, ...]:
        """Oldest first."""
        with self._sessions.reading(reasons.READ_PROGRESS()) as connection:
            return read_progress(connection, run) if connection else ()

    def keep_arrivals(self, quarters: Sequence[PoolQuarter]) -> None:
        """One transaction; none without any."""
        if quarters:
            with self._sessions.owned(reasons.KEEP_ARRIVALS()) as connection:
                past.write_arrivals(connection, quarters)

    def arrivals(self) -> tuple[PoolQuarter, ...]:
        """Oldest first, then by pool."""
        with self._sessions.reading(reasons.READ_ARRIVALS()) as connection:
            return past.read_arrivals(connection) if connection else ()

    def session_counts(self) -> SessionCounts:
        """The counts as last committed."""
        with self._sessions.reading(reasons.LOAD()) as connection:
            return rows.read_counts(connection) if connection else NO_COUNTS

    def kept(self, table: PeopleTable[T]) -> tuple[T, ...]:
        """In the order of the table."""
        with self._sessions.reading(table.reading) as connection:
            return people_rows.read_values(connection, table) if connection else ()

    def keep(self, table: PeopleTable[T], changed: Sequence[T]) -> None:
        """One transaction; none without a change."""
        if changed:
            with self._sessions.owned(table.keeping) as connection:
                people_rows.write_values(connection, table, changed)

    def drop(self, table: PeopleTable[T], people: Sequence[AgentId]) -> None:
        """One transaction; none without people."""
        if people:
            with self._sessions.owned(table.keeping) as connection:
                people_rows.drop_values(connection, table, people)

    def runs(self) -> tuple[SurgeRun, ...]:
        """Oldest first."""
        with self._sessions.reading(reasons.READ_PROGRESS()) as connection:
            return read_runs(connection) if connection else ()

    def verify(self) -> None:
        """Read everything, on a separate connection; raises StoreError."""
        self._sessions.verify()

    def close(self) -> None:
        """Give the store up; it may be claimed again."""
        self._sessions.close()


__all__ = ["SqlStore"]
