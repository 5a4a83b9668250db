"""A store copied into a file and restored, on any database."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.errors import StoreError
from provisioner.ledger import restored_entry
from provisioner.model.ids import AgentId
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.lending import Lease, LeaseState
from provisioner.model.machines.seats import pool_seat
from provisioner.ports import Changes
from tests.adapters.sql.filled import EVERYTHING, FILLED, OpenStore, filled
from tests.adapters.sql.taken_up import written_to
from tests.builders.pools import DESK
from tests.builders.records import change
from tests.builders.store import NOON, StillClock, a_name, a_reservation, an_outcome

LINE = restored_entry(at=NOON, by="ahmed", made_at=NOON - 60, reason="the machine burnt")


def _copy_of_everything(folder: Path) -> Path:
    """A copy made of an SQLite store that keeps EVERYTHING."""
    with closing(SqlStore(f"sqlite:///{folder}/from.db", clock=StillClock(), installation="paris")) as store:
        store.claim()
        store.commit(FILLED)
        assert store.copy_to(folder / "copy.db")
    return folder / "copy.db"


class CopyContract:
    """Run by a subclass whose module has the fixture `open_store`: SqlStores of one database, empty at first."""

    def test_a_store_in_use_is_copied_whole_and_taken_back_elsewhere(self, open_store: OpenStore, tmp_path: Path):
        store = filled(open_store)

        assert store.copy_to(tmp_path / "copy.db")

        store.commit(Changes(outcomes=(an_outcome(1002),)))
        with closing(SqlStore(f"sqlite:///{tmp_path}/there.db", clock=StillClock())) as there:
            there.fill_from(tmp_path / "copy.db", LINE)
            there.claim()
            assert there.load() == EVERYTHING
            assert [line.subject for line in there.journal(limit=99)] == ["", "vd-1003", "vd-1001"], (
                "the line after the copy is not in it"
            )

    def test_a_restored_store_continues_where_it_was(self, open_store: OpenStore, tmp_path: Path):
        open_store().fill_from(_copy_of_everything(tmp_path), LINE)

        store = open_store()
        store.claim()
        assert store.load() == EVERYTHING
        change(store, reserved=(a_reservation(1005),), outcomes=(an_outcome(1005),), proven=(a_name(1003),))
        assert [line.subject for line in store.journal(limit=99)] == ["vd-1005", "", "vd-1003", "vd-1001"]

    def test_a_restored_store_that_was_being_rebuilt_waits_anew_for_clones(self, open_store: OpenStore, tmp_path: Path):
        """K7: what was ordered since the copy it does not know."""
        with closing(SqlStore(f"sqlite:///{tmp_path}/from.db", clock=StillClock())) as store:
            store.claim()
            store.commit(Changes(rebuild_began=NOON - 86_400))
            assert store.load().rebuild_began == NOON - 86_400
            assert store.copy_to(tmp_path / "copy.db")

        store = open_store()
        store.fill_from(tmp_path / "copy.db", LINE)
        store.claim()

        assert store.load().rebuild_began is None

    def test_who_has_a_desktop_of_a_pool_is_in_doubt_in_a_restored_store(self, open_store: OpenStore, tmp_path: Path):
        lent = Lease(state=LeaseState.LENT, since=NOON - 120, agent_id=AgentId("zoe"))
        desktops = [(a_name(1001), lent), (a_name(1002), None)]
        with closing(SqlStore(f"sqlite:///{tmp_path}/from.db", clock=StillClock())) as store:
            store.claim()
            pooled = {
                name: DesktopRecord(
                    reservation=replace(a_reservation(1001 + place), seat=pool_seat(DESK, place)),
                    lease=lease,
                    used=place % 2 == 0,
                )
                for place, (name, lease) in enumerate(desktops)
            }
            change(store, reserved=(a_reservation(1005),))
            store.commit(Changes(desktops=pooled))
            assert store.copy_to(tmp_path / "copy.db")

        open_store().fill_from(tmp_path / "copy.db", LINE)

        with closing(open_store()) as store:
            leases = {name: record.lease for name, record in store.load().desktops.items()}
        doubtful = Lease(state=LeaseState.IN_DOUBT, since=NOON)
        assert leases == {
            a_name(1001): replace(doubtful, agent_id=AgentId("zoe")),
            a_name(1002): doubtful,
            a_name(1005): None,
        }

    def test_nothing_is_taken_back_over_a_store(self, open_store: OpenStore, tmp_path: Path):
        copy = _copy_of_everything(tmp_path)
        filled(open_store).close()

        with pytest.raises(StoreError, match="there is one already; move it away first"):
            open_store().fill_from(copy, LINE)

    def test_a_copy_that_91818bac_made_is_taken_back_whole(self, open_store: OpenStore, tmp_path: Path):
        written_to(tmp_path / "then.db", "everything")
        written_to(tmp_path / "same.db", "everything")
        with closing(SqlStore(f"sqlite:///{tmp_path}/same.db", clock=StillClock())) as same:
            same.claim()
            kept = same.load()

        open_store().fill_from(tmp_path / "then.db", LINE)

        with closing(open_store()) as store:
            store.claim()
            again = store.load()
            assert again.desktops.keys() == kept.desktops.keys()
            assert replace(again, desktops={}) == replace(kept, desktops={})

    def test_a_copy_from_before_the_first_release_is_refused_without_traces(self, open_store: OpenStore, tmp_path: Path):
        copy = _copy_of_everything(tmp_path)
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute("UPDATE bascule_version SET version_num = '0006'")

        with pytest.raises(StoreError, match=r"in the backup: made by a Bascule before the first release \(schema 0006\)"):
            open_store().fill_from(copy, LINE)

        assert open_store().load() == Records(baseline_accepted=False)

    @pytest.mark.parametrize("kept", [b"", b"no database at all", None])
    def test_a_file_that_is_no_copy_is_refused_without_traces(self, open_store: OpenStore, tmp_path: Path, kept):
        copy = _copy_of_everything(tmp_path)
        copy.write_bytes(copy.read_bytes()[:9_000] if kept is None else kept)

        with pytest.raises(StoreError, match="the copy of the store"):
            open_store().fill_from(copy, LINE)

        open_store().fill_from(_copy_of_everything(_folder(tmp_path)), LINE)


def _folder(parent: Path) -> Path:
    (parent / "again").mkdir()
    return parent / "again"
