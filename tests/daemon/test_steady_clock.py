"""A clock that may be set, as one that goes on at an even pace."""

from dataclasses import dataclass

import pytest

from provisioner.daemon.steady_clock import SteadyClock
from tests.builders.cluster import NOW


@dataclass
class Machine:
    """Its clock, which anybody may set, and how long it has been on."""

    at: float = NOW
    on_s: float = 500.0

    def now(self) -> float:
        return self.at

    def elapsed(self) -> float:
        return self.on_s

    def passes(self, seconds: float, *, set_by_s: float = 0.0) -> None:
        self.at += seconds + set_by_s
        self.on_s += seconds


@pytest.mark.parametrize(
    ("set_by_s", "shown", "noticed_s"),
    [
        pytest.param(0, NOW + 7, 0, id="time passes"),
        pytest.param(3600, NOW + 7, 3600, id="put forward"),
        pytest.param(4, NOW + 11, 0, id="a step forward that ends no wait"),
        pytest.param(-0.5, NOW + 6.5, 0, id="a step of NTP"),
        pytest.param(-3600, NOW + 7, -3600, id="put back"),
    ],
)
def test_the_time_goes_on_and_a_clock_that_was_set_is_noticed(set_by_s, shown, noticed_s):
    """M3, seeds 6027980 and 835265: set forward, it ended in a moment what was to be waited for."""
    machine = Machine()
    clock = SteadyClock(machine, machine.elapsed)

    machine.passes(7, set_by_s=set_by_s)

    assert clock.set_by_s == noticed_s
    assert (clock.now(), clock.set_by_s) == (shown, noticed_s)


def test_it_goes_on_at_its_own_pace_until_it_is_started_again():
    machine = Machine()
    clock = SteadyClock(machine, machine.elapsed)
    machine.passes(1, set_by_s=3600)

    shown = [clock.now()]
    machine.passes(2)
    shown.append(clock.now())
    clock.start()
    shown.append(clock.now())

    assert shown == [NOW + 1, NOW + 3, NOW + 3603]
    assert clock.set_by_s == 0


@pytest.mark.parametrize(
    ("set_to", "shown", "noticed_s"),
    [
        pytest.param(NOW + 3600, NOW + 3600, 0, id="it passes as it likes"),
        pytest.param(NOW - 0.5, NOW, 0, id="a step of NTP"),
        pytest.param(NOW - 3600, NOW, -3600, id="put back"),
    ],
)
def test_a_clock_that_nobody_sets_forward_is_believed(set_to, shown, noticed_s):
    machine = Machine()
    clock = SteadyClock(machine)

    machine.at = set_to

    assert (clock.now(), clock.set_by_s) == (shown, noticed_s)


def test_many_small_steps_are_noticed_as_one_large_one():
    machine = Machine()
    clock = SteadyClock(machine, machine.elapsed)

    for _ in range(3):
        machine.at -= 0.5

    assert clock.set_by_s == -1.5


@pytest.mark.parametrize("set_by_s", [-60, 60])
def test_what_was_made_up_for_is_forgotten(set_by_s):
    machine = Machine()
    clock = SteadyClock(machine, machine.elapsed)
    machine.passes(0, set_by_s=set_by_s)
    machine.passes(1, set_by_s=-set_by_s)

    assert (clock.set_by_s, clock.now()) == (0, NOW + 1)


def test_after_a_start_it_goes_on_from_what_the_machine_shows():
    machine = Machine()
    clock = SteadyClock(machine, machine.elapsed)
    machine.at -= 3600

    clock.start()

    assert (clock.now(), clock.set_by_s) == (NOW - 3600, 0)


def test_a_thread_that_is_held_up_between_the_two_clocks_sees_no_step():
    machine = Machine()
    clock = SteadyClock(HeldUp(machine), machine.elapsed)

    machine.passes(7)

    assert (clock.set_by_s, clock.now()) == (0, NOW + 12)


@dataclass
class HeldUp:
    """The machine's clock, after whose second reading the thread does not go on for five seconds."""

    machine: Machine
    readings: int = 0

    def now(self) -> float:
        shown, self.readings = self.machine.now(), self.readings + 1
        if self.readings == 2:
            self.machine.passes(5)
        return shown
