"""The daemon's machine is lost in the middle of a switch, and a backup is restored on another machine."""

from pathlib import Path

import pytest

from tests.builders.cli import bascule
from tests.e2e.crash import faults_of
from tests.e2e.switch import Switch, pause

pytestmark = pytest.mark.real

AGENTS = 64


def _lose_the_machine(folder: Path) -> None:
    """Configuration, secrets, note key, directory file and store; only the cluster is left."""
    for name in ("bascule.yaml", "token", "note-key", "people.ldif", "daemon.log"):
        (folder / name).unlink()
    for path in folder.glob("bascule.db*"):
        path.unlink()


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(0, id="the backup is of just before"),
        pytest.param(20, id="desktops were made after the backup"),
    ],
)
def test_a_switch_goes_on_from_a_backup_on_another_machine(tmp_path: Path, later: int):
    backup = tmp_path / "backup"
    with Switch(tmp_path / "site", agents=AGENTS, scale=6.0) as switch:
        switch.start()
        then = switch.wait_for(lambda truth: truth["desktops"] >= 20)
        # In this process: a command's start is half a minute of the twin's time.
        made = bascule("store", "backup", str(backup), "--config", str(switch.config), **switch.environment())
        lost = switch.wait_for(lambda truth: truth["desktops"] >= then["desktops"] + later)
        switch.kill()
        _lose_the_machine(switch.folder)

        back = switch.bascule("store", "restore", str(backup), "--yes", "--reason", "the machine burnt")
        switch.start()
        serving = switch.said("/metrics")
        switch.wait_for(lambda truth: truth["ready"] >= AGENTS)
        pause(2.0)
        end = {**switch.truth(), "agents": AGENTS, "exit_code": switch.stop()}

    assert (made.code, back.returncode) == (0, 0), made.said + back.stderr
    assert serving
    assert lost["ready"] < AGENTS, "it has to be lost in the middle of the switch"
    assert faults_of(end) == [], end
