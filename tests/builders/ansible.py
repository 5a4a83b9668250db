"""Runs of the shipped playbooks, as an operator starts them."""

import getpass
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.builders.patience import comes

ANSIBLE = Path(__file__).resolve().parents[2] / "ansible"
_COMMAND = str(Path(sys.executable).with_name("ansible-playbook"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What one run came to."""

    exit_code: int
    text: str
    """All it printed."""

    @property
    def changed(self) -> int:
        """How many tasks changed something."""
        found = re.search(r"changed=(\d+)", self.text)
        assert found, self.text
        return int(found[1])

    def well(self) -> "Played":
        """Itself; the run must have gone through."""
        assert self.exit_code == 0, self.text
        return self


class Operator:
    """Who runs playbooks on one machine, with an inventory in a folder of their own."""

    def __init__(self, home: Path, *, group: str, machine: Mapping[str, Any], temp: Path, path: Path | None = None) -> None:
        self._home, self._group, self._machine = home, group, machine
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        # ansible.cfg beside the playbooks is read; what a run leaves goes to `temp`, whose name is short enough for a socket.
        self.environment |= {"ANSIBLE_CONFIG": str(ANSIBLE / "ansible.cfg"), "ANSIBLE_HOME": str(temp)}
        # The connections that ssh keeps open are named after the machine: they must not outlast it.
        self.environment |= {"ANSIBLE_SSH_CONTROL_PATH_DIR": str(temp / "cp")}
        self.environment |= {"ANSIBLE_NOCOLOR": "1", "ANSIBLE_LOCALHOST_WARNING": "0"}
        if path is not None:
            self.environment["PATH"] = f"{path}:{os.environ['PATH']}"

    def plays(
        self, playbook: str, variables: Mapping[str, Any], *options: str, dies_when: Callable[[], bool] | None = None
    ) -> Played:
        """Run it with these variables in the inventory: not on the command line, which everybody can read.

        `dies_when`: the run is killed once it is so, and prints nothing here.
        """
        command = self.command(playbook, variables, *options)
        if dies_when is not None:
            return Played(exit_code=self._killed(command, dies_when), text="")
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=300, check=False, env=self.environment, stdin=subprocess.DEVNULL
        )
        return Played(exit_code=done.returncode, text=done.stdout + done.stderr)

    def command(self, playbook: str, variables: Mapping[str, Any], *options: str) -> list[str]:
        """Its words, for whoever types it; the inventory is written."""
        inventory = self._home / "inventory.json"
        inventory.touch(mode=0o600)
        inventory.write_text(json.dumps({self._group: {"hosts": {"guest": self._machine}, "vars": dict(variables)}}))
        return [_COMMAND, "--inventory", str(inventory), str(ANSIBLE / "playbooks" / playbook), *options]

    def _killed(self, command: list[str], when: Callable[[], bool]) -> int:
        """With all its processes; a session of their own, so that nothing else is."""
        quiet = subprocess.DEVNULL
        with subprocess.Popen(
            command, env=self.environment, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        ) as run:
            assert comes(lambda: run.poll() is not None or when(), look_s=0.2)
            assert run.poll() is None, "it ended before"
            os.killpg(run.pid, signal.SIGKILL)
        return run.returncode


def played_here(home: Path, playbook: str, group: str, variables: Mapping[str, Any]) -> Played:
    """One run on this machine, which is in the group; for what is refused before anything is changed."""
    here = {"ansible_connection": "local", "ansible_user": getpass.getuser(), "ansible_python_interpreter": sys.executable}
    with short_folder() as temp:
        return Operator(home, group=group, machine=here, temp=temp).plays(playbook, variables)


@contextmanager
def short_folder() -> Iterator[Path]:
    """A temporary folder with a short name; pytest's are too long for a Unix socket."""
    with tempfile.TemporaryDirectory(prefix="ans-", ignore_cleanup_errors=True) as name:
        yield Path(name)
