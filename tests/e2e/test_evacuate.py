"""A node of a served twin is evacuated by commands, with the daemon killed on the way; nobody is logged off."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders.patience import comes
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real

AGENTS, SESSIONS = 3, 3


def _may_move(twin: Path) -> None:
    """The token gets VM.Migrate, with all other rights on VMs."""
    tokens = [{"user": "bascule@pve", "name": "daemon", "acl": {"/": "Bascule", "/vms": "PVEVMAdmin"}}]
    twin.write_text(f"{twin.read_text(encoding='utf-8')}tokens: {json.dumps(tokens)}\n", encoding="utf-8")


def _at_once(document: dict[str, Any]) -> None:
    del document["scenario"]


def _left_on(switch: Switch, node: str) -> int | None:
    """Desktops on the node, as the daemon says; None while it does not answer."""
    ended = switch.bascule("node", "list", "--json")
    rows = json.loads(ended.stdout)["nodes"] if ended.returncode == 0 else []
    return next((row["desktops"] for row in rows if row["node"] == node), None)


def test_the_node_is_empty_afterwards_and_everybody_is_still_logged_on(tmp_path: Path):
    switch = Switch(tmp_path, agents=AGENTS, scale=20, sessions=SESSIONS, twin="shared-1")
    _may_move(tmp_path / "twin.yaml")
    with switch:
        switch.change_config(_at_once)
        switch.start()
        ready = switch.wait_for(lambda truth: truth["ready"] == AGENTS and truth["sessions"] == SESSIONS)
        assert (ready["ready"], ready["sessions"]) == (AGENTS, SESSIONS)
        rows = json.loads(switch.bascule("desktop", "list", "--json").stdout)["desktops"]
        node = rows[0]["node"]

        ended = switch.bascule("node", "evacuate", node, "--yes", "--reason", "new memory", "--by", "claire")
        assert ended.returncode == 0, ended.stderr
        switch.kill()
        switch.start()  # the order is kept in the store, and the move goes on without the daemon

        assert comes(lambda: _left_on(switch, node) == 0, look_s=0.5), switch.log()
        truth = switch.truth()
        assert (truth["sessions"], truth["cut"], truth["clones"], truth["running"]) == (SESSIONS, 0, AGENTS, AGENTS)
        assert "evacuated by" in switch.bascule("status").stdout
        assert switch.bascule("node", "uncordon", node).returncode == 0
        assert switch.stop() == 0
