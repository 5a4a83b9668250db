"""B8: the journal names operators, so its entries are erased after a time."""

from contextlib import closing
from pathlib import Path

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.ports import Changes
from tests.builders.daemon import a_variant, live, says
from tests.builders.store import StillClock, an_outcome
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real

DAY_S = 86_400.0


@pytest.fixture(scope="module")
def switch(tmp_path_factory):
    with Switch(tmp_path_factory.mktemp("site"), agents=1, scale=10) as switch:
        yield switch


def test_the_daemon_erases_entries_past_their_retention(switch: Switch, tmp_path: Path):
    """B8: at its start, and once a day."""
    path = tmp_path / "bascule.db"
    now = switch.twin.state.clock.now()
    days = {"older": 181, "younger": 179}
    with closing(SqlStore(f"sqlite:///{path}", clock=StillClock())) as store:
        store.claim()
        lines = (an_outcome(1001, reason=name, ended_at=now - age * DAY_S) for name, age in days.items())
        store.commit(Changes(outcomes=tuple(lines)))

    live(
        a_variant(switch.config, tmp_path, lambda document: document.pop("scenario")), switch.twin.state, until=says("metrics")
    )

    with closing(SqlStore(f"sqlite:///{path}", clock=StillClock())) as store:
        left = [line for line in store.journal() if line.reason in days or line.what == "trim"]
    assert [(line.what, line.reason) for line in left if line.what != "trim"] == [("clone", "younger")]
    (trimmed,) = [line for line in left if line.what == "trim"]
    assert trimmed.reason == "1 lines older than 180 days"
    assert b"older" not in path.read_bytes().replace(b"older than", b"")
