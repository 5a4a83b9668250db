"""The store in memory, used by rehearsals."""

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.model.kept.records import DesktopRecord
from tests.adapters.sql.contract import StoreContract
from tests.adapters.sql.filled import OpenStore
from tests.builders.records import a_step
from tests.builders.store import a_name, a_reservation


@pytest.fixture
def open_store() -> OpenStore:
    store = MemoryStore()
    return lambda: store


class TestMemoryStore(StoreContract):
    """Keeps the contract."""

    def test_what_was_loaded_shows_later_commits_and_cannot_be_written(self, open_store):
        store = open_store()
        store.claim()
        records = store.load()

        store.commit(a_step(reserved=(a_reservation(1001),)))

        assert set(records.desktops) == {a_name(1001)}
        with pytest.raises(TypeError):
            records.desktops[a_name(1002)] = DesktopRecord(reservation=a_reservation(1002))
