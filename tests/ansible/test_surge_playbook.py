"""surge.yml, with a daemon's answers from a file; with a real one: operated/test_surge_and_teardown.py."""

import getpass
import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.builders.ansible import Operator, Played, short_folder
from tests.builders.terminal import Terminal

pytestmark = pytest.mark.real

GIVEN = {"surge_scenario": "confinement", "surge_reason": "decision of the prefect", "surge_by": "ops"}
YES = {**GIVEN, "surge_yes": True}
OPEN = {"scenario": "confinement", "configured": "confinement", "run": None, "start_refused": None, "waiting": 1550}
PROGRAM = """\
#!/bin/sh
cd {home}
echo "$*" >> orders
case "$*" in
    "surge status --json") cat surge.json; exit "$(cat surge.rc)" ;;
    check | forecast) echo "said by $1"; exit "$(cat "$1.rc")" ;;
    "surge start "*) printf '%s|' "$@" > started ;;
esac
"""


class Evening:
    """Somebody who plays it where `bascule` gives these answers."""

    def __init__(self, home: Path, temp: Path) -> None:
        self.home = home
        (home / "bascule").write_text(PROGRAM.format(home=home))
        (home / "bascule").chmod(0o755)
        machine = {"ansible_connection": "local", "ansible_user": getpass.getuser(), "ansible_become": False}
        machine["ansible_python_interpreter"] = sys.executable
        self.operator = Operator(home, group="bascule", machine=machine, temp=temp, path=home)

    def answers(self, *, check: int = 0, forecast: int = 0, surge: int = 0, **document: Any) -> None:
        for name, code in (("check", check), ("forecast", forecast), ("surge", surge)):
            (self.home / f"{name}.rc").write_text(str(code))
        (self.home / "surge.json").write_text(json.dumps(OPEN | document))
        for name in ("started", "orders"):
            (self.home / name).unlink(missing_ok=True)

    def play(self, *options: str, **variables: Any) -> Played:
        return self.operator.plays("surge.yml", variables, *options)

    @property
    def started(self) -> list[str]:
        """The words of the order; empty: nothing was started."""
        file = self.home / "started"
        return file.read_text().strip("|").split("|") if file.exists() else []


@pytest.fixture(scope="module")
def evening(tmp_path_factory):
    with short_folder() as temp:
        yield Evening(tmp_path_factory.mktemp("surge"), temp)


def test_it_is_checked_foretold_and_started_with_all_its_terms(evening):
    evening.answers()

    terms = {"surge_at": "20:00", "surge_until": "tomorrow 18:00", "surge_day_1": "2026-11-30"}
    played = evening.play(**YES, **terms).well()

    asked = (evening.home / "orders").read_text().splitlines()
    assert [words.split(" --reason")[0] for words in asked] == [
        "surge status --json",
        "check",
        "forecast",
        "surge start confinement --yes",
        "surge status",
    ]
    assert evening.started[3:] == [
        "--yes",
        "--reason",
        "decision of the prefect",
        "--by",
        "ops",
        "--at",
        "20:00",
        "--day-1",
        "2026-11-30",
        "--until",
        "tomorrow 18:00",
    ]
    assert played.changed == 1


@pytest.mark.parametrize(
    ("answers", "variables", "said"),
    [
        pytest.param({}, {**GIVEN, "surge_scenario": ""}, "Name the scenario", id="no scenario"),
        pytest.param({}, {**YES, "surge_reason": ""}, "Name the scenario and a reason", id="no reason"),
        pytest.param({}, {**YES, "surge_despite": ["chek"]}, "list of check and forecast", id="a typo"),
        pytest.param({"surge": 3}, YES, "The daemon does not answer", id="no daemon"),
        pytest.param({"configured": "other"}, YES, "names the scenario other", id="another scenario"),
        pytest.param({"start_refused": {"code": "x", "text": "'other' goes on"}}, YES, "'other' goes on", id="refused"),
        pytest.param({"check": 1}, YES, "The check is not in order", id="faults"),
        pytest.param({"check": 3}, {**YES, "surge_despite": ["check"]}, "The check is not in order", id="no check at all"),
        pytest.param({"forecast": 1}, YES, "The forecast does not hold", id="too late"),
        pytest.param({"forecast": 3}, {**YES, "surge_despite": ["forecast"]}, "does not hold", id="no forecast at all"),
        pytest.param({}, GIVEN, "Nobody has said yes", id="nobody at a terminal"),
    ],
)
def test_it_starts_nothing_and_says_why(evening, answers, variables, said):
    evening.answers(**answers)

    played = evening.play(**variables)

    assert (played.exit_code != 0, evening.started) == (True, []), played.text
    assert said in played.text
    assert "Nothing was started" in played.text.replace("\n", " ")


def test_whoever_means_it_goes_on_despite_both(evening):
    evening.answers(check=1, forecast=1)

    played = evening.play(**YES, surge_despite=["check", "forecast"]).well()

    assert "said by check" in played.text
    assert "said by forecast" in played.text
    assert evening.started[:3] == ["surge", "start", "confinement"]


@pytest.mark.parametrize("state", ["pending", "running", "gated", "paused"])
def test_a_run_that_goes_on_is_not_started_again(evening, state):
    evening.answers(run={"scenario": "confinement", "state": state}, start_refused={"code": "x", "text": "it goes on"})

    played = evening.play(**YES).well()

    assert (played.changed, evening.started) == (0, [])


@pytest.mark.parametrize(("answer", "starts"), [("yes", True), ("y", False), ("", False)])
def test_at_a_terminal_it_asks_for_the_yes(evening, answer, starts):
    evening.answers()
    command = shlex.join(evening.operator.command("surge.yml", GIVEN))
    terminal = Terminal(evening.home, evening.operator.environment)

    try:
        shown = terminal.answer(command, "anything else starts nothing", answer, within_s=60)
    finally:
        terminal.close()

    assert "Start the scenario 'confinement' now, for 1550 more people?" in " ".join(shown.split())
    assert (evening.started != []) is starts, shown


def test_with_check_it_looks_and_starts_nothing(evening):
    evening.answers()

    played = evening.play("--check", **GIVEN).well()

    assert "said by forecast" in played.text
    assert evening.started == []


def test_what_teardown_may_not_be_told_is_refused(evening):
    played = evening.operator.plays("teardown.yml", {"bascule_teardown_despite": ["backup"]})

    assert played.exit_code != 0
    assert "must be a list of silent, surge and desktops" in played.text
