"""N8c: a store is moved between SQLite and PostgreSQL, whole, and a daemon goes on from there."""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from provisioner.adapters.sql.schema import STEPS
from provisioner.adapters.sql.store import SqlStore
from provisioner.errors import StoreError, StoreOwned
from provisioner.ports import Changes
from tests.adapters.sql.everything import all_in, keep_everything
from tests.adapters.sql.taken_up import rows_in, written_to
from tests.builders.store import StillClock, a_roster, an_outcome
from tests.servers.postgres import Postgres, postgres

pytestmark = pytest.mark.real
_numbers = count()
Place = Callable[[], str]
"""The URL of an empty database of its own."""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture
def on_postgresql(server: Postgres) -> Place:
    def place() -> str:
        name = f"moved_{next(_numbers)}"
        server.run(f"CREATE SCHEMA {name} AUTHORIZATION bascule")
        return server.url(name)

    return place


@pytest.fixture
def in_a_file(tmp_path: Path) -> Place:
    return lambda: f"sqlite:///{tmp_path}/store_{next(_numbers)}.db"


@pytest.fixture(params=["to PostgreSQL", "to SQLite"])
def places(request: pytest.FixtureRequest, in_a_file: Place, on_postgresql: Place) -> tuple[str, str]:
    """From, to."""
    return (in_a_file(), on_postgresql()) if request.param == "to PostgreSQL" else (on_postgresql(), in_a_file())


def store(url: str, installation: str = "seine") -> SqlStore:
    return SqlStore(url, clock=StillClock(), installation=installation)


def with_everything(url: str) -> None:
    with closing(store(url)) as kept:
        kept.claim()
        keep_everything(kept)


def kept_in(url: str) -> object:
    with closing(store(url)) as kept:
        return all_in(kept)


def moved(source: str, target: str):
    with closing(store(source)) as here, closing(store(target)) as there:
        return here.move_to(there)


def is_empty(url: str) -> bool:
    with closing(store(url)) as kept:
        return kept.fit().schema is None


def test_all_of_it_arrives_and_a_daemon_goes_on_with_the_next_numbers(places):
    source, target = places
    with_everything(source)
    before = kept_in(source)

    found = moved(source, target)

    assert (kept_in(target), kept_in(source)) == (before, before)
    assert (found.was_there, found.schema, found.rows["journal"] > 1) == (False, STEPS.revisions[-1], True)
    with closing(store(target)) as goes_on:
        goes_on.claim()
        last = next(iter(goes_on.journal(limit=1))).sequence
        goes_on.commit(Changes(outcomes=(an_outcome(1011),), roster=a_roster("nina", read_at=StillClock().now())))
        assert next(iter(goes_on.journal(limit=1))).sequence == last + 1
        assert len(list(goes_on.rosters())) == found.rows["rosters"] + 1


def test_there_and_back_is_the_same_row_by_row(in_a_file, on_postgresql):
    first, between, last = in_a_file(), on_postgresql(), in_a_file()
    with_everything(first)

    moved(first, between)
    moved(between, last)

    rows = [rows_in(Path(url.removeprefix("sqlite:///"))) for url in (first, last)]
    assert [{table: list(map(dict, kept)) for table, kept in each.items()} for each in rows[:1]] == [
        {table: list(map(dict, kept)) for table, kept in each.items()} for each in rows[1:]
    ]


def test_an_older_store_arrives_as_it_is(in_a_file, on_postgresql):
    source, target = in_a_file(), on_postgresql()
    written_to(Path(source.removeprefix("sqlite:///")), "everything")

    assert moved(source, target).schema == STEPS.revisions[0]

    with closing(store(target)) as upgraded:
        upgraded.claim()
        assert upgraded.load().desktops


def test_a_store_with_a_daemon_is_not_moved(places):
    source, target = places
    with_everything(source)
    with closing(store(source)) as daemon:
        daemon.claim()
        with pytest.raises(StoreOwned, match=r"owned by process .*; stop the daemon first"):
            moved(source, target)

    assert is_empty(target)


def test_a_target_with_a_store_stays_as_it_is(places):
    source, target = places
    with_everything(source)
    with closing(store(target)) as other:
        other.claim()
        other.commit(Changes(outcomes=(an_outcome(1001),)))
    before = kept_in(target)

    with pytest.raises(StoreError, match="there is one already; move it away first"):
        moved(source, target)

    assert kept_in(target) == before


def test_what_was_moved_already_is_said_so(places):
    """A call that ended before it could say what it had done is made again."""
    source, target = places
    with_everything(source)
    first = moved(source, target)

    again = moved(source, target)

    assert (again.was_there, again.rows) == (True, first.rows)
    with closing(store(target)) as daemon:
        daemon.claim()
        daemon.commit(Changes(outcomes=(an_outcome(1001),)))
    with pytest.raises(StoreError, match="there is one already"):
        moved(source, target)


def test_without_a_store_nothing_is_moved(in_a_file, on_postgresql):
    target = on_postgresql()

    with pytest.raises(StoreError, match="there is none"):
        moved(in_a_file(), target)

    assert is_empty(target)


def test_the_store_of_another_installation_is_not_moved(in_a_file, on_postgresql):
    source, target = in_a_file(), on_postgresql()
    with_everything(source)

    with (
        closing(store(source, "paris")) as here,
        closing(store(target, "paris")) as there,
        pytest.raises(StoreError, match="belongs to the installation seine, not to paris"),
    ):
        here.move_to(there)

    assert is_empty(target)


def test_a_row_that_arrives_otherwise_undoes_all(in_a_file, on_postgresql, server):
    """PostgreSQL runs a trigger of somebody's on every new table."""
    source, target = in_a_file(), on_postgresql()
    with_everything(source)
    server.run(
        "CREATE OR REPLACE FUNCTION public.less() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN NEW.subject := NEW.subject || '!'; RETURN NEW; END$$"
    )
    server.run(
        "CREATE OR REPLACE FUNCTION public.add_trigger() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN"
        " IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() c WHERE c.object_identity LIKE 'moved_%.journal') THEN"
        " EXECUTE 'CREATE TRIGGER less BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION public.less()'; END IF; END$$"
    )
    made = "ON ddl_command_end WHEN TAG IN ('CREATE TABLE')"
    server.run(f"CREATE EVENT TRIGGER mischief {made} EXECUTE FUNCTION public.add_trigger()")
    try:
        with pytest.raises(StoreError, match="table journal has other rows than the source"):
            moved(source, target)
    finally:
        server.run("DROP EVENT TRIGGER mischief")

    assert is_empty(target)
    assert moved(source, target).was_there is False


@pytest.mark.parametrize("point", ["CREATE TABLE", "INSERT INTO journal", "SELECT journal", "COMMIT"])
def test_whoever_is_killed_at_it_is_called_again(places, point):
    """While tables are made, rows copied, rows compared, and just before it is final."""
    source, target = places
    with_everything(source)
    before = kept_in(source)

    kill_at(point, lambda: moved(source, target))

    assert moved(source, target).was_there is False
    assert (kept_in(target), kept_in(source)) == (before, before)


def kill_at(point: str, work: Callable[[], object]) -> None:
    """In a process that ends as by `kill -9` at the first such statement after rows were written, or tables made."""
    child = os.fork()
    if child == 0:
        try:
            _end_at(point)
            work()
        finally:
            os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "it has done all of it"


def _end_at(point: str) -> None:
    begun: list[str] = []

    def look(statement: str) -> None:
        if statement.startswith(("INSERT", "\nCREATE TABLE")):
            begun.append(statement)
        if begun and statement.strip().startswith(point):
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(sa.Engine, "before_cursor_execute", lambda _, __, statement, *___: look(statement))
    sa.event.listen(sa.Engine, "commit", lambda _: look("COMMIT"))


def test_nobody_else_writes_meanwhile(in_a_file, on_postgresql, server):
    """A command that keeps an order waits for it: it would be lost in the old store."""
    source = on_postgresql()
    with_everything(source)
    with closing(store(source)) as held, held._sessions.held(), server.connected() as other:
        other.execute("SET lock_timeout = '50ms'")
        schema = source.rpartition("%3D")[2].encode()
        with pytest.raises(Exception, match="lock timeout"):
            other.execute(b"INSERT INTO " + schema + b".retired VALUES ('pve', 1, '', 0)")
    file = in_a_file()
    with_everything(file)
    path = file.removeprefix("sqlite:///")
    with (
        closing(store(file)) as held,
        held._sessions.held(),
        closing(sqlite3.connect(path, timeout=0.05)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("INSERT INTO retired VALUES ('pve', 1, '', 0)")
