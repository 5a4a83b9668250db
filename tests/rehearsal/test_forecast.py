"""The result of a rehearsal: when each wave is ready, which agents are left and why, and the bottleneck."""

from dataclasses import replace
from math import inf

import pytest

from provisioner.model.budget import Budget, Safety
from provisioner.model.ids import WaveName
from provisioner.model.machines.twin_spec import (
    BrokenQemu,
    CutQuorum,
    DeadGuestAgents,
    DeleteTemplate,
    Durations,
    GuestSpec,
    KillNode,
    LogOns,
    NodeSpec,
    RivalLocks,
    StorageSpec,
)
from provisioner.model.people.agents import AccountStatus
from provisioner.model.people.profiles import CloneKind, Selection
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.rehearsal.binding import binding
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.rehearse import STILL_S, Rehearsal
from tests.builders.core import an_agent
from tests.builders.pools import DESK, a_desk
from tests.builders.rehearsal import a_config_on, a_profile_on, a_stage, rehearsed
from tests.builders.twin import EXACT, STORAGE, a_spec

SMALL = (NodeSpec(name="pve1", memory_mib=16 * 1024), NodeSpec(name="pve2", memory_mib=16 * 1024))
"""Room for three desktops of 4 GiB each, at 80 %."""


@pytest.mark.parametrize(
    ("wanted", "after", "share", "seconds"),
    [
        pytest.param(4, (10.0, 20.0, 30.0, 40.0), 0.5, 20.0, id="half of four: the second"),
        pytest.param(4, (10.0, 20.0, 30.0, 40.0), 0.9, 40.0, id="nine tenths of four are four"),
        pytest.param(4, (10.0, 20.0, 30.0), 1.0, None, id="one never came"),
        pytest.param(4, (10.0, 20.0, 30.0), 0.5, 20.0, id="and half did, all the same"),
        pytest.param(0, (), 1.0, 0.0, id="nobody is wanted: done"),
        pytest.param(3, (), 0.1, None, id="nobody ever came"),
    ],
)
def test_when_a_share_is_ready(wanted: int, after: tuple[float, ...], share: float, seconds: float | None):
    assert Forecast(wanted=wanted, ready=len(after), ready_after_s=after).after_s(share) == seconds


def test_a_small_switch_in_figures():
    forecast = rehearsed(a_spec(nodes=2), agents=8)

    times = [forecast.after_s(share) for share in (0.5, 0.9, 1.0)]
    assert times == sorted(times)
    assert 52.0 <= times[0] <= times[-1] == forecast.ready_after_s[-1]
    assert (forecast.wanted, forecast.ready, forecast.unmet, forecast.not_wanted) == (8, 8, {}, {})
    assert (forecast.writes, forecast.lock_timeouts, forecast.duplicates, forecast.orphans) == (24, 0, 0, 0)
    assert forecast.lacks == ""


@pytest.mark.long
@pytest.mark.parametrize(
    ("changed", "agents", "ready", "unmet", "binds"),
    [
        pytest.param(
            {"nodes": SMALL},
            8,
            6,
            {"memory: a node has less than 4096 MiB left of its share": 2},
            "room: 2 desktops wait for memory",
            id="memory is short",
        ),
        pytest.param(
            {"faults": (KillNode(node="pve2", at_s=30.0),)},  # and no agent is given another desktop (the setting below)
            6,
            3,
            {"node pve2 is offline or not seen: the state of this desktop is unknown": 3},
            "room: 3 desktops wait for nodes",
            id="a node stays away",
        ),
        pytest.param(
            {"faults": (DeleteTemplate(vmid=9001, at_s=0.1), DeleteTemplate(vmid=9002, at_s=0.1))},
            6,
            2,
            {"template 9001 is not on node pve1 (1 of 2 places); template 9002 is not on node pve2 (1 of 2 places)": 4},
            "room: 4 desktops wait for templates",
            id="templates are gone",
        ),
        pytest.param(
            {"faults": (CutQuorum(at_s=0.0, for_s=1e6),)},
            6,
            2,
            {},
            "4 desktops wait for paused",
            id="the cluster never agrees again",
        ),
        pytest.param(
            {"faults": (DeadGuestAgents(share=1.0),)},
            2,
            2,
            {"running, but not ready after 900 s: look at its console": 2},
            "nobody became ready",
            id="nobody can tell",
        ),
    ],
)
def test_agents_left_without_a_desktop_have_a_reason(changed: dict, agents: int, ready: int, unmet: dict[str, int], binds: str):
    spec = replace(a_spec(nodes=2), **changed)

    forecast = rehearsed(spec, agents=agents, config=a_config_on(spec, safety=Safety(replace_after_s=inf)))

    assert (forecast.wanted, forecast.ready) == (agents, ready)
    assert sum(forecast.unmet.values()) == agents - len(forecast.ready_after_s)
    assert unmet.items() <= forecast.unmet.items()
    assert binding(forecast, ()) == binds


@pytest.mark.long
@pytest.mark.parametrize("dies_at_s", [pytest.param(30.0, id="before they are ready"), pytest.param(100.0, id="after that")])
def test_an_agent_on_a_dead_node_has_another_desktop_and_is_counted_once(dies_at_s):
    spec = replace(a_spec(nodes=2), faults=(KillNode(node="pve2", at_s=dies_at_s),))

    forecast = rehearsed(spec, agents=6, settle_s=600.0)

    assert (forecast.wanted, forecast.ready, forecast.unmet) == (6, 6, {})
    assert len(forecast.ready_after_s) == 6
    assert forecast.after_s(1.0) > dies_at_s + 120, "the last ones are those made instead"


def test_time_is_up_and_everybody_left_is_at_something():
    forecast = rehearsed(a_spec(), agents=6, at_most_s=8.0)

    assert forecast.ready == 0
    assert sum(forecast.unmet.values()) == 6
    assert all(reason.strip() for reason in forecast.unmet)


def test_agents_left_out_are_counted_by_reason():
    people = [an_agent(1), an_agent(2, standing=AccountStatus.DISABLED), an_agent(3, department="Routes"), an_agent(4)]
    routes = Scenario(name="all but", waves=(Wave(name=WaveName("routes"), who=Selection(departments=frozenset({"Routes"}))),))
    spec = a_spec()

    forecast = rehearsed(spec, agents=people, config=a_config_on(spec, scenario=routes))

    assert (forecast.wanted, forecast.ready) == (1, 1)
    assert forecast.not_wanted == {"the account is disabled": 1, "no wave of scenario 'all but' selects this agent": 2}


def test_waves_half_a_day_apart_are_waited_for():
    waves = Wave(name=WaveName("half-days"), who=Selection(), after_s=3 * STILL_S, size=1, interval_s=2 * STILL_S)
    spec = a_spec()

    forecast = rehearsed(spec, agents=2, config=a_config_on(spec, scenario=Scenario(name="late", waves=(waves,))))

    assert forecast.ready_after_s == pytest.approx([3 * STILL_S + 60, 5 * STILL_S + 60], abs=15)


@pytest.mark.long
def test_eight_boots_that_share_a_slow_node_for_32_minutes_are_waited_for():
    """F10: the rehearsal is as patient as the profile lets the daemon be."""
    spec = a_spec(durations=Durations(sigma=0.0, boot_s=120.0, boots_width=1))
    spec = replace(spec, nodes=tuple(replace(node, speed=0.5) for node in spec.nodes))

    forecast = rehearsed(spec, agents=8, config=a_config_on(spec, profile=a_profile_on(spec, ready_timeout_s=3600.0)))

    assert forecast.ready == 8
    assert 32 * 60 <= (forecast.last_after_s or 0.0) <= 45 * 60


@pytest.mark.long
def test_a_full_clone_that_is_copied_for_an_hour_is_waited_for():
    """F10: as above, for another time-out of the profile."""
    storage = StorageSpec(storage=STORAGE, shared=False, copy_gib_per_second=32 / 3600)
    spec = replace(a_spec(), storages=(storage,))
    profile = a_profile_on(spec, clone=CloneKind.FULL, clone_timeout_s=2 * 3600.0)

    forecast = rehearsed(spec, agents=1, config=a_config_on(spec, profile=profile))

    assert forecast.ready == 1
    assert (forecast.last_after_s or 0.0) >= 3600


@pytest.mark.long
def test_a_boot_that_is_tried_again_after_an_hour_is_waited_for():
    """F10: as above, for the longest wait before another try that the site allows."""
    spec = replace(a_spec(), faults=(BrokenQemu(node="pve1", at_s=0.0, for_s=60.0),))
    config = a_config_on(spec, budget=Budget(retry_base_s=3600.0, retry_cap_s=3600.0))

    forecast = rehearsed(spec, agents=1, config=config)

    assert forecast.ready == 1


@pytest.mark.long
def test_a_plan_of_days_is_rehearsed_to_its_end_although_a_desktop_has_failed():
    """Half a day from wave to wave, and guests that never get ready: the rehearsal neither ends early nor observes for days."""
    late = Wave(name=WaveName("late"), who=Selection(), size=4, interval_s=43_200.0)
    spec = a_spec(durations=replace(EXACT, setup_failures=0.4))

    forecast = rehearsed(spec, agents=8, config=a_config_on(spec, scenario=Scenario(name="half-days", waves=(late,))))

    assert (forecast.wanted, forecast.unopened, forecast.cut) == (8, 0, False)
    assert 0 < len(forecast.ready_after_s) < 8
    assert forecast.ready_after_s[-1] >= 43_200.0


def test_a_rehearsal_that_is_cut_says_so():
    late = Wave(name=WaveName("late"), who=Selection(), size=2, interval_s=7_200.0)
    spec = a_spec()

    forecast = rehearsed(
        spec, agents=4, at_most_s=3_600.0, config=a_config_on(spec, scenario=Scenario(name="x", waves=(late,)))
    )

    assert (forecast.wanted, forecast.ready, forecast.unopened, forecast.cut) == (2, 2, 2, True)
    assert not forecast.serves_all


def test_a_wave_that_takes_everybody_leaves_the_next_one_without_agents():
    waves = tuple(Wave(name=WaveName(name), who=Selection()) for name in ("all", "rest"))
    spec = a_spec()

    forecast = rehearsed(spec, agents=2, config=a_config_on(spec, scenario=Scenario(name="x", waves=waves)))

    assert [(wave.name, wave.wanted, wave.ready, wave.last_after_s) for wave in forecast.waves] == [
        ("all", 2, 2, forecast.after_s(1.0)),
        ("rest", 0, 0, 0.0),
    ]
    assert not forecast.serves_all


@pytest.mark.long
def test_nobody_is_served_if_nobody_is_wanted():
    assert not rehearsed(a_spec(), agents=0).serves_all


def test_log_ons_after_the_last_desktop_are_waited_for():
    spec = a_spec(log_ons=LogOns(concurrent=2, spread_s=60.0))
    rehearsal = Rehearsal(a_stage(spec, agents=2, settle_s=300.0))

    rehearsal.run()

    assert rehearsal.twins[spec.name].truth().sessions == 2
    assert sum(len(desktop.sessions or ()) for desktop in rehearsal.reconciler.status.desktops.values()) == 2


def test_two_clusters_are_summed_up():
    specs = (a_spec(name="melun"), a_spec(name="meaux"))

    forecast = rehearsed(*specs, agents=6)

    assert (forecast.ready, forecast.writes, forecast.duplicates) == (6, 18, 0)


def test_a_rival_at_the_lock_is_counted():
    spec = a_spec(faults=(RivalLocks(storage=STORAGE, hold_s=12.0, every_s=1.0, for_s=30.0),))

    assert rehearsed(spec, agents=2).lock_timeouts > 0


@pytest.mark.long
def test_the_same_rehearsal_twice_is_the_same():
    spec = a_spec(nodes=2, durations=replace(a_spec().durations, sigma=0.15))

    assert rehearsed(spec, agents=7) == rehearsed(spec, agents=7)


def test_desktops_of_before_need_no_explaining():
    """A half-done switch: 30 desktops are there, in the range of VMIDs that desktops have."""
    there = tuple(GuestSpec(vmid=20_001 + n, node="pve1", name=f"vd-{n}", storage=STORAGE, disk_gib=0) for n in range(30))
    spec = a_spec(guests=there)

    forecast = rehearsed(spec, agents=2, config=a_config_on(spec, profile=a_profile_on(spec)))

    assert (forecast.ready, forecast.writes) == (2, 6)
    assert forecast.after_s(1.0) == rehearsed(a_spec(), agents=2, config=a_config_on(spec)).after_s(1.0)


def test_what_is_made_ahead_for_a_pool_is_not_waited_for():
    stage = a_stage(a_spec(nodes=2), agents=2)
    (office,) = stage.config.profiles.values()
    pool = replace(a_desk(3, spare=1), profile=office.name)
    forecast = Rehearsal(replace(stage, config=replace(stage.config, desktop_pools={DESK: pool}))).run()

    assert (forecast.unopened, forecast.serves_all) == (0, True)
