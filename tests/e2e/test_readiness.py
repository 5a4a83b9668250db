"""`bascule surge readiness` on a served twin: sound, and then with its template gone on one node."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from provisioner.cli.daemon_client import ask_daemon
from provisioner.cli.documents import READINESS
from provisioner.twin.server.state import TwinState
from tests.e2e.switch import Switch
from tests.servers.shadow import ROBOT, shadow_server

pytestmark = pytest.mark.real

AGENTS = 4
SCALE = 30
AN_ANSWER = r"readiness: \d+ of 100.*"
"""Of the daemon's log: what a night came to."""


def asked(switch: Switch) -> tuple[int, Any]:
    ended = switch.bascule("surge", "readiness", "--json")
    assert ended.stdout, ended.stderr
    return ended.returncode, json.loads(ended.stdout)


def test_a_template_that_is_gone_is_named_by_the_next_run(tmp_path: Path):
    with Switch(tmp_path, agents=AGENTS, scale=30) as switch:
        sound = asked(switch)
        switch.change_config(without_a_template)
        broken = asked(switch)

    assert (sound[0], sound[1]["percent"], sound[1]["wanted"], sound[1]["causes"]) == (0, 100, AGENTS, [])
    assert (broken[0], broken[1]["percent"]) == (1, 0)
    assert {cause["people"] for cause in broken[1]["causes"]} == {AGENTS}
    assert "readiness_fault" in [cause["because"]["code"] for cause in broken[1]["causes"]]


def without_a_template(document: dict[str, Any]) -> None:
    for profile in document["profiles"].values():
        for template in profile["templates"]:
            template["vmids"] = {node: vmid + 90_000 for node, vmid in template["vmids"].items()}


def due_at(document: dict[str, Any], switch: Switch, **more: Any) -> None:
    """It was due some minutes ago, by the twin's clock: the night is made up for at once."""
    then = datetime.fromtimestamp(TwinState.read(switch.twin.state_file).clock.now() - 300, UTC)
    document["readiness"] = {"at": f"{then:%H:%M}", "zone": "UTC", "trial": False, **more}


NETWORK = {"network": "127.40.0.0/24", "gateway": "127.40.0.1", "first": "127.40.0.10", "last": "127.40.0.18"}
"""Of the desktops: all of it is this machine's."""
ADDRESSES = [f"127.40.0.{last}" for last in range(10 + AGENTS, 15 + AGENTS)]
"""Of trial desktops, which come after the agents'. A real RDP server answers at each; it can listen at five."""
STEPS = ["connect", "greet", "authenticate", "desktop"]
"""`resolve` is left out: people connect to the address."""


def reached_by_a_robot(document: dict[str, Any], port: int, folder: Path) -> None:
    """A real server answers at each desktop's address, and lets the robot in."""
    (folder / "robot-password").touch(mode=0o600)
    (folder / "robot-password").write_text(ROBOT.password, encoding="utf-8")
    document["probes"] = {"robot": {"user": ROBOT.name, "password": {"file": "robot-password"}}}
    for profile in document["profiles"].values():
        profile["addressing"] = NETWORK
        profile["connection"] = {"port": port}


def steps_of(answer: Any) -> list[list[str]]:
    """Of each trial desktop that was reached."""
    steps = [trial["arguments"]["what"]["arguments"]["steps"]["arguments"].values() for trial in answer["trials"]]
    return [[step["arguments"]["name"] for step in of_one] for of_one in steps]


@contextmanager
def a_night_broken_off(folder: Path) -> Iterator[Switch]:
    """The daemon was killed while a trial desktop was made, which a robot would have logged on to."""
    with shadow_server(folder, addresses=ADDRESSES) as port, Switch(folder, agents=AGENTS, scale=SCALE) as switch:

        def changed(document: dict[str, Any]) -> None:
            document["safety"] = {"max_deletes": 1, "rebuild_settle": 0}
            reached_by_a_robot(document, port, folder)

        switch.change_config(changed)
        switch.start()
        switch.wait_for(lambda truth: truth["ready"] == AGENTS)
        switch.kill()  # in a surge there is no trial: the night begins once all are ready
        switch.change_config(lambda document: due_at(document, switch, trial=True))
        switch.start()
        switch.wait_for(lambda truth: truth["clones"] > AGENTS)
        switch.kill()
        yield switch


def first_answer(switch: Switch) -> tuple[str, list[Any]]:
    """What the daemon said first of the night, at once whatever it is; and the answers that are kept."""
    said = switch.first_said(AN_ANSWER)
    said = said.removeprefix("readiness: ")
    return said, ask_daemon(switch.folder / "api.sock", READINESS)["answers"]


def test_a_night_with_trial_desktops_outlives_a_kill_is_kept_and_leaves_no_desktop(tmp_path: Path):
    """Of the run that was broken off nothing is kept: the daemon asks anew."""
    with a_night_broken_off(tmp_path) as switch:
        switch.start()
        said, answers = first_answer(switch)
        assert said == f"100 of 100: {AGENTS} of {AGENTS} people", switch.log()
        left = switch.wait_for(lambda truth: truth["desktops"] == AGENTS)
        assert switch.page_with("/metrics", "bascule_readiness_ratio 1.0")
        switch.stop()

    (answer,) = answers
    assert (answer["percent"], answer["wanted"], answer["causes"]) == (100, AGENTS, [])
    assert [trial["arguments"]["what"]["code"] for trial in answer["trials"]] == ["trial_reached"]
    assert steps_of(answer) == [STEPS]
    assert (left["desktops"], left["ready"]) == (AGENTS, AGENTS)


def test_a_store_that_is_deleted_in_the_middle_of_a_trial_leaves_no_desktop_and_no_answer_is_made_up(tmp_path: Path):
    """What the night comes to then is said, and why: nothing would be deleted before somebody has accepted what was rebuilt."""
    with a_night_broken_off(tmp_path) as switch:
        switch.forget()
        switch.start()
        said, answers = first_answer(switch)
        accepted = switch.bascule("store", "accept", "--yes")
        left = switch.wait_for(lambda truth: truth["desktops"] == AGENTS)
        still = ask_daemon(switch.folder / "api.sock", READINESS)["answers"]
        switch.stop()

    assert said.startswith(f"0 of 100: 0 of {AGENTS} people"), switch.log()
    (answer,) = answers
    assert [cause["because"]["code"] for cause in answer["causes"]] == ["baseline_waits"]
    assert (answer["trials"], still) == ([], answers)
    assert (accepted.returncode, left["desktops"], left["ready"]) == (0, AGENTS, AGENTS), accepted


def test_a_canary_drill_is_kept_and_leaves_no_desktop(tmp_path: Path):
    with shadow_server(tmp_path, addresses=ADDRESSES) as port, Switch(tmp_path, agents=AGENTS, scale=SCALE) as switch:

        def changed(document: dict[str, Any]) -> None:
            document["safety"] = {"max_deletes": 1}
            reached_by_a_robot(document, port, tmp_path)

        switch.change_config(changed)
        switch.start()
        switch.wait_for(lambda truth: truth["ready"] == AGENTS)
        drill = switch.bascule("scenario", "drill", str(tmp_path / "scenario.yaml"), "--canary", "2%", "--yes", "--json")
        after = switch.wait_for(lambda truth: truth["desktops"] == AGENTS)
        switch.stop()
        offline = switch.bascule("surge", "readiness", "--history", "--offline", "--json")

    (desktop,) = json.loads(drill.stdout)["desktops"]
    assert (drill.returncode, desktop["reached"]) == (0, True), drill
    assert [step["step"] for step in desktop["steps"] if step["end"] == "done"] == STEPS
    assert [(kept["place"], kept["held"]) for kept in json.loads(offline.stdout)["drills"]] == [("canary", True)]
    assert (after["desktops"], after["ready"]) == (AGENTS, AGENTS)
