"""The doctor's law on some sites; `python -m tests.law.doctor` plays four hundred."""

import pytest

from tests.chaos.mutants import misplaced
from tests.law.doctor.mutants import MUTANTS
from tests.law.doctor.trying import try_seed

_FEW = (1, 19, 20, 60, 226, 394)
"""Of each of these an earlier doctor said what was not so."""
_MORE = (range(2, 10), range(10, 41))
"""By day and by night."""


@pytest.mark.long
@pytest.mark.parametrize("seed", _FEW)
def test_the_doctor_says_whether_anybody_would_be_made_ready(seed: int):
    assert try_seed(seed).untrue == ""


@pytest.mark.parametrize(
    "seeds", [pytest.param(_MORE[0], marks=pytest.mark.long), pytest.param(_MORE[1], marks=pytest.mark.night)]
)
def test_the_doctor_says_so_on_more_sites(seeds: range):
    assert [tried for tried in map(try_seed, seeds) if tried.untrue] == []


@pytest.mark.parametrize("mutant", [pytest.param(mutant, id=mutant.rule) for mutant in MUTANTS])
def test_what_a_mutant_removes_is_still_there(mutant):
    assert misplaced(mutant) == ""
