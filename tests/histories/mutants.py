"""Rules of who is who, each taken away from a copy of the sources: some of the histories have to notice it."""

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.chaos.mutants import copy_sources, misplaced, mutate
from tests.chaos.rules import Mutant

_LAST_ROW = '    ({"nothing against"}, True, False),\n'
_RULES: Mapping[str, tuple[int, str, str]] = {
    "believes every id": (3, "for key in self.basis.owners - renamed:", "for key in self.basis.owners - self.basis.owners:"),
    "looks under no other id": (3, "return None if stays else closest.new", "return None"),
    "lets second entries in": (3, "twice = tuple(second_entries(people, gone, distinct | matched))", "twice = ()"),
    "looks for nobody whose id shows another": (
        23,
        "gone_in(reading, basis, others, every",
        "gone_in(reading, basis, (), every",
    ),
    "a name says nothing of a new id": (3, '    ({"name alone"}, False, True),\n', ""),
    "a unit is proof": (6, _LAST_ROW, _LAST_ROW + '    ({"place"}, True, True),\n'),
    "a part of the name is proof": (6, _LAST_ROW, _LAST_ROW + '    ({"part of name"}, True, True),\n'),
    "an order is about whoever comes under the id": (
        23,
        "return agent is not None and shown.partition(_BETWEEN)[0] == _digest(agent, under)",
        "return agent is not None",
    ),
}
"""By its words: a history that notices that it is not there, what is taken away, and what stands in its place."""
MUTANTS = {rule: Mutant(rule=rule, changes=((text, instead),), seed=seed) for rule, (seed, text, instead) in _RULES.items()}
_TIMEOUT_S = 1800


def is_noticed(rule: str, seeds: Iterable[int]) -> bool:
    """Whether anything is wrong in these histories without the rule."""
    mutant = MUTANTS[rule]
    if wrong := misplaced(mutant):
        raise AssertionError(wrong)
    with tempfile.TemporaryDirectory(prefix="histories-") as place:
        copy_sources(Path(place))
        mutate(mutant, Path(place))
        words = [sys.executable, "-m", "tests.histories", "--jobs", "1", "--seeds", *map(str, seeds)]
        played = subprocess.run(words, cwd=place, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S)
    if "histories, " not in played.stdout:
        raise AssertionError(played.stderr)
    return played.returncode == 1


__all__ = ["MUTANTS", "is_noticed"]
