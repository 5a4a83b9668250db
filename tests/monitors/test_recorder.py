"""The recorder turns events into figures."""

import threading
from dataclasses import replace

import pytest

from provisioner.errors import HypervisorError, word_for
from provisioner.model.actions import Result
from provisioner.model.cordons import Cordon
from provisioner.model.demand import Demand, NotWanted
from provisioner.model.ids import AgentId, ClusterId, NodeKey, NodeName, WaveName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.drift import DifferenceKind
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.model.status import Preparation, Status
from tests.builders.monitors import (
    MONDAY,
    PVE,
    STANDARD,
    SetClock,
    a_desktop,
    a_recorder,
    a_roster,
    a_session,
    a_snapshot,
    a_status,
    a_switch,
    an_api_call,
    an_outcome,
    every_error,
    wants_of,
)
from tests.monitors.scraping import scrape, value


def after(*statuses: Status, clock: SetClock | None = None):
    """The metrics after these cycles."""
    recorder = a_recorder()
    for status in statuses:
        recorder.status(status)
    return scrape(recorder, clock or SetClock(statuses[-1].at))


def test_before_the_first_cycle_the_counters_of_the_configured_names_are_there_at_zero():
    series = scrape(a_recorder())

    assert value(series, "api_requests_total", cluster=PVE, access="write", outcome="lock_busy") == 0
    assert value(series, "actions_total", action="clone", result="failed") == 0
    assert value(series, "stage_seconds_count", stage="whole") == 0
    assert value(series, "baseline_accepted") == 0


def test_desktops_are_counted_by_profile_phase_and_cluster():
    series = after(
        a_status(
            desktops=[a_desktop(1), a_desktop(2), a_desktop(3, Phase.CLONING), a_desktop(4, profile="heavy", cluster="pve2")]
        )
    )

    assert value(series, "desktops", profile=STANDARD, phase="ready", cluster=PVE) == 2
    assert value(series, "desktops", profile=STANDARD, phase="cloning", cluster=PVE) == 1
    assert value(series, "desktops", profile="heavy", phase="ready", cluster="pve2") == 1


def test_wanted_and_served_are_counted_by_wave():
    desktops = [a_desktop(1), a_desktop(2, Phase.STARTING), a_desktop(9)]
    series = after(a_status(desktops=desktops, demand=wants_of([1, 2, 3])))

    assert value(series, "desktops_wanted", profile=STANDARD, wave="everyone") == 3
    assert value(series, "desktops_wanted_ready", profile=STANDARD, wave="everyone") == 1


def test_between_two_waves_more_desktops_are_planned_than_wanted():
    everyone = wants_of(range(1, 11))
    first, ahead, later = (dict(list(everyone.wants.items())[a:b]) for a, b in ((0, 2), (2, 5), (5, 10)))
    waiting = tuple(
        NotWanted(agent_id=want.agent_id, login=want.login, reason="later", opens_at=MONDAY + 3600, then=want, entitled=True)
        for want in later.values()
    )
    nobody = NotWanted(agent_id=AgentId("visitor"), login="visitor", reason="not entitled")
    demand = Demand(wants=first, ahead=ahead, not_wanted=(*waiting, nobody))
    series = after(a_status(desktops=[a_desktop(1), a_desktop(2)], demand=demand))

    names = ("desktops_planned", "desktops_wanted", "desktops_wanted_ready")
    assert [value(series, name, profile=STANDARD, wave="everyone") for name in names] == [10, 2, 2]


def test_desktops_made_ahead_are_counted_by_wave_and_level():
    everyone = WaveName("everyone")
    half = Preparation(
        wave=everyone,
        profile=STANDARD,
        level=PreparationLevel.RUNNING,
        wanted=5,
        stopped=2,
        running=1,
        missing=4,
        opens_at=MONDAY,
    )
    before, series = after(a_status()), after(replace(a_status(), preparations=(half,)))

    of = {"profile": STANDARD, "wave": everyone}
    assert [value(before, name, **of) for name in ("desktops_ahead", "desktops_ahead_missing")] == [0, 0]
    assert [value(before, "desktops_ahead_made", **of, level=level) for level in ("stopped", "running")] == [0, 0]
    assert [value(series, name, **of) for name in ("desktops_ahead", "desktops_ahead_missing")] == [5, 4]
    assert [value(series, "desktops_ahead_made", **of, level=level) for level in ("stopped", "running")] == [2, 1]


def test_the_peak_stays_when_sessions_end():
    series = after(a_switch(10, sessions=8), a_switch(10, sessions=3))

    assert value(series, "sessions", profile=STANDARD, state="connected") == 3
    assert value(series, "sessions_peak") == 8


def test_unknown_sessions_do_not_count_as_none():
    status = a_status(
        desktops=[
            a_desktop(1, sessions=None),
            a_desktop(2, sessions=(a_session("ann"),)),
            a_desktop(3, sessions=()),
            a_desktop(4, Phase.UNKNOWN, sessions=None),
        ]
    )
    series = after(replace(status, planned_at=status.at))

    assert value(series, "desktops_sessions_unknown", profile=STANDARD) == 2
    assert value(series, "sessions_peak") == 1


def test_capacity_says_how_much_and_what_binds():
    series = after(a_status(free=12, binds="cores"))
    binds = {dict(labels)["resource"]: number for (name, labels), number in series.items() if name == "bascule_capacity_binds"}

    assert value(series, "capacity_free_desktops", profile=STANDARD) == 12
    assert {resource for resource, number in binds.items() if number} == {"cores"}
    assert set(binds) == {"memory", "cores", "storage", "vmids", "addresses", "templates", "nodes"}


def test_headroom_is_in_bytes_and_a_shared_storage_is_there_once():
    series = after(a_status())

    assert value(series, "node_headroom_memory_bytes", cluster=PVE, node="pve0") == 4 * 1024**3
    assert value(series, "node_headroom_vcpus", cluster=PVE, node="pve1") == 12
    assert value(series, "storage_headroom_bytes", cluster=PVE, node="", storage="ceph") == 512 * 1024**3


def test_the_queue_is_counted_by_reason_and_unknown_words_are_other():
    series = after(replace(a_status(), queued={"lock": 7, "the moon is full": 2, "sunspots": 1}, oldest_queued_at=MONDAY - 60))

    assert value(series, "queue_length", reason="lock") == 7
    assert value(series, "queue_length", reason="other") == 3
    assert value(series, "queue_oldest_age_seconds") == 60


def test_ages_grow_while_nothing_happens_and_are_never_negative():
    status = replace(
        a_status(roster=a_roster(5, rejected=2, read_at=MONDAY - 300)),
        intents=(Intent(kind=IntentKind.FREEZE, by="ops", at=MONDAY - 3600),),
    )
    later = after(status, clock=SetClock(MONDAY + 90))
    earlier = after(status, clock=SetClock(MONDAY - 10_000))

    assert value(later, "last_cycle_age_seconds") == 90
    assert value(later, "directory_age_seconds") == 390
    assert value(later, "cluster_observation_age_seconds", cluster=PVE) == 90
    assert value(later, "intent_age_seconds", intent="freeze") == 3690
    assert value(later, "intent_age_seconds", intent="hold") == 0
    assert value(later, "queue_oldest_age_seconds") == 0
    assert value(earlier, "last_cycle_age_seconds") == 0


def test_a_daemon_that_never_read_anything_ages_from_its_start():
    clock = SetClock(MONDAY)
    recorder = a_recorder(clock)
    clock.at = MONDAY + 500
    recorder.status(Status(at=MONDAY + 480))
    series = scrape(recorder, clock)

    assert value(series, "directory_age_seconds") == 500
    assert value(series, "cluster_observation_age_seconds", cluster=PVE) == 500
    assert value(series, "last_cycle_age_seconds") == 20


def test_the_state_of_things_is_shown():
    status = replace(
        a_status(snapshot=a_snapshot(offline=1, quorate=False), paused={PVE: "no quorum"}, roster=a_roster(5, rejected=2)),
        blocked=("90 stops planned, 5 allowed",),
        directory_error="no server answered",
        intents=(Intent(kind=IntentKind.HOLD, by="ops", at=MONDAY),),
        differences={DifferenceKind.RENAMED: 2},
        cordons={NodeKey(PVE, NodeName("pve1")): Cordon(reason="new memory")},
        baseline_accepted=False,
    )
    series = after(status)

    assert value(series, "cluster_paused", cluster=PVE) == 1
    assert value(series, "cluster_quorate", cluster=PVE) == 0
    assert value(series, "node_online", cluster=PVE, node="pve0") == 0
    assert value(series, "node_online", cluster=PVE, node="pve1") == 1
    assert [value(series, "node_cordoned", cluster=PVE, node=node) for node in ("pve0", "pve1")] == [0, 1]
    assert [value(series, "differences", kind=kind) for kind in ("renamed", "doubled")] == [2, 0]
    assert value(series, "safety_blocked_rules") == 1
    assert value(series, "directory_failing") == 1
    assert (value(series, "directory_agents"), value(series, "directory_rejected_entries")) == (5, 2)
    assert value(series, "intent_standing", intent="hold") == 1
    assert value(series, "intent_standing", intent="freeze") == 0
    assert value(series, "baseline_accepted") == 0


@pytest.mark.parametrize(
    ("method", "outcome", "access", "counted_as"),
    [
        pytest.param("GET", "ok", "read", "ok", id="a GET reads"),
        pytest.param("POST", "ok", "write", "ok", id="a POST writes"),
        pytest.param("put", "lock_busy", "write", "lock_busy", id="whatever the case"),
        pytest.param("DELETE", "no_such_class", "write", "other", id="an outcome nobody foresaw is other"),
    ],
)
def test_api_calls(method: str, outcome: str, access: str, counted_as: str):
    recorder = a_recorder()
    recorder.api_call(an_api_call(method, outcome, seconds=0.3, received=2500))
    series = scrape(recorder)

    assert value(series, "api_requests_total", cluster=PVE, access=access, outcome=counted_as) == 1
    assert value(series, "api_request_seconds_sum", cluster=PVE, access=access) == pytest.approx(0.3)
    assert value(series, "api_received_bytes_total", cluster=PVE) == 2500


@pytest.mark.parametrize("error", sorted(map(word_for, every_error(HypervisorError))))
def test_every_error_of_the_tree_has_its_series_from_the_start(error: str):
    series = scrape(a_recorder())

    assert value(series, "api_requests_total", cluster=PVE, access="read", outcome=error) == 0
    assert value(series, "action_errors_total", cluster=PVE, error=error) == 0


def test_outcomes_are_counted_by_result_and_error():
    recorder = a_recorder()
    recorder.outcome(an_outcome(result=Result.RETRY, error="lock_busy"))
    recorder.outcome(an_outcome(result=Result.FAILED))
    recorder.outcome(an_outcome(result=Result.DONE, lasted=12.0))
    series = scrape(recorder)

    assert value(series, "actions_total", action="clone", result="retry") == 1
    assert value(series, "action_errors_total", cluster=PVE, error="lock_busy") == 1
    assert value(series, "action_errors_total", cluster=PVE, error="other") == 1
    assert value(series, "stage_seconds_sum", stage="clone") == 12


def test_readings_of_the_directory_are_counted():
    recorder = a_recorder()
    recorder.directory_read(a_roster(3), "")
    recorder.directory_read(None, "bind refused")
    recorder.directory_read(None, "bind refused")
    series = scrape(recorder)

    assert value(series, "directory_readings_total", result="accepted") == 1
    assert value(series, "directory_readings_total", result="failed") == 2


def test_cycles_are_counted_and_timed():
    series = after(a_status(), a_status(at=MONDAY + 60))

    assert value(series, "cycle_seconds_count") == 2
    assert value(series, "cycle_seconds_sum") == pytest.approx(0.04)


def test_a_status_that_is_published_again_is_no_cycle():
    cycle = replace(a_status(), planned_at=MONDAY)
    series = after(cycle, replace(cycle, at=MONDAY + 1), replace(cycle, at=MONDAY + 10, planned_at=MONDAY + 10))

    assert value(series, "cycle_seconds_count") == 2


def test_a_cluster_that_is_gone_from_the_configuration_still_shows_its_desktops():
    series = after(a_status(desktops=[a_desktop(1, cluster="old")], paused={ClusterId("old"): "token refused"}))

    assert value(series, "desktops", profile=STANDARD, phase="ready", cluster="old") == 1
    assert value(series, "cluster_paused", cluster="old") == 1


@pytest.mark.long
def test_calls_from_many_threads_are_all_counted_while_somebody_scrapes():
    recorder = a_recorder()

    def work() -> None:
        for _ in range(500):
            recorder.api_call(an_api_call())
            recorder.outcome(an_outcome())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        recorder.status(a_switch(50))
        scrape(recorder)
    for thread in threads:
        thread.join()
    series = scrape(recorder)

    assert value(series, "api_requests_total", cluster=PVE, access="read", outcome="ok") == 4000
    assert value(series, "actions_total", action="clone", result="done") == 4000
    assert value(series, "stage_seconds_count", stage="clone") == 4000
