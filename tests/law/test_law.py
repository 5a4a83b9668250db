"""The law of issue 33, on a few lives; `python -m tests.law` plays two thousand."""

import pytest

from tests.chaos.mutants import misplaced
from tests.chaos.world import a_world
from tests.law.life import Life
from tests.law.mutants import MUTANTS

_SEEDS = (*range(1, 13), *range(1_800_001, 1_800_005), *range(3_000_001, 3_000_009))


@pytest.mark.long
@pytest.mark.parametrize("seed", _SEEDS)
def test_what_is_said_is_so(seed: int):
    """F1-F5, F13: of each cycle the list, the figures, the metrics, and the answers about two people."""
    life = Life(a_world(seed)).run()

    assert life.untrue == []
    assert life.wrong == []


@pytest.mark.parametrize("mutant", [pytest.param(mutant, id=mutant.rule) for mutant in MUTANTS])
def test_what_a_mutant_removes_is_still_there(mutant):
    assert misplaced(mutant) == ""
