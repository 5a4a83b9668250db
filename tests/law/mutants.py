"""The law proves itself: without a maker of the list some life has to show it. So far for nodes alone."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.chaos.mutants import ROOT, copy_sources, misplaced
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
)


def survivors(words: str = "") -> list[str]:
    """What no life shows; each result is printed as it comes."""
    unnoticed = []
    for mutant in (each for each in MUTANTS if words in each.rule):
        caught, said = _try(mutant)
        print(f"{'caught  ' if caught else 'SURVIVED'}  without '{mutant.rule}': {said}", flush=True)
        unnoticed += [] if caught else [mutant.rule]
    return unnoticed


def _try(mutant: Mutant) -> tuple[bool, str]:
    with tempfile.TemporaryDirectory(prefix="law-") as folder:
        if wrong := misplaced(mutant):
            return False, wrong
        place = Path(folder)
        copy_sources(place)
        shutil.copytree(ROOT / "monitors", place / "monitors", ignore=shutil.ignore_patterns("__pycache__"))
        for text, instead in mutant.changes:
            file = next(file for file in (place / "provisioner").rglob("*.py") if text in file.read_text(encoding="utf-8"))
            file.write_text(file.read_text(encoding="utf-8").replace(text, instead), encoding="utf-8")
        command = [sys.executable, "-m", "tests.law", "--seeds", f"{mutant.seed},{_SEEDS}", "--stop", "--jobs", "1"]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    first = next((line for line in done.stdout.splitlines() if line.startswith("seed ")), "")
    return done.returncode == 1 and bool(first), first or done.stderr.strip()[-200:] or "no life shows it"


__all__ = ["MUTANTS", "survivors"]
