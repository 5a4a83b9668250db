"""A rehearsal goes on from where the switch is: desktops that are ready, under way, made ahead, failed, of people who left."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from provisioner.model.ids import WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.twin_spec import DeadGuestAgents, TwinSpec
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.etas import MeasuredKind, Measurement
from provisioner.model.scenario.scenarios import PreparationLevel, Scenario, Wave
from provisioner.reconciler import run
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.measuring import Measuring, going_on
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.rehearsal.stages import stage_now
from tests.builders.core import a_roster
from tests.builders.rehearsal import a_config_on, a_stage
from tests.builders.twin import EXACT, a_spec


def as_far_as(reality: Rehearsal, done: Callable[[], bool]) -> Rehearsal:
    """Let the switch go on until then."""
    run(reality.reconciler, reality.calls, until=done)
    return reality


def ready(reality: Rehearsal) -> int:
    status = reality.reconciler.status
    return 0 if status is None else status.phases.get(Phase.READY, 0)


def foreseen(reality: Rehearsal, *, roster: Roster | None = None, recalled: tuple[Measurement, ...] = ()) -> Forecast:
    """The forecast from what can be observed now, with the twin's own durations."""
    loop, now = reality.reconciler, reality.events.now
    views = loop.flight.snapshot.clusters.values()
    stage = stage_now(reality.stage.config, roster or reality.stage.roster, loop.records, views, now=now)
    twins = {cluster: _with_durations(spec, reality.stage.twins[cluster]) for cluster, spec in stage.twins.items()}
    return Rehearsal(replace(stage, twins=twins, recalled=recalled)).run()


def _with_durations(spec: TwinSpec, real: TwinSpec) -> TwinSpec:
    return replace(spec, durations=real.durations, api=real.api)


@pytest.mark.long
@pytest.mark.parametrize("part", [0.2, 0.5, 0.8])
def test_the_rest_of_a_switch_takes_as_long_as_in_truth(part: float):
    spec = a_spec(nodes=2)
    whole = Rehearsal(a_stage(spec, agents=60)).run()
    end_s = whole.after_s(1.0)
    reality = Rehearsal(a_stage(spec, agents=60))
    as_far_as(reality, lambda: ready(reality) >= part * 60)
    passed_s = reality.events.now - reality.stage.begins_at

    forecast = foreseen(reality)

    assert (forecast.wanted, forecast.ready, forecast.unmet, forecast.duplicates) == (60, 60, {}, 0)
    assert forecast.ready_now == ready(reality)
    assert forecast.after_s(1.0) == pytest.approx(end_s - passed_s, abs=25)


@pytest.mark.long
def test_a_rehearsal_that_goes_on_knows_how_far_each_boot_is_and_how_fast_the_daemon_was():
    """Half of each boot is not the node's work: it would be too slow by half otherwise, and as a daemon just started.

    Of the last tenth it foresees less: a boot more on one node, or less, is as long as all that is left.
    """
    spec = a_spec(nodes=2, durations=replace(EXACT, boot_s=16.0, first_boot_s=22.0))
    measuring = Measuring(lambda: reality.stage.config.profiles)
    whole = Rehearsal(a_stage(spec, agents=100)).run()
    reality = Rehearsal(a_stage(spec, agents=100, listeners=(measuring,)))
    as_far_as(reality, lambda: ready(reality) >= 50)
    now = reality.events.now

    known = foreseen(reality, recalled=going_on(measuring.take(now), now=now))

    assert known.after_s(0.9) == pytest.approx(whole.after_s(0.9) - (now - reality.stage.begins_at), rel=0.15)
    assert known.last_after_s <= foreseen(reality).last_after_s


def test_what_was_measured_before_a_long_pause_is_not_in_memory():
    def boot(began_at: float) -> Measurement:
        return Measurement(kind=MeasuredKind.BOOT, place="lab/pve1", image="golden-1", began_at=began_at, took_s=60.0)

    latest = (boot(5_000.0), boot(5_400.0))

    assert going_on((boot(1_000.0), *latest), now=5_900.0) == latest
    assert going_on(latest, now=90_000.0) == ()


@pytest.mark.long
def test_desktops_made_ahead_have_only_to_boot():
    spec = a_spec()
    wave = Wave(name=WaveName("all"), who=Selection(), after_s=3_600.0, prepare=PreparationLevel.STOPPED)
    config = a_config_on(spec, scenario=Scenario(name="ahead", waves=(wave,)))
    reality = Rehearsal(a_stage(spec, agents=6, config=config))
    as_far_as(reality, lambda: bool(reality.reconciler.status) and reality.reconciler.status.phases.get(Phase.STOPPED) == 6)
    opens_after_s = reality.stage.begins_at + 3_600.0 - reality.events.now

    forecast = foreseen(reality)

    assert (forecast.wanted, forecast.ready, forecast.writes) == (6, 6, 6), "a start each, and no clone"
    assert forecast.after_s(1.0) == pytest.approx(opens_after_s + 65, abs=25)


@pytest.mark.long
def test_a_desktop_that_failed_for_good_stays_without_and_its_reason_is_kept():
    spec = a_spec(faults=(DeadGuestAgents(share=1.0),))
    reality = Rehearsal(a_stage(spec, agents=2))
    reality.run()

    forecast = foreseen(reality)

    assert (forecast.wanted, forecast.ready_now) == (2, 0)
    assert sum(forecast.unmet.values()) == 2 - len(forecast.ready_after_s)


@pytest.mark.long
def test_somebody_who_has_left_is_not_wanted_and_counts_for_nobody():
    spec = a_spec()
    reality = Rehearsal(a_stage(spec, agents=20))
    as_far_as(reality, lambda: ready(reality) == 20)
    agents = dict(reality.stage.roster.agents)
    agents.pop(next(iter(agents)))

    forecast = foreseen(reality, roster=replace(a_roster(20), read_at=reality.events.now, agents=agents))

    assert (forecast.wanted, forecast.ready, forecast.ready_now) == (19, 19, 19)
