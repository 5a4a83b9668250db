"""A PostgreSQL database: how one daemon owns a schema of it, and what it asks of the connection. And a pooler between us and
it: whether a client keeps its connection there as long as it is connected.

PgBouncer's transaction and statement modes lend a connection for one transaction: a lock of the session stays on a connection
that belongs to others a moment later, and two daemons may hold it. Nothing that can be read says so for certain: alone at a
pool of one connection, everything looks as in a session.
"""

import select
import time
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import URL, Connection, Engine
from sqlalchemy.pool import NullPool

from provisioner.adapters.sql.tables import metadata
from provisioner.errors import StoreError
from provisioner.reasons import store as reasons
from provisioner.reasons.reason import NONE, Reason

BUSY_S = 10
"""A writer waits this long for another transaction; the store's transactions last milliseconds."""
_IDLE = "10ms"
_LOOKED_EVERY_S = 0.25
_PATIENCE_S = 10.0
"""For PostgreSQL to end the idle session, on a busy machine."""
_TRIES = 5
"""Connections, while it is not clear: on a busy machine we may ask in the moment in which the session ends."""
_SESSION_ENDED = "57P05"
_SERVER_ENDS = ("57P01", "57P02", "57P03")
"""PostgreSQL shuts down, has crashed, or starts: that says nothing about a pooler."""
_OLDEST, _OLDEST_BEHIND = 11, 14
"""The versions of PostgreSQL with `hashtextextended`, and with `idle_session_timeout`."""
PGBOUNCER_STATEMENTS = "not allowed in statement pooling mode"
"""PgBouncer's answer to the beginning of a transaction, where connections are lent for a statement."""


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


def why_not(engine: Engine) -> Reason:
    """Why no store is opened through this connection; empty: nothing speaks against it. Opens connections of its own.

    A pooler makes up the number for a cancel request. Behind one, PostgreSQL is made to end the idle session: only a client
    that keeps its connection hears of it. If that is not clear, the client does not keep it.
    """
    for _ in range(_TRIES):
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            driver: Any = connection.connection.driver_connection
            version = int(connection.exec_driver_sql("SELECT current_setting('server_version_num')").scalar() or 0) // 10_000
            if version < _OLDEST:
                return reasons.SERVER_OLD(version=version, oldest=_OLDEST)
            if connection.exec_driver_sql("SELECT pg_backend_pid()").scalar() == driver.info.backend_pid:
                return NONE
            if version < _OLDEST_BEHIND:
                return reasons.SERVER_OLD_POOLED(version=version, oldest=_OLDEST_BEHIND)
            if (kept := _is_kept(connection, driver.fileno())) is not None:
                return NONE if kept else reasons.POOLED()
            connection.invalidate()
    return reasons.POOLED()


def _is_kept(connection: Connection, socket: int) -> bool | None:
    """Whether this client keeps its connection; None: not clear. Raises DBAPIError if PostgreSQL ends just now.

    A pooler that lends connections says nothing to a client that asks nothing. What the answer to a question says is not proof:
    a connection that is ended for another's idleness may be lent to us at that moment.
    """
    unasked = False
    try:
        connection.exec_driver_sql(f"SELECT set_config('idle_session_timeout', '{_IDLE}', false)")
        give_up = time.monotonic() + _PATIENCE_S
        while time.monotonic() < give_up:
            unasked = bool(select.select([socket], [], [], _LOOKED_EVERY_S)[0])
            if connection.exec_driver_sql("SELECT current_setting('idle_session_timeout')").scalar() != _IDLE:
                return False
    except sa.exc.DBAPIError as ended:
        state = getattr(ended.orig, "sqlstate", None)
        if state in _SERVER_ENDS:
            raise
        return None if state == _SESSION_ENDED and not unasked else state == _SESSION_ENDED
    return False


__all__ = ["BUSY_S", "PGBOUNCER_STATEMENTS", "PostgresDatabase", "why_not"]
