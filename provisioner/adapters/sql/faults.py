"""What a database's own error means: in a person's words, and whether waiting may help."""

import errno

import sqlalchemy as sa

from provisioner.adapters.sql.postgresql import PGBOUNCER_STATEMENTS
from provisioner.reasons import store as reasons

_FULL, _BUSY, _IO = 13, 5, 10
"""SQLite's primary result codes; the higher bytes say more."""
_OS_AWAY = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ESTALE, errno.EAGAIN, errno.EMFILE, errno.ENFILE})
_SQLSTATES_AWAY = ("08", "53", "57P", "58030", "25006", "40001", "40P01", "55P03")
"""PostgreSQL: connections, resources, shutdown, I/O, a standby, transactions and locks in each other's way."""
_UNREACHED = (
    "Connection refused",
    "Connection reset",
    "Broken pipe",
    "Host is down",
    "No route to host",
    "SSL SYSCALL error",
    "closed the connection unexpectedly",
    "connection is closed",
    "connection is lost",
    "consuming input failed",
    "could not translate host name",
    "is unreachable",
    "name resolution",
    "Name or service not known",
    "timed out",
    "timeout expired",
    "socket",
)
"""What libpq says if no server has answered; it is never translated here. `socket`: the file of a Unix socket is not there."""
_TURNED_AWAY = (
    "starting up",
    "shutting down",
    "recovery",
    "not accepting",
    "not yet accepting",
    "too many",
    "connection slots",
    "cannot connect to server",
)
"""What a server says after FATAL, without a code, that mends itself; in another language it is not known."""


def is_away(exc: Exception) -> bool:
    """Whether the database does not answer or has no room, which may end by itself. Unknown: False."""
    if isinstance(exc, OSError):
        return exc.errno in _OS_AWAY
    if not isinstance(exc, sa.exc.DBAPIError):
        return False
    code = getattr(exc.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in (_FULL, _BUSY, _IO)
    state = getattr(exc.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_SQLSTATES_AWAY)
    words = str(exc.orig)
    # One address of the server may refuse connections, and the other the password.
    known = _TURNED_AWAY if "FATAL" in words else _UNREACHED
    return exc.connection_invalidated or any(word in words for word in known)


def driver_words(exc: sa.exc.SQLAlchemyError) -> str:
    """The first line of the driver's text: SQLAlchemy adds the statement and a link."""
    cause = exc.orig if isinstance(exc, sa.exc.DBAPIError) and exc.orig else exc
    words = (str(cause).strip() or type(cause).__name__).splitlines()[0]
    if PGBOUNCER_STATEMENTS in words:  # not even a driver's first question is answered
        return reasons.POOLED()
    return reasons.DAMAGED(said=words) if "malformed" in words or "not a database" in words else words


__all__ = ["driver_words", "is_away"]
