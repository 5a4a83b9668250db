"""`bascule readiness` on a served twin: sound, and then with its template gone on one node."""

import json
from pathlib import Path
from typing import Any

import pytest

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
