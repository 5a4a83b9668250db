"""A clock that may be set, as one that never goes backwards."""

from dataclasses import dataclass

import pytest

from provisioner.daemon.steady_clock import SteadyClock
from tests.builders.cluster import NOW


@dataclass
class Machine:
    """Its clock, which anybody may set."""

    at: float = NOW

    def now(self) -> float:
        return self.at


@pytest.mark.parametrize(
    ("set_to", "shown", "behind_s"),
    [
        pytest.param(NOW + 5, NOW + 5, 0, id="time passes"),
        pytest.param(NOW + 3600, NOW + 3600, 0, id="put forward"),
        pytest.param(NOW - 0.5, NOW, 0, id="a step of NTP"),
        pytest.param(NOW - 3600, NOW, 3600, id="put back"),
    ],
)
def test_the_time_goes_forward_and_a_clock_that_was_set_back_is_noticed(set_to, shown, behind_s):
    machine = Machine()
    clock = SteadyClock(machine)

    machine.at = set_to

    assert (clock.now(), clock.behind_s) == (shown, behind_s)


def test_many_small_steps_are_noticed_as_one_large_one():
    machine = Machine()
    clock = SteadyClock(machine)

    for _ in range(3):
        machine.at -= 0.5

    assert clock.behind_s == 1.5


def test_what_was_made_up_for_is_forgotten():
    machine = Machine()
    clock = SteadyClock(machine)
    machine.at -= 60
    machine.at += 61

    assert (clock.behind_s, clock.now()) == (0, NOW + 1)


def test_after_a_start_it_goes_on_from_what_the_machine_shows():
    machine = Machine()
    clock = SteadyClock(machine)
    machine.at -= 3600

    clock.start()

    assert (clock.now(), clock.behind_s) == (NOW - 3600, 0)
