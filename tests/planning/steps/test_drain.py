"""Draining a node: desktops shut down now, desktops read first, and what the others wait for."""

from dataclasses import replace

import pytest

from provisioner.model.actions import Stop
from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import Attempts, Phase
from provisioner.planning.inputs import where
from provisioner.planning.steps.planner import make_plan
from tests.builders.actions import a_reservation, a_stop, an_agent_id
from tests.builders.cluster import NOW, a_profile
from tests.builders.core import a_desktop, a_report, a_session, a_situation, a_want, an_order
from tests.planning.plans import orders, plan, reasons

DRAIN = an_order(IntentKind.DRAIN, "n1")
WHY = "node n1 is being drained by zoe: `bascule node uncordon pve/n1` ends it"
FRESH = a_report(read_at=NOW - 5)


def free(number=1, **changed):
    """A ready desktop with a fresh report without sessions."""
    return a_desktop(number).but(report=FRESH, **changed)


def drained(*desktops, wanted=1, intents=(DRAIN,), **changed):
    return plan(desktops, wanted=wanted, intents=intents, **changed)


@pytest.mark.parametrize(
    ("desktop", "ordered", "waits"),
    [
        pytest.param(free(), ["stop vd-5001"], None, id="read just now, nobody in: shut down"),
        pytest.param(
            a_desktop(1),
            ["checkguest vd-5001"],
            "not shut down yet, its sessions are read once more",
            id="read a minute ago: read once more",
        ),
        pytest.param(
            free().but(report=replace(FRESH, sessions=(a_session(),))),
            [],
            "not shut down, it has 1 open session(s)",
            id="somebody is in",
        ),
        pytest.param(
            free().but(report=replace(FRESH, read_at=NOW - 300, sessions=(a_session(),))),
            ["checkguest vd-5001"],
            "not shut down, it has 1 open session(s)",
            id="somebody was in minutes ago: asked again",
        ),
        pytest.param(
            a_desktop(1).but(checked_at=NOW - 20), [], "not shut down, its sessions are unknown", id="the guest does not answer"
        ),
        pytest.param(
            a_desktop(1).but(report=a_report(read_at=NOW - 240), checked_at=NOW - 200),
            ["checkguest vd-5001"],
            "not shut down, its sessions are unknown",
            id="the guest did not answer minutes ago: asked again",
        ),
        pytest.param(
            free().but(attempts=Attempts(reason="VM quit/powerdown failed - got timeout", retry_at=NOW + 200)),
            [],
            "not shut down, VM quit/powerdown failed - got timeout",
            id="it did not obey lately",
        ),
        pytest.param(
            free().but(guest=replace(free().guest, lock="backup")),
            [],
            "not shut down, its VM is locked (backup): waiting for the lock to clear (Bascule never removes locks)",
            id="a backup is under way",
        ),
        pytest.param(
            a_desktop(1, Phase.STARTING),
            [],
            "still starting; shut down once it is ready and nobody is logged on",
            id="it is still starting: neither interrupted nor forgotten",
        ),
        pytest.param(free().but(in_flight=a_stop(1)), [], None, id="its stop is under way"),
        pytest.param(free(2), [], None, id="another node is left alone"),
    ],
)
def test_a_desktop_on_a_drained_node(desktop, ordered, waits):
    name = desktop.reservation.name
    number = desktop.reservation.vmid - 5000

    made = drained(desktop, wanted=[a_want(number)])

    assert orders(made) == ordered
    assert reasons(made) == ({name: f"{waits}: {WHY}"} if waits else {})


def test_an_unwanted_desktop_is_shut_down_too():
    assert orders(drained(free(), wanted=0)) == ["stop vd-5001"]


def test_a_superseded_desktop_is_shut_down_too_and_somebodys_second_is_left_alone():
    old, new, second = (a_desktop(number, agent_id=an_agent_id(1)).but(report=FRESH) for number in (1, 2, 3))

    made = drained(old, new, superseded={"vd-5001": "vd-5002"})

    assert orders(made) == ["stop vd-5001"]
    assert orders(drained(new, second)) == []


@pytest.mark.parametrize("superseded", [{}, {"vd-5001": "vd-5002"}], ids=["in use", "superseded"])
@pytest.mark.parametrize(
    ("read_at", "ordered"),
    [
        pytest.param(NOW - 5, ["stop vd-5001"], id="read just now, and due again: the stop reads by itself"),
        pytest.param(NOW - 900, ["checkguest vd-5001"], id="due, and wanted by the drain: one reading"),
    ],
)
def test_a_desktop_is_asked_once_a_plan(read_at, ordered, superseded):
    report = a_report(read_at=read_at, ready_at=NOW - 121, booted_at=NOW - 2000)
    old = a_desktop(1)
    old = old.but(report=report, uptime_s=2000, started_at=NOW - 2000)
    new = free(2).but(reservation=a_reservation(2, agent_id=an_agent_id(1)))

    made = drained(old, *([new] if superseded else []), superseded=superseded)

    assert [command for command in orders(made) if "5001" in command] == ordered


def test_a_stop_says_where_why_and_until_when():
    (stop,) = drained(free()).actions

    assert isinstance(stop, Stop)
    assert (stop.node, stop.because, stop.deadline) == (a_reservation(1).node_key, WHY, NOW + 120)
    assert (stop.reading.key, stop.reading.sweep, stop.reading.profile) == (stop.key, True, a_profile())


def test_a_stopped_desktop_there_is_not_started_and_its_agent_is_told():
    made = drained(a_desktop(1, Phase.STOPPED), a_desktop(2, Phase.STOPPED), wanted=2)

    assert orders(made) == ["start vd-5002"]
    assert reasons(made) == {"login0001": WHY}
    assert [deferral.binds for deferral in made.deferred] == ["operator"]


def test_no_new_desktop_is_placed_there():
    made = drained(wanted=2)

    assert [action.reservation.node for action in made.actions] == ["n2", "n2"]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        pytest.param(IntentKind.HOLD, "held by an operator", id="held"),
        pytest.param(IntentKind.FREEZE, "frozen by an operator", id="frozen"),
    ],
)
def test_hold_and_freeze_go_first(kind, why):
    made = drained(free(), intents=(DRAIN, an_order(kind)))

    assert orders(made) == []
    assert reasons(made) == {"vd-5001": f"not shut down, {why}: {WHY}"}


def test_a_cordon_stops_nothing():
    assert orders(drained(free(), intents=(an_order(IntentKind.CORDON, "n1"),))) == []


@pytest.mark.parametrize(
    ("percent", "stopping", "stopped", "later"),
    [
        pytest.param(5.0, 0, ["vd-5001"], 9, id="5 % of 20 ready: one at a time"),
        pytest.param(20.0, 0, ["vd-5001", "vd-5003", "vd-5005", "vd-5007"], 6, id="20 %: four at a time"),
        pytest.param(20.0, 3, ["vd-5007"], 6, id="three are under way: one more"),
        pytest.param(0.0, 0, [], 10, id="0 %: nothing is shut down at all"),
    ],
)
def test_stops_are_paced_by_the_safety_setting(percent, stopping, stopped, later):
    desktops = [free(number) for number in range(1, 21)]
    for place in range(stopping):
        desktops[2 * place] = desktops[2 * place].but(in_flight=a_stop(2 * place + 1))
    situation = a_situation(desktops, wanted=20, intents=(DRAIN,), max_stops_percent=percent)

    made = make_plan(situation)

    assert [action.desktop for action in made.actions if isinstance(action, Stop)] == stopped
    assert all(where(situation, action.reservation).node == "n1" for action in made.actions)
    waiting = [
        deferral
        for deferral in made.deferred
        if deferral.reason.startswith("not shut down yet, others come first (safety.max_stops_percent)")
    ]
    assert len(waiting) == later


def test_a_silent_guest_delays_no_other_desktop():
    silent = a_desktop(1).but(checked_at=NOW - 20)

    assert orders(drained(silent, free(3), wanted=0)) == ["stop vd-5003"]
