"""A PostgreSQL database: how one daemon owns a schema of it, and what it asks of the connection."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import URL, Connection
from sqlalchemy.pool import NullPool

from provisioner.adapters.sql.poolers import why_not
from provisioner.adapters.sql.tables import metadata
from provisioner.errors import StoreError
from provisioner.reasons import store as reasons

BUSY_S = 10
"""A writer waits this long for another transaction; the store's transactions last milliseconds."""


class PostgresDatabase:
    """A schema of a database. The owner holds an advisory lock of its session, which ends with its connection.

    The owner writes only through this connection, so it cannot write without the lock. A pooler that lends out connections
    for a transaction (PgBouncer's transaction mode) would break this, and is refused.
    """

    reading: Mapping[str, Any] = {"isolation_level": "REPEATABLE READ"}

    def __init__(self, url: URL) -> None:
        self.name = f"postgresql {url.host or url.query.get('host', 'local')}/{url.database or url.username or ''}"
        options = {key: value for key, value in _CONNECT.items() if key not in url.query}
        try:
            self.engine = sa.create_engine(
                url.set(drivername="postgresql+psycopg"), poolclass=NullPool, connect_args=options, hide_parameters=True
            )
        except ModuleNotFoundError as exc:
            raise StoreError(reasons.OF_STORE(place=self.name, why=reasons.NO_PSYCOPG())) from exc

    def exists(self) -> bool:
        """The administrator creates the database."""
        return True

    def create(self) -> None:
        """The administrator creates the database."""

    def check_way(self) -> None:
        """A pooler may stand between, and the server be too old."""
        if why := why_not(self.engine):
            raise StoreError(reasons.OF_STORE(place=self.name, why=why))

    def greet(self, connection: Connection) -> None:
        """It waits for no lock for good, its commits are durable whatever the database's default, and a lost owner is noticed
        within a minute."""
        with connection.begin():
            connection.execute(_SESSION)

    def ready(self) -> None:
        """PostgreSQL checks itself."""

    def verify(self, connection: Connection) -> None:
        """Read all rows in full: PostgreSQL reports a damaged page only when it reads it."""
        for table in metadata.sorted_tables:
            lengths = (sa.func.sum(sa.func.length(sa.cast(column, sa.Text))) for column in table.columns)
            connection.execute(sa.select(*lengths))

    def scrub(self) -> None:
        """Write the tables anew, without the rows that were replaced. The log, archives and backups are the administrator's."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in metadata.sorted_tables:
                connection.execute(sa.text(f'VACUUM FULL "{table.name}"'))

    def scrub_log(self) -> None:
        """PostgreSQL's log is the administrator's."""

    def own(self, connection: Connection) -> bool:
        """By a lock of the session."""
        try:
            with connection.begin():
                connection.execute(sa.text(f"SET LOCAL lock_timeout = '{_HANDOVER_S}s'"))
                connection.execute(sa.text(f"SELECT pg_advisory_lock({_LOCK})"))
        except sa.exc.OperationalError as exc:
            if getattr(exc.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
                return False
            raise
        return True

    def check(self) -> None:
        """The connection holds the lock."""

    def lock_schema(self, connection: Connection) -> None:
        """Two processes may find an empty database at the same time."""
        connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK} + 1)"))

    def lock_rows(self, connection: Connection) -> None:
        """Of each table that is there: an older store lacks some."""
        there = metadata.tables.keys() & set(sa.inspect(connection).get_table_names())
        connection.execute(sa.text(f"LOCK TABLE {', '.join(sorted(there))} IN SHARE MODE"))

    def disown(self) -> None:
        """The lock ends with the connection."""


_CONNECT: dict[str, str | int] = {
    "connect_timeout": BUSY_S,
    "application_name": "bascule",
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""A dead network ends a call within a minute (libpq: seconds, tcp_user_timeout in ms). Values in the URL take precedence."""

_HANDOVER_S = 2
"""PostgreSQL ends the session of a killed process a moment later: a restarted daemon waits this long for the lock."""

_LOCK_NOT_AVAILABLE = "55P03"

_LOCK = "hashtextextended('bascule:' || current_schema(), 0)"
"""Advisory locks are per database; each schema is a store of its own."""

_SESSION = sa.text(
    "SELECT set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false), "
    f"set_config('tcp_keepalives_count', '3', false), set_config('lock_timeout', '{BUSY_S}s', false), "
    "CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END"
)


__all__ = ["BUSY_S", "PostgresDatabase"]
