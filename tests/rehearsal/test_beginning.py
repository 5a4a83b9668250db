"""L5: a rehearsal begins in the run that goes on; only without one does an operator start it now."""

from dataclasses import replace

import pytest

from provisioner.model.ids import WaveName
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.gates import Gate
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.model.scenario.surges import SurgeRun, SurgeState
from provisioner.rehearsal.beginning import beginning_of
from tests.builders.core import a_config

NOW = 1_000_000.0
BY_HAND = Scenario(name="s", planned=True, by_hand=True, waves=(Wave(name=WaveName("all"), who=Selection()),))


def a_run(state=SurgeState.RUNNING, **changed):
    return replace(SurgeRun.begun("s", NOW - 3600.0), **{"state": state, "as_started": BY_HAND, **changed})


def begun(run, scenario=BY_HAND):
    return beginning_of(replace(a_config(), scenario=scenario), run, NOW)


def codes(found):
    return [reason.code for reason in found.supposed]


@pytest.mark.parametrize(
    ("run", "state", "supposed"),
    [
        pytest.param(None, None, ["forecast_started_now"], id="none"),
        pytest.param(a_run(SurgeState.ENDED), None, ["forecast_started_now"], id="it is over"),
        pytest.param(a_run(), SurgeState.RUNNING, [], id="it runs"),
        pytest.param(a_run(SurgeState.GATED), SurgeState.GATED, [], id="a gate is shut"),
        pytest.param(a_run(SurgeState.PAUSED, rebuilt=True), SurgeState.RUNNING, ["run_resumed"], id="paused"),
        pytest.param(a_run(SurgeState.RETURNING), SurgeState.RETURNING, ["run_returns"], id="it goes back"),
        pytest.param(a_run(SurgeState.ABORTING), SurgeState.ABORTING, ["run_aborted"], id="aborted"),
    ],
)
def test_the_run_that_goes_on(run, state, supposed):
    found = begun(run)

    assert (found.run and found.run.state, codes(found)) == (state, supposed)
    assert (found.config.scenario.by_hand, found.config.scenario.name) == (False, "s")
    assert found.run is None or (found.run.started_at, found.run.rebuilt) == (NOW - 3600.0, False)


def test_a_run_that_is_ordered_for_later_begins_then():
    found = begun(a_run(SurgeState.PENDING, started_at=NOW + 7200.0))

    assert (found.run.state, found.run.started_at, codes(found)) == (SurgeState.PENDING, NOW + 7200.0, [])


def test_what_was_edited_since_the_start_is_not_in_force():
    found = begun(a_run(), replace(BY_HAND, name="other", waves=()))

    assert codes(found) == ["scenario_not_accepted"]
    assert found.config.scenario.waves == BY_HAND.waves


def test_a_scenario_that_begins_by_itself_takes_the_place_of_another_ones_run():
    found = begun(replace(a_run(), as_started=None, scenario="earlier"), replace(BY_HAND, by_hand=False))

    assert (found.run, codes(found)) == (None, [])


def test_an_operators_word_is_taken_as_given_also_in_a_run_that_goes_on():
    gated = replace(BY_HAND, waves=(replace(BY_HAND.waves[0], gate=Gate.of(go=1.0)),))

    assert codes(begun(a_run(as_started=gated), gated)) == ["forecast_go_given"]
