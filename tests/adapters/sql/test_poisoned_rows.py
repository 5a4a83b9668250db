"""H1: whatever stands in any column of any table, the store opens without that row and says so, or says in one line why not."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from provisioner.adapters.sql.kept_rows import check_types
from provisioner.adapters.sql.store import SqlStore
from provisioner.errors import StoreError
from provisioner.model.kept.store_fit import TABLES
from provisioner.model.session_counts import SessionCounts
from provisioner.ports import Changes
from tests.adapters.sql.everything import all_in
from tests.adapters.sql.poisons import COLUMNS, NO_TEXT, a_full_store, poison_row, poisoned, store_in
from tests.builders.store import NOON

NEEDED = {"desktops", "deletions", "retired", "rekeyed", "rosters", "meta"}
"""Tables of which no row can be spared, or not each."""
ORDERS = {"intents", "surges"}
"""Told by their kind."""
NOT_REMOVED = {"journal", "surges", "meta"}
"""A line or an earlier run that cannot be read is shown with what is known of it; the owner is written anew."""
_DAY = 5
"""By day every fifth poison, in each column others: no number of poisons, or of rows with them, is a multiple of it."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    return a_full_store(tmp_path_factory.mktemp("whole") / "bascule.db")


def sound(value: object) -> None:
    """Raises what whoever works with it, shows it or sends it would."""
    if isinstance(value, dict):
        sound([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            sound(each)
    elif hasattr(value, "__dataclass_fields__"):
        check_types(value)
    str(value).encode()


def start(store: SqlStore) -> tuple[list[str], str]:
    """The tables of the rows that are set aside, or why nothing is done."""
    try:
        return opened(store), ""
    except StoreError as error:
        return [], str(error)


def opened(store: SqlStore) -> list[str]:
    """As the daemon does. Raises StoreError."""
    store.claim()
    store.load()
    aside = store.unreadable()
    for row in aside:
        if row.stands_for is None:
            store.discard(row, NOON)
    sound(all_in(store))
    sound([store.kept(table) for table in TABLES.found()])
    sound(store.people())
    sound(store.intents())
    store.commit(Changes(baseline_accepted=True))
    assert [row for row in store.unreadable() if row.table] == [], "what was set aside is away"
    return [row.table or row.kind for row in aside]


@pytest.mark.parametrize(
    "of", [pytest.param(_DAY, marks=pytest.mark.long, id="some"), pytest.param(1, marks=pytest.mark.night, id="each")]
)
@pytest.mark.parametrize(("table", "column"), [pytest.param(*each, id=".".join(each)) for each in COLUMNS])
def test_whatever_is_in_a_column_costs_a_row_or_is_one_message(whole: Path, tmp_path: Path, table: str, column: str, of: int):
    for poison, row in poisoned(whole, tmp_path / "bascule.db", table, column, of=of):
        with closing(store_in(tmp_path / "bascule.db")) as store:
            aside, refused = start(store)
        if refused:
            assert table in NEEDED, (poison, row, refused)
            assert one_message(table).fullmatch(refused), (poison, row, refused)
        else:
            assert table in ORDERS or set(aside) <= {table}, (poison, row, aside)
            assert aside or poison not in NO_TEXT or table in NOT_REMOVED, (poison, row)


def test_a_row_that_was_written_again_is_not_removed(whole: Path, tmp_path: Path):
    """H1: the store was looked at when it was opened, and a row under the same key was written before it was set aside."""
    file = shutil.copy(whole, tmp_path / "bascule.db")
    with closing(sqlite3.connect(file)) as connection:
        (row,) = connection.execute("SELECT rowid FROM meta WHERE key = 'session_counts'").fetchone()
    assert poison_row(file, "meta", "value", "'[]'", row)
    counts = SessionCounts(settled_at=NOON)
    with closing(store_in(file)) as store:
        store.claim()
        store.load()
        (aside,) = store.unreadable()
        store.commit(Changes(session_counts=counts))

        store.discard(aside, NOON)

        assert (store.load().session_counts, store.unreadable()) == (counts, ())


def one_message(table: str) -> re.Pattern[str]:
    return re.compile(f"[^\n]+: cannot [^\n]+: in table {table} the row [^\n]+ cannot be read [^\n]+restore a copy[^\n]+")
