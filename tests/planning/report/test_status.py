"""The status at the end of a cycle, from the survey and the plan."""

from dataclasses import replace

import pytest

from provisioner.model.actions import Plan
from provisioner.model.deferrals import Deferral
from provisioner.model.demand import NotWanted
from provisioner.model.machines.desktops import FirstBoot, Phase
from provisioner.model.site_config import SiteConfig
from provisioner.planning.report.status import StatusInputs, build_status
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import Surveyor, survey
from provisioner.reasons.steps import SECOND, SUPERSEDED
from tests.builders.actions import a_clone, a_key, a_name, a_seat, a_start
from tests.builders.cluster import INSTALLATION, NOW, PVE, a_guest, a_node, a_profile, a_storage, a_view
from tests.builders.core import a_budget, a_config, a_desktop, a_naming, a_report, a_session, a_situation, a_want, an_agent_id


def status(desktops=(), *, plan=None, inputs=None, before=None, **changed):
    situation = a_situation(desktops, **changed)
    return status_in(situation, plan=plan, inputs=inputs, before=before)


def status_in(situation, *, plan=None, inputs=None, before=None):
    survey_result = survey(situation)
    room = free_resources(situation, survey_result)
    made = plan or make_plan(situation, survey_result, room)
    return build_status(situation, survey_result, made, inputs or StatusInputs(), room=room, before=before)


# -- desktops ----------------------------------------------------------------------------------------------------------


def test_a_desktop_in_words():
    desktop = status([a_desktop(1).on("n2")], wanted=1).desktops[a_name()]

    assert (desktop.phase, desktop.because) == (Phase.READY, "first boot has finished and its log-on port answers")
    assert (desktop.node, desktop.since, desktop.wanted, desktop.agent_login) == ("n2", NOW, True, "login0001")


@pytest.mark.parametrize(
    ("wanted", "not_wanted", "login", "is_wanted"),
    [
        pytest.param(1, (), "login0001", True, id="wanted"),
        pytest.param(0, (NotWanted(agent_id=an_agent_id(), login="zoe", reason="later"),), "zoe", False, id="not wanted yet"),
        pytest.param(0, (), "", False, id="an agent who is in the directory no more"),
    ],
)
def test_the_owner_of_a_desktop(wanted, not_wanted, login, is_wanted):
    situation = a_situation([a_desktop(1)], wanted=wanted)
    situation = replace(situation, demand=replace(situation.demand, not_wanted=not_wanted))

    desktop = status_in(situation).desktops[a_name()]

    assert (desktop.agent_login, desktop.wanted) == (login, is_wanted)


def test_an_unassigned_desktop_has_no_login():
    assert status([a_desktop(1, agent_id=None)]).desktops[a_name()].agent_login == ""


HERE = (a_session("zoe"),)


@pytest.mark.parametrize(
    ("desktop", "sessions"),
    [
        pytest.param(a_desktop(1), (), id="ready, nobody logged on"),
        pytest.param(a_desktop(1).but(report=a_report(sessions=HERE)), HERE, id="ready, somebody logged on"),
        pytest.param(a_desktop(1, Phase.STOPPED), (), id="off"),
        pytest.param(a_desktop(1, Phase.RESERVED), (), id="not there yet"),
        pytest.param(a_desktop(1, Phase.STARTING), (), id="starting: it has let nobody in yet"),
        pytest.param(a_desktop(1, Phase.FAILED), (), id="failed before it let anybody in"),
        pytest.param(
            a_desktop(1, Phase.STARTING).but(started_at=NOW - 901), None, id="up for long without a word: somebody may be at it"
        ),
        pytest.param(a_desktop(1, Phase.STARTING, profile="retired"), None, id="so may somebody at one of an unknown profile"),
        pytest.param(
            a_desktop(1).but(report=a_report(sessions=HERE, first_boot=FirstBoot.RUNNING)),
            HERE,
            id="not ready any more, and somebody is still there",
        ),
        pytest.param(a_desktop(1, Phase.UNKNOWN).but(report=a_report(sessions=HERE)), None, id="unknown is never none"),
        pytest.param(a_desktop(1, Phase.STOPPING), (), id="being stopped"),
        pytest.param(a_desktop(1, Phase.UNPROVEN), None, id="whose it is nobody knows"),
    ],
)
def test_sessions(desktop, sessions):
    assert status([desktop]).desktops[a_name()].sessions == sessions


@pytest.mark.parametrize(
    ("age", "known"),
    [
        pytest.param(1800, True, id="two intervals ago: it counts"),
        pytest.param(1801, False, id="longer ago: unknown"),
    ],
)
def test_sessions_are_known_for_two_intervals(age, known):
    desktop = a_desktop(1).but(uptime_s=9999, report=a_report(read_at=NOW - age, sessions=HERE))

    assert status([desktop]).desktops[a_name()].sessions == (HERE if known else None)


def test_a_phase_is_dated_from_when_it_was_first_seen():
    first = status([a_desktop(1)], wanted=1)
    situation = replace(a_situation([a_desktop(1)], wanted=1), now=NOW + 60)

    assert status_in(situation, before=first).desktops[a_name()] is first.desktops[a_name()], "nothing has changed"

    talking = replace(a_situation([a_desktop(1).but(report=a_report(sessions=HERE))], wanted=1), now=NOW + 60)
    assert status_in(talking, before=first).desktops[a_name()].since == NOW

    off = replace(a_situation([a_desktop(1, Phase.STOPPED)], wanted=1), now=NOW + 60)
    assert status_in(off, before=first).desktops[a_name()].since == NOW + 60


def test_a_desktop_that_is_given_back_in_the_same_cycle_is_looked_at_no_more():
    gone, ordered = a_desktop(1, Phase.CLONING), a_desktop(2, Phase.STOPPED)
    before = a_situation([gone, ordered])
    now = replace(a_situation([ordered]), config=before.config)
    surveyor = Surveyor()
    surveyor.look(before)

    assert list(surveyor.look(now).not_ready) == [Phase.STOPPED]


def test_desktops_with_a_new_order_are_surveyed_again():
    before = a_situation([a_desktop(1, Phase.STOPPED), a_desktop(2)])
    surveyor, now = Surveyor(), replace(before, in_flight={a_key(1): a_start(1)})
    was = dict(surveyor.look(before).phases)

    again = surveyor.look(now)

    assert again.fresh == {a_name(1)}
    assert again.phases[a_name(1)] == (Phase.STARTING, "its start was ordered")
    assert again.phases[a_name(2)] == was[a_name(2)]


# -- the whole -----------------------------------------------------------------------------------------------------------


def test_what_the_reconciler_knows_is_told():
    inputs = StatusInputs(paused={PVE: "no quorum"}, blocked=("3 deletes",), directory_error="down", cycle_seconds=0.5)

    shown = status(inputs=inputs, baseline_accepted=False)

    assert (shown.paused, shown.blocked, shown.directory_error) == ({PVE: "no quorum"}, ("3 deletes",), "down")
    assert (shown.cycle_seconds, shown.baseline_accepted, shown.at) == (0.5, False, NOW)


def test_what_is_under_way_is_counted_by_kind():
    shown = status([a_desktop(1, Phase.RESERVED).but(in_flight=a_clone(1)), a_desktop(2, Phase.STOPPING)])

    assert shown.in_flight == {"clone": 1, "stop": 1}


def a_deferral(number, **changed):
    return Deferral(what=f"login{number:04}", seat=a_seat(number), reason="no room", **changed)


def test_the_queue_is_counted_by_what_it_waits_for():
    plan = Plan(singles=(a_deferral(1, binds="lock"), a_deferral(2, binds="lock"), a_deferral(3)))

    assert status(plan=plan).queued == {"lock": 2, "other": 1}


def test_a_desktop_that_its_agent_no_longer_uses_is_in_no_queue():
    """After the loss of a node there may be a hundred, for months: the wall said that they wait."""
    unused = (replace(a_deferral(1), seat=None, reason=SUPERSEDED()), replace(a_deferral(2), reason=SECOND(first="vd-1")))

    assert status(plan=Plan(singles=(*unused, a_deferral(3, binds="lock")))).queued == {"lock": 1}


@pytest.mark.parametrize(
    ("plan", "oldest"),
    [
        pytest.param(Plan(), None, id="nobody waits"),
        pytest.param(Plan(singles=(a_deferral(1), a_deferral(2))), NOW - 500, id="the longest waiting"),
        pytest.param(Plan(singles=(a_deferral(9),)), None, id="one who is not wanted any more"),
    ],
)
def test_since_when_the_longest_waiting_is_wanted(plan, oldest):
    wants = [a_want(1, rank=(1, NOW - 100, "b")), a_want(2, rank=(9, NOW - 500, "a")), a_want(3, rank=(0, NOW - 900, "c"))]

    assert status(plan=plan, wanted=wants).oldest_queued_at == oldest


def test_capacity_is_what_the_plan_has_left():
    config = a_config(a_profile(), a_profile("big", memory_mib=65536), naming=a_naming(), budget=a_budget())

    shown = status(wanted=2, config=config)

    assert shown.capacity["office"].free == 202
    assert shown.capacity["big"].free == 2 * 6
    assert shown.capacity["big"].binds == "memory"


def test_headroom_counts_a_shared_storage_once():
    storages = (
        a_storage("n1", total_gib=100.0),
        a_storage("n1", "ceph", total_gib=1000.0, shared=True),
        a_storage("n2", "ceph", total_gib=1000.0, shared=True),
    )
    view = a_view(nodes=(a_node("n1"), a_node("n2", cores=10)), storages=storages, guests=(a_guest(100, memory_mib=1024),))

    headroom = status(view=view, config=a_config(a_profile(cpu_ratio=4), a_profile("lab", cpu_ratio=8))).headroom

    assert [(key.node, node.memory_mib, node.vcpus) for key, node in headroom.nodes.items()] == [
        ("n1", 512 * 1024 * 0.8 - 1024, 256),
        ("n2", 512 * 1024 * 0.8, 40),
    ]
    assert [(storage.node, storage.storage, storage.gib) for storage in headroom.storages] == [
        ("", "ceph", 900),
        ("n1", "local", 90),
    ]


def test_without_a_profile_no_vcpu_is_promised():
    situation = a_situation(config=a_config())
    bare = SiteConfig(installation=INSTALLATION, profiles={}, naming=a_naming(), entitlements=())

    headroom = status_in(replace(situation, config=bare)).headroom

    assert {node.vcpus for node in headroom.nodes.values()} == {0}
