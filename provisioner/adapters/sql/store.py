"""What is kept over restarts, on SQLAlchemy Core. No type of SQLAlchemy leaves this package."""

from collections.abc import Iterator
from pathlib import Path

from provisioner.adapters.sql import rows
from provisioner.adapters.sql.copies import copied_file, copy_rows, copy_to_file
from provisioner.adapters.sql.databases import database_of
from provisioner.adapters.sql.erasure import erase, erase_before, mentions
from provisioner.adapters.sql.session import Sessions
from provisioner.errors import StoreError
from provisioner.ledger import StoredState, erased_entry, given_entry, trimmed_entry, withdrawn_entry
from provisioner.model.agents import Roster
from provisioner.model.erasure import ErasureRequest, ErasureResult
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.records import Records
from provisioner.ports import Changes, Clock, JournalEntry
from provisioner.reasons import store as reasons


class SqlStore:
    """A Store on SQLite (`sqlite:////path`) or PostgreSQL (`postgresql+psycopg://user@address/name`).

    Only the owner, after `claim`, may commit; everything else may be asked by any process. After a StoreError other than a
    ReservationConflict it is unknown whether the last commit was kept: load again. A lost database connection is made anew
    at the next call, unless another daemon has owned the store in between (StoreOwned: start again).
    """

    def __init__(self, url: str, *, clock: Clock, installation: str = "") -> None:
        """`installation`, when given, is kept at the first claim; a store of another installation is refused."""
        self._sessions = Sessions(database_of(url))
        self._clock = clock
        self._installation = installation
        self._kept: StoredState | None = None
        """As loaded or committed last: the owner alone changes it, and writes what differs. None: to be read."""

    def claim(self) -> None:
        """Own the store until `close` and bring its schema up to date; raises StoreOwned, naming the owner where known."""
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

    def intents(self) -> tuple[Intent, ...]:
        """The standing orders, oldest first."""
        with self._sessions.reading(reasons.READ_INTENTS()) as connection:
            return rows.read_intents(connection) if connection else ()

    def give(self, intent: Intent) -> None:
        """Give a standing order (again, for the same target: replaces it), and journal it. Makes a store where none is yet."""
        with self._sessions.writing(reasons.GIVE_INTENT(intent=intent.kind.value)) as connection:
            rows.write_intent(connection, intent)
            rows.write_line(connection, given_entry(intent))

    def withdraw(self, kind: IntentKind, *, by: str, at: Instant, target: str = "") -> bool:
        """Take a standing order back, and journal it; whether there was one."""
        with self._sessions.writing(reasons.WITHDRAW_INTENT(intent=kind.value)) as connection:
            found = rows.remove_intent(connection, kind, target=target)
            if found:
                rows.write_line(connection, withdrawn_entry(kind, by=by, at=at, target=target))
            return found

    def journal(self, *, limit: int = 100, subject: str | None = None) -> Iterator[JournalEntry]:
        """Newest first."""
        with self._sessions.reading(reasons.READ_JOURNAL()) as connection:
            return iter(rows.read_journal(connection, limit=limit, subject=subject) if connection else ())

    def rosters(self) -> Iterator[Roster]:
        """The accepted rosters that are kept, newest first; the first is in force."""
        with self._sessions.reading(reasons.READ_ROSTERS()) as connection:
            return iter(rows.read_rosters(connection) if connection else ())

    def forget(self, order: ErasureRequest) -> ErasureResult:
        """Erase and journal in one transaction; then see to it that no page of a file holds the old text either."""
        with self._sessions.reading(reasons.FIND_PERSON()) as connection:
            if connection is None:
                return ErasureResult()
            named = mentions(connection, order)
        with self._sessions.writing(reasons.ERASE_PERSON()) as connection:
            found = erase(connection, order, named)
            if found:
                rows.write_line(connection, erased_entry(order, found))
        self._sessions.scrub()
        return found

    def copy_to(self, path: Path) -> bool:
        """Copy the store as it is now into a new SQLite file, while its owner goes on; False when there is no store."""
        with self._sessions.reading(reasons.COPY()) as connection:
            if connection is None:
                return False
            copy_to_file(connection, path)
            return True

    def fill_from(self, path: Path, line: JournalEntry) -> None:
        """Take a copy back, bring it up to date and journal `line`; the store is then given up.

        Raises StoreError when there is a store already, or another installation's in the copy.
        """
        with copied_file(path) as source, self._sessions.filling() as target:
            kept = rows.read_meta(source, "installation")
            if kept is not None and self._installation not in ("", kept):
                raise StoreError(reasons.COPY_OTHER_INSTALLATION(kept=kept, installation=self._installation))
            copy_rows(source, target)
        self.claim()
        with self._sessions.owned(reasons.NOTE_RESTORE()) as connection:
            rows.write_line(connection, line)
        self.close()

    def trim_journal(self, *, before: Instant, at: Instant) -> int:
        """Erase and journal in one transaction; SQLite overwrites what was erased (secure_delete)."""
        with self._sessions.owned(reasons.TRIM_JOURNAL()) as connection:
            lines = erase_before(connection, before)
            if lines:
                rows.write_line(connection, trimmed_entry(lines=lines, at=at, before=before))
            return lines

    def verify(self) -> None:
        """On a connection of its own."""
        self._sessions.verify()

    def close(self) -> None:
        """Give the store up; it may be claimed again."""
        self._sessions.close()


__all__ = ["SqlStore"]
