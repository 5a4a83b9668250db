"""N8b: which faults of a database may end by themselves, so that a daemon waits for their end, also at its start."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.errors import StoreAway, StoreError
from tests.builders.patience import comes
from tests.builders.store import StillClock
from tests.servers.postgres import Postgres, end_at_once, postgres, up_again
from tests.servers.processes import free_port

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


def claimed(url: str) -> StoreError | None:
    """Why not."""
    with closing(SqlStore(url, clock=StillClock())) as store:
        try:
            store.claim()
        except StoreError as error:
            return error
    return None


def at(server: Postgres, user: str = "bascule", host: str = "127.0.0.1", database: str = "bascule") -> str:
    return f"postgresql+psycopg://{user}:no-such-word@{host}:{server.port}/{database}"


def test_nobody_listens():
    why = claimed(f"postgresql+psycopg://bascule:x@127.0.0.1:{free_port()}/bascule?connect_timeout=2")
    assert (type(why), "Connection refused" in str(why)) == (StoreAway, True)


def test_the_name_of_the_server_is_not_known_at_present():
    """The name server may be away, too."""
    assert type(claimed("postgresql+psycopg://bascule:x@db.invalid/bascule")) is StoreAway


def test_no_socket_of_a_server(tmp_path: Path):
    assert type(claimed(f"postgresql+psycopg://bascule@/bascule?host={tmp_path}")) is StoreAway


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({}, id="password"),
        pytest.param({"user": "nobody"}, id="role"),
        pytest.param({"host": "localhost"}, id="password, and another address of the same name refuses"),
    ],
)
def test_the_server_answers_and_refuses(server: Postgres, wrong):
    assert type(claimed(at(server, **wrong))) is StoreError


def test_the_database_is_not_there(server: Postgres):
    why = claimed(server.url("public").replace("/bascule?", "/nowhere?"))
    assert (type(why), "does not exist" in str(why)) == (StoreError, True)


def test_it_has_no_connection_left(server: Postgres):
    server.run("ALTER ROLE bascule CONNECTION LIMIT 0")
    try:
        assert type(claimed(server.url("public"))) is StoreAway
    finally:
        server.run("ALTER ROLE bascule CONNECTION LIMIT -1")


def test_it_can_only_be_read(server: Postgres):
    """A standby before it takes over."""
    server.run("ALTER ROLE bascule SET default_transaction_read_only = on")
    try:
        assert type(claimed(server.url("public"))) is StoreAway
    finally:
        server.run("ALTER ROLE bascule RESET default_transaction_read_only")


def test_it_ends_in_the_middle(server: Postgres):
    with closing(SqlStore(server.url("public"), clock=StillClock())) as store:
        store.claim()
        end_at_once(server)
        with pytest.raises(StoreAway):
            store.prove()
        with up_again(server):
            assert comes(lambda: is_back(store))


def is_back(store: SqlStore) -> bool:
    """Until then it starts up, which is no other fault."""
    try:
        store.prove()
    except StoreAway:
        return False
    return True


def test_no_folder_and_no_store_are_for_a_person(tmp_path: Path):
    (tmp_path / "bascule.db").write_bytes(b"no database at all" * 99)
    assert type(claimed(f"sqlite:///{tmp_path}/bascule.db")) is StoreError
    assert type(claimed(f"sqlite:///{tmp_path}/nowhere/bascule.db")) is StoreError
