"""Which of an agent's two desktops counts, what happens to the other, and when a failed desktop is made elsewhere."""

from dataclasses import replace

import pytest

from provisioner.model.machines.desktops import Attempts, Phase
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.survey.surveyor import survey
from tests.builders.actions import a_clone, a_name, a_seat
from tests.builders.cluster import NOW, a_profile, a_view
from tests.builders.core import a_config, a_desktop, a_report, a_situation, a_want, an_agent_id
from tests.planning.plans import orders, plan, reasons

THREE = a_config(a_profile(nodes=3))

# -- which of two counts -------------------------------------------------------------------------------------------------

OTHER = {"agent_id": an_agent_id(1)}


@pytest.mark.parametrize(
    ("first", "other", "counts"),
    [
        pytest.param(a_desktop(1), a_desktop(2, **OTHER), 2, id="both ready: the one made instead"),
        pytest.param(a_desktop(1, Phase.STOPPED), a_desktop(2, **OTHER), 2, id="back and powered off"),
        pytest.param(
            a_desktop(1), a_desktop(2, Phase.STARTING, **OTHER).but(assigned=False), 1, id="back and ready before the other is"
        ),
        pytest.param(
            a_desktop(1), a_desktop(2, Phase.STARTING, **OTHER), 2, id="the other was assigned, and restarts: nobody moves"
        ),
        pytest.param(
            a_desktop(1, Phase.STARTING),
            a_desktop(2, Phase.RESERVED, **OTHER).but(assigned=False),
            2,
            id="back, and not ready yet",
        ),
    ],
)
def test_which_of_two_counts(first, other, counts):
    situation = a_situation([first, other], wanted=1, superseded={a_name(1): a_name(2)})
    survey_result = survey(situation)
    left, kept = (1, 2) if counts == 2 else (2, 1)

    assert survey_result.of_seat[a_seat(1)].name == a_name(kept)
    assert survey_result.superseded == {a_name(left): a_name(kept)}
    assert survey_result.doubled == ()
    changed = {} if counts == 2 else {a_name(2): a_name(1), a_name(1): None}
    assert make_plan(situation).superseded == changed


def test_a_third_desktop_made_by_accident_is_still_a_duplicate():
    """Only a desktop with a replacement is superseded."""
    three = [a_desktop(1), a_desktop(2, **OTHER), a_desktop(3, Phase.STOPPED, **OTHER)]

    survey_result = survey(a_situation(three, wanted=1, superseded={a_name(1): a_name(2)}))

    assert [desktop.name for desktop in survey_result.doubled] == [a_name(3)]
    assert survey_result.superseded == {a_name(1): a_name(2)}


def test_without_the_store_the_ready_one_of_two_desktops_counts():
    survey_result = survey(a_situation([a_desktop(1, Phase.STOPPED), a_desktop(2, **OTHER)], wanted=1))

    assert survey_result.of_seat[a_seat(1)].name == a_name(2)
    assert [desktop.name for desktop in survey_result.doubled] == [a_name(1)]


# -- what is done with a superseded one ------------------------------------------------------------------------------------

OLD = a_report(read_at=NOW - 1000, ready_at=NOW - 2000)
DUE = a_desktop(1).but(report=OLD, started_at=NOW - 5000, uptime_s=5000)
SAID = "superseded: its agent was given another desktop while this one was unavailable; kept but unused"


@pytest.mark.parametrize(
    ("desktop", "ordered"),
    [
        pytest.param(a_desktop(1, Phase.RESERVED).but(attempts=Attempts(retry_at=NOW + 1)), [], id="reserved: waited for"),
        pytest.param(a_desktop(1, Phase.CLONING), [], id="being cloned: waited for"),
        pytest.param(a_desktop(1, Phase.UNPROVEN), ["verify vd-5001"], id="unproven: its note is read"),
        pytest.param(a_desktop(1, Phase.CLONED), [], id="cloned: never configured"),
        pytest.param(a_desktop(1, Phase.STOPPED), [], id="stopped: never started"),
        pytest.param(
            a_desktop(1, Phase.STARTING).but(started_at=NOW - 60), ["checkguest vd-5001"], id="it runs: asked who is there"
        ),
        pytest.param(DUE, ["checkguest vd-5001"], id="ready: its sessions are read on"),
        pytest.param(a_desktop(1).but(assigned=False), [], id="ready: never assigned"),
        pytest.param(a_desktop(1, Phase.FAILED), [], id="failed: left for somebody to look at"),
        pytest.param(a_desktop(1, node="n3"), [], id="its node is away"),
        pytest.param(a_desktop(1, Phase.STOPPED).but(in_flight=a_clone(1)), [], id="an order is still under way"),
    ],
)
def test_a_superseded_desktop_is_read_and_nothing_else(desktop, ordered):
    made = plan([desktop, a_desktop(2, **OTHER)], superseded={a_name(1): a_name(2)})

    assert orders(made) == ordered
    assert (reasons(made), made.given_back, made.superseded) == ({a_name(1): SAID}, (), {})
    assert [deferral.agent_id for deferral in made.deferred] == [None], "nobody waits for it"


@pytest.mark.parametrize(
    "desktop",
    [
        pytest.param(a_desktop(1, Phase.RESERVED).but(attempts=Attempts(retry_at=NOW)), id="its time is over"),
        pytest.param(
            a_desktop(1, Phase.RESERVED).but(attempts=Attempts(gave_up=True, reason="no", retry_at=NOW - 1)), id="given up"
        ),
    ],
)
def test_a_reservation_without_a_clone_is_given_back(desktop):
    made = plan([desktop, a_desktop(2, **OTHER)], superseded={a_name(1): a_name(2)})

    assert made.given_back == (a_name(1),)


def test_an_abandoned_half_made_desktop_is_a_leftover():
    left = a_desktop(1, Phase.CLONING)

    made = plan(
        [left, a_desktop(2, **OTHER)], view=a_view(half_made={left.reservation.vmid}), superseded={a_name(1): a_name(2)}
    )

    assert [leftover.key for leftover in made.leftovers] == [left.reservation.key]


# -- given up --------------------------------------------------------------------------------------------------------------

GAVE_UP = Attempts(count=2, misplaced=2, reason="gave up after 2 tries: no", gave_up=True, error="place_elsewhere")
WONT_START = a_desktop(1, Phase.FAILED).but(attempts=GAVE_UP)


def test_a_desktop_that_does_not_start_is_replaced_on_another_node():
    made = plan([WONT_START])

    (clone,) = made.actions
    assert (clone.desktop, clone.reservation.node) == ("vd-5002", "n2")
    assert (clone.instead_of, clone.avoid) == (a_name(1), ("n1",))


@pytest.mark.parametrize(
    ("desktops", "superseded", "expected"),
    [
        pytest.param([WONT_START.but(attempts=replace(GAVE_UP, avoid=("n2",)))], {}, "n3", id="a third place"),
        pytest.param(
            [WONT_START.but(attempts=replace(GAVE_UP, avoid=("n2", "n3")))],
            {},
            "gave up after 2 tries: no (tried on n2, n3, n1)",
            id="after three places somebody has to look",
        ),
        pytest.param(
            [
                WONT_START,
                a_desktop(2, Phase.FAILED, **OTHER).but(attempts=GAVE_UP),
                a_desktop(3, Phase.FAILED, node="n3", **OTHER).but(attempts=GAVE_UP),
            ],
            {a_name(1): a_name(2), a_name(3): a_name(2)},
            "gave up after 2 tries: no (tried on n1, n3, n2)",
            id="three that failed, whatever each remembers",
        ),
    ],
)
def test_elsewhere_is_tried_twice_at_most(desktops, superseded, expected):
    made = plan(desktops, config=THREE, view=a_view(nodes=3), superseded=superseded)

    placed = [action.reservation.node for action in made.actions]
    assert placed == [expected] or (placed, reasons(made)["login0001"]) == ([], expected)


@pytest.mark.parametrize(
    ("others", "ordered"),
    [
        pytest.param([], ["clone vd-5002"], id="nothing is known against the other node"),
        pytest.param([a_desktop(2, Phase.FAILED).but(attempts=GAVE_UP)], [], id="they fail there too: nowhere"),
        pytest.param(
            [a_desktop(2, Phase.FAILED).but(attempts=GAVE_UP), a_desktop(4)], ["clone vd-5003"], id="one failed, another works"
        ),
    ],
)
def test_no_desktop_is_placed_where_desktops_fail_and_none_is_ready(others, ordered):
    made = plan([WONT_START, *others], wanted=[a_want(1)])

    assert orders(made) == ordered
    if not ordered:
        assert "node n2: desktops of profile office fail there, and none is ready" in reasons(made)["login0001"]


def test_new_desktops_are_not_placed_there_either():
    made = plan([WONT_START], wanted=[a_want(7), a_want(8)])

    assert [action.reservation.node for action in made.actions] == ["n2", "n2"]


def test_a_superseded_desktop_that_works_counts_again_before_another_is_made():
    returned, failed = a_desktop(1, Phase.STOPPED), a_desktop(2, Phase.FAILED, **OTHER).but(attempts=GAVE_UP)

    made = plan([returned, failed], superseded={a_name(1): a_name(2)})

    assert made.actions == ()
    assert made.superseded == {a_name(1): None, a_name(2): a_name(1)}
    assert reasons(made)["login0001"] == "gave up after 2 tries: no; the superseded desktop vd-5001 is in use again"
