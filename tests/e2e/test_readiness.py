"""`bascule readiness` on a served twin: sound, and then with its template gone on one node."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from provisioner.twin.server.state import TwinState
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real

AGENTS = 4


def asked(switch: Switch) -> tuple[int, Any]:
    ended = switch.bascule("readiness", "--json")
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


@contextmanager
def a_gateway() -> Iterator[str]:
    """Lets every connection in: on a twin nobody is behind it."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_night_with_trial_desktops_outlives_a_kill_is_kept_and_leaves_no_desktop(tmp_path: Path):
    with a_gateway() as gateway, Switch(tmp_path, agents=AGENTS, scale=30) as switch:

        def changed(document: dict[str, Any]) -> None:
            due_at(document, switch, trial=True)
            document["safety"] = {"max_deletes": 1}
            for profile in document["profiles"].values():
                profile["connection"] = {"gateway": gateway}

        switch.change_config(changed)
        switch.start()
        switch.wait_for(lambda truth: truth["clones"] > AGENTS, within_s=240)
        switch.kill()
        switch.start()
        assert switch.said("readiness: 100 of 100", within_s=400), switch.log()
        left = switch.wait_for(lambda truth: truth["desktops"] == AGENTS, within_s=240)
        drill = switch.bascule("drill", str(tmp_path / "scenario.yaml"), "--canary", "2%", "--yes", "--json")
        after = switch.wait_for(lambda truth: truth["desktops"] == AGENTS, within_s=240)
        history = json.loads(switch.bascule("readiness", "--history", "--json").stdout)
        assert switch.page_with("/metrics", "bascule_readiness_ratio 1.0")
        switch.stop(within_s=20)
        offline = switch.bascule("readiness", "--history", "--offline")

    answer = history["answers"][0]
    assert (answer["percent"], answer["wanted"], answer["causes"]) == (100, AGENTS, [])
    assert [trial["arguments"]["what"]["code"] for trial in answer["trials"]] == ["trial_reached"] * len(answer["trials"]) != []
    assert (left["desktops"], left["ready"]) == (AGENTS, AGENTS)
    assert "100" in offline.stdout, offline
    assert (drill.returncode, json.loads(drill.stdout)["ready"]) == (0, 1), drill
    assert [(kept["place"], kept["held"]) for kept in history["drills"]] == [("canary", True)]
    assert after["ready"] == AGENTS
