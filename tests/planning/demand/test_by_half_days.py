"""37: whoever comes by half-days is counted with nobody who gets no desktop."""

from provisioner.model.ids import WaveName
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.planning.demand.agenda import people_of
from provisioner.planning.demand.moves import wave_moves
from tests.builders.cluster import OFFICE
from tests.builders.core import a_roster, an_agent
from tests.builders.rotation import a_rotation, a_scenario

ROSTER = a_roster([an_agent(number, groups=frozenset({"staff"} if number < 9 else ())) for number in range(1, 11)])
ENTITLED = (Entitlement(profile=OFFICE, who=Selection(groups=frozenset({"staff"}))),)
"""Eight of the ten."""
FIRST = Wave(name=WaveName("first"), who=Selection(logins=frozenset({"login0001", "login0002"})))


def test_of_a_scenario_with_waves_and_half_days_only_those_are_without_whom_neither_selects():
    sharing = a_rotation(who=Selection(logins=frozenset(f"login{number:04}" for number in (3, 4, 5, 9))))

    people = people_of(ROSTER, Rules(entitlements=ENTITLED, scenario=a_scenario(sharing, waves=(FIRST,))))

    assert people.of_wave == {"first": 2}
    assert people.in_no_wave == 3
    assert people.not_entitled == 1


def test_who_would_come_by_half_days_instead_does_not_lose_every_desktop():
    before = Rules(entitlements=ENTITLED, scenario=Scenario(name="s", waves=(FIRST,)))
    sharing = a_rotation(who=Selection(logins=frozenset({"login0002"})))

    (move,) = wave_moves(ROSTER, before, a_scenario(sharing), served=frozenset())

    assert (move.leaving, move.unselected) == (2, 1)
