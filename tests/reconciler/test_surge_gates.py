"""Gates of a running surge: the next batch waits until the batch before is ready, or until an operator lets it go."""

from dataclasses import replace

import pytest

from provisioner.model.ids import WaveName
from provisioner.model.scenario.gates import Gate
from provisioner.model.scenario.scenarios import End, PlannedTime, PreparationLevel
from provisioner.model.scenario.surges import SurgeState
from tests.reconciler.test_surge import BY_HAND, FIRST, REST, a_site, given, goes_back, on, order, state

AT_ONCE = replace(REST, after_s=0.0, priority=1, ready_by=PlannedTime(after_s=3600.0))
FIRST_PLANNED = replace(FIRST, priority=0, ready_by=PlannedTime(after_s=600.0))


def gated(gate):
    return replace(BY_HAND, planned=True, waves=(FIRST_PLANNED, replace(AT_ONCE, gate=gate)))


def test_the_next_wave_waits_until_the_wave_before_is_ready():
    site = given(a_site(scenario=gated(Gate.of(ready=1.0))), "start")

    site.carry_out(site.look())
    assert state(site) is SurgeState.GATED
    assert sorted(site.phases) == ["vd-5001"]

    site.settle(cycles=30)
    assert state(site) is SurgeState.RUNNING
    assert on(site) == ["vd-5001", "vd-5002"]


def test_a_wave_waits_for_an_operator_who_lets_it_go():
    site = given(a_site(scenario=gated(Gate.of(go=True))), "start")
    site.settle(cycles=20)
    assert (state(site), on(site)) == (SurgeState.GATED, ["vd-5001"])
    assert [gate.shut_by.code for gate in site.status.demand.shut] == ["gate_go"]

    given(site, "go", wave=WaveName("rest"))
    site.settle(cycles=20)
    assert (state(site), on(site)) == (SurgeState.RUNNING, ["vd-5001", "vd-5002"])


def test_a_gate_that_has_opened_stays_open_over_a_restart():
    site = given(a_site(scenario=gated(Gate.of(ready=1.0))), "start")
    site.settle(cycles=30)

    site.restart()
    site.carry_out(site.look())

    assert state(site) is SurgeState.RUNNING
    assert not site.status.demand.shut
    assert site.reconciler.records.surge.opened == {"rest": 1}


def test_a_pause_at_a_gate_is_a_pause_and_the_gate_is_asked_again_after_it():
    site = given(a_site(scenario=gated(Gate.of(go=True))), "start")
    site.settle(cycles=20)

    given(site, "pause")
    site.settle(cycles=3)
    assert state(site) is SurgeState.PAUSED

    given(site, "resume")
    site.settle(cycles=3)
    assert state(site) is SurgeState.GATED


@pytest.mark.long
@pytest.mark.parametrize("gate", [Gate.of(go=True), Gate.of(ready=1.0)])
def test_no_gate_opens_while_the_surge_is_paused_and_what_is_prepared_stays_off(gate):
    first, rest = gated(gate).waves
    prepared = replace(rest, prepare=PreparationLevel.STOPPED)
    site = given(a_site(scenario=replace(BY_HAND, planned=True, waves=(first, prepared))), "start")
    while len(site.phases) < 2:
        site.carry_out(site.look())

    given(site, "pause")
    site.settle(cycles=30)
    assert site.phases == {"vd-5001": "ready", "vd-5002": "stopped"}

    given(site, "resume")
    if gate.values.get("go"):
        given(site, "go", wave=WaveName("rest"))
    site.settle(cycles=30)
    assert on(site) == ["vd-5001", "vd-5002"]


# -- the end that a scenario states ------------------------------------------------------------------------------------


def ending(**changed):
    return replace(BY_HAND, planned=True, waves=(FIRST_PLANNED, AT_ONCE), end=End(**changed))


@pytest.mark.long
def test_a_scenario_may_say_when_its_desktops_go_back():
    site = given(a_site(scenario=ending(when=PlannedTime(after_s=7200.0), keep_s=86_400.0)), "start")
    site.settle(cycles=20)
    assert on(site) == ["vd-5001", "vd-5002"]

    site.clock.at = site.reconciler.records.surge.started_at + 7200
    goes_back(site)

    run = site.reconciler.records.surge
    assert (state(site), on(site)) == (SurgeState.ENDED, [])
    assert run.kept_until == run.returned_at + 86_400


@pytest.mark.long
def test_it_may_say_that_they_go_back_in_batches():
    site = given(a_site(scenario=ending(size=1, interval_s=36_000.0)), "start")
    site.settle(cycles=20)

    given(site, "finish")
    goes_back(site)

    assert (state(site), on(site)) == (SurgeState.RETURNING, ["vd-5001"])


def test_an_end_before_the_start_is_refused():
    site = a_site(scenario=ending(when=PlannedTime(at=1.0)))

    assert order(site, "start") == "that time is over already"
