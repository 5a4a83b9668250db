"""N6: through a pooler that lends connections for a transaction, two daemons could own one store. On a real PgBouncer."""

import threading
from collections.abc import Iterator
from itertools import count

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.errors import StoreError, StoreOwned
from tests.adapters.sql.filled import EVERYTHING, filled
from tests.builders.store import StillClock
from tests.failures.rows import plays
from tests.servers.pgbouncer import pgbouncer
from tests.servers.postgres import PASSWORD, Postgres, postgres

pytestmark = pytest.mark.real
_numbers = count()
REFUSED = "a pooler (PgBouncer or the like) stands before PostgreSQL, and a client does not keep its connection there"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture
def database(server: Postgres) -> str:
    name = f"pooled_{next(_numbers)}"
    server.run(f"CREATE DATABASE {name} OWNER bascule")
    return name


def claims(url: str, daemons: int) -> tuple[list[SqlStore], list[StoreError]]:
    """What becomes of daemons that all claim at the same moment: the owners, and the words of the others."""
    owners: list[SqlStore] = []
    errors: list[StoreError] = []
    gate = threading.Barrier(daemons)

    def claim() -> None:
        store = SqlStore(url, clock=StillClock())
        gate.wait()
        try:
            store.claim()
        except StoreError as error:
            errors.append(error)
        else:
            owners.append(store)

    threads = [threading.Thread(target=claim) for _ in range(daemons)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return owners, errors


@plays("a pooler stands before PostgreSQL")
@pytest.mark.parametrize(
    "settings",
    [
        pytest.param("pool_mode = transaction\ndefault_pool_size = 1", id="transactions, alone at one connection"),
        pytest.param("pool_mode = transaction\nserver_round_robin = 1", id="transactions, another connection each time"),
        pytest.param("pool_mode = transaction\nserver_reset_query_always = 1", id="transactions, everything reset"),
        pytest.param("pool_mode = statement", id="statements"),
    ],
)
def test_a_pooler_that_lends_connections_is_refused_by_a_daemon_that_is_alone(server, database, settings):
    with pgbouncer(server, database=database, settings=settings) as url, pytest.raises(StoreError) as caught:
        SqlStore(url, clock=StillClock()).claim()

    assert REFUSED in str(caught.value)
    assert "set pool_mode = session for this database" in str(caught.value)


def test_what_check_reads_is_refused_too(server, database):
    """`check` claims nothing."""
    direct = f"postgresql+psycopg://bascule:{PASSWORD}@127.0.0.1:{server.port}/{database}"
    filled(lambda: SqlStore(direct, clock=StillClock())).close()
    settings = "pool_mode = transaction\ndefault_pool_size = 1"

    with pgbouncer(server, database=database, settings=settings) as url, pytest.raises(StoreError, match="a pooler"):
        SqlStore(url, clock=StillClock()).verify()


def test_of_forty_daemons_at_once_behind_lent_connections_none_owns_the_store(server, database):
    settings = "pool_mode = transaction\ndefault_pool_size = 3"
    with pgbouncer(server, database=database, settings=settings) as url:
        owners, errors = claims(url, 40)

    assert (owners, len(errors)) == ([], 40)
    assert all(REFUSED in str(error) for error in errors), {str(error) for error in errors}


def test_of_twenty_daemons_at_once_behind_kept_connections_a_single_daemon_owns_the_store(server, database):
    settings = "pool_mode = session\ndefault_pool_size = 60"
    with pgbouncer(server, database=database, settings=settings) as url:
        owners, errors = claims(url, 20)

        assert len(owners) == 1, errors
        owners[0].close()


def test_a_pooler_that_keeps_connections_holds_a_store(server, database):
    settings = "pool_mode = session\ndefault_pool_size = 5"
    with pgbouncer(server, database=database, settings=settings) as url:
        store = filled(lambda: SqlStore(url, clock=StillClock()))
        with pytest.raises(StoreOwned):
            SqlStore(url, clock=StillClock()).claim()

        store.verify()
        assert store.load() == EVERYTHING
        store.close()
