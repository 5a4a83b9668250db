"""A surge is steered by commands on a served twin, with the daemon killed in each state, and its store lost."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provisioner.cli.daemon_client import PATIENCE
from tests.builders.cli import Ended, bascule
from tests.builders.patience import FUSE_S, comes
from tests.e2e.switch import Switch, pause

pytestmark = pytest.mark.real

AGENTS, FIRST = 8, 4
IS_TAKEN = "the order is taken"
"""And nothing could be asked since: a daemon on a busy machine may be long in its first cycle."""
SCENARIO = f"""
name: confinement
start: by hand
waves:
  - {{name: all, who: everyone, size: {FIRST}, interval: 10min}}
"""


@pytest.fixture
def switch(tmp_path: Path) -> Iterator[Switch]:
    """Nothing is started: the scenario is by hand."""
    with Switch(tmp_path, agents=AGENTS, scale=60) as site:
        (site.folder / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
        site.change_config(_quick)
        site.start()
        yield site


def _quick(document: dict[str, Any]) -> None:
    """Every stop that may be; a lost store is rebuilt soon."""
    document["safety"] |= {"max_stops_percent": 100, "rebuild_settle": "10s"}


def said(switch: Switch, *words: str) -> Ended:
    """In this process: a command's start is half a minute of the twin's time."""
    # On a busy machine an answer may take longer than usual, and its order would be given twice.
    environment: dict[str, Any] = {**switch.environment(), PATIENCE: f"{FUSE_S:.0f}"}
    return bascule("surge", *words, "--config", str(switch.config), **environment)


def ordered(switch: Switch, *words: str) -> None:
    """The order is taken; the daemon may still be starting."""
    ends: list[Ended] = []

    def is_said() -> bool:
        ends.append(said(switch, *words))
        return ends[-1].code != 3 or IS_TAKEN in ends[-1].said

    assert comes(is_said, look_s=0.2), ends[-1].said
    assert ends[-1].code == 0 or IS_TAKEN in ends[-1].said, ends[-1].said


def state_of(switch: Switch) -> str | None:
    """The state of the run, as the command says it; None: there is no run."""
    ends: list[Ended] = []

    def is_said() -> bool:
        ends.append(said(switch, "status", "--json"))
        return ends[-1].code == 0

    assert comes(is_said, look_s=0.2), ends[-1].said
    run = json.loads(ends[-1].said)["run"]
    return None if run is None else run["state"]


def comes_to(switch: Switch, state: str) -> bool:
    """Whether the run comes to this state."""
    return comes(lambda: state_of(switch) == state, look_s=0.5)


def killed(switch: Switch) -> None:
    """kill -9, and another daemon."""
    switch.kill()
    switch.start()


def test_it_is_started_paused_resumed_and_finished_and_a_kill_in_each_state_changes_nothing(switch: Switch) -> None:
    assert state_of(switch) is None
    pause(1.0)
    assert switch.truth()["desktops"] == 0

    ordered(switch, "start", "confinement", "--yes", "--reason", "prefect's order", "--by", "claire")
    refused = said(switch, "start", "--yes")
    assert (refused.code, "two surges at once" in refused.said) == (2, True)
    unasked = said(switch, "start")
    assert (unasked.code, "two surges at once" in unasked.said, "start it?" in unasked.said) == (2, True, False)
    switch.wait_for(lambda truth: truth["desktops"] == FIRST)
    ordered(switch, "pause", "--reason", "VPN is full")
    killed(switch)
    assert switch.wait_for(lambda truth: truth["ready"] == FIRST)["ready"] == FIRST
    pause(10.0)  # as long as it takes the twin to come to the second batch
    assert (state_of(switch), switch.truth()["desktops"]) == ("paused", FIRST)

    ordered(switch, "resume")
    assert switch.wait_for(lambda truth: truth["ready"] == AGENTS)["ready"] == AGENTS

    ordered(switch, "finish", "--yes")
    killed(switch)
    assert switch.wait_for(lambda truth: truth["running"] == 0)["running"] == 0
    assert comes_to(switch, "ended")
    killed(switch)
    assert (state_of(switch), switch.truth()["running"], switch.truth()["desktops"]) == ("ended", 0, AGENTS)


def test_with_the_store_lost_it_is_paused_and_asks(switch: Switch) -> None:
    ordered(switch, "start", "--yes")
    before = switch.wait_for(lambda truth: truth["ready"] == FIRST)
    switch.kill()
    switch.forget()
    switch.start()
    assert comes_to(switch, "paused")
    pause(2.0)
    after = switch.truth()
    assert (before["ready"], after["ready"], after["desktops"]) == (FIRST, FIRST, FIRST)
    ordered(switch, "resume", "--reason", "it goes on")
    assert switch.wait_for(lambda truth: truth["ready"] == AGENTS)["ready"] == AGENTS


def test_without_an_answer_nothing_is_started(switch: Switch) -> None:
    assert state_of(switch) is None
    ended = switch.bascule("surge", "start")
    assert ended.returncode == 2, ended.stderr
    assert "gives a desktop to 8 more people" in ended.stderr
    assert "start it?" in ended.stderr
    assert state_of(switch) is None
