"""The part `receiver`: processor time per report beside a bare TLS echo, all desktops at once, the control thread's cycle."""

import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.child import cpu_s, idle_s, peak_mib
from tests.bench.receiver.desktops import Fleet
from tests.bench.receiver.pushing import Desktops, Target
from tests.bench.site import NOW
from tests.servers.certificates import Authority
from tests.servers.processes import free_port, running

DESKTOPS = 1_700
PUSHES_EVERY_S = 60.0
"""bascule-guest's, at rest."""
PHASE_S = 60.0
"""Of the control thread, with and without load in turn: five or six cycles each."""
PHASES = 2
CHUNK = 170
_START_S = 120.0
"""A loaded machine may take so long to start a process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Everything that runs."""

    fleet: Fleet
    receiver: Target
    receiver_pid: int
    echo: Target
    echo_pid: int
    daemon_pid: int
    daemon_says: Path
    began: float
    """On the machine's monotonic clock."""

    def site_time(self) -> float:
        """The site's."""
        return NOW + time.monotonic() - self.began

    def said(self) -> list[dict[str, Any]]:
        """What the control thread has said, oldest first."""
        return [json.loads(line) for line in self.daemon_says.read_text().splitlines() if line.startswith("{")]

    def accepted(self, count: int, *, within_s: float) -> float | None:
        """When the daemon had accepted so many, on the monotonic clock; None: not in time."""
        give_up = time.monotonic() + within_s
        while True:
            for line in self.said():
                if line.get("accepted", 0) >= count:
                    return float(line["at"])
            if time.monotonic() > give_up:
                return None
            time.sleep(0.2)


def run(*, desktops: int = DESKTOPS, phases: int = PHASES, phase_s: float = PHASE_S) -> dict[str, Any]:
    """About eight minutes with a processor of its own."""
    began, idle = time.monotonic(), idle_s()
    with tempfile.TemporaryDirectory(prefix="bascule-bench-") as folder, _started(Path(folder), desktops) as measured:
        found = {"desktops": desktops, **_per_report(measured), **_cycles(measured, phases=phases, phase_s=phase_s)}
        found |= _together(measured)
        found["receiver_peak_mib"] = round(peak_mib(measured.receiver_pid), 1)
    found["machine_idle"] = round((idle_s() - idle) / _cores() / (time.monotonic() - began), 2)
    return found


def _per_report(measured: Measured) -> dict[str, Any]:
    """Receiver and echo in turn, so that both meet the same machine."""
    spent, requests = {"receiver": 0.0, "echo": 0.0}, 0
    for _ in range(0, len(measured.fleet), CHUNK):
        chunk = measured.fleet.requests(min(CHUNK, len(measured.fleet)), measured.site_time())
        requests += len(chunk)
        for name, pid, target in (
            ("receiver", measured.receiver_pid, measured.receiver),
            ("echo", measured.echo_pid, measured.echo),
        ):
            before = cpu_s(pid)
            Desktops(target).in_turn(chunk)
            spent[name] += cpu_s(pid) - before
    found = {
        "reports": requests,
        "bytes": len(chunk[0]),
        "receiver_cpu_ms": round(1000 * spent["receiver"] / requests, 3),
        "echo_cpu_ms": round(1000 * spent["echo"] / requests, 3),
        "ratio": round(spent["receiver"] / spent["echo"], 2),
    }
    print(f"receiver {found}", flush=True)
    return found


def _cycles(measured: Measured, *, phases: int, phase_s: float) -> dict[str, Any]:
    """Phases without and with what all desktops push at rest; and what a minute's reports take of the receiver."""
    every_s = PUSHES_EVERY_S / len(measured.fleet)
    quiet: list[dict[str, Any]] = []
    loaded: list[dict[str, Any]] = []
    began = time.monotonic()
    count, used = round(phase_s / every_s), _Used(measured)
    for _ in range(phases):
        quiet += _cycles_in(measured, lambda: time.sleep(phase_s))
        used.note("quiet")
        loaded += _cycles_in(
            measured,
            lambda: Desktops(measured.receiver).in_rhythm(
                lambda: measured.fleet.request(measured.site_time()), count=count, every_s=every_s
            ),
        )
        used.note("loaded")
    total_s = phases * phase_s
    pace = (time.monotonic() - began - total_s) / total_s
    found = {
        "share_of_core": round(used.s["receiver", "loaded"] / (phases * count) * DESKTOPS / PUSHES_EVERY_S, 4),
        "daemon_share_of_core": [round(used.s["daemon", phase] / total_s, 4) for phase in ("quiet", "loaded")],
        "pace": round(pace, 2),
        "cycles": [len(quiet), len(loaded)],
        **_compared("cycle_cpu_ms", quiet, loaded),
        **_compared("cycle_ms", quiet, loaded),
    }
    print(f"receiver {found}", flush=True)
    return found


class _Used:
    """Processor seconds of receiver and daemon by phase."""

    def __init__(self, measured: Measured) -> None:
        self._pids = {"receiver": measured.receiver_pid, "daemon": measured.daemon_pid}
        self._known = {name: cpu_s(pid) for name, pid in self._pids.items()}
        self.s: defaultdict[tuple[str, str], float] = defaultdict(float)

    def note(self, phase: str) -> None:
        """What was used since the last call is this phase's."""
        for name, pid in self._pids.items():
            now = cpu_s(pid)
            self.s[name, phase] += now - self._known[name]
            self._known[name] = now


def _compared(key: str, quiet: Sequence[dict[str, Any]], loaded: Sequence[dict[str, Any]]) -> dict[str, Any]:
    without, with_load = (median(cycle[key] for cycle in cycles) for cycles in (quiet, loaded))
    return {key: [round(without, 2), round(with_load, 2)], f"{key}_ratio": round(with_load / without, 3)}


def _cycles_in(measured: Measured, do: Callable[[], None]) -> list[dict[str, Any]]:
    known = len(measured.said())
    do()
    return [line for line in measured.said()[known:] if "cycle_ms" in line]


def _together(measured: Measured) -> dict[str, Any]:
    """All desktops at the same moment: at the echo, and then at the receiver, until the daemon has accepted the last."""
    requests = measured.fleet.requests(len(measured.fleet), measured.site_time())
    echo_s = Desktops(measured.echo).together(requests)
    before = max((line.get("accepted", 0) for line in measured.said()), default=0)
    requests = measured.fleet.requests(len(measured.fleet), measured.site_time())
    clients, began, idle = Desktops(measured.receiver), time.monotonic(), idle_s()
    used_s = cpu_s(measured.receiver_pid)
    taken_s = clients.together(requests)
    at = measured.accepted(before + len(requests), within_s=30.0)
    found = {
        "together": len(requests),
        "together_taken_s": round(taken_s, 1),
        "together_accepted_s": None if at is None else round(at - began, 1),
        "together_tries": clients.tries,
        "together_lost": clients.lost if at is not None else len(requests) - (_accepted(measured) - before),
        "together_cpu_s": round(cpu_s(measured.receiver_pid) - used_s, 2),
        "together_idle": round((idle_s() - idle) / _cores() / (time.monotonic() - began), 2),
        "together_echo_s": round(echo_s, 1),
    }
    print(f"receiver {found}", flush=True)
    return found


def _accepted(measured: Measured) -> int:
    return max((int(line.get("accepted", 0)) for line in measured.said()), default=0)


def _cores() -> int:
    return sum(line.startswith("processor") for line in Path("/proc/cpuinfo").read_text().splitlines())


@contextmanager
def _started(home: Path, desktops: int) -> Iterator[Measured]:
    issued, ports = Authority(home / "tls").issue("receiver"), (free_port(), free_port())
    config, socket, says, began = home / "bascule.yaml", home / "d" / "daemon.sock", home / "daemon.log", time.monotonic()
    config.write_text(
        f"receiver: {{address: 127.0.0.1, port: {ports[0]}, certificate: {issued.certificate}, key: {issued.key}, "
        f"socket: {socket}}}\n"
    )
    files = [str(issued.certificate), str(issued.key)]
    with ExitStack() as stack:
        side = [_module("daemon_side"), str(desktops), str(home / "bascule.db"), str(socket), str(began)]
        daemon = stack.enter_context(running([sys.executable, "-m", *side], ports=[], log=says))
        receiver = [str(Path(sys.executable).with_name("bascule")), "guest", "receiver", "--config", str(config)]
        echo = [sys.executable, "-m", _module("echo"), str(ports[1]), *files]
        servers = [
            stack.enter_context(running(command, ports=[port], log=home / f"{port}.log", within_s=_START_S))
            for command, port in zip((receiver, echo), ports, strict=True)
        ]
        ca_file = home / "tls" / "ca.pem"
        measured = Measured(
            fleet=Fleet(desktops),
            receiver=Target(port=ports[0], ca_file=ca_file),
            receiver_pid=servers[0].pid,
            echo=Target(port=ports[1], ca_file=ca_file, echoes=True),
            echo_pid=servers[1].pid,
            daemon_pid=daemon.pid,
            daemon_says=says,
            began=began,
        )
        _wait_for(measured)
        yield measured


def _wait_for(measured: Measured) -> None:
    give_up = time.monotonic() + _START_S
    while not any("cycle_ms" in line for line in measured.said()):
        if time.monotonic() > give_up:
            raise RuntimeError(f"the daemon's side does not start: {measured.daemon_says.read_text()[-2000:]}")
        time.sleep(0.1)


def _module(name: str) -> str:
    return f"tests.bench.receiver.{name}"
