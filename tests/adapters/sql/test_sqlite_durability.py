"""A killed daemon, and two daemons at once, on an SQLite file, in separate processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.ports import Store
from tests.adapters.sql.durability import DurabilityContract
from tests.adapters.sql.filled import OpenStore
from tests.builders.store import StillClock

pytestmark = pytest.mark.real


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/bascule.db"


@pytest.fixture
def open_store(url: str) -> Iterator[OpenStore]:
    stores: list[Store] = []

    def opened() -> Store:
        stores.append(SqlStore(url, clock=StillClock()))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


class TestSqliteDurability(DurabilityContract):
    """Keeps the contract."""
