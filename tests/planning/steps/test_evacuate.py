"""Evacuating a node: who is moved now and where to, and what the others wait for."""

from dataclasses import replace

import pytest

from provisioner.model.intents import IntentKind
from provisioner.model.machines.cluster import Power
from provisioner.model.machines.desktops import Attempts, Phase
from provisioner.planning.placement.moves import fitting
from provisioner.planning.steps.evacuate import AT_ONCE
from provisioner.reasons.reason import as_reason
from tests.builders.cluster import NOW, a_guest, a_node, a_profile, a_storage, a_template, a_view
from tests.builders.core import a_config, a_desktop, a_report, a_session, an_order
from tests.planning.plans import orders, plan, reasons

EVACUATE = an_order(IntentKind.EVACUATE, "n1")
PROFILE = a_profile(templates=(a_template("n1", storage="ceph"),))
NODES = (a_node("n1"), a_node("n2"), a_node("n3"))


def a_shared_view(*, nodes=NODES, guests=(), shared=True):
    storages = [a_storage(node.key.node, storage="ceph", shared=shared) for node in nodes]
    return a_view(nodes=nodes, storages=storages, guests=guests)


def evacuated(*desktops, intents=(EVACUATE,), view=None, **changed):
    return plan(
        desktops, wanted=len(desktops), intents=intents, config=a_config(PROFILE), view=view or a_shared_view(), **changed
    )


def used(number):
    return a_desktop(number).but(report=a_report(read_at=NOW - 5, sessions=(a_session(),)))


def on_guest(desktop, **changed):
    return desktop.but(guest=replace(desktop.guest, **changed))


def moves(of):
    return [(action.desktop, action.target) for action in of.actions if action.word == "migrate"]


def test_running_desktops_move_with_their_sessions_to_the_node_with_most_room():
    made = evacuated(used(1))

    assert moves(made) == [("vd-5001", "n2")]
    (action,) = (action for action in made.actions if action.word == "migrate")
    assert (action.memory_mib, action.vcpus) == (4096, 2.0)
    assert str(action.because) == "node n1 is being evacuated: it goes to node n2"


def test_a_few_at_a_time_spread_over_the_others_and_those_that_run_first():
    desktops = [a_desktop(1, Phase.STOPPED), *map(used, (3, 5, 7, 9, 11))]

    made = evacuated(*desktops)

    assert [name for name, _ in moves(made)] == ["vd-5003", "vd-5005", "vd-5007", "vd-5009"]
    assert {target for _, target in moves(made)} == {"n2", "n3"}
    assert len(moves(made)) == AT_ONCE
    assert reasons(made)["vd-5011"] == "it is moved after others: 4 at a time leave node n1"


def test_what_is_off_moves_too_and_is_not_started_there():
    made = evacuated(a_desktop(1, Phase.STOPPED))

    assert orders(made) == ["migrate vd-5001"]


@pytest.mark.parametrize(
    ("desktop", "view", "waits"),
    [
        pytest.param(used(1), a_shared_view(shared=False), "its disks are on storage that only node n1 sees", id="local disks"),
        pytest.param(on_guest(used(1), ha="started"), None, "it is a resource of Proxmox VE's HA", id="HA's own"),
        pytest.param(on_guest(used(1), lock="backup"), None, "its VM is locked (backup)", id="locked"),
        pytest.param(a_desktop(1, Phase.STARTING), None, "it is moved once it is ready or off", id="starting"),
        pytest.param(
            used(1).but(attempts=Attempts(reason=as_reason("no such bridge there"), retry_at=NOW + 60)),
            None,
            "no such bridge there",
            id="tried a moment ago",
        ),
        pytest.param(
            used(1),
            a_shared_view(nodes=(a_node("n1"), a_node("n2", memory_gib=4))),
            "no other node has room for it: 4096 MiB, 2 vCPUs",
            id="no room",
        ),
        pytest.param(
            used(1),
            a_shared_view(nodes=(a_node("n1"), a_node("n2", online=False))),
            "no other node has room",
            id="alone",
        ),
    ],
)
def test_what_stands_against_a_move_is_said(desktop, view, waits):
    made = evacuated(desktop, view=view)

    assert moves(made) == []
    assert waits in " / ".join(reasons(made).values())


def test_nothing_moves_to_a_node_that_is_closed():
    made = evacuated(used(1), intents=(EVACUATE, an_order(IntentKind.CORDON, "n2")))

    assert moves(made) == [("vd-5001", "n3")]


def test_desktops_elsewhere_and_foreign_guests_stay():
    foreign = a_guest(300, "n1", power=Power.RUNNING, vcpus=2, memory_mib=4096)

    made = evacuated(a_desktop(2), view=a_shared_view(guests=(foreign,)))

    assert moves(made) == []


def test_a_move_of_before_a_restart_counts_by_its_lock():
    locked = [on_guest(used(number), lock="migrate") for number in (1, 3, 5)]

    made = evacuated(*locked, used(7), used(9))

    assert [name for name, _ in moves(made)] == ["vd-5007"]


@pytest.mark.parametrize(
    ("sizes", "left", "count"),
    [
        pytest.param([4, 4, 4], {"a": 8.0, "b": 4.0}, 3, id="all"),
        pytest.param([4, 4, 4], {"a": 8.0, "b": 3.0}, 2, id="one too many"),
        pytest.param([8, 2, 2], {"a": 6.0, "b": 6.0}, 2, id="one too large"),
        pytest.param([], {}, 0, id="nothing"),
        pytest.param([1], {}, 0, id="nowhere"),
    ],
)
def test_how_many_fit(sizes, left, count):
    assert fitting(sizes, left) == count


def test_evacuated_desktop_keeps_its_agent():
    moved = replace(EVACUATE, at=NOW)

    assert all(action.word != "release" for action in evacuated(used(1), intents=(moved,)).actions)
