"""G1, G4: whatever becomes of a directory, nobody is given a desktop that was another's, or a second one, without an order.

More of them: `python -m tests.histories COUNT`.
"""

import pytest

from tests.histories.history import wrong_in
from tests.histories.mutants import MUTANTS, is_noticed

SEEDS = (1, 2, 5, 1149, 1168, 1192)
"""Some of them have found something."""


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_no_person_gets_the_desktop_of_another_or_a_second_one(seed):
    """G1, G4."""
    assert wrong_in(seed) == []


@pytest.mark.long
@pytest.mark.parametrize("name", MUTANTS)
def test_a_rule_that_is_taken_away_is_noticed(name):
    """G1, G4."""
    assert is_noticed(name, [MUTANTS[name].seed])
