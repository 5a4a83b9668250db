"""The time gained by each level of preparation."""

from dataclasses import replace

import pytest

from provisioner.model.ids import ProfileName, WaveName
from provisioner.model.machines.twin_spec import KillNode, NodeSpec
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import PreparationLevel, Scenario, Wave
from provisioner.rehearsal.levels import Levels
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.rehearsal.stages import stage_now
from tests.builders.cluster import NOW
from tests.builders.rehearsal import a_config_on, a_stage, rehearsed
from tests.builders.twin import a_spec

pytestmark = pytest.mark.long

SLOW = replace(a_spec(nodes=2), storages=tuple(replace(storage, image_operation_s=3.0) for storage in a_spec(nodes=2).storages))
"""Cloning takes longer than booting."""
BOOT_S = SLOW.durations.start_task_s + SLOW.durations.boot_s + SLOW.durations.first_boot_s


def a_wave(**changed):
    return Wave(**{"name": WaveName("all"), "who": Selection(), **changed})


def a_scenario(*waves, **changed):
    return Scenario(name="surge", waves=waves, **changed)


def bought(spec, *, agents, scenario=None, **changed):
    config = a_config_on(spec, scenario=scenario or a_scenario(a_wave()))
    levels = Levels(a_stage(spec, agents=agents, config=config, **changed))
    return {level.level: level for level in levels.outcome([levels.run(number) for number in range(levels.runs)])}


def test_stopped_desktops_leave_the_boots_and_running_ones_leave_nothing():
    levels = bought(SLOW, agents=16)

    none, stopped, running = (levels[level].forecast.after_s(1.0) for level in PreparationLevel)
    clones_s = 8 * SLOW.storages[0].image_operation_s
    assert none > clones_s + BOOT_S, "eight clones one after the other on each node, and the last one's boot"
    assert BOOT_S <= stopped < none - clones_s / 2
    assert running == 0
    assert {level.forecast.ready for level in levels.values()} == {16}
    assert {level.forecast.writes for level in levels.values()} == {3 * 16}, "made once, whenever"


def test_what_the_levels_cost():
    levels = bought(SLOW, agents=4)

    costs = {
        level: (outcome.prepared, outcome.missing, outcome.memory_mib, outcome.disk_gib) for level, outcome in levels.items()
    }
    size = SLOW.templates[0]
    made = (4, 0, 4 * size.memory_mib, 4 * size.disk_gib * 0.5)
    assert costs == {PreparationLevel.NONE: (0, 0, 0, 0.0), PreparationLevel.STOPPED: made, PreparationLevel.RUNNING: made}
    assert (
        0
        == levels[PreparationLevel.NONE].preparing_s
        < levels[PreparationLevel.STOPPED].preparing_s
        < levels[PreparationLevel.RUNNING].preparing_s
    )


def test_what_the_switch_waits_for_is_what_it_does_itself():
    levels = bought(SLOW, agents=16)

    assert levels[PreparationLevel.NONE].binds.startswith("the storage lock of ")
    assert levels[PreparationLevel.STOPPED].binds.code == "timetable", "eight boots on each node, as many as it does at once"
    assert levels[PreparationLevel.RUNNING].binds == "nothing: all desktops are ready before they are wanted"


def test_agents_who_cannot_be_prepared_are_counted():
    small = replace(SLOW, nodes=(NodeSpec(name="pve1", memory_mib=16 * 1024), NodeSpec(name="pve2", memory_mib=16 * 1024)))

    levels = bought(small, agents=8)

    assert (levels[PreparationLevel.STOPPED].prepared, levels[PreparationLevel.STOPPED].missing) == (6, 2)
    assert {level.forecast.ready for level in levels.values()} == {6}
    assert levels[PreparationLevel.RUNNING].forecast.longest_wait_s is None


def test_batches_keep_their_distance():
    batches = a_scenario(a_wave(size=2, interval_s=600.0), starts_at=NOW + 86_400)

    levels = bought(SLOW, agents=4, scenario=batches)

    assert levels[PreparationLevel.RUNNING].forecast.ready_after_s == (0, 0, 600, 600)
    assert levels[PreparationLevel.RUNNING].forecast.waits_s == (0, 0, 0, 0)
    none = levels[PreparationLevel.NONE].forecast
    assert none.after_s(1.0) == pytest.approx(600 + none.longest_wait_s, abs=10)


def test_desktops_of_a_profile_that_is_gone_are_no_part_of_what_a_level_takes():
    """`bascule forecast --levels` ended with KeyError."""
    spec = a_spec(nodes=2)
    reality = Rehearsal(a_stage(spec, agents=3))
    reality.run()
    config = reality.stage.config
    new = replace(next(iter(config.profiles.values())), name=ProfileName("new"))
    entitlements = tuple(replace(each, profile=new.name) for each in config.entitlements)
    config = replace(config, profiles={new.name: new}, entitlements=entitlements)
    views = reality.reconciler.flight.snapshot.clusters.values()
    now = stage_now(config, reality.stage.roster, reality.reconciler.records, views, now=reality.events.now)

    assert Levels(now).run(1).memory_mib == 0


def prepared_for(starts_in: float, **changed):
    """A switch as its file says: desktops are made now, and wanted later."""
    spec = replace(SLOW, **changed)
    scenario = a_scenario(a_wave(prepare=PreparationLevel.STOPPED), starts_at=NOW + starts_in)
    return a_stage(spec, agents=8, config=a_config_on(spec, scenario=scenario))


def test_a_forecast_follows_the_preparation_that_the_scenario_says():
    unprepared = rehearsed(SLOW, agents=8)

    forecast = Rehearsal(prepared_for(3600.0)).run()

    assert (forecast.ready, forecast.wanted, forecast.writes) == (8, 8, 24)
    assert 3600 + BOOT_S <= forecast.after_s(1.0) == 3600 + forecast.longest_wait_s
    assert forecast.longest_wait_s < unprepared.longest_wait_s


def test_a_rehearsal_sleeps_through_the_hours_before_the_batch():
    short, long = (Rehearsal(prepared_for(hours * 3600.0)).run() for hours in (2, 12))

    assert long.calls == short.calls
    assert long.longest_wait_s == pytest.approx(short.longest_wait_s, abs=10)


def test_what_the_script_holds_meanwhile_is_not_slept_through():
    stage = prepared_for(2 * 3600.0, faults=(KillNode(node="pve2", at_s=3000.0, back_after_s=600.0),))

    forecast = Rehearsal(stage).run()

    assert forecast.calls > 2 * 3600 / 10 * len(stage.twins)
    assert forecast.ready == 8
