"""Bascule, a plain script and Ansible, one after the other on fresh twins of the same seed, over HTTPS, in one run.

Peers end when they think they are done; then the twin is given time to finish what they started. Whoever is not ready by the
twin's truth has failed. Peers do not look whether a desktop got ready; Bascule's calls hold that too.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from provisioner.rehearsal.bound import bound_s
from tests.bench import peer_ansible
from tests.bench.served import Bench, end, figures, served
from tests.bench.stage import AGENTS

SCALE = 5.0
"""Virtual seconds a real second. At ten and more the script's own processor time begins to count as the cluster's."""
ANSIBLE_SCALE = 1.0
"""Ansible's processor time is its own slowness, not the measurement's: on a stretched clock it would count several times."""
ANSIBLE_DESKTOPS = 170
GIVES_UP_S = 3_600.0
SETTLE_S = 900.0
"""Virtual seconds after a peer's end: the longest that a crowded node needs to boot what was started last."""
TWINS = ("local-16", "shared-1")


def run(
    *, agents: int = AGENTS, scale: float = SCALE, twins: tuple[str, ...] = TWINS, ansible: int = ANSIBLE_DESKTOPS
) -> dict[str, Any]:
    """Side by side on each twin."""
    return {
        "scale": scale,
        "ansible_scale": ANSIBLE_SCALE,
        "twins": {name: _twin(name, agents, scale, ansible=ansible) for name in twins},
    }


def _twin(name: str, agents: int, scale: float, *, ansible: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    few = min(agents, ansible)
    for title, play, count, speed in (
        ("bascule", bascule, agents, scale),
        ("script", script, agents, scale),
        ("ansible", with_ansible, few, ANSIBLE_SCALE),
    ):
        if not count:
            continue
        with (
            tempfile.TemporaryDirectory(prefix="bascule-bench-") as folder,
            served(Path(folder), name, agents=count, scale=speed) as bench,
        ):
            found[title] = with_efficiency(bench, play(bench))
        print(f"peers {name} {title}: {found[title]}", flush=True)
    return found


def bascule(bench: Bench) -> dict[str, Any]:
    """The daemon, until everybody is ready."""
    process = bench.start(bench.daemon())
    try:
        makespan, truth = bench.watch(
            lambda truth: truth["ready"] >= bench.agents or process.poll() is not None, within_s=GIVES_UP_S
        )
    finally:
        cpu, peak = end(process)
    return figures(makespan, truth, agents=bench.agents) | {
        "cpu_ms_per_desktop": round(1000 * cpu / bench.agents, 2),
        "peak_mib": round(peak, 1),
    }


def with_efficiency(bench: Bench, found: dict[str, Any]) -> dict[str, Any]:
    """Only of who brought everybody up is there a makespan to compare."""
    bound = bound_s(bench.site.spec, desktops=bench.agents)
    return found | {"efficiency": round(bound / found["makespan_s"], 3) if not found["failed"] else None}


def script(bench: Bench) -> dict[str, Any]:
    """32 threads of proxmoxer."""
    job = bench.folder / "job.json"
    job.touch(mode=0o600)
    job.write_text(json.dumps(bench.job()), encoding="utf-8")
    return _peer(bench, [sys.executable, "-m", "tests.bench.peer_script", str(job)])


def with_ansible(bench: Bench) -> dict[str, Any]:
    """Forks 32."""
    job = bench.job()
    command = peer_ansible.write(bench.folder, job)
    with (bench.folder / "said.log").open("ab") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=peer_ansible.environment(bench.folder, job)
        )
    return _until_settled(bench, process)


def _peer(bench: Bench, command: list[str]) -> dict[str, Any]:
    return _until_settled(bench, bench.start(command))


def _until_settled(bench: Bench, process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    ended_at: list[float] = []

    def over(truth: dict[str, Any]) -> bool:
        if truth["ready"] >= bench.agents and process.poll() is not None:
            return True
        if process.poll() is None:
            return False
        ended_at.append(truth["now"])
        return bool(truth["now"] - ended_at[0] > SETTLE_S or truth["ready"] >= truth["running"])

    try:
        makespan, truth = bench.watch(over, within_s=GIVES_UP_S)
    finally:
        cpu, peak = end(process) if process.poll() is None else (0.0, 0.0)
    said = (bench.folder / "said.log").read_text(errors="replace").strip().splitlines()
    found = figures(makespan, truth, agents=bench.agents) | {"said": said[-1][:400] if said else ""}
    return found | (
        {"cut_short": True, "cpu_s": cpu, "peak_mib": peak} if not ended_at and truth["ready"] < bench.agents else {}
    )
