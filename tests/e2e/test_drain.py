"""A node is drained and opened again on a served twin, by commands, with the daemon killed on the way."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.builders.cli import ordered_by
from tests.builders.patience import comes
from tests.e2e.switch import Switch, pause

pytestmark = pytest.mark.real

AGENTS, NODES, SESSIONS = 10, 2, 4


def _small(document: dict[str, Any]) -> None:
    """Two nodes, everybody at once, and every stop that may be."""
    del document["scenario"]
    templates = document["profiles"]["standard"]["templates"][0]
    templates["vmids"] = dict(list(templates["vmids"].items())[:NODES])
    document["safety"]["max_stops_percent"] = 100


def _nodes(switch: Switch) -> dict[str, dict[str, Any]]:
    """What the daemon says of nodes with desktops; nothing while it does not answer."""
    ended = switch.bascule("node", "list", "--json")
    rows = json.loads(ended.stdout)["nodes"] if ended.returncode == 0 else []
    return {row["node"]: row for row in rows if row["desktops"]}


def _until(switch: Switch, reached: Callable[[dict[str, dict[str, Any]]], bool]) -> dict[str, dict[str, Any]]:
    """What it says once it is so, or in the end."""
    comes(lambda: bool(nodes := _nodes(switch)) and reached(nodes), look_s=1.0)
    return _nodes(switch)


def test_a_drained_node_keeps_only_desktops_in_use_and_comes_back(tmp_path: Path):
    with Switch(tmp_path, agents=AGENTS, scale=20, sessions=SESSIONS) as switch:
        switch.change_config(_small)
        switch.start()
        assert switch.wait_for(lambda truth: truth["ready"] == AGENTS and truth["sessions"] == SESSIONS)["ready"] == AGENTS

        mistyped = switch.bascule("node", "drain", "pve99")
        assert (mistyped.returncode, mistyped.stdout) == (2, "")
        assert "has no node pve99, only pve01, pve02, " in mistyped.stderr
        ended = switch.bascule("node", "drain", "pve01", "--yes", "--reason", "new memory", "--by", "claire")
        assert ended.returncode == 0, ended.stderr
        switch.wait_for(lambda truth: truth["running"] < AGENTS)
        switch.kill()
        switch.start()  # the order is kept in the store

        drained = _until(switch, lambda nodes: nodes["pve01"]["running"] == nodes["pve01"]["sessions"])["pve01"]
        assert (drained["online"], drained["drained"], drained["sessions_unknown"]) == (True, True, 0)
        assert drained["running"] == drained["sessions"] < drained["desktops"]
        pause(3.0)  # a minute of the twin's time: logged-on people stay
        truth = switch.truth()
        assert (truth["cut"], truth["sessions"], truth["running"]) == (
            0,
            SESSIONS,
            AGENTS - drained["desktops"] + drained["running"],
        )
        assert f"is being drained by {ordered_by('claire')} (new memory)" in switch.bascule("status").stdout

        assert switch.bascule("node", "uncordon", "pve01").returncode == 0
        assert switch.wait_for(lambda truth: truth["ready"] == AGENTS)["ready"] == AGENTS
        assert (switch.truth()["clones"], switch.truth()["cut"]) == (AGENTS, 0)
        assert switch.stop() == 0
