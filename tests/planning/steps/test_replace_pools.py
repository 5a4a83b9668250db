"""Desktops of pools that cannot be had: a pool has no batch that opens, so its turn is another than that of a preparation."""

from dataclasses import replace

import pytest

from provisioner.model.actions import Clone
from provisioner.model.ids import NodeKey, NodeName
from provisioner.model.lending import Lease, LeaseState
from provisioner.model.machines.desktops import Attempts, Phase
from provisioner.model.machines.seats import pool_seat, trial_seat
from provisioner.model.pools import AfterPerson
from provisioner.model.scenario.scenarios import PreparationLevel
from tests.builders.actions import a_name, a_reservation
from tests.builders.cluster import NOW, PVE, a_node, a_storage, a_view
from tests.builders.core import a_desktop, a_session, a_want_ahead, an_agent_id
from tests.builders.pools import DESK, with_desk
from tests.planning.plans import plan, reasons
from tests.planning.steps.test_first_boots import READY, a_first_boot

STOPPED, RUNNING = PreparationLevel.STOPPED, PreparationLevel.RUNNING
SEAT = pool_seat(DESK, 1)
WHY = "gave up after 5 tries: no"
N1 = NodeKey(PVE, NodeName("n1"))
AWAY = "node n1 is offline or not seen: the state of this desktop is unknown"
LOST = {"view": a_view(nodes=(a_node("n1", online=False), a_node("n2"))), "offline_since": {N1: NOW - 500},
        "replace_after_s": 120.0}  # fmt: skip


def of_pool(desktop, **changed):
    """The desktop, as the pool's first."""
    return desktop.but(reservation=replace(desktop.reservation, seat=SEAT), assigned=False, **changed)


def planned(*desktops, level=RUNNING, seat=SEAT, pool=None, **changed):
    return plan(
        desktops,
        wanted=0,
        ahead=[a_want_ahead(1, level, seat=seat, login=seat)],
        config=with_desk(size=1, **(pool or {})),
        **changed,
    )


def instead(made):
    """What the clones of the plan are made instead of."""
    return [action.instead_of for action in made.actions if isinstance(action, Clone)]


def lent(state=LeaseState.LENT):
    return {"lease": Lease(state=state, since=NOW - 60, agent_id=None if state is LeaseState.TO_RESET else an_agent_id(1))}


FAILED = of_pool(a_desktop(1, Phase.FAILED))


@pytest.mark.parametrize(
    ("desktop", "level"),
    [
        pytest.param(FAILED, RUNNING, id="free, and to be on"),
        pytest.param(FAILED, STOPPED, id="free, and to be off: the pool is short of it all the same"),
        pytest.param(FAILED.but(**lent()), RUNNING, id="lent: its person gets another"),
        pytest.param(FAILED.but(**lent(LeaseState.TO_RESET)), STOPPED, id="given back: it does not come back by itself"),
        pytest.param(of_pool(a_first_boot()), RUNNING, id="its first boot has failed"),
        pytest.param(
            of_pool(a_desktop(1, Phase.RESERVED), attempts=Attempts(misplaced=2, reason="full", error="storage_full")),
            STOPPED,
            id="its storage is full",
        ),
    ],
)
def test_what_a_pool_cannot_have_is_replaced_without_any_batch(desktop, level):
    """Seed 2004 of tests/bench questions: a pool's desktop whose boots had failed stayed failed for ever."""
    made = planned(desktop, *READY, level=level, pool={"after_person": AfterPerson.RESTART})

    assert instead(made) == [a_name(1)]
    assert reasons(made) == {}


@pytest.mark.parametrize(
    ("desktop", "why"),
    [
        pytest.param(FAILED.but(**lent()), WHY, id="given up"),
        pytest.param(FAILED.but(**lent(LeaseState.KEPT)), WHY, id="given up, and its person is away"),
    ],
)
def test_what_is_kept_for_its_person_is_an_operators(desktop, why):
    made = planned(desktop, *READY, pool={"after_person": AfterPerson.KEPT})

    assert (instead(made), reasons(made)) == ([], {SEAT: why})
    assert [group.binds for group in made.groups] == ["operator"]


def test_nobody_at_work_loses_the_desktop_because_it_says_that_its_first_boot_has_failed():
    """What a guest says of itself is a claim."""
    at_work = of_pool(a_first_boot(), **lent())
    assert at_work.report is not None
    made = planned(at_work.but(report=replace(at_work.report, sessions=(a_session("login0001"),))), *READY)

    assert instead(made) == []
    assert [group.binds for group in made.groups] == ["operator"]


def test_what_is_made_anew_for_the_next_person_is_not_replaced_besides():
    made = planned(FAILED.but(**lent(LeaseState.TO_RESET)), *READY, level=STOPPED)

    assert [action.word for action in made.actions] == ["delete"]
    assert reasons(made) == {SEAT: "it is reset after a person, for pool desk (rebuild)"}


def test_after_three_nodes_an_operator_looks():
    tried = [FAILED.but(attempts=Attempts(count=5, reason=WHY, gave_up=True, avoid=("n2", "n3")))]

    made = planned(*tried)

    assert (instead(made), reasons(made)) == ([], {SEAT: f"{WHY} (tried on n2, n3, n1)"})
    assert [group.binds for group in made.groups] == ["operator"]


def test_after_three_first_boots_an_operator_looks():
    tried = [of_pool(a_first_boot(number).but(reservation=a_reservation(number))) for number in (1, 5, 6)]
    others = [a_desktop(number) for number in range(10, 20)]

    made = planned(*tried, *others, superseded={a_name(1): a_name(5), a_name(5): a_name(6)})

    assert instead(made) == []
    assert reasons(made)[SEAT].endswith("and so did that of 3 desktops in all, one made after the other")


@pytest.mark.parametrize(
    ("level", "pool", "replaced"),
    [
        pytest.param(RUNNING, {}, True, id="it is to be on"),
        pytest.param(STOPPED, {"spare": 1}, False, id="off: its turn comes when it is to be on"),
        pytest.param(STOPPED, {"spare": 0}, True, id="of a pool that keeps none on: that turn would never come"),
    ],
)
def test_on_a_node_that_is_lost_what_is_to_be_off_waits_for_its_turn(level, pool, replaced):
    made = planned(of_pool(a_desktop(1, Phase.STOPPED, node="n1")), level=level, pool=pool, **LOST)

    assert bool(instead(made)) is replaced
    assert reasons(made) == ({} if replaced else {SEAT: f"{AWAY}; its pool replaces it as soon as it is to be on"})


def test_a_trial_that_fails_promises_nothing():
    """It ends with that: nothing is replaced, and no batch opens for it."""
    seat = trial_seat("office/1")
    trial = a_desktop(1, Phase.FAILED).but(assigned=False)
    made = planned(trial.but(reservation=replace(trial.reservation, seat=seat)), seat=seat)

    assert (instead(made), reasons(made)) == ([], {seat: WHY})


def test_what_cannot_be_cloned_where_it_was_reserved_is_put_elsewhere():
    away = a_view(storages=(a_storage("n1", available=False), a_storage("n2")))

    assert instead(planned(of_pool(a_desktop(1, Phase.RESERVED, node="n1")), view=away)) == [a_name(1)]
