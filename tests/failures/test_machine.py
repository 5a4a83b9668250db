"""Faults on the daemon's own machine: its store, its disk, its clock, and a second daemon."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from provisioner.adapters.sql.store import SqlStore
from provisioner.cli.installing.store_status import disk_lines
from provisioner.daemon.disk_space import free_mib
from provisioner.daemon.store_care import StoreCare
from provisioner.errors import StoreError
from provisioner.ports import Changes
from provisioner.rehearsal.measuring import Measuring
from provisioner.settings.values import StoreSettings
from provisioner.wrong.operating import DISK_MIB
from tests.builders.store import StillClock, an_outcome
from tests.failures.rows import plays
from tests.failures.stage import Stage

PAGE = 4096
DESKTOPS = ("vd-5001", "vd-5002", "vd-5003", "vd-5004")


def a_file(folder: Path) -> SqlStore:
    store = SqlStore(f"sqlite:///{folder}/bascule.db", clock=StillClock())
    store.claim()
    outcomes = tuple(an_outcome(1001, reason="x" * 500) for _ in range(500))
    store.commit(Changes(baseline_accepted=True, outcomes=outcomes))
    return store


def care_of(stage: Stage) -> StoreCare:
    """As the service has it."""
    return StoreCare(
        lambda: stage.store,
        measuring=Measuring(lambda: stage.config.profiles),
        progress=None,  # type: ignore[arg-type]
        keep_s=lambda: 1.0,
        clock=StillClock(),
        notice=lambda *_: None,
    )


@plays("the store cannot be read completely")
def test_damaged_pages_of_the_store(tmp_path: Path):
    stage = Stage(people=2, store=a_file(tmp_path)).settle()
    care, path = care_of(stage), tmp_path / "bascule.db"
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // PAGE // 2 * PAGE)
        file.write(b"\xff" * PAGE)
    care.verify()
    stage.daemon.parts.store_fault = care.fault

    shown = stage.two_cycles().shown()

    assert (shown.code, shown.wrong) == (1, {"cluster_paused": ("pve",)})
    assert "the file is damaged" in shown.text


@plays("the clock was set back by more than a second, or forward by more than five")
@pytest.mark.parametrize("by_s", [-600, 90])
def test_a_clock_that_is_set_is_a_new_beginning(by_s: int):
    """Wherever the desktops' clocks are set with it, or not by much."""
    stage = Stage(people=3).settle()
    before = stage.daemon
    stage.machine.ahead_s = by_s
    stage.wait(5)
    stage.machine.ahead_s = 0
    stage.wait(5).settle().wait(60)

    assert stage.daemon is not before
    assert stage.shown().code == 0
    assert len(stage.desktops()) == 3


# -- the clock is wrong ------------------------------------------------------------------------------------------------


@plays("the clock is wrong, and nobody sets it")
@pytest.mark.parametrize(("ahead_s", "code"), [(900, "own_clock_ahead"), (-900, "own_clock_behind")])
def test_desktops_that_agree_on_another_time(ahead_s: int, code: str):
    """F23: each of them was called late, a quarter of an hour later: all clocks wrong alike is the daemon's own."""
    stage = Stage(people=4, ahead_s=ahead_s)
    stage.run(lambda: bool(stage.cycles) and all(_is_dated(state) for state in stage.status.desktops.values()))

    shown = stage.two_cycles().shown()

    assert (shown.code, shown.wrong) == (1, {code: DESKTOPS})
    assert "the clock of the daemon's machine" in shown.text


def _is_dated(state) -> bool:
    return state.unheard is not None and state.unheard.age_s is not None


def test_once_the_clock_is_right_nothing_is_left_of_it():
    stage = Stage(people=4, ahead_s=900).wait(120)
    stage.machine.ahead_s = 0
    stage.wait(5).settle().two_cycles()

    assert (stage.shown().code, stage.shown().wrong) == (0, {})


# -- the disk ----------------------------------------------------------------------------------------------------------


@contextmanager
def no_space() -> Iterator[None]:
    """No store may grow by a page."""

    def full(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    sa.event.listen(sa.Engine, "begin", full)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, "begin", full)


@plays("the disk of the store is full")
def test_a_disk_that_is_nearly_full_is_named():
    """F23: nothing said so before the daemon ended."""
    stage = Stage(people=2).settle()
    stage.daemon.board.disk_free_mib = 40.0

    shown = stage.two_cycles().shown()

    assert (shown.code, shown.wrong) == (1, {"disk_short": ()})
    assert "40 MiB" in shown.text


@pytest.mark.long
def test_on_a_full_disk_the_daemon_ends_and_goes_on_once_there_is_room(tmp_path: Path):
    stage = Stage(people=2, store=a_file(tmp_path)).settle()
    with no_space():
        stage.people.join(8)
        stage.look()
        with pytest.raises(StoreError, match="database or disk is full"):
            stage.settle()
        stage.begin()  # by systemd
        with pytest.raises(StoreError, match="database or disk is full"):
            stage.settle()
        with closing(SqlStore(f"sqlite:///{tmp_path}/bascule.db", clock=StillClock())) as reader:
            assert len(reader.load().desktops) >= 2, "without the daemon `status` shows what is kept, and ends with 3"
    stage.begin()
    stage.settle().is_over()


def test_without_the_daemon_status_says_why_there_may_be_none():
    """The daemon has ended on a full disk, and can say nothing any more."""
    assert [str(line).partition(":")[0] for line in disk_lines(0.0)] == ["the disk of the daemon's store has 0 MiB left"]
    assert [*disk_lines(DISK_MIB), *disk_lines(None)] == []


def test_what_is_free_is_asked_where_the_store_is(tmp_path: Path):
    here = StoreSettings(url=f"sqlite:///{tmp_path}/bascule.db")

    assert (free_mib(here) or 0.0) > 0
    assert free_mib(StoreSettings(url="sqlite:////proc/self/bascule.db")) == 0.0
    assert free_mib(StoreSettings(url="sqlite:////nowhere/bascule.db")) is None
    assert free_mib(StoreSettings(url="postgresql+psycopg://bascule@db/bascule")) is None
