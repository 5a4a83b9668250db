"""The store, on SQLAlchemy Core. No type of SQLAlchemy leaves this package."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from provisioner.adapters.sql import history, people_tables, rows
from provisioner.adapters.sql.arrivals import read_arrivals, write_arrivals
from provisioner.adapters.sql.copies import copied_file, copy_rows, copy_to_file
from provisioner.adapters.sql.databases import database_of
from provisioner.adapters.sql.erasure import count_before, erase, erase_before, erase_people_before, mentions
from provisioner.adapters.sql.progress import read_progress, read_runs, write_progress
from provisioner.adapters.sql.session import Sessions
from provisioner.adapters.sql.standing import read_drills, read_readiness, write_drill, write_readiness
from provisioner.errors import StoreError
from provisioner.ledger import (
    StoredState,
    erased_entry,
    given_entry,
    leases_in_doubt,
    set_aside_entry,
    trimmed_entry,
    trimmed_people_entry,
    withdrawn_entry,
)
from provisioner.model.agents import Roster
from provisioner.model.arrivals import PoolQuarter
from provisioner.model.drills import KeptDrill
from provisioner.model.erasure import ErasureRequest, ErasureResult
from provisioner.model.forecasts import KeptForecast
from provisioner.model.ids import AgentId, Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.measured import Measurement
from provisioner.model.people_tables import PeopleTable
from provisioner.model.progress import Progress
from provisioner.model.readiness import Readiness
from provisioner.model.records import Records
from provisioner.model.session_counts import NO_COUNTS, SessionCounts
from provisioner.model.set_aside import Unreadable
from provisioner.model.surges import SurgeRun
from provisioner.ports import Changes, Clock, JournalEntry
from provisioner.reasons import store as reasons

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

    def claim(self) -> None:
        """Own the store until `close` and upgrade its schema; raises StoreOwned, with the owner if known."""
        self._kept = None
        self._sessions.claim(at=self._clock.now(), installation=self._installation)

    def load(self) -> Records:
        """All that is kept."""
        with self._sessions.reading(reasons.LOAD()) as connection:
            records = rows.read_kept(connection) if connection else Records(baseline_accepted=False)
        self._kept = StoredState.of(records)
        return records

    def commit(self, changes: Changes) -> None:
        """Durable when it returns; all or nothing."""
        if not changes:
            return
        kept = self._kept = self._kept or StoredState.of(self.load())
        kept.check(changes)
        try:
            with self._sessions.owned(reasons.COMMIT()) as connection:
                rows.write_changes(connection, changes, kept.desktops)
        except StoreError:
            self._kept = None
            raise
        kept.apply(changes)

    def demand(self) -> None:
        """Raise StoreError if there is no store yet: nothing is known then, which is not the same as nothing."""
        self._sessions.demand()

    def intents(self) -> tuple[Intent, ...]:
        """All intents, oldest first."""
        with self._sessions.reading(reasons.READ_INTENTS()) as connection:
            return rows.read_intents(connection) if connection else ()

    def unreadable(self) -> tuple[Unreadable, ...]:
        """Rows that are no orders any more."""
        with self._sessions.reading(reasons.READ_INTENTS()) as connection:
            return rows.read_unreadable(connection) if connection else ()

    def discard(self, order: Unreadable, at: Instant) -> None:
        """Remove the row, and journal it. The owner alone calls."""
        with self._sessions.owned(reasons.WITHDRAW_INTENT(intent=order.kind)) as connection:
            rows.remove_unreadable(connection, order)
            rows.write_line(connection, set_aside_entry(order, at))

    def give(self, intent: Intent) -> None:
        """Store an intent, replacing an earlier intent for the same target, and journal it. Creates the store if needed."""
        with self._sessions.writing(reasons.GIVE_INTENT(intent=intent.kind.value)) as connection:
            rows.write_intent(connection, intent)
            rows.write_line(connection, given_entry(intent))

    def withdraw(self, kind: IntentKind, *, by: str, at: Instant, target: str = "", reason: str = "") -> bool:
        """Remove an intent, and journal it; whether there was one."""
        with self._sessions.writing(reasons.WITHDRAW_INTENT(intent=kind.value)) as connection:
            removed = rows.remove_intent(connection, kind, target=target)
            if removed:
                rows.write_line(connection, withdrawn_entry(kind, by=by, at=at, target=target, reason=reason))
            return removed

    def journal(self, *, limit: int = 100, subject: str | None = None) -> Iterator[JournalEntry]:
        """Newest first."""
        with self._sessions.reading(reasons.READ_JOURNAL()) as connection:
            return iter(rows.read_journal(connection, limit=limit, subject=subject) if connection else ())

    def journal_after(self, sequence: int, *, limit: int = 500) -> Sequence[JournalEntry]:
        """Oldest first."""
        with self._sessions.reading(reasons.READ_JOURNAL()) as connection:
            return rows.read_journal_after(connection, sequence, limit=limit) if connection else []

    def rosters(self) -> Iterator[Roster]:
        """The stored rosters, newest first; the first is in force."""
        with self._sessions.reading(reasons.READ_ROSTERS()) as connection:
            return iter(rows.read_rosters(connection) if connection else ())

    def forget(self, order: ErasureRequest) -> ErasureResult:
        """Erase and journal in one transaction, then remove the old text from free pages of the file."""
        with self._sessions.reading(reasons.FIND_PERSON()) as connection:
            if connection is None:
                return ErasureResult()
            named = mentions(connection, order)
        with self._sessions.writing(reasons.ERASE_PERSON()) as connection:
            result = erase(connection, order, named)
            if result:
                rows.write_line(connection, erased_entry(order, result))
        self._sessions.scrub()
        return result

    def copy_to(self, path: Path) -> bool:
        """Copy the store into a new SQLite file, while its owner continues; False: there is no store."""
        with self._sessions.reading(reasons.COPY()) as connection:
            if connection is None:
                return False
            copy_to_file(connection, path)
            return True

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
            rows.write_line(connection, line)
        self.close()

    def trim_journal(self, *, before: Instant, at: Instant) -> int:
        """Erase and journal in one transaction; then remove the old text from the write-ahead log."""
        with self._sessions.owned(reasons.TRIM_JOURNAL()) as connection:
            lines = count_before(connection, before)
            if lines:
                # The new line first: SQLite gives the number of the last line again if that line is gone.
                rows.write_line(connection, trimmed_entry(lines=lines, at=at, before=before))
                erase_before(connection, before)
            rosters, runs = erase_people_before(connection, before)
            if rosters or runs:
                rows.write_line(connection, trimmed_people_entry(rosters=rosters, runs=runs, at=at, before=before))
        self._sessions.scrub_log()
        return lines

    def keep_measured(self, measured: Sequence[Measurement]) -> None:
        """One transaction; none without a measurement."""
        if measured:
            with self._sessions.owned(reasons.KEEP_MEASURED()) as connection:
                history.write_measured(connection, measured)

    def measured(self) -> tuple[Measurement, ...]:
        """In the order in which they were added."""
        with self._sessions.reading(reasons.READ_MEASURED()) as connection:
            return history.read_measured(connection) if connection else ()

    def keep_forecast(self, forecast: KeptForecast) -> bool:
        """Creates no store: it would belong to whoever asked for the forecast."""
        with self._sessions.reading(reasons.KEEP_FORECAST()) as connection:
            if connection is None:
                return False
        with self._sessions.writing(reasons.KEEP_FORECAST()) as connection:
            history.write_forecast(connection, forecast)
        return True

    def forecasts(self) -> tuple[KeptForecast, ...]:
        """Oldest first."""
        with self._sessions.reading(reasons.READ_FORECASTS()) as connection:
            return history.read_forecasts(connection) if connection else ()

    def keep_readiness(self, answer: Readiness) -> bool:
        """Creates no store, as `keep_forecast`."""
        with self._sessions.reading(reasons.KEEP_READINESS()) as connection:
            if connection is None:
                return False
        with self._sessions.writing(reasons.KEEP_READINESS()) as connection:
            write_readiness(connection, answer)
        return True

    def readiness(self, limit: int) -> tuple[Readiness, ...]:
        """Newest first."""
        with self._sessions.reading(reasons.READ_READINESS()) as connection:
            return read_readiness(connection, limit) if connection else ()

    def keep_drill(self, drill: KeptDrill) -> bool:
        """Creates no store, as `keep_forecast`."""
        with self._sessions.reading(reasons.KEEP_DRILL()) as connection:
            if connection is None:
                return False
        with self._sessions.writing(reasons.KEEP_DRILL()) as connection:
            write_drill(connection, drill)
        return True

    def drills(self) -> tuple[KeptDrill, ...]:
        """Newest first."""
        with self._sessions.reading(reasons.READ_DRILLS()) as connection:
            return read_drills(connection) if connection else ()

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
                write_arrivals(connection, quarters)

    def arrivals(self) -> tuple[PoolQuarter, ...]:
        """Oldest first, then by pool."""
        with self._sessions.reading(reasons.READ_ARRIVALS()) as connection:
            return read_arrivals(connection) if connection else ()

    def session_counts(self) -> SessionCounts:
        """As last committed."""
        with self._sessions.reading(reasons.LOAD()) as connection:
            return rows.read_counts(connection) if connection else NO_COUNTS

    def kept(self, table: PeopleTable[T]) -> tuple[T, ...]:
        """In the order of the table."""
        with self._sessions.reading(table.reading) as connection:
            return people_tables.read(connection, table) if connection else ()

    def keep(self, table: PeopleTable[T], changed: Sequence[T]) -> None:
        """One transaction; none without a change."""
        if changed:
            with self._sessions.owned(table.keeping) as connection:
                people_tables.write(connection, table, changed)

    def drop(self, table: PeopleTable[T], people: Sequence[AgentId]) -> None:
        """One transaction; none without people."""
        if people:
            with self._sessions.owned(table.keeping) as connection:
                people_tables.drop(connection, table, people)

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
