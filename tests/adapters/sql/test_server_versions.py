"""N6: what stands in the way to PostgreSQL is called by its name: too old a server, or a pooler."""

import socket
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from provisioner.adapters.sql.postgresql import why_not
from provisioner.reasons import store as reasons

PID = 4711


class Server:
    """A connection to PostgreSQL of this version, through a pooler if the number for a cancel request is another's.

    `unasked`: of the connections in turn, whether the client hears of the end without having asked anything.
    """

    def __init__(self, version, *, pooled, ends_with="57P05", unasked=(True,)):
        self._version, self._ends_with, self._unasked = version, ends_with, list(unasked)
        info = SimpleNamespace(backend_pid=PID + pooled)
        self.connection = SimpleNamespace(driver_connection=SimpleNamespace(info=info, fileno=lambda: self._ours.fileno()))

    def connect(self):
        return self

    @contextmanager
    def execution_options(self, **_):
        self._ours, theirs = socket.socketpair()
        with self._ours, theirs:
            if self._unasked.pop(0):
                theirs.send(b"E")
            yield self

    def invalidate(self):
        pass

    def exec_driver_sql(self, statement):
        if "set_config" in statement and self._version >= 14:
            return None
        if "idle_session_timeout" in statement:
            raise self._fails(self._ends_with if self._version >= 14 else "42704")
        return SimpleNamespace(scalar=lambda: f"{self._version}0002" if "server_version" in statement else PID)

    def _fails(self, state):
        error = Exception("said by the server")
        error.sqlstate = state
        return sa.exc.OperationalError("SELECT", {}, error)


@pytest.mark.long
@pytest.mark.parametrize(
    ("server", "why"),
    [
        pytest.param(Server(17, pooled=False), "", id="PostgreSQL itself"),
        pytest.param(Server(13, pooled=False), "", id="an older one itself"),
        pytest.param(Server(17, pooled=True), "", id="a pooler that keeps connections"),
        pytest.param(
            Server(17, pooled=True, unasked=[False, True]), "", id="it keeps them, and we asked in the moment of the end"
        ),
        pytest.param(Server(17, pooled=True, unasked=[False] * 5), reasons.POOLED(), id="one that lends those of others"),
        pytest.param(Server(17, pooled=True, ends_with="08P01"), reasons.POOLED(), id="not clear behind a pooler"),
        pytest.param(
            Server(13, pooled=True), reasons.SERVER_OLD_POOLED(version=13, oldest=14), id="an older one behind a pooler"
        ),
        pytest.param(Server(10, pooled=True), reasons.SERVER_OLD(version=10, oldest=11), id="too old behind a pooler"),
        pytest.param(Server(10, pooled=False), reasons.SERVER_OLD(version=10, oldest=11), id="too old itself"),
    ],
)
def test_what_stands_in_the_way_is_called_by_its_name(server, why):
    """N6: PostgreSQL 13 behind a pooler was refused as a pooler that does not keep connections; and of forty daemons at once
    behind lent connections one owned the store, as another's idle session had ended when it was lent to it.
    """
    assert why_not(server) == why


def test_a_server_that_ends_meanwhile_is_no_pooler():
    """N6: it is waited for as any other that is away."""
    with pytest.raises(sa.exc.OperationalError):
        why_not(Server(17, pooled=True, ends_with="57P01"))
