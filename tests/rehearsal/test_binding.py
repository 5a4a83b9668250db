"""What binds is the resource whose doubling shortens the switch most; where none does, it is the timetable or one boot."""

from dataclasses import replace

import pytest

from provisioner.model.ids import WaveName
from provisioner.model.machines.twin_spec import NodeSpec, TwinSpec
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.rehearsal.binding import in_short
from provisioner.rehearsal.ensemble import Ensemble, EnsembleOutcome
from tests.builders.core import an_agent
from tests.builders.rehearsal import a_config_on, a_stage
from tests.builders.twin import a_spec

pytestmark = pytest.mark.long


def outcome_on(spec: TwinSpec, *waves: Wave, agents: int) -> EnsembleOutcome:
    scenario = {"scenario": Scenario(name="x", waves=waves)} if waves else {}
    ensemble = Ensemble(a_stage(spec, agents=agents, config=a_config_on(spec, **scenario)), (), known=True)
    return ensemble.outcome([ensemble.run(number) for number in range(ensemble.runs)])


def slow_lock() -> TwinSpec:
    spec = a_spec(nodes=2)
    return replace(spec, storages=tuple(replace(each, image_operation_s=6.0) for each in spec.storages))


def slow_boots() -> TwinSpec:
    spec = a_spec(nodes=2)
    return replace(spec, durations=replace(spec.durations, boots_width=1))


@pytest.mark.parametrize(
    ("spec", "binds"),
    [
        pytest.param(slow_lock(), "the storage lock of thin: ", id="the lock"),
        pytest.param(slow_boots(), "booting, at 1 boots' work a node at a time: ", id="the nodes' processors"),
    ],
)
def test_what_binds_is_what_shortens_it_most(spec: TwinSpec, binds: str):
    outcome = outcome_on(spec, agents=24)

    assert outcome.binds.startswith(binds)
    assert outcome.gains[0].after_s < 0.8 * outcome.forecast.after_s(1.0)


def test_waves_that_are_far_apart_bind_and_no_resource_does():
    outcome = outcome_on(a_spec(), Wave(name=WaveName("w"), who=Selection(), size=2, interval_s=7_200.0), agents=4)

    assert outcome.binds.code == "timetable"
    assert outcome.band is not None
    assert 7_200 < outcome.band.early_s <= outcome.band.middle_s <= outcome.band.late_s < 7_300


def test_each_wave_has_what_binds_it():
    first = Selection(logins=frozenset(an_agent(number).login for number in range(1, 3)))
    waves = (Wave(name=WaveName("few"), who=first), Wave(name=WaveName("many"), who=Selection(), after_s=1_200.0))

    outcome = outcome_on(slow_boots(), *waves, agents=24)

    assert outcome.wave_binds["few"].code == "timetable", "each of the two boots alone on its node"
    assert in_short(outcome.wave_binds["many"]).code == "booting"
    assert in_short(outcome.binds).code == "booting"


def test_a_wave_that_gets_nothing_waits_for_what_is_missing():
    nodes = (NodeSpec(name="pve1", memory_mib=16 * 1024), NodeSpec(name="pve2", memory_mib=16 * 1024))
    first = Selection(logins=frozenset(an_agent(number).login for number in range(1, 7)))
    waves = (Wave(name=WaveName("first"), who=first), Wave(name=WaveName("rest"), who=Selection()))

    outcome = outcome_on(replace(a_spec(nodes=2), nodes=nodes), *waves, agents=8)

    assert outcome.wave_binds["rest"] == outcome.binds == "room: 2 desktops wait for memory"
    assert outcome.wave_binds["first"].code != "room_short"


def test_nothing_measured_has_a_band_as_wide_as_clusters_differ():
    ensemble = Ensemble(a_stage(a_spec(), agents=2), ())

    outcome = ensemble.outcome([ensemble.run(number) for number in range(ensemble.runs)])

    assert ensemble.desktops == 0
    assert {reason.code for reason in ensemble.assumed} == {"assumed_hold", "assumed_boot", "assumed_width"}
    assert outcome.band is not None
    assert outcome.band.late_s > 3 * outcome.band.early_s
    assert outcome.forecast.serves_all
