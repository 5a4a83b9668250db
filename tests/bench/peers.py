"""Bascule, a plain script and Ansible, one after the other on fresh twins of the same seed, over HTTPS, in one run.

Each peer has a run of Bascule beside it, with as many desktops and on the same clock. Peers end when they think they are done;
then the twin is given time to finish what they started. A desktop that is not ready by the twin's truth has failed. Peers do
not check whether a desktop got ready; Bascule's calls include that check.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench import peer_ansible
from tests.bench.child import Child, peak_mib
from tests.bench.served import CORES, Bench, figures, served
from tests.bench.stage import AGENTS

SCALE = 6.0
"""Virtual seconds a real second. At ten and more the script's own processor time begins to count as the cluster's."""
ANSIBLE_SCALE = 1.0
"""Ansible's processor time is its own slowness, not the measurement's: on a stretched clock it would count several times."""
ANSIBLE_DESKTOPS = 40
GIVES_UP_S = 3_600.0
SETTLE_S = 900.0
"""Virtual seconds without a desktop becoming ready, after which no more is waited for: the longest that a crowded node needs to
boot what was started last, and longer than anything of ours is retried."""
BEGINS_S = 30.0
"""Virtual seconds after a peer's end in which what it started last comes to be seen as running."""
TWINS = ("local-16", "shared-1", "shared-4", "faulty")
Play = Callable[[Bench], dict[str, Any]]
"""Brings desktops up on a served twin, and says what came of it."""


def run(
    *,
    agents: int = AGENTS,
    scale: float = SCALE,
    twins: tuple[str, ...] = TWINS,
    ansible: int = ANSIBLE_DESKTOPS,
) -> dict[str, Any]:
    """Side by side on each twin; 0 desktops: without that peer."""
    races = [("script", script, agents, scale), ("ansible", with_ansible, min(agents, ansible), ANSIBLE_SCALE)]
    twins_found = {
        name: {title: _race(name, title, play, count, speed) for title, play, count, speed in races if count} for name in twins
    }
    return {"cores": CORES, "twins": twins_found}


def _race(name: str, title: str, play: Play, count: int, scale: float) -> dict[str, Any]:
    return {"bascule": _alone(name, "bascule", bascule, count, scale), title: _alone(name, title, play, count, scale)}


def _alone(name: str, title: str, play: Play, count: int, scale: float) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory(prefix="bascule-bench-") as folder,
        served(Path(folder), name, agents=count, scale=scale) as bench,
    ):
        found = play(bench)
    print(f"peers {name} {title}: {brief(found)}", flush=True)
    return found


def brief(found: dict[str, Any]) -> dict[str, Any]:
    """For a line."""
    return {key: value for key, value in found.items() if not key.endswith(("_by_endpoint", "ready_after"))}


def bascule(bench: Bench) -> dict[str, Any]:
    """The daemon, until all desktops are ready or no more become ready."""
    return until_ready(bench, bench.start(bench.daemon()))


def until_ready(bench: Bench, daemon: Child, *, meanwhile: Callable[[], dict[str, Any]] = dict) -> dict[str, Any]:
    """The figures of a running daemon, which is ended after `meanwhile`; raises RuntimeError if it ends by itself."""
    try:
        race = bench.watch(
            lambda truth, still_s: truth["ready"] >= bench.agents or still_s > SETTLE_S or daemon.ended(), within_s=GIVES_UP_S
        )
        if daemon.ended():
            raise RuntimeError(f"the daemon ended: {bench.said()}")
        found = meanwhile() | {"peak_mib": round(peak_mib(daemon.pid), 1)}
    finally:
        cpu_s = daemon.end()
    # It goes on looking for ever: what it does after its last desktop is not a part of the switch.
    return (
        figures(bench, race, counted=race.truth_when_ready)
        | _processor(cpu_s, race.real_s)
        | found
        | {"cpu_ms_per_desktop": round(1000 * cpu_s / bench.agents, 2)}
    )


def script(bench: Bench) -> dict[str, Any]:
    """32 threads of proxmoxer."""
    job = bench.folder / "job.json"
    job.touch(mode=0o600)
    job.write_text(json.dumps(bench.job()), encoding="utf-8")
    return _until_settled(bench, bench.start([sys.executable, "-m", "tests.bench.peer_script", str(job)]))


def with_ansible(bench: Bench) -> dict[str, Any]:
    """Forks 32."""
    job = bench.job()
    command = peer_ansible.write(bench.folder, job)
    return _until_settled(bench, bench.start(command, environment=peer_ansible.environment(bench.folder, job)))


def _until_settled(bench: Bench, peer: Child) -> dict[str, Any]:
    ended_at: list[float] = []

    def over(truth: dict[str, Any], still_s: float) -> bool:
        if not peer.ended():
            return False
        ended_at.append(truth["now"])
        nothing_boots = truth["now"] - ended_at[0] > BEGINS_S and truth["ready"] >= truth["running"]
        return truth["ready"] >= bench.agents or nothing_boots or still_s > SETTLE_S

    try:
        race = bench.watch(over, within_s=GIVES_UP_S)
    finally:
        cut_short = not peer.ended()
        cpu_s = peer.end()
    return (
        figures(bench, race, counted=race.truth)
        | _processor(cpu_s, race.real_s)
        | {"said": bench.said(), "cut_short": cut_short}
    )


def _processor(cpu_s: float, real_s: float) -> dict[str, float]:
    """How much of this machine it took: near 1, the figures are the machine's, not the cluster's."""
    return {"cpu_s": round(cpu_s, 1), "machine_busy": round(cpu_s / real_s / CORES, 2)}
