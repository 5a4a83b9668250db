"""What does not fit: the right constraint is named, the largest feasible wave is one, and a little more brings what it says.

Each answer is checked by running it: with so many people all are in time, with more they are not.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from provisioner.model.ids import WaveName
from provisioner.model.machines.twin_spec import NodeSpec, TwinSpec
from provisioner.model.people.profiles import Addressing, Selection
from provisioner.model.scenario.ceilings import Ceiling
from provisioner.model.scenario.scenarios import PlannedTime, Scenario, Wave
from provisioner.rehearsal.additions import additions
from provisioner.rehearsal.ensemble import Ensemble
from provisioner.rehearsal.fitting import largest, with_at_most
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from tests.builders.rehearsal import a_config_on, a_profile_on, a_stage, measured_on
from tests.builders.twin import a_spec

PEOPLE, CRISIS = 36, 3
CELL = Wave(
    name=WaveName("crisis cell"),
    who=Selection(logins=frozenset(f"login{number:04}" for number in range(1, CRISIS + 1))),
    priority=0,
)
REST = Wave(name=WaveName("everyone else"), who=Selection(), priority=1)
SMALL = tuple(NodeSpec(name=f"pve{number}", memory_mib=30 * 1024) for number in (1, 2, 3, 4))
"""Room for six desktops of 4 GiB each, at 80 %."""
TWENTY_EIGHT = Addressing(network="10.40.0.0/24", gateway="10.40.0.1", first="10.40.0.11", last="10.40.0.38")


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A site on which not everybody is served in time."""

    spec: TwinSpec = field(default_factory=lambda: a_spec(nodes=4))
    ready_by_s: float = 1800.0
    ceilings: tuple[Ceiling, ...] = ()
    profile: dict[str, Any] = field(default_factory=dict)

    @property
    def stage(self) -> Stage:
        due = PlannedTime(after_s=self.ready_by_s)
        waves = (replace(CELL, ready_by=due), replace(REST, ready_by=due))
        scenario = Scenario(name="tight", planned=True, waves=waves, ceilings=self.ceilings)
        config = a_config_on(self.spec, profile=a_profile_on(self.spec, **self.profile), scenario=scenario)
        return a_stage(self.spec, agents=PEOPLE, config=config)


MEMORY = Variant(spec=replace(a_spec(nodes=4), nodes=SMALL))
SEATS = Variant(ceilings=(Ceiling(name="vpn", limit=25),))
ONE_STORAGE = Variant(spec=a_spec(nodes=4, shared=True, image_s=3.0), ready_by_s=180.0)
TOO_EARLY = Variant(ready_by_s=40.0)
ADDRESSES = Variant(profile={"addressing": TWENTY_EIGHT})
TWO = replace(MEMORY, ceilings=(Ceiling(name="vpn", limit=30),))
ROOM = {"memory": 24, "seats": 25, "addresses": 28}


def _run(stage: Stage) -> Forecast:
    return Rehearsal(stage).run()


def _answer(stage: Stage):
    ensemble = Ensemble(stage, (), known=True)
    outcome = ensemble.outcome([ensemble.run(number) for number in range(ensemble.runs)])
    cell, rest = outcome.fits
    return outcome.forecast, cell, rest, largest(ensemble.stage_of(0), rest, _run)


def _bought(stage: Stage, before: Forecast) -> dict[str, int]:
    return {each.what.code: _run(each.stage).in_time - before.in_time for each in additions(stage)}


@pytest.mark.long
@pytest.mark.parametrize(
    ("variant", "codes", "most", "helps"),
    [
        pytest.param(MEMORY, ["room_short"], ROOM["memory"], {"one_node_more": 6}, id="memory is short"),
        pytest.param(SEATS, ["ceiling"], ROOM["seats"], {"seats_more": 11}, id="a ceiling is low"),
        pytest.param(ADDRESSES, ["room_short"], ROOM["addresses"], {"addresses_more": 8}, id="addresses are short"),
        pytest.param(TWO, ["ceiling", "room_short"], ROOM["memory"], {"one_node_more": 6}, id="a ceiling, and memory below it"),
    ],
)
def test_who_finds_no_room_and_what_is_short(variant: Variant, codes: list[str], most: int, helps: dict[str, int]):
    forecast, cell, rest, people = _answer(variant.stage)

    assert (cell.limits, cell.largest) == ((), CRISIS), "the first wave is served first"
    assert [limit.why.code for limit in rest.limits] == codes
    assert (rest.people, rest.in_time, people) == (PEOPLE - CRISIS, most - CRISIS, most - CRISIS)
    assert forecast.in_time == most
    assert sum(limit.people for limit in rest.limits) == PEOPLE - most
    fits = _run(with_at_most(variant.stage, "everyone else", people))
    assert (fits.wanted, fits.in_time) == (most, most)
    assert _run(with_at_most(variant.stage, "everyone else", people + 1)).in_time == most
    assert {code: more for code, more in _bought(variant.stage, forecast).items() if more} == helps


@pytest.mark.long
def test_one_storage_is_too_slow_for_the_deadline():
    stage = ONE_STORAGE.stage

    forecast, cell, rest, people = _answer(stage)

    assert (cell.limits, [limit.why.code for limit in rest.limits]) == ((), ["lock_of"])
    assert str(rest.binds) == "the storage lock of thin"
    assert 0 < rest.in_time <= people < rest.people
    assert rest.due_after_s == ONE_STORAGE.ready_by_s
    fits = _run(with_at_most(stage, "everyone else", people))
    assert fits.in_time == fits.wanted == people + CRISIS
    larger = _run(with_at_most(stage, "everyone else", people + 3))
    assert larger.in_time < larger.wanted
    more = _bought(stage, forecast)
    assert more["one_node_more"] <= 1 < people // 2 < more["one_storage_more"], "twice the locks, nearly twice the people"


@pytest.mark.long
def test_a_deadline_before_the_first_boot_is_named_as_what_binds():
    forecast, cell, rest, people = _answer(TOO_EARLY.stage)

    assert [cell.binds.code, rest.binds.code] == ["too_early", "too_early"]
    assert (forecast.in_time, people) == (0, 0)
    assert not any(_bought(TOO_EARLY.stage, forecast).values())


@pytest.mark.long
def test_waves_that_are_served_in_time_have_no_limit():
    variant = Variant(ready_by_s=600.0)

    _forecast, *fits, people = _answer(variant.stage)

    assert [(fit.people, fit.in_time, fit.limits) for fit in fits] == [
        (CRISIS, CRISIS, ()),
        (PEOPLE - CRISIS, PEOPLE - CRISIS, ()),
    ]
    assert people == PEOPLE - CRISIS


@pytest.mark.long
def test_of_a_wave_in_batches_each_batch_counts_by_its_own_deadline():
    stage = MEMORY.stage
    rest = replace(REST, ready_by=PlannedTime(after_s=600.0), size=20, interval_s=600.0)
    scenario = replace(stage.config.scenario, waves=(stage.config.scenario.waves[0], rest))

    forecast = _run(replace(stage, config=replace(stage.config, scenario=scenario)))

    parts = forecast.waves[1].parts
    assert [(part.people, part.due_after_s, part.in_time) for part in parts] == [(20, 600.0, 20), (13, 1200.0, 1)]


@pytest.mark.long
def test_with_measurements_fewer_are_sure_than_likely():
    stage = ONE_STORAGE.stage
    ensemble = Ensemble(stage, measured_on(ONE_STORAGE.spec, agents=8))
    outcome = ensemble.outcome([ensemble.run(number) for number in range(ensemble.runs)])

    fit = outcome.fits[1]
    assert fit.sure is not None
    assert 0 <= fit.sure <= fit.in_time
