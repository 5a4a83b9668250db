"""The law proves itself: without a maker of the list, or what it rests on, some life has to show it."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.chaos.mutants import copy_sources, misplaced
from tests.chaos.rules.mutant import Mutant, without

_TIMEOUT_S = 1800
_SEEDS = "1-40"

MUTANTS: tuple[Mutant, ...] = (
    without("a node that is away is listed", "for node in sorted(away):", "for node in ():", seed=37),
    without(
        "a node that is there is not called away",
        "away = [node.key for node in view.nodes.values() if not node.online]",
        "away = [node.key for node in view.nodes.values()]",
        seed=1,
    ),
    without(
        "a cluster that was never observed is listed",
        "    if view is None:\n        says = CLUSTER",
        "    if view is None:\n        return None\n    if view is None:\n        says = CLUSTER",
        seed=1,
    ),
    without(
        "a cluster that is not seen is listed",
        "        says = CLUSTER_PAUSED(cluster=cluster, why=why)\n    elif status.at - view.taken_at > OLD_S:",
        "        return None\n    elif False:",
        seed=10,
    ),
    without("a quorum that is not known is listed", "known_quorum(view, status.at) is None:", "False:", seed=2),
    without("a storage that is full is listed", "for node, storage in sorted(over):", "for node, storage in ():", seed=69),
    without("VMs that the list lacks are listed", "code in _ABSENT]", "code in ()]", seed=1600001),
    without(
        "a directory that was never read is listed",
        "    elif not status.people_known:",
        "    elif False:",
        seed=237,
    ),
    without(
        "a directory that is not read is listed",
        "    if status.directory_error:\n        yield",
        "    if False:\n        yield",
        seed=4,
    ),
    without("a server of the directory that fails is listed", "if status.directory_failing_servers:", "if False:", seed=49),
    without("entries that are not used are listed", "    if unused:\n", "    if False:\n", seed=84),
    without(
        "what the guard holds back is listed",
        "if (held := status.guard.quarantine) is not None:",
        "if (held := None) is not None:",
        seed=1500016,
    ),
    without("a store that was rebuilt is listed", "if not status.baseline_accepted and status.desktops:", "if False:", seed=77),
    without(
        "files that were refused are listed", "    if config.rejected:\n        yield", "    if False:\n        yield", seed=172
    ),
    without(
        "a key that waits for a restart is listed",
        "    if config.waits_for_restart:\n        yield",
        "    if False:\n        yield",
        seed=69,
    ),
    without("a disk that is nearly full is listed", "status.disk_free_mib is not None and", "False and", seed=149),
    without(
        "a broker that fails is listed",
        "    if state.failing:\n        yield BROKER_FAILS",
        "    if False:\n        yield BROKER_FAILS",
        seed=152,
    ),
    without(
        "a broker that refuses is listed", "    elif state.refused:\n        yield", "    elif False:\n        yield", seed=46
    ),
    without(
        "a name that is somebody else's is listed",
        "    if state.foreign:\n        yield",
        "    if False:\n        yield",
        seed=84,
    ),
    without(
        "a person whom a broker does not know is listed",
        "    if state.unknown_people:\n        yield",
        "    if False:\n        yield",
        seed=69,
    ),
    without(
        "desktops that probes do not reach are listed",
        "if state is not None and state.is_sure:",
        "if False:",
        seed=216,
    ),
    without(
        "a desktop that has failed is listed",
        "lambda state: state.phase is Phase.FAILED, (",
        "lambda state: False, (",
        seed=2000108,
    ),
    without(
        "a desktop that is late is listed",
        "lambda state: state.late and not _setup_failed(state), (",
        "lambda state: False, (",
        seed=111,
    ),
    without(
        "a desktop that hangs is listed",
        "lambda state: state.phase is Phase.SILENT, (DESKTOP",
        "lambda state: False, (DESKTOP",
        seed=9,
    ),
    without(
        "a desktop that hangs is not called ready",
        "is_silent = unheard is not None and unheard.silent",
        "is_silent = False",
        seed=9,
    ),
    without(
        "what fails alike is listed",
        "for cause in status.alike)\n    yield from _stuck",
        "for cause in ())\n    yield from _stuck",
        seed=124,
    ),
    without(
        "a key that proves nothing is listed",
        "    if status.plan.other_key:\n        yield",
        "    if False:\n        yield",
        seed=5000489,
    ),
    without(
        "it comes first that no cycle ends",
        "    if age_s <= limit_s:\n        return entries",
        "    if True:\n        return entries",
        seed=1,
    ),
    without("what stands is in the report", "return now - each.listed_at >= STOOD_S", "return False", seed=3),
    without(
        "what is over is so in the report",
        "return before if before.gone_at is not None else replace(before, gone_at=now)",
        "return before",
        seed=8,
    ),
    without("sessions that nobody reads become unknown", " or now >= self.known_until:", ":", seed=7),
    without("the quorum is asked once a minute", "now - last.quorum_asked_at >= _QUORUM_S", "False", seed=37),
)


def survivors(
    words: str = "", mutants: tuple[Mutant, ...] = MUTANTS, *, law: str = "tests.law", seeds: str = _SEEDS
) -> list[str]:
    """What nothing shows that the law plays; each result is printed as it comes."""
    unnoticed = []
    for mutant in (each for each in mutants if words in each.rule):
        caught, said = _try(mutant, law, seeds)
        print(f"{'caught  ' if caught else 'SURVIVED'}  without '{mutant.rule}': {said}", flush=True)
        unnoticed += [] if caught else [mutant.rule]
    return unnoticed


def _try(mutant: Mutant, law: str, seeds: str) -> tuple[bool, str]:
    with tempfile.TemporaryDirectory(prefix="law-") as folder:
        if wrong := misplaced(mutant):
            return False, wrong
        place = Path(folder)
        copy_sources(place)
        for text, instead in mutant.changes:
            file = next(file for file in (place / "provisioner").rglob("*.py") if text in file.read_text(encoding="utf-8"))
            file.write_text(file.read_text(encoding="utf-8").replace(text, instead), encoding="utf-8")
        command = [sys.executable, "-m", law, "--seeds", f"{mutant.seed},{seeds}", "--stop", "--jobs", "1"]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    first = next((line for line in done.stdout.splitlines() if line.startswith("seed ")), "")
    return done.returncode == 1 and bool(first), first or done.stderr.strip()[-200:] or "no life shows it"


__all__ = ["MUTANTS", "survivors"]
