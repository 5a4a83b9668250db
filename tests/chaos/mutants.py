"""The suite proves itself: with each safety rule removed in turn, from a copy of the sources, some seed has to fail."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.chaos.hostile_parts import SEEDS
from tests.chaos.rules import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
_TIMEOUT_S = 3600


def survivors(seeds: str, *, words: str = "", jobs: int = 1) -> tuple[int, list[str]]:
    """The number of removed rules, and the rules that no seed noticed; each result is printed as it comes."""
    mutants = [mutant for mutant in MUTANTS if words in mutant.rule]
    unnoticed = []
    with ThreadPoolExecutor(jobs) as pool:
        for mutant, (caught, said) in zip(mutants, pool.map(partial(_try, seeds=seeds), mutants), strict=True):
            print(f"{'caught  ' if caught else 'SURVIVED'}  without '{mutant.rule}': {said}", flush=True)
            unnoticed += [] if caught else [mutant.rule]
    return len(mutants), unnoticed


def misplaced(mutant: Mutant, root: Path = ROOT) -> str:
    """An empty string when each of its texts is in the product once; else the text to rewrite."""
    for text, _ in mutant.changes:
        count = sum(file.read_text(encoding="utf-8").count(text) for file in _product(root))
        if count != 1:
            return f"its text is there {count} times, write it anew (tests/chaos/rules): {text.strip()}"
    return ""


def mutate(mutant: Mutant, root: Path) -> None:
    """Remove its rule from the sources under `root`."""
    for file, text in mutated(mutant, root):
        file.write_text(text, encoding="utf-8")


def mutated(mutant: Mutant, root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """The files that its rule is in, and their texts without it: one after the other, each with the changes before it."""
    texts = dict[Path, str]()
    for text, instead in mutant.changes:
        file = next(file for file in _product(root) if text in file.read_text(encoding="utf-8"))
        texts[file] = texts.get(file, file.read_text(encoding="utf-8")).replace(text, instead)
    yield from texts.items()


def _product(root: Path) -> Iterator[Path]:
    return (root / "provisioner").rglob("*.py")


def copy_sources(place: Path) -> None:
    """The product, and all of the tests that the suite needs."""
    without_caches = shutil.ignore_patterns("__pycache__")
    for part in ("provisioner", "monitors", "tests", "config/guest"):
        shutil.copytree(ROOT / part, place / part, ignore=without_caches)


def _hostile(mutant: Mutant) -> list[str]:
    """Where a whole life has to fail, without the hours of lies before it."""
    return ["--hostile", *(("--seeds", f"{mutant.seed},{SEEDS}") if mutant.seed else ())]


def _try(mutant: Mutant, *, seeds: str) -> tuple[bool, str]:
    with tempfile.TemporaryDirectory(prefix="chaos-") as place:
        if wrong := misplaced(mutant):
            return False, wrong
        copy_sources(Path(place))
        mutate(mutant, Path(place))
        suite = _hostile(mutant) if mutant.hostile else ["--seeds", f"{mutant.seed},{seeds}"]
        command = [sys.executable, "-m", "tests.chaos", *suite, "--stop", "--jobs", "1"]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    lines = done.stdout.splitlines()
    first = next((line for line in lines if line.startswith("seed ")), "")
    if done.returncode not in (0, 1) or (done.returncode == 1 and not first):
        return False, f"the suite itself broke: {done.stderr.strip().splitlines()[-1:]}"
    if "NameError" in first:  # a change of the product's imports breaks what is written in place of a rule
        return False, f"it does not fit its file any more, write it anew (tests/chaos/rules): {first}"
    return done.returncode == 1, first.partition("; ")[0] or "no seed failed"


__all__ = ["copy_sources", "misplaced", "mutate", "mutated", "survivors"]
