"""Desktops that wait until somebody acts have no time, and the time of their wave is not theirs (F5, F10)."""

import pytest

from provisioner.model.scenario.etas import WaveEta
from provisioner.planning.eta.queue import Load
from provisioner.planning.eta.waves import Estimates
from provisioner.planning.eta.work import WorkLeft
from provisioner.reasons.surges import GATE_GO, NO_TIME
from tests.planning.eta.test_deadline_order import IMPORTANT, a_batch, a_work

WAITS = NO_TIME()
DUE = 10_000.0


def estimate(*, due_at=DUE, **changed) -> WaveEta:
    """Of a wave of ten desktops of 10 s each, with boots of 20 s."""
    yard = a_work().yard
    return Estimates(WorkLeft(batches=(a_batch(IMPORTANT, due_at, **changed),), yard=yard), 0.0).all(lambda _: 0.0)[0]


def test_the_band_is_that_of_those_that_come_without_anybody():
    eta = estimate(held=[WAITS] * 3)

    seven = estimate(people=7, load=Load(unplaced=7))
    assert (eta.early_at, eta.middle_at, eta.late_at) == (seven.early_at, seven.middle_at, seven.late_at)
    assert (eta.held, seven.held) == (3, 0)


def test_where_nobody_comes_without_somebody_there_is_no_time():
    eta = estimate(held=[WAITS] * 10)

    assert (eta.early_at, eta.middle_at, eta.late_at) == (None, None, None)
    assert (eta.held, eta.late_by_s) == (10, None)


def test_a_gate_holds_the_whole_batch_and_its_times_count_from_when_it_opens():
    gate = GATE_GO(wave="rest")

    eta = estimate(held=[gate] * 10, shut_by=gate)

    assert eta.held == 0
    assert eta.held_by == gate
    assert eta.middle_at is not None


@pytest.mark.parametrize("tried", range(11))
def test_of_those_that_are_tried_again_later_so_many_are_late_and_no_more(tried):
    """Six of ten were said to be all ten, three to be six: a slice with a negative end."""
    assert estimate(load=Load(unplaced=10), again_at=[2 * DUE] * tried).late == tried


def test_those_held_are_late_once_nobody_can_help_them_in_time():
    assert estimate(held=[WAITS] * 3).late == 0
    assert estimate(held=[WAITS] * 3, due_at=400.0).late == 3
