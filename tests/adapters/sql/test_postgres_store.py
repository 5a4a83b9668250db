"""The store on a real PostgreSQL 17."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from provisioner.adapters.sql.databases import database_of
from provisioner.adapters.sql.postgresql import BUSY_S
from provisioner.adapters.sql.schema import create, upgrade
from provisioner.adapters.sql.store import SqlStore
from provisioner.errors import StoreAway, StoreError, StoreOwned
from provisioner.model.kept.records import Records
from provisioner.ports import Changes, Store
from tests.adapters.sql.contract import StoreContract
from tests.adapters.sql.copying import CopyContract
from tests.adapters.sql.definitions import definition
from tests.adapters.sql.durability import DurabilityContract
from tests.adapters.sql.everything import all_in, keep_everything, mark_as_older
from tests.adapters.sql.filled import EVERYTHING, OpenStore, claimed, filled
from tests.adapters.sql.planted import GONE, PROSE
from tests.adapters.sql.taken_up import written_to_postgresql
from tests.builders.records import a_step
from tests.builders.store import StillClock, a_name, a_reservation, an_erasure, an_intent, an_outcome
from tests.servers.postgres import Postgres, postgres

pytestmark = pytest.mark.real
_numbers = count()


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture
def schema(server: Postgres) -> str:
    name = f"store_{next(_numbers)}"
    server.run(f"CREATE SCHEMA {name} AUTHORIZATION bascule")
    return name


@pytest.fixture
def url(server: Postgres, schema: str) -> str:
    return server.url(schema)


@pytest.fixture
def open_store(url: str) -> Iterator[OpenStore]:
    stores: list[Store] = []

    def opened() -> Store:
        stores.append(SqlStore(url, clock=StillClock()))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


class TestPostgresCopies(CopyContract):
    """Keeps the contract."""


class TestPostgresStore(StoreContract):
    """Keeps the contract."""


class TestPostgresDurability(DurabilityContract):
    """Keeps the contract."""


def cut_connections(server: Postgres) -> None:
    server.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'bascule'")


def test_a_cut_connection_is_one_error_and_the_next_call_goes_on(open_store, server):
    store = filled(open_store)
    cut_connections(server)

    with pytest.raises(StoreError, match="cannot commit: "):
        store.commit(Changes(desktops={a_name(1001): None}))

    assert store.load() == EVERYTHING
    store.commit(a_step(reserved=(a_reservation(1040),)))
    with pytest.raises(StoreOwned):
        open_store().claim()


def test_an_owner_cut_off_and_succeeded_writes_nothing_more(open_store, server):
    first = filled(open_store)
    cut_connections(server)
    second = claimed(open_store)

    for error in (StoreError, StoreOwned, StoreOwned):
        with pytest.raises(error):
            first.commit(Changes(desktops={a_name(1001): None}))

    with asked(first) as statements, pytest.raises(StoreOwned):
        first.commit(Changes(desktops={a_name(1001): None}))
    assert [statement for statement in statements if "advisory_lock" in statement] == [], "it waits for no lock of the other"
    second.close()
    with pytest.raises(StoreOwned, match="lost, and taken by process"):
        first.commit(Changes(desktops={a_name(1001): None}))
    assert claimed(open_store).load() == EVERYTHING


@contextmanager
def asked(store: SqlStore) -> Iterator[list[str]]:
    """The statements that it sends meanwhile."""
    statements: list[str] = []
    listener = (store._sessions._place.engine, "before_cursor_execute", lambda _, __, text, *___: statements.append(text))
    sa.event.listen(*listener)
    yield statements
    sa.event.remove(*listener)


def test_an_owner_whose_lock_still_hangs_on_its_lost_connection_is_not_taken_over(open_store, server, schema):
    store = filled(open_store)
    cut_connections(server)
    lock = f"hashtextextended('bascule:{schema}', 0)"
    holder = SqlStore(server.url(schema), clock=StillClock())
    with pytest.raises(StoreError):
        store.load()

    with held_lock(server, lock), pytest.raises(StoreError, match="not yet ended our lost connection") as caught:
        store.load()

    assert type(caught.value) is StoreAway
    assert store.load() == EVERYTHING == holder.load()


def test_a_lost_owner_waits_ten_seconds_at_most_for_whoever_holds_the_tables(open_store, server, schema):
    """Its first look had no limit: while a later release upgraded them for minutes, the control thread hung."""
    store = filled(open_store)
    cut_connections(server)
    with pytest.raises(StoreError):
        store.load()

    with closing(server.connected()) as other:
        other.execute(f"BEGIN; LOCK TABLE {schema}.meta".encode())
        ends = threading.Timer(BUSY_S + 5, other.close)
        ends.start()
        with pytest.raises(StoreAway):
            store.load()
        ends.cancel()

    assert store.load() == EVERYTHING


@contextmanager
def held_lock(server: Postgres, lock: str) -> Iterator[None]:
    """The lock as the server holds it for a session whose client has vanished."""
    with server.connected() as connection:
        connection.execute(f"SELECT pg_advisory_lock({lock})".encode())
        yield


def test_stores_in_two_schemas_have_an_owner_each(open_store, server):
    filled(open_store)
    server.run("CREATE SCHEMA beside AUTHORIZATION bascule")
    beside = SqlStore(server.url("beside"), clock=StillClock())

    beside.claim()

    assert beside.load() == Records(baseline_accepted=False)
    beside.close()


def test_an_empty_database_met_by_several_at_once_is_made_once(open_store):
    stores = [open_store() for _ in range(4)]
    errors: list[Exception] = []

    def give(store: Store) -> None:
        try:
            store.give(an_intent())
        except StoreError as exc:
            errors.append(exc)

    threads = [threading.Thread(target=give, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(list(stores[0].journal())) == 4
    assert stores[0].intents() == (an_intent(),)


def test_reading_makes_no_tables(open_store, server, schema):
    store = open_store()

    assert (store.load(), store.intents(), list(store.journal())) == (Records(baseline_accepted=False), (), [])
    assert server.run(f"SELECT count(*) FROM pg_tables WHERE schemaname = '{schema}'") == [(0,)]


def test_a_lost_table_is_reported(open_store, server, schema):
    """B11: PostgreSQL's own words, for a table that no cycle reads."""
    store = filled(open_store)
    store.verify()
    server.run(f"ALTER TABLE {schema}.retired RENAME TO lost")

    with pytest.raises(StoreError, match=r"cannot read all that is kept: relation .retired. does not exist"):
        store.verify()


def test_an_empty_database_has_nothing_that_is_lost(open_store):
    """B11: `check` before the first start."""
    open_store().verify()


@pytest.mark.parametrize("statement", ["UPDATE {0}.journal SET reason = ''", "DELETE FROM {0}.journal", "TRUNCATE {0}.journal"])
def test_no_line_of_the_journal_can_be_changed(open_store, server, schema, statement):
    filled(open_store)

    with pytest.raises(Exception, match="the journal is append-only"):
        server.run(statement.format(schema))


def test_commits_are_durable_also_where_the_database_says_otherwise(url, server):
    server.run("ALTER ROLE bascule SET synchronous_commit = off")
    try:
        with database_of(url).engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "off"
            connection.rollback()
            database_of(url).greet(connection)
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    finally:
        server.run("ALTER ROLE bascule RESET synchronous_commit")


def made(url: str, make: Callable[[Connection], None]) -> dict[str, object]:
    with database_of(url).engine.connect().execution_options(writes=True) as connection, connection.begin():
        make(connection)
        return definition(connection)


def test_a_new_store_the_steps_and_a_store_of_91818bac_have_the_same_schema(server, tmp_path):
    """PostgreSQL's own view of columns, defaults, keys, indexes and triggers."""
    for name in ("new", "stepped", "taken"):
        server.run(f"CREATE SCHEMA {name} AUTHORIZATION bascule")

    made(server.url("taken"), lambda connection: written_to_postgresql(connection, tmp_path / "then.db", "everything"))
    taken = made(server.url("taken"), upgrade)

    assert made(server.url("new"), create) == taken
    assert made(server.url("stepped"), upgrade) == taken


def test_a_store_of_91818bac_is_taken_up_whole(open_store, url, tmp_path):
    with closing(SqlStore(f"sqlite:///{tmp_path}/now.db", clock=StillClock())) as now:
        now.claim()
        keep_everything(now)
        mark_as_older(now)
        expected = all_in(now)
    made(url, lambda connection: written_to_postgresql(connection, tmp_path / "then.db", "everything"))

    store = claimed(open_store)

    assert all_in(store) == expected
    store.verify()


@pytest.mark.parametrize(
    ("revision", "words"),
    [("9999", r"made by a newer Bascule \(schema 9999\)"), ("0023", r"before the first release \(schema 0023\)")],
)
def test_a_schema_that_is_not_known_is_refused(open_store, server, schema, revision, words):
    filled(open_store).close()
    server.run(f"UPDATE {schema}.bascule_version SET version_num = '{revision}'")

    with pytest.raises(StoreError, match=words):
        open_store().claim()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("bascule:hunter2@127.0.0.1:{port}/bascule", "password authentication failed", id="a wrong password"),
        pytest.param("bascule:hunter2@127.0.0.1:1/bascule", "Connection refused", id="nobody listens"),
        pytest.param("bascule:hunter2@127.0.0.1:{port}/other?sslmode=verify-full", "SSL", id="no TLS where it is asked for"),
        pytest.param(
            "bascule:{right}@127.0.0.1:{port}/other", 'database "other" does not exist', id="a database that is not there"
        ),
        pytest.param("bascule:{right}@127.0.0.1:{port}/bascule?wrong=1", "wrong", id="an unknown option"),
    ],
)
def test_a_database_out_of_reach_is_one_clear_error_without_its_password(server, url, words):
    password = "correct-horse-battery"
    store = SqlStore("postgresql+psycopg://" + url.format(port=server.port, right=password), clock=StillClock())

    with pytest.raises(StoreError) as caught:
        store.claim()

    text = str(caught.value)
    assert words in text
    assert "postgresql 127.0.0.1/" in text
    assert "\n" not in text
    assert not [secret for secret in ("hunter2", password) if secret in text + repr(caught.value.__cause__)]


def test_the_journal_is_append_only_again_after_somebody_was_forgotten(open_store, server: Postgres, schema: str):
    store = claimed(open_store)
    store.commit(Changes(outcomes=(an_outcome(reason="parti"),)))
    assert store.forget(an_erasure("parti")).lines == 1

    for statement in ("UPDATE {}.journal SET reason = ''", "DELETE FROM {}.journal", "TRUNCATE {}.journal"):
        with pytest.raises(Exception, match="the journal is append-only"):
            server.run(statement.format(schema))


def test_no_row_of_the_tables_files_has_the_name_of_who_was_forgotten(open_store, server: Postgres):
    """G2: replaced rows stay in a table's file until it is written anew. The log and archives are the administrator's."""

    def left() -> bool:
        server.run("CHECKPOINT")
        files = (path for path in (server.data / "base").rglob("*") if path.is_file())
        return any(b"zquemeneur" in path.read_bytes() for path in files)

    store = claimed(open_store)
    store.commit(Changes(outcomes=(an_outcome(reason=PROSE),)))
    store.give(an_intent(reason=PROSE))
    assert left()

    assert store.forget(an_erasure("parti", person=GONE)).lines == 2

    assert not left()
    assert store.load().intents
