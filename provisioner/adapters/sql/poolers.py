"""A pooler between us and PostgreSQL, and whether a client keeps its connection there as long as it is connected.

PgBouncer's transaction and statement modes lend a connection for one transaction: a lock of the session stays on a connection
that belongs to others a moment later, and two daemons may hold it. Nothing that can be read says so for certain: alone at a
pool of one connection, everything looks as in a session.
"""

import select
import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from provisioner.reasons import store as reasons
from provisioner.reasons.reason import NONE, Reason

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

    A pooler that lends connections says nothing to a client that asks nothing. What the answer to a question says is no proof:
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


__all__ = ["PGBOUNCER_STATEMENTS", "why_not"]
