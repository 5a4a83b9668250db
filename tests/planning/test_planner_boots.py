"""Starts: as many as keep a node full, and the last of a node together."""

import pytest

from provisioner.model.boots import BootHistory
from provisioner.model.desktops import Phase
from tests.builders import a_desktop
from tests.planning.plans import a_small_budget, orders, plan, reasons

MEASURED = BootHistory(durations=(60.0,) * 8)


def on_one_node(*, starting: int, stopped: int):
    booting = [a_desktop(number, Phase.STARTING, nodes=1) for number in range(1, starting + 1)]
    waiting = [
        a_desktop(number, Phase.STOPPED, nodes=1).but(assigned=False) for number in range(starting + 1, starting + stopped + 1)
    ]
    return [*booting, *waiting]


@pytest.mark.parametrize(
    ("starting", "stopped", "wanted", "started"),
    [
        pytest.param(10, 20, 30, 6, id="many are left: as many as there are places"),
        pytest.param(10, 6, 16, 6, id="the last: together, where all have a place"),
        pytest.param(12, 6, 18, 0, id="the last: none before all have a place"),
        pytest.param(12, 6, 19, 4, id="more are to come: they are not the last"),
        pytest.param(12, 4, 16, 4, id="few enough for the places there are"),
    ],
)
def test_the_last_desktops_of_a_node_start_together(starting, stopped, wanted, started):
    desktops = on_one_node(starting=starting, stopped=stopped)

    made = plan(desktops, wanted=wanted, policy=a_small_budget(boots_per_node=16), booted=MEASURED)

    assert sum(order.startswith("start") for order in orders(made)) == started


def test_who_is_held_back_is_told_why():
    made = plan(
        on_one_node(starting=12, stopped=6), wanted=18, policy=a_small_budget(boots_per_node=16), booted=MEASURED
    )  # fmt: skip

    told = "the last 6 desktops of node n1 start together, once 2 others are ready"
    assert set(reasons(made).values()) == {told}


def test_an_agents_own_start_overtakes_bulk_work():
    bulk = [a_desktop(number, Phase.STOPPED, nodes=1).but(assigned=False) for number in (1, 2)]
    own = a_desktop(3, Phase.STOPPED, nodes=1).but(assigned=True)

    made = plan([*bulk, own], wanted=3, policy=a_small_budget(boots_per_node=2))

    assert orders(made) == ["start vd-5003", "start vd-5001"]
