"""The machine's clock is set back and forward under a running daemon: it starts again in the same process, and logs that."""

import re
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioner.adapters.logs.messages import LineEvents
from provisioner.adapters.sql.store import SqlStore
from provisioner.daemon.service import Service, ServiceContext
from provisioner.ports import Clock
from provisioner.reconciler import Reconciler
from tests.builders.daemon import Heard, a_variant
from tests.builders.patience import FUSE_S
from tests.builders.records import parts_of
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real

AGENTS = 6
STEP_S = 75.0
"""Twice that is less than what a guest's clock may differ by: its word counts all the while."""


@dataclass
class Machine:
    """A clock that differs from the twin's until it is put right."""

    twin: Clock
    ahead_s: float = STEP_S

    def now(self) -> float:
        return self.twin.now() + self.ahead_s


@dataclass
class Story:
    """A daemon, with a list of its reconcilers."""

    heard: Heard
    reconcilers: list[Reconciler]
    switch: Switch
    store: Path
    ended_at: float = 0.0


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clock")
    with Switch(folder / "site", agents=AGENTS, scale=10) as switch:
        machine, heard = Machine(switch.twin.state.clock), Heard()
        story = Story(heard=heard, reconcilers=[], switch=switch, store=folder / "bascule.db")
        plot = [
            _when(story, lambda: len(_ready(story)) >= 2, lambda: setattr(machine, "ahead_s", -STEP_S)),
            _when(story, lambda: len(_ready(story)) >= 4, lambda: setattr(machine, "ahead_s", 0.0)),
            _when(story, lambda: len(story.reconcilers) == 3 and len(_ready(story)) == AGENTS, lambda: None),
        ]
        surroundings = ServiceContext(
            environment={},
            clock=machine,
            elapsed=switch.twin.state.clock.now,
            clock_rate=switch.twin.state.scale,
            listeners=(LineEvents(heard.hear),),
            done=lambda reconciler: _is_over(story, plot, reconciler),
            signals=False,
        )
        Service(a_variant(switch.config, folder, lambda it: it.pop("scenario")), surroundings).run()
        story.ended_at = machine.now()
        yield story


def _when(story: Story, reached: Callable[[], bool], then: Callable[[], object]) -> Callable[[], bool]:
    give_up = time.monotonic() + FUSE_S

    def step() -> bool:
        if not reached() and time.monotonic() < give_up:
            return False
        then()
        return True

    return step


def _is_over(story: Story, plot: list[Callable[[], bool]], reconciler: Reconciler) -> bool:
    if not story.reconcilers or story.reconcilers[-1] is not reconciler:
        story.reconcilers.append(reconciler)
    if plot and plot[0]():
        plot.pop(0)
    return not plot


def _ready(story: Story) -> list[str]:
    status = story.reconcilers[-1].status
    return [name for name, desktop in status.desktops.items() if desktop.phase == "ready"] if status else []


def test_each_step_is_one_new_beginning_and_one_line(story: Story):
    begun = [re.sub(r"by \d+ s", "by a step", text) for text in story.heard.about("daemon") if "the clock" in text]

    assert begun == [
        "the clock was set back by a step: begun anew from what is kept, as after a restart",
        "the clock was set forward by a step: begun anew from what is kept, as after a restart",
    ]
    assert len(story.reconcilers) == 3


def test_nothing_is_made_twice_and_everybody_is_served(story: Story):
    truth = story.switch.truth()

    assert (truth["ready"], truth["clones"]) == (AGENTS, AGENTS)


def test_nothing_that_is_kept_is_dated_later_than_now(story: Story):
    with closing(SqlStore(f"sqlite:///{story.store}", clock=Machine(story.switch.twin.state.clock, 0.0))) as store:
        records = store.load()

    kept = parts_of(records.desktops)
    instants = [*kept.started.values(), *(report.read_at for report in kept.reports.values())]
    assert len(kept.reports) == AGENTS
    assert max(instants) <= story.ended_at
    assert records.roster is not None
    assert records.roster.read_at <= story.ended_at
