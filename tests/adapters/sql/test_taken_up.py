"""Stores of commit 91818bac, which the first release takes up as they are."""

from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from provisioner.adapters.sql.databases import database_of
from provisioner.adapters.sql.schema import Schema, schema_of
from provisioner.adapters.sql.store import SqlStore
from provisioner.model.lending import LeaseState
from provisioner.model.scenario.surges import SurgeState
from provisioner.ports import Changes
from tests.adapters.sql.everything import all_in, keep_everything, mark_as_older
from tests.adapters.sql.taken_up import rows_in, written_to
from tests.builders.store import StillClock


def opened(path: Path, installation: str) -> SqlStore:
    return SqlStore(f"sqlite:///{path}", clock=StillClock(), installation=installation)


def test_a_store_with_a_value_in_every_column_is_read_as_it_was_written(tmp_path):
    written_to(tmp_path / "then.db", "everything")
    with closing(opened(tmp_path / "now.db", "seine")) as now:
        now.claim()
        keep_everything(now)
        mark_as_older(now)
        expected = all_in(now)

    with closing(opened(tmp_path / "then.db", "seine")) as then:
        then.claim()
        assert all_in(then) == expected


@pytest.mark.parametrize(("name", "installation"), [("everything", "seine"), ("rotation", "rotation")])
def test_no_row_is_lost_or_changed_and_the_schema_is_the_present_one(tmp_path, name, installation):
    written_to(tmp_path / "then.db", name)
    before = rows_in(tmp_path / "then.db")

    with closing(opened(tmp_path / "then.db", installation)) as store:
        store.claim()
        store.verify()

    desktops = [{**row, "logged_on": 1} for row in before["desktops"]]
    assert rows_in(tmp_path / "then.db") == {**before, "desktops": desktops, "people": []}
    with database_of(f"sqlite:///{tmp_path}/then.db").engine.connect() as connection:
        assert schema_of(connection, "here") is Schema.CURRENT


def test_some_days_of_a_rotation_are_read_whole_and_written_anew_they_are_the_same(tmp_path):
    written_to(tmp_path / "then.db", "rotation")
    rows = {table: len(found) for table, found in rows_in(tmp_path / "then.db").items()}
    with closing(opened(tmp_path / "then.db", "rotation")) as store:
        store.claim()
        kept, lines = store.load(), list(store.journal(limit=10_000))

    assert (len(kept.desktops), len(kept.half_days), len(lines)) == (rows["desktops"], rows["half_days"], rows["journal"])
    leases = Counter(record.lease and record.lease.state for record in kept.desktops.values())
    assert leases == {LeaseState.LENT: 5, None: 1}
    assert kept.surge is not None
    assert kept.surge.state is SurgeState.RUNNING
    with closing(opened(tmp_path / "anew.db", "rotation")) as anew:
        anew.claim()
        anew.commit(Changes(desktops=kept.desktops, roster=kept.roster, guard=kept.guard, session_counts=kept.session_counts))
        again = anew.load()
    assert (again.desktops, again.roster, again.guard) == (kept.desktops, kept.roster, kept.guard)
    assert again.session_counts == kept.session_counts
