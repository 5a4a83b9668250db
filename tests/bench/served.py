"""A reference twin served over HTTPS, and the daemon on it: one process each."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from provisioner.cli.demo_site import DemoSite
from provisioner.settings.twins import load_twin
from provisioner.twin.process import TwinProcess
from tests.bench.stage import FIRST_VMID, twin_file

POLL_S = 0.2
_BASCULE = Path(sys.executable).with_name("bascule")


class Bench:
    """One site in one folder, its twin running. Nothing outlives `served`."""

    def __init__(self, folder: Path, name: str, *, agents: int, scale: float) -> None:
        self.folder, self.agents, self.scale = folder, agents, scale
        self.site = DemoSite(folder, agents=agents, sessions=0, port=0, ldap=None)
        self.site.twin_file = twin_file(name)
        self.site.spec = load_twin(self.site.twin_file)
        self.twin = TwinProcess(self.site.write_twin(), folder / "twin", scale=scale)

    def job(self) -> dict[str, Any]:
        """What a peer is told."""
        state = self.twin.state
        token, secret = next(iter(state.tokens.items()))
        return {
            "port": state.port, "ca_file": state.ca_file, "token": token, "secret": secret, "scale": self.scale,
            "desktops": self.agents, "first_vmid": FIRST_VMID,
            "templates": [(one.node, one.vmid) for one in self.site.spec.templates],
        }  # fmt: skip

    def daemon(self) -> list[str]:
        """The command of the daemon on this site: everybody at once, as the peers do."""
        config = self.site.write_config(self.twin.state)
        document = json.loads(config.read_text(encoding="utf-8"))
        del document["scenario"]
        config.write_text(json.dumps(document), encoding="utf-8")
        return [str(_BASCULE), "run", "--config", str(config), "--twin-state", str(self.twin.state_file)]

    def start(self, command: list[str]) -> "subprocess.Popen[bytes]":
        """Start something beside the twin; what it says goes to a file."""
        with (self.folder / "said.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=os.environ)

    def watch(self, over: Callable[[dict[str, Any]], bool], *, within_s: float) -> tuple[float, dict[str, Any]]:
        """Virtual seconds from the first call to the last desktop that became ready, and the twin's truth at the end.

        Until the first call a process only starts: on a stretched clock that would count several times.
        """
        began, until = self.twin.truth()["now"], time.monotonic() + within_s
        ready, ready_at = 0, began
        while True:
            truth = self.twin.truth()
            if not truth["calls"]:
                began = ready_at = truth["now"]
            if truth["ready"] != ready:
                ready, ready_at = truth["ready"], truth["now"]
            if over(truth) or time.monotonic() > until:
                return ready_at - began, truth
            time.sleep(POLL_S)


@contextmanager
def served(folder: Path, name: str, *, agents: int, scale: float) -> Iterator[Bench]:
    """A bench whose twin runs until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(folder, name, agents=agents, scale=scale)
    with bench.twin:
        yield bench


def end(process: "subprocess.Popen[bytes]") -> tuple[float, float]:
    """SIGTERM and wait; CPU seconds and peak memory in MiB of that process."""
    process.terminate()
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def figures(makespan_s: float, truth: dict[str, Any], *, agents: int) -> dict[str, Any]:
    """What is said of everyone, by the twin's truth."""
    return {
        "desktops": agents,
        "ready": truth["ready"],
        "failed": agents - truth["ready"],
        "makespan_s": round(makespan_s, 1),
        "calls_per_desktop": round(sum(truth["calls"].values()) / agents, 2),
        "calls_per_desktop_by_endpoint": {key: round(n / agents, 3) for key, n in sorted(truth["calls"].items())},
        "writes_per_desktop": round(truth["writes"] / agents, 2),
        "bytes_per_desktop": round(truth["bytes_sent"] / agents),
        "worker_s_per_desktop": round(sum(truth["worker_s"].values()) / agents, 3),
        "lock_timeouts": truth["lock_timeouts"],
        "doubled": truth["duplicates"],
        "orphans": len(truth["orphans"]),
    }


__all__ = ["Bench", "end", "figures", "served"]
