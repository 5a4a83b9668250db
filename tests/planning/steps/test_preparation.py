"""Preparation: desktops made up to their wave's level, after all agents whose turn has come, in unreserved room only."""

from dataclasses import replace

import pytest

from provisioner.model.machines.desktops import Attempts, Phase
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.planning.report.status import StatusInputs, build_status
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from tests.builders.cluster import NOW, a_node, a_profile, a_view
from tests.builders.core import a_config, a_desktop, a_naming, a_report, a_situation, a_want, a_want_ahead
from tests.planning.plans import a_small_budget, orders, plan, reasons

STOPPED, RUNNING = PreparationLevel.STOPPED, PreparationLevel.RUNNING
BOOTED = a_desktop(1, Phase.STARTING).but(started_at=NOW - 60)
TRIED = a_desktop(1, Phase.STOPPED).but(attempts=Attempts(count=2, reason="no luck", retry_at=NOW + 30))
UNREAD = a_desktop(1).but(report=a_report(read_at=NOW - 1000, ready_at=NOW - 2000), started_at=NOW - 5000, uptime_s=5000)
KEPT = "is reserved for agents whose turn comes earlier and who have no desktop yet"


@pytest.mark.parametrize(
    ("level", "desktop", "ordered"),
    [
        pytest.param(STOPPED, a_desktop(1, Phase.RESERVED), ["clone vd-5001"], id="cloned again"),
        pytest.param(STOPPED, a_desktop(1, Phase.UNPROVEN), ["verify vd-5001"], id="its note is read"),
        pytest.param(STOPPED, a_desktop(1, Phase.CLONED), ["configure vd-5001"], id="configured"),
        pytest.param(STOPPED, a_desktop(1, Phase.STOPPED), [], id="stopped is where it ends"),
        pytest.param(STOPPED, TRIED, [], id="a start that failed before is none of its business"),
        pytest.param(STOPPED, BOOTED, ["checkguest vd-5001"], id="started by hand: it is looked at, and never stopped"),
        pytest.param(RUNNING, a_desktop(1, Phase.STOPPED), ["start vd-5001"], id="started"),
        pytest.param(RUNNING, BOOTED, ["checkguest vd-5001"], id="asked whether it is ready"),
        pytest.param(RUNNING, a_desktop(1).but(assigned=False), [], id="ready, and not its agent's yet"),
        pytest.param(RUNNING, UNREAD, ["checkguest vd-5001"], id="its sessions are read like any other's"),
    ],
)
def test_a_desktop_is_made_as_far_as_its_wave_says(level, desktop, ordered):
    made = plan([desktop], wanted=0, ahead=[a_want_ahead(1, level)])

    assert orders(made) == ordered
    assert reasons(made) == {}


@pytest.mark.parametrize(
    ("desktop", "ordered"),
    [
        pytest.param(a_desktop(1, Phase.STOPPED), ["start vd-5001"], id="a stopped one is started"),
        pytest.param(a_desktop(1).but(assigned=False), ["assign vd-5001"], id="a running one is assigned"),
    ],
)
def test_when_the_batch_opens_only_the_rest_is_to_be_done(desktop, ordered):
    assert orders(plan([desktop], wanted=1)) == ordered


@pytest.mark.parametrize(
    ("level", "desktop", "reason"),
    [
        pytest.param(RUNNING, TRIED, "no luck (try 2)", id="a start that is tried again later"),
        pytest.param(
            STOPPED,
            a_desktop(1, Phase.FAILED),
            "gave up after 5 tries: no; it is replaced when its agent's batch opens",
            id="given up",
        ),
        pytest.param(
            STOPPED,
            a_desktop(1, Phase.STOPPED, profile="retired"),
            "vd-5001 has profile retired, which is no longer configured",
            id="made, of a profile that is gone",
        ),
    ],
)
def test_what_cannot_be_made_ahead_says_why(level, desktop, reason):
    assert reasons(plan([desktop], wanted=0, ahead=[a_want_ahead(1, level)])) == {"login0001": reason}


def test_agents_wanted_now_go_first_whatever_the_priority():
    made = plan(
        wanted=[a_want(1), a_want(2)],
        ahead=[a_want_ahead(3, priority=1)],
        view=a_view(nodes=1),
        config=a_small_budget(clones_per_local_domain=2),
    )

    assert [action.reservation.agent_id for action in made.actions] == ["agent-0001", "agent-0002"]
    assert [(deferral.what, deferral.binds) for deferral in made.deferred] == [("login0003", "lock")]


def test_a_boot_that_is_wanted_now_goes_before_one_that_is_made_ahead():
    desktops = [a_desktop(number, Phase.STOPPED, nodes=1) for number in (1, 2)]

    made = plan(desktops, wanted=[a_want(2)], ahead=[a_want_ahead(1, RUNNING)], config=a_small_budget(boots_per_node=1))

    assert orders(made) == ["start vd-5002"]
    assert list(reasons(made)) == ["login0001"]


def test_the_memory_of_a_stopped_desktop_is_kept_for_its_boot():
    desktops = [a_desktop(1, Phase.STOPPED, nodes=1), a_desktop(2, Phase.STOPPED, nodes=1)]
    tight = a_view(nodes=(a_node("n1", memory_gib=10.5),))

    made = plan(desktops, wanted=[a_want(3)], ahead=[a_want_ahead(1), a_want_ahead(2)], view=tight)

    assert (orders(made), [deferral.binds for deferral in made.deferred]) == ([], ["memory"])


ONE_NODE = {
    "view": a_view(nodes=(a_node("n1", memory_gib=15.5),)),
    "config": a_config(a_profile(), a_profile("cad", memory_mib=8192)),
}
"""Room for three office desktops, or for a desktop of twice their size and an office desktop."""
CRISIS = [a_want(number, rank=(10, NOW + 7200, f"login{number:04}")) for number in (8, 9)]


@pytest.mark.parametrize(
    ("ahead", "later", "cloned", "kept"),
    [
        pytest.param([1, 2, 3], [], 3, 0, id="nobody comes before: all the room is used"),
        pytest.param([1, 2, 3], CRISIS, 1, 2, id="two come before, later: one is made ahead"),
        pytest.param([1, 2, 3], [replace(want, rank=(200, *want.rank[1:])) for want in CRISIS], 3, 0, id="they come after"),
        pytest.param([1, 2, 3], [replace(CRISIS[0], profile="cad")], 1, 2, id="one of twice the size counts twice"),
    ],
)
def test_room_is_kept_for_agents_of_higher_rank(ahead, later, cloned, kept):
    made = plan(wanted=0, ahead=[a_want_ahead(number) for number in ahead], later=later, **ONE_NODE)

    assert len(made.actions) == cloned
    assert sum(KEPT in reason for reason in reasons(made).values()) == kept
    assert {deferral.binds for deferral in made.deferred} <= {"memory"}


def test_room_is_kept_only_for_who_has_no_desktop_yet():
    served = [a_desktop(8, Phase.STOPPED, nodes=1), a_desktop(9, Phase.STOPPED, nodes=1)]

    made = plan(served, wanted=0, ahead=[a_want_ahead(1)], later=CRISIS, **ONE_NODE)

    assert len(made.actions) == 1


def test_room_is_kept_for_who_is_wanted_now_and_waits_for_something_else():
    """The office template does not exist yet: its agents wait, and their room stays reserved."""
    cad = a_profile("cad")
    config = a_config(a_profile(templates=()), cad, naming=a_naming(5001, 5003))

    made = plan(
        wanted=[a_want(8), a_want(9)], ahead=[a_want_ahead(1, profile="cad"), a_want_ahead(2, profile="cad")], config=config
    )

    assert [action.reservation.agent_id for action in made.actions] == ["agent-0001"]
    assert reasons(made)["login0002"] == f"the remaining capacity (vmids) {KEPT}"


def preparations(desktops, ahead, **changed):
    situation = a_situation(desktops, ahead=ahead, **changed)
    survey_result = survey(situation)
    room = free_resources(situation, survey_result)
    made = make_plan(situation, survey_result, room)
    return build_status(situation, survey_result, made, StatusInputs(), room=room, before=None)


@pytest.mark.parametrize(
    ("level", "missing"),
    [
        pytest.param(STOPPED, 2, id="to be stopped: one that runs is more than that"),
        pytest.param(RUNNING, 3, id="to be running: one that is stopped is missing"),
    ],
)
def test_how_far_the_preparation_is(level, missing):
    desktops = [a_desktop(1, Phase.STOPPED), a_desktop(2), a_desktop(3, Phase.CLONING)]

    status = preparations(desktops, [a_want_ahead(number, level, opens_in=60 * number) for number in (1, 2, 3, 4)])

    (ahead,) = status.preparations
    assert (ahead.wave, ahead.profile, ahead.level, ahead.opens_at) == ("everyone", "office", level, NOW + 60)
    assert (ahead.wanted, ahead.stopped, ahead.running, ahead.missing) == (4, 1, 1, missing)
    assert [state.ahead for state in status.desktops.values()] == [level] * 3
    assert [state.wanted for state in status.desktops.values()] == [False] * 3
    assert [state.agent_login for state in status.desktops.values()] == ["login0001", "login0002", "login0003"]


def test_a_desktop_that_waits_for_its_wave_is_not_in_the_queue():
    status = preparations([a_desktop(1, Phase.STOPPED)], [a_want_ahead(1)])

    assert (status.queued, status.oldest_queued_at, status.plan.deferred) == ({}, None, ())


def test_without_preparation_the_status_has_none():
    assert preparations([a_desktop(1)], [], wanted=1).preparations == ()
