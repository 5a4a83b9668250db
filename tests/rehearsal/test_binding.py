"""What binds is the resource whose doubling shortens the switch most; where none does, it is the timetable or one boot."""

from dataclasses import replace

import pytest

from provisioner.model.ids import WaveName
from provisioner.model.profiles import Selection
from provisioner.model.scenarios import Scenario, Wave
from provisioner.model.twin_spec import TwinSpec
from provisioner.rehearsal.ensemble import Ensemble, Outcome
from tests.builders.rehearsal import a_config_on, a_stage
from tests.builders.twin import a_spec

pytestmark = pytest.mark.long


def outcome_on(spec: TwinSpec, *, agents: int, wave: Wave | None = None) -> Outcome:
    scenario = {} if wave is None else {"scenario": Scenario(name="x", waves=(wave,))}
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

    assert outcome.binds is not None
    assert outcome.binds.startswith(binds)
    assert outcome.gains[0].after_s < 0.8 * outcome.forecast.after_s(1.0)


def test_waves_that_are_far_apart_bind_and_no_resource_does():
    outcome = outcome_on(a_spec(), agents=4, wave=Wave(name=WaveName("w"), who=Selection(), size=2, interval_s=7_200.0))

    assert outcome.binds is not None
    assert outcome.binds.code == "timetable"
    assert outcome.band is not None
    assert 7_200 < outcome.band.early_s <= outcome.band.middle_s <= outcome.band.late_s < 7_300


def test_nothing_measured_has_no_band():
    ensemble = Ensemble(a_stage(a_spec(), agents=2), ())

    outcome = ensemble.outcome([ensemble.run(number) for number in range(ensemble.runs)])

    assert (ensemble.desktops, outcome.band, outcome.waves) == (0, None, {})
    assert outcome.forecast.serves_all
