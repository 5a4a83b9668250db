"""The best fixed limits of each shape: clones a lock domain and boots a node, the same from the first clone to the last.

They are searched one figure after the other: boots with generous clones, then clones, then the neighbours of these boots. The
fastest of all tries is the best. A pair of limits counts only if at most 0.3 % of its clones run into the lock's time-out,
except on a twin that makes clones time out by chance. With 1,700 desktops the search begins just below the pair that was best
with fewer.

Fixed limits follow from no measurement, so a change of the pacing rules hardly changes these figures, and each try is kept in
build/bench/tries. Delete that folder to measure everything again.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from provisioner.rehearsal.bound import bound_s
from provisioner.settings.twins import load_twin
from tests.bench.parallel import spread
from tests.bench.shapes import AGENTS, SHAPES, figures_of, played
from tests.bench.stage import AGENTS as MANY
from tests.bench.stage import SEEDS, surviving, twin_file

TRIES = Path(__file__).parents[2] / "build" / "bench" / "tries"
TOLERATED_PERCENT = 0.3
CLONES = (1, 2, 3, 4, 5, 8, 14, 24)
BOOTS = (4, 6, 8, 10, 12, 14, 17, 20, 26, 40)
REFERENCE = ("local-16", "shared-1", "shared-4", "faulty")
"""The shapes that are searched with 1,700 desktops, too."""
_GENEROUS_CLONES = 4
_IN_VAIN = 2
"""After so many larger limits in a row that were slower, or failed too often, none is better."""

Figures = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A shape with so many desktops."""

    shape: str
    agents: int
    seeds: tuple[int, ...]
    fewer: "Case | None" = None
    """Limits much lower than its best are not tried; None: all are."""


def run(
    *,
    agents: int = AGENTS,
    many: int = MANY,
    seeds: tuple[int, ...] = SEEDS[:1],
    seeds_of_many: tuple[int, ...] = SEEDS[:2],
    shapes: Iterable[str] = SHAPES,
    most: int = len(BOOTS),
    jobs: int = 1,
    tries: Path = TRIES,
) -> dict[str, Any]:
    """The search on each shape, with the first `most` of the numbers to try; figures are means over the seeds."""
    cases = [Case(shape=title, agents=agents, seeds=seeds) for title in shapes]
    larger = [
        Case(shape=case.shape, agents=many, seeds=seeds_of_many, fewer=case)
        for case in cases
        if case.shape in REFERENCE and many > agents
    ]
    search = partial(_searched, most=most, kept=tries)
    return {"tolerated_percent": TOLERATED_PERCENT, "rows": spread(search, cases + larger, jobs=jobs)}


def _searched(case: Case, *, most: int, kept: Path) -> dict[str, Any]:
    clones: Sequence[int] = CLONES[:most]
    boots: Sequence[int] = BOOTS[:most]
    if case.fewer is not None:
        fewer = _pair(Tries(case.fewer, kept), clones, boots)
        clones, boots = _from_before(CLONES, fewer[0]), _from_before(BOOTS, fewer[1])
    tries = Tries(case, kept)
    pair = _pair(tries, clones, boots)
    row = {"title": case.shape, "agents": case.agents, "seeds": case.seeds, "clones": pair[0], "boots": pair[1]}
    print(f"best {row | tries.figures(*pair)}", flush=True)
    return row | tries.figures(*pair)


def _near(numbers: Sequence[int], number: int) -> Sequence[int]:
    at = numbers.index(number)
    return numbers[max(0, at - 1) : at + 2]


def _from_before(numbers: Sequence[int], number: int) -> Sequence[int]:
    return numbers[max(0, numbers.index(number) - 1) :]


def _pair(tries: "Tries", clones: Sequence[int], boots: Sequence[int]) -> tuple[int, int]:
    generous = max(_GENEROUS_CLONES, clones[0])
    best_boots = _best(boots, lambda number: tries.figures(generous, number), any_timeouts=True)
    best_clones = _best(clones, lambda number: tries.figures(number, best_boots), any_timeouts=tries.any_timeouts)
    for number in _near(boots, best_boots):
        tries.figures(best_clones, number)
    return tries.best()


def _best(limits: Sequence[int], figures: Callable[[int], Figures], *, any_timeouts: bool = False) -> int:
    best, best_s, vain = limits[0], math.inf, 0
    for limit in limits:
        found = figures(limit)
        if found["makespan_s"] < best_s and (any_timeouts or found["timeouts_percent"] <= TOLERATED_PERCENT):
            best, best_s, vain = limit, found["makespan_s"], 0
        elif best_s < math.inf:
            vain += 1
        if vain >= _IN_VAIN:
            break
    return best


class Tries:
    """The runs of a case with fixed limits; each is made once, and kept in a folder."""

    def __init__(self, case: Case, folder: Path) -> None:
        self._case, self._shape = case, SHAPES[case.shape]
        self.any_timeouts = load_twin(twin_file(self._shape.twin)).random_faults.share > 0.0
        """Whether time-outs say nothing about the limits: the twin makes them."""
        twin = twin_file(self._shape.twin).read_text(encoding="utf-8")
        key = hashlib.sha256(f"{self._shape} {case.agents} {case.seeds} {twin}".encode()).hexdigest()[:16]
        self._file = folder / f"{key}.json"
        self._found: dict[str, Figures] = json.loads(self._file.read_text()) if self._file.exists() else {}

    def best(self) -> tuple[int, int]:
        """The fastest pair of all that were tried and count."""
        clones, boots = min(self._found, key=lambda pair: self._rank(self._found[pair])).split()
        return int(clones), int(boots)

    def _rank(self, figures: Figures) -> tuple[bool, float]:
        return not self.any_timeouts and figures["timeouts_percent"] > TOLERATED_PERCENT, figures["makespan_s"]

    def figures(self, clones: int, boots: int) -> Figures:
        """Means over the seeds."""
        pair = f"{clones} {boots}"
        if pair not in self._found:
            runs = [played(self._shape, self._case.agents, seed=seed, fixed=(clones, boots)) for seed in self._case.seeds]
            efficiency = fmean(bound_s(surviving(run.spec), desktops=run.forecast.ready) / run.makespan_s for run in runs)
            self._found[pair] = {**figures_of(runs), "efficiency": round(efficiency, 4)}
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps(self._found))
        return self._found[pair]
