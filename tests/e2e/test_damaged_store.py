"""B11: pages that have gone bad under a running daemon are told, and nothing is written by a guess meanwhile."""

from contextlib import closing
from pathlib import Path

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.model.ids import ClusterId
from provisioner.ports import Changes
from tests.builders.daemon import Heard, a_variant, live
from tests.builders.store import StillClock, an_outcome
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real

CLUSTER = ClusterId("local-16")
HISTORY = 2_000
"""Lines of a journal, of many pages: what is written now goes to the last of them."""
PAGE = 4_096
"""SQLite's own default size of a page, in bytes."""


@pytest.fixture
def switch(tmp_path: Path):
    with Switch(tmp_path / "site", agents=3, scale=10) as switch:
        yield switch


def a_store_with_a_past(path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{path}", clock=StillClock())) as store:
        store.claim()
        store.commit(Changes(outcomes=tuple(an_outcome(1001, reason="x" * 500) for _ in range(HISTORY))))


def damage(path: Path) -> None:
    """A page in the middle of the journal, as a failing disk leaves it: it is read at no cycle, and written at none."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // PAGE // 2 * PAGE)
        file.write(b"\xff" * PAGE)


@pytest.mark.xfail(strict=True, raises=AssertionError)
def test_a_damaged_store_is_told_and_nothing_is_ordered(switch: Switch, tmp_path: Path):
    """B11: the daemon went on over pages that were no pages any more, until it was started again."""
    config = a_variant(switch.config, tmp_path, lambda document: document.pop("scenario"))
    path = tmp_path / "bascule.db"
    a_store_with_a_past(path)
    looks = 0

    def told(heard: Heard, reconciler) -> bool:
        nonlocal looks
        picture = reconciler.picture
        looks += picture is not None
        if looks == 1:
            damage(path)
        return looks > 1 and (CLUSTER in picture.paused or looks > 200)

    heard, reconciler = live(config, switch.twin.state, until=told)

    assert heard.has("the file is damaged: restore a copy")
    (line,) = [one for one in heard.about("store") if "damaged" in one]
    picture = reconciler.picture
    assert picture.paused[CLUSTER] == line
