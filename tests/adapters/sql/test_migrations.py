"""The schema's migrations: from an empty database to what the code expects, and from a step to a later one."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from provisioner.adapters.sql.databases import Database, database_of
from provisioner.adapters.sql.migrate import revisions
from provisioner.adapters.sql.schema import STEPS, VERSION_TABLE, Schema, Steps, create, schema_of, upgrade
from provisioner.adapters.sql.session import Sessions
from provisioner.adapters.sql.tables import metadata
from provisioner.errors import StoreError
from provisioner.reasons.store import COMMIT, LOAD
from tests.adapters.sql.definitions import definition
from tests.adapters.sql.taken_up import rows_in, written_to
from tests.builders.store import NOON

pytestmark = pytest.mark.long

LATER = Steps(revisions=(*STEPS.revisions, "9998"), folder=str(Path(__file__).with_name("later_steps")))


@pytest.fixture
def place(tmp_path: Path) -> Database:
    place = database_of(f"sqlite:///{tmp_path}/bascule.db")
    place.create()
    return place


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A store with rows, at the first step."""
    written_to(tmp_path / "bascule.db", "everything")
    return tmp_path / "bascule.db"


def differences(connection: Connection) -> list[object]:
    """Differences between the tables of the database and the tables that the code uses."""
    options = {"compare_type": True, "version_table": VERSION_TABLE}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def brought_to(place: Database, step: str) -> None:
    with place.engine.connect().execution_options(writes=True) as connection, connection.begin():
        upgrade(connection, step)


def revision_in(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()[0])


def test_all_steps_give_the_tables_that_the_code_uses(place):
    brought_to(place, "head")

    with place.engine.connect() as connection:
        assert schema_of(connection, "here") is Schema.CURRENT
        assert differences(connection) == []


def test_a_new_store_and_a_store_of_91818bac_have_what_all_steps_give(place, tmp_path):
    brought_to(place, "head")
    new, taken = (database_of(f"sqlite:///{tmp_path}/{name}.db") for name in ("new", "taken"))
    written_to(tmp_path / "taken.db", "everything")
    new.create()
    with new.engine.connect().execution_options(writes=True) as connection, connection.begin():
        create(connection)
    brought_to(taken, "head")

    with (
        place.engine.connect() as stepped,
        new.engine.connect() as created,
        taken.engine.connect() as then,
    ):
        assert definition(created) == definition(stepped) == definition(then)
        assert schema_of(created, "here") is Schema.CURRENT


def test_every_step_is_known_without_loading_them():
    assert revisions() == STEPS.revisions


def test_a_table_that_no_step_made_would_be_seen(place):
    brought_to(place, "head")
    with place.engine.connect() as connection:
        connection.execute(sa.text("ALTER TABLE desktops DROP COLUMN report"))

        assert [difference[0] for difference in differences(connection)] == ["add_column"]


def test_an_older_store_is_brought_up_to_date_by_the_daemon_alone(older):
    before = rows_in(older)
    passer_by, daemon = (Sessions(database_of(f"sqlite:///{older}"), LATER) for _ in range(2))
    for ask in (passer_by.reading, passer_by.writing):
        with pytest.raises(StoreError, match="made by an older Bascule; start the daemon once"), ask(LOAD()):
            pass
    assert revision_in(older) == STEPS.revisions[0]

    daemon.claim(at=NOON, installation="seine")

    with passer_by.reading(LOAD()) as connection:
        assert connection is not None
    daemon.close()
    after = rows_in(older)
    assert revision_in(older) == "9998"
    assert (after.pop("shades"), after.pop("people")) == ([], [])
    assert after == {**before, "desktops": [{**desktop, "shade": None, "logged_on": 1} for desktop in before["desktops"]]}


def test_a_step_that_fails_leaves_nothing_behind(older):
    with closing(sqlite3.connect(older)) as connection:
        connection.execute("ALTER TABLE desktops ADD COLUMN shade TEXT")
    before = rows_in(older)
    store = Sessions(database_of(f"sqlite:///{older}"), LATER)

    with pytest.raises(StoreError, match="duplicate column name: shade"):
        store.claim(at=NOON, installation="seine")

    assert (revision_in(older), rows_in(older)) == (STEPS.revisions[0], before)
    with closing(sqlite3.connect(older)) as connection:
        connection.execute("ALTER TABLE desktops DROP COLUMN shade")
    store.claim(at=NOON, installation="seine")
    with store.owned(COMMIT()) as connection:
        assert schema_of(connection, "here", LATER) is Schema.CURRENT
    store.close()


def test_a_later_store_is_refused_by_the_version_before(older):
    with closing(Sessions(database_of(f"sqlite:///{older}"), LATER)) as later:
        later.claim(at=NOON, installation="seine")

    with pytest.raises(StoreError, match=r"made by a newer Bascule \(schema 9998\)"):
        Sessions(database_of(f"sqlite:///{older}")).claim(at=NOON, installation="seine")
