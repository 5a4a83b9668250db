"""The schema's migrations: from an empty database and from any older step to what the code expects."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from provisioner.adapters.sql.databases import Database, database_of
from provisioner.adapters.sql.migrate import revisions
from provisioner.adapters.sql.schema import STEPS, VERSION_TABLE, Schema, create, schema_of, upgrade
from provisioner.adapters.sql.store import SqlStore
from provisioner.adapters.sql.tables import metadata
from provisioner.errors import StoreError
from provisioner.model.desktops import Identity
from provisioner.model.guard import HeldInput
from provisioner.model.intents import IntentKind
from provisioner.model.records import Records
from tests.adapters.sql.definitions import definition
from tests.adapters.sql.filled import EVERYTHING
from tests.builders.records import change
from tests.builders.store import NOON, StillClock, a_name, an_intent

pytestmark = pytest.mark.long

OLDER_STEPS = STEPS[:-1]


@pytest.fixture
def place(tmp_path: Path) -> Database:
    place = database_of(f"sqlite:///{tmp_path}/bascule.db")
    place.create()
    return place


def differences(connection: Connection) -> list[object]:
    """Differences between the tables of the database and the tables that the code uses."""
    options = {"compare_type": True, "version_table": VERSION_TABLE}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def brought_to(place: Database, step: str) -> None:
    with place.engine.connect().execution_options(writes=True) as connection, connection.begin():
        upgrade(connection, step)


def test_all_steps_give_the_tables_that_the_code_uses(place):
    brought_to(place, "head")

    with place.engine.connect() as connection:
        assert schema_of(connection, "here") is Schema.CURRENT
        assert differences(connection) == []


def test_a_new_store_has_what_all_steps_give(place, tmp_path):
    brought_to(place, "head")
    new = database_of(f"sqlite:///{tmp_path}/new.db")
    new.create()
    with new.engine.connect().execution_options(writes=True) as connection, connection.begin():
        create(connection)

    with place.engine.connect() as upgraded, new.engine.connect() as created:
        assert definition(created) == definition(upgraded)
        assert schema_of(created, "here") is Schema.CURRENT


def test_every_step_is_known_without_loading_them():
    assert revisions() == STEPS


def test_a_table_that_no_step_made_would_be_seen(place):
    brought_to(place, "head")
    with place.engine.connect() as connection:
        connection.execute(sa.text("ALTER TABLE desktops DROP COLUMN report"))

        assert [difference[0] for difference in differences(connection)] == ["add_column"]


@pytest.mark.parametrize("step", OLDER_STEPS)
def test_an_older_store_is_brought_up_to_date_by_the_daemon_alone(place, tmp_path, step):
    brought_to(place, step)
    url = f"sqlite:///{tmp_path}/bascule.db"
    passer_by, daemon = SqlStore(url, clock=StillClock()), SqlStore(url, clock=StillClock())
    for ask in (passer_by.load, passer_by.intents, passer_by.journal, lambda: passer_by.give(an_intent())):
        with pytest.raises(StoreError, match="made by an older Bascule; start the daemon once"):
            ask()

    daemon.claim()

    assert passer_by.load() == Records(baseline_accepted=False)
    daemon.close()


def test_orders_given_before_they_had_targets_still_stand(place, tmp_path):
    brought_to(place, "0002")
    with closing(sqlite3.connect(tmp_path / "bascule.db")) as connection, connection:
        connection.execute("INSERT INTO intents VALUES ('hold', 'zoé', 12.5, 'maintenance')")
    store = SqlStore(f"sqlite:///{tmp_path}/bascule.db", clock=StillClock())

    store.claim()

    assert store.intents() == (an_intent(IntentKind.HOLD, at=12.5),)
    store.close()


def test_an_order_that_only_counts_has_to_be_given_again(place, tmp_path):
    """C3: it is unknown which agents it was about."""
    brought_to(place, "0007")
    counted = "'accept_directory', '', 'zoé', 12.5, '', 99.0, 25, 0"
    hold = "'hold', '', 'zoé', 12.5, 'maintenance', NULL, NULL, NULL"
    with closing(sqlite3.connect(tmp_path / "bascule.db")) as connection, connection:
        for row in (counted, hold):
            connection.execute(f"INSERT INTO intents VALUES ({row})")
    store = SqlStore(f"sqlite:///{tmp_path}/bascule.db", clock=StillClock())

    store.claim()

    assert store.intents() == (an_intent(IntentKind.HOLD, at=12.5),)
    store.close()


def test_a_step_that_fails_leaves_nothing_behind(place, tmp_path):
    brought_to(place, "0001")
    path = tmp_path / "bascule.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT 1; END")

    store = SqlStore(f"sqlite:///{path}", clock=StillClock())
    with pytest.raises(StoreError, match="trigger journal_no_delete already exists"):
        store.claim()

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall() == [
            ("journal_no_delete",)
        ]
        assert connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchall() == [("0001",)]
        connection.execute("DROP TRIGGER journal_no_delete")
    store.claim()
    store.close()


OLDER = Path(__file__).with_name("older_store.sql")
"""As Bascule wrote it with its sixth step of the schema; in it lay all that FILLED keeps, as far as it was known then."""


def everything_known_then() -> Records:
    """EVERYTHING without later values: ids in notes, reasons for missing reports, identities, places, rules, and rekeys."""
    records = {
        name: replace(record, unheard=None, identity=Identity(), reservation=replace(record.reservation, noted_as=()))
        for name, record in EVERYTHING.desktops.items()
    }
    guard = EVERYTHING.guard
    assert guard.quarantine is not None
    left = {key: replace(departure, places=()) for key, departure in guard.left.items()}
    guard = replace(guard, left=left, rules=None, quarantine=replace(guard.quarantine, of=HeldInput.DIRECTORY))
    return replace(EVERYTHING, desktops=records, guard=guard, rekeyed={}, intents=(an_intent(),))


def test_a_store_that_an_older_bascule_has_filled_is_taken_up_whole(tmp_path):
    with closing(sqlite3.connect(tmp_path / "bascule.db")) as connection:
        connection.executescript(OLDER.read_text(encoding="utf-8"))
    kept = everything_known_then()
    with closing(SqlStore(f"sqlite:///{tmp_path}/bascule.db", clock=StillClock(), installation="seine")) as store:
        store.claim()

        assert store.load() == kept
        assert [(entry.what, entry.subject) for entry in store.journal()] == [
            ("freeze", ""),
            ("clone", "vd-1003"),
            ("clone", "vd-1001"),
        ]
        change(store, superseded={a_name(1003): None}, released=(a_name(1002),), started={a_name(1001): NOON + 9})
        assert store.load().desktops == {
            a_name(1001): replace(kept.desktops[a_name(1001)], started_at=NOON + 9),
            a_name(1003): replace(kept.desktops[a_name(1003)], superseded_by=None),
        }
