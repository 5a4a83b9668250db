"""H1: a daemon starts whatever stands in a row of its store, and tells of the row, or ends with one message that names it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from provisioner.adapters.sql.tables import metadata
from provisioner.errors import StoreError
from provisioner.wrong.listing import wrong_in
from tests.adapters.sql.poisons import NO_TEXT, poison_row, poisons_of
from tests.reconciler.test_set_aside import Site, journal, poison, site

__all__ = ["site"]

MEASURED = "INSERT INTO measured VALUES (NULL, 'clone', CAST(x'ff41' AS TEXT), '', 1.0, 1.0, 1.0)"


def test_a_row_that_can_be_done_without_is_removed_and_told(site: Site):
    poison(site, MEASURED)
    site.settle(cycles=2)

    ((code, words),) = [(entry.code, str(entry.says)) for entry in wrong_in(site.status) if "set_aside" in entry.code]
    assert code == "row_set_aside"
    assert "in table measured of the store the row " in words
    assert [what for what, _ in journal(site, "set_aside")] == ["measured"]
    site.restart()
    site.settle(cycles=1)
    assert [what for what, _ in journal(site, "set_aside")] == ["measured"], "it is gone"


def test_without_a_row_that_is_needed_nothing_is_done(site: Site):
    with pytest.raises(StoreError, match=r"in table retired the row .*restore a copy"):
        poison(site, "INSERT INTO retired VALUES (CAST(x'ff41' AS TEXT), 7, 'why', 1.0)")


@pytest.mark.long
@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_each_column_of_a_table_with_rows(site: Site, tmp_path: Path, table: str):
    """Every kind of value in the newest row; the tables that a small site has no rows in are only read."""
    file = tmp_path / "bascule.db"
    site.store.close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        row = connection.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0]
    whole = file.read_bytes()
    for column in metadata.tables[table].columns:
        for value in (*NO_TEXT, poisons_of(table, column.name)[-1]):
            file.write_bytes(whole)
            poison_row(file, table, column.name, value, row)
            refused = refusal(site)
            assert not refused or f"in table {table} the row " in refused, (column.name, value, refused)


def refusal(site: Site) -> str:
    """Of a start and a cycle; empty: there was none."""
    try:
        site.restart()
        site.settle(cycles=1)
        [str(entry.says).encode() for entry in wrong_in(site.status)]
    except StoreError as error:
        return str(error)
    finally:
        site.store.close()
    return ""
