"""B11: damaged pages under a running daemon are reported, and nothing is written by a guess meanwhile."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitors.health import readiness_problems
from monitors.metric import KnownNames
from provisioner.adapters.sql.store import SqlStore
from provisioner.cli.clocks import TWIN_STATE
from provisioner.model.ids import ClusterId
from provisioner.model.status import Status
from provisioner.ports import Changes
from provisioner.reconciler import Reconciler
from tests.builders.cli import bascule
from tests.builders.daemon import Heard, a_variant, live
from tests.builders.monitors import a_recorder
from tests.builders.store import StillClock, an_outcome
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real

CLUSTER = ClusterId("local-16")
HISTORY = 2_000
"""Entries of a journal, over many pages: new entries go to the last page."""
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


def middle(path: Path) -> int:
    return path.stat().st_size // PAGE // 2 * PAGE


def page_of(path: Path) -> bytes:
    """A page in the middle of the journal: it is read at no cycle, and written at none."""
    with path.open("rb") as file:
        file.seek(middle(path))
        return file.read(PAGE)


def put(path: Path, page: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(middle(path))
        file.write(page)


@dataclass
class Disk:
    """Fails once the daemon works, and is repaired once that was reported; keeps the status in between."""

    path: Path
    sound: bytes = b""
    paused_status: Status | None = None

    def turn(self, heard: Heard, reconciler: Reconciler) -> bool:
        status = reconciler.status
        if status is None:
            return False
        if not self.sound:
            self.sound = page_of(self.path)
            put(self.path, b"\xff" * PAGE)
        if self.paused_status is None and status.paused and heard.about("store"):
            self.paused_status = status
            put(self.path, self.sound)
        return self.paused_status is not None and len(heard.about("store")) > 1 and not status.paused


def test_a_damaged_store_is_reported_and_nothing_is_ordered(switch: Switch, tmp_path: Path):
    """B11: the daemon went on over pages that were not pages any more, until it was started again."""
    config = a_variant(switch.config, tmp_path, lambda document: document.pop("scenario"))
    path = tmp_path / "bascule.db"
    a_store_with_a_past(path)
    disk = Disk(path)

    heard, _ = live(config, switch.twin.state, until=disk.turn, store_check_s=0.2)

    damaged, again = heard.about("store")
    assert disk.paused_status is not None
    reason = disk.paused_status.paused[CLUSTER]
    assert (damaged, again) == (f"nothing is ordered: {reason}", "can be read again: orders go on")
    assert reason.startswith(f"store {path}: ")
    assert "the file is damaged: restore a copy" in reason
    assert disk.paused_status.plan.actions == ()
    recorder = a_recorder(known=KnownNames(profiles=(), clusters=(CLUSTER,), waves=()))
    recorder.status(disk.paused_status)
    lacking = readiness_problems(recorder.state, now=disk.paused_status.at, max_cycle_age_s=120.0)
    assert f"cluster {CLUSTER}: nothing is written there: {' '.join(reason.split())}" in lacking


def test_the_doctor_reads_all_of_it(switch: Switch, tmp_path: Path):
    """B11: also what no command needs."""
    config = a_variant(switch.config, tmp_path, lambda document: document.pop("scenario"))
    path = tmp_path / "bascule.db"
    a_store_with_a_past(path)
    put(path, b"\xff" * PAGE)

    ended = bascule("check", "--config", str(config), **{TWIN_STATE: str(switch.twin.state_file)})

    assert ended.code == 1
    assert f"BAD store: store {path}: " in ended.out
