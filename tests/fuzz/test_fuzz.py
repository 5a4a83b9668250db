"""A bounded part of the trial; `python -m tests.fuzz` plays 100,000 orders and 10,000 files, and proves each rule."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.mutants import misplaced
from tests.fuzz import files, orders, processes
from tests.fuzz.mutants import MUTANTS


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_no_order_ends_the_daemon_and_none_is_answered_with_500(tmp_path: Path, seed: int):
    """H1."""
    outcome = orders.play(tmp_path, seed, 250)

    assert (outcome.wrong, outcome.fenced, outcome.orders) == ([], [], 250)
    assert outcome.answers[200] > 50, "they are not only refused"


@pytest.mark.long
def test_no_file_ends_the_daemon(tmp_path: Path):
    """H7."""
    outcome = files.play(tmp_path, 1, 60)

    assert (outcome.wrong, outcome.fenced) == ([], [])
    assert outcome.answers[200] > 10, "they are not only refused"


@pytest.mark.night
@pytest.mark.real
def test_a_real_daemon_starts_with_each_poisoned_row_after_sigkill(tmp_path: Path):
    """H1."""
    outcome = processes.play(tmp_path, 1, 1)

    assert (outcome.wrong, outcome.kills) == ([], 4)


@pytest.mark.parametrize("removed", [pytest.param(removed, id=removed.mutant.rule) for removed in MUTANTS])
def test_the_rule_that_a_mutant_removes_is_still_there(removed):
    assert misplaced(removed.mutant) == ""
