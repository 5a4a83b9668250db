"""Whose desktop rests by several policies at once, and until nobody knows when."""

from math import inf

import pytest

from provisioner.model.demand import Demand, Rest
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import EVERYONE
from provisioner.planning.rests.resting import resting_seats, with_rests
from provisioner.planning.rests.spell import Spell
from provisioner.reasons.targets import OUTSIDE_HOURS, OUTSIDE_THE_HOURS
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop, a_memory, a_seat, a_want

HOUR_S = 3600.0
FIRST, SECOND = a_seat(1), a_seat(2)
DEMAND = Demand(wants={FIRST: a_want(1), SECOND: a_want(2)})
RULES = Rules(entitlements=(), scenario=EVERYONE)


def a_rest(hours=1.0):
    until = NOW + hours * HOUR_S
    because = OUTSIDE_HOURS(until=f"{hours}")
    return Rest(because=because, when=OUTSIDE_THE_HOURS(), since=NOW - 60, starts_at=until - 60, until=until)


def a_spell(rest, concerns=lambda _: True):
    return Spell(when=rest.when, because=rest.because, since=rest.since, until=rest.until, concerns=concerns)


def rested(rests, *, now=NOW, demand=DEMAND):
    records = a_memory((a_desktop(1), a_desktop(2)))
    return with_rests(demand, resting_seats(demand, rests, records, RULES), now)


@pytest.mark.parametrize("turn", [1, -1])
def test_of_several_rests_the_longest_counts_for_whom_it_concerns(turn):
    short, long = a_rest(1.0), a_rest(2.0)
    spells = {short: a_spell(short), long: a_spell(long, concerns=lambda want: want.seat == FIRST)}
    demand = rested(dict([*spells.items()][::turn]))

    assert {seat: want.rest for seat, want in demand.ahead.items()} == {FIRST: long, SECOND: short}
    assert (demand.wants, demand.ahead[FIRST].because) == ({}, long.because)


def test_it_is_started_again_before_and_nobody_waits_yet():
    rest = a_rest()
    demand = rested({rest: a_spell(rest)}, now=rest.starts_at)

    assert (demand.ahead, demand.wants.keys(), demand.resting) == ({}, {FIRST, SECOND}, {FIRST: rest, SECOND: rest})
    assert (demand.wants[FIRST].level, demand.rests(FIRST)) == (None, True)


def test_until_nobody_knows_when_there_is_no_deadline():
    rest = a_rest(inf)
    due = Demand(wants={FIRST: a_want(1, due_at=NOW - HOUR_S), SECOND: a_want(2)})
    demand = rested({rest: a_spell(rest)}, demand=due)

    assert (demand.ahead[FIRST].next_due_at, demand.next_opening) == (None, None)
    assert demand.ahead.keys() == {FIRST, SECOND}
