"""A reference twin served over HTTPS, and the daemon on it: one process each."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from provisioner.demo.site import DemoSite
from provisioner.rehearsal.bound import bound_s
from provisioner.settings.twins import load_twin
from provisioner.twin.server.process import TwinProcess
from tests.bench.child import Child, cpu_s, idle_s
from tests.bench.stage import FIRST_VMID, surviving, twin_file

POLL_S = 0.2
CORES = os.cpu_count() or 1
_BASCULE = Path(sys.executable).with_name("bascule")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was watched from outside, by the twin's truth. Virtual seconds from the first call on."""

    truth: dict[str, Any]
    """At the end."""
    truth_when_ready: dict[str, Any]
    """When the last desktop that became ready did."""
    ready_after: tuple[tuple[int, float], ...]
    """(so many desktops ready, when first seen), ascending."""
    real_s: float
    """Of the wall clock."""
    twin_cpu_s: float
    idle_s: float
    """Of all cores."""

    @property
    def makespan_s(self) -> float:
        """Until the last desktop that became ready."""
        return self.ready_after[-1][1] if self.ready_after else 0.0


class Bench:
    """One site in one folder, its twin running. Nothing outlives `served`."""

    def __init__(self, folder: Path, name: str, *, agents: int, scale: float, port: int = 0) -> None:
        self.folder, self.agents, self.scale = folder, agents, scale
        self.site = DemoSite(folder, agents=agents, sessions=0, port=port, ldap=None)
        self.site.twin_file = _sized(name, folder, agents=agents)
        self.site.spec = load_twin(self.site.twin_file)
        self.twin = TwinProcess(self.site.write_twin(), folder / "twin", scale=scale)

    @property
    def bound_s(self) -> float:
        """What the hardware that stays alive allows at best."""
        return bound_s(surviving(self.site.spec), desktops=self.agents)

    def job(self) -> dict[str, Any]:
        """The settings of a peer."""
        state = self.twin.state
        token, secret = next(iter(state.tokens.items()))
        return {
            "port": state.port, "ca_file": state.ca_file, "token": token, "secret": secret, "scale": self.scale,
            "desktops": self.agents, "first_vmid": FIRST_VMID,
            "templates": [(template.node, template.vmid) for template in self.site.spec.templates],
        }  # fmt: skip

    def daemon(self) -> list[str]:
        """The command of the daemon on this site: everybody at once, as the peers do."""
        config = self.site.write_config(self.twin.state)
        document = json.loads(config.read_text(encoding="utf-8"))
        del document["scenario"]
        config.write_text(json.dumps(document), encoding="utf-8")
        return [str(_BASCULE), "run", "--config", str(config), "--twin-state", str(self.twin.state_file)]

    def start(self, command: list[str], *, environment: dict[str, str] | None = None) -> Child:
        """Start something beside the twin; what it says goes to a file."""
        with (self.folder / "said.log").open("ab") as log:
            env = environment or dict(os.environ)
            return Child(subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=env))

    def said(self) -> str:
        """The last line of what was started."""
        lines = (self.folder / "said.log").read_text(errors="replace").strip().splitlines()
        return lines[-1][:400] if lines else ""

    def watch(self, over: Callable[[dict[str, Any], float], bool], *, within_s: float) -> Seen:
        """Until `over` (the truth, virtual seconds since a desktop last became ready) or so many seconds of the wall clock.

        Time counts from the first call: until then a process only starts, which a stretched clock would count several times.
        """
        when_ready = self.twin.truth()
        began, real, used = when_ready["now"], time.monotonic(), (cpu_s(self.twin.pid), idle_s())
        until, ready_after = real + within_s, [(0, 0.0)]
        while True:
            truth = self.twin.truth()
            if not truth["calls"]:
                began, real, used = truth["now"], time.monotonic(), (cpu_s(self.twin.pid), idle_s())
            since = truth["now"] - began
            if truth["ready"] > ready_after[-1][0]:
                ready_after.append((truth["ready"], round(since, 1)))
                when_ready = truth
            if over(truth, since - ready_after[-1][1]) or time.monotonic() > until:
                break
            time.sleep(POLL_S)
        return Seen(
            truth=truth,
            truth_when_ready=when_ready,
            ready_after=tuple(ready_after[1:]),
            real_s=time.monotonic() - real,
            twin_cpu_s=cpu_s(self.twin.pid) - used[0],
            idle_s=idle_s() - used[1],
        )


def _sized(name: str, folder: Path, *, agents: int) -> Path:
    """The reference twin, in which a node that dies when half are ready counts these agents' desktops."""
    document = yaml.safe_load(twin_file(name).read_text(encoding="utf-8"))
    for fault in document.get("faults", ()):
        if "of_desktops" in fault.get("kill_node", ()):
            fault["kill_node"]["of_desktops"] = agents
    path = folder / "reference.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return path


@contextmanager
def served(folder: Path, name: str, *, agents: int, scale: float, port: int = 0) -> Iterator[Bench]:
    """A bench whose twin runs until the block ends; `port` is the daemon's page of metrics."""
    folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(folder, name, agents=agents, scale=scale, port=port)
    with bench.twin:
        yield bench


def figures(bench: Bench, race: Seen, *, counted: dict[str, Any]) -> dict[str, Any]:
    """The figures of each contestant, by the twin's truth; calls and their costs are those `counted`."""
    agents, truth = bench.agents, race.truth
    complete = truth["ready"] >= agents
    return {
        "desktops": agents,
        "scale": bench.scale,
        "ready": truth["ready"],
        "failed": agents - truth["ready"],
        "makespan_s": round(race.makespan_s, 1),
        "bound_s": round(bench.bound_s, 1),
        # Only of who brought everybody up is there a makespan to compare.
        "efficiency": round(bench.bound_s / race.makespan_s, 3) if complete else None,
        "ready_after": race.ready_after,
        "calls_per_desktop": round(sum(counted["calls"].values()) / agents, 2),
        "calls_per_desktop_by_endpoint": {key: round(n / agents, 3) for key, n in sorted(counted["calls"].items())},
        "writes_per_desktop": round(counted["writes"] / agents, 2),
        "bytes_per_desktop": round(counted["bytes_sent"] / agents),
        "worker_s_per_desktop": round(sum(counted["worker_s"].values()) / agents, 3),
        "worker_s_per_desktop_by_endpoint": {key: round(s / agents, 4) for key, s in sorted(counted["worker_s"].items())},
        "lock_timeouts": truth["lock_timeouts"],
        "late_lock_timeouts": truth["late_lock_timeouts"],
        "doubled": truth["duplicates"],
        "orphans": len(truth["orphans"]),
        "real_s": round(race.real_s, 1),
        "twin_busy": round(race.twin_cpu_s / race.real_s, 2),
        "machine_idle": round(race.idle_s / race.real_s / CORES, 2),
    }


__all__ = ["CORES", "Bench", "Seen", "figures", "served"]
