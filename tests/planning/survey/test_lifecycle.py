"""Every phase from its facts, and the table of edges."""

from dataclasses import replace

import pytest

from provisioner.model.ids import NodeName
from provisioner.model.machines.cluster import Power
from provisioner.model.machines.desktops import Attempts, FirstBoot, Phase
from provisioner.planning.survey.lifecycle import EDGES, PhaseFacts, phase_of
from provisioner.planning.survey.surveyor import Surveyor
from tests.builders.actions import a_clone, a_configure, a_delete, a_name, a_start, a_stop
from tests.builders.cluster import INSTALLATION, NOW, a_node, a_view
from tests.builders.core import RUNNING_SINCE, a_desktop, a_memory, a_report, a_situation
from tests.planning.survey.diagram import page
from tests.planning.survey.lifecycle_page import PAGE

GAVE_UP = Attempts(count=5, reason="gave up after 5 tries: no luck", gave_up=True)
TRIED = Attempts(count=1, reason="no luck")


def facts_of(desktop, **changed):
    guests = (desktop.guest,) if desktop.guest else ()
    uptimes = {desktop.reservation.vmid: desktop.uptime_s} if desktop.uptime_s else {}
    return PhaseFacts(
        record=a_memory([desktop]).desktops[desktop.reservation.name],
        view=changed.pop("view", a_view(guests=guests, uptimes_s=uptimes)),
        installation=INSTALLATION,
        in_flight=desktop.in_flight,
    )


@pytest.mark.parametrize("phase", list(Phase), ids=lambda phase: f"a desktop built as {phase} is {phase}")
def test_every_phase_is_derived(phase):
    found, because = phase_of(facts_of(a_desktop(1, phase)))

    assert found is phase
    assert because


def power(desktop, power):
    return desktop.but(guest=replace(desktop.guest, power=power))


READY, STOPPED, RESERVED = a_desktop(1, Phase.READY), a_desktop(1, Phase.STOPPED), a_desktop(1, Phase.RESERVED)


@pytest.mark.parametrize(
    ("desktop", "phase"),
    [
        pytest.param(RESERVED.but(in_flight=a_clone()), Phase.CLONING, id="clone ordered, nothing to be seen yet"),
        pytest.param(a_desktop(1, Phase.UNPROVEN).but(in_flight=a_clone()), Phase.CLONING, id="clone seen, not absorbed yet"),
        pytest.param(RESERVED.but(attempts=TRIED), Phase.RESERVED, id="a clone that failed once is tried again"),
        pytest.param(RESERVED.but(attempts=GAVE_UP), Phase.FAILED, id="a clone given up"),
        pytest.param(a_desktop(1, Phase.UNPROVEN).but(attempts=GAVE_UP), Phase.UNPROVEN, id="unproven comes before given up"),
        pytest.param(a_desktop(1, Phase.CLONED).but(attempts=GAVE_UP), Phase.FAILED, id="configuring given up"),
        pytest.param(READY.but(attempts=GAVE_UP), Phase.READY, id="starting given up, and it runs after all"),
        pytest.param(READY.but(attempts=GAVE_UP, report=None), Phase.STARTING, id="given up, and somebody has started it"),
        pytest.param(STOPPED.but(attempts=GAVE_UP), Phase.FAILED, id="starting given up"),
        pytest.param(a_desktop(1, Phase.CLONED).but(in_flight=a_configure()), Phase.CLONED, id="being configured"),
        pytest.param(STOPPED.but(in_flight=a_start()), Phase.STARTING, id="start ordered, still listed as stopped"),
        pytest.param(power(STOPPED, Power.UNKNOWN), Phase.STOPPED, id="fresh clone, power unknown: nobody has started it"),
        pytest.param(power(READY, Power.PAUSED), Phase.UNKNOWN, id="paused on the cluster"),
        pytest.param(power(READY, Power.STOPPED), Phase.STOPPED, id="powered off: an old report counts for nothing"),
        pytest.param(READY.but(report=None), Phase.STARTING, id="runs, and has never reported"),
        pytest.param(READY.but(report=a_report(first_boot=FirstBoot.RUNNING)), Phase.STARTING, id="first boot still runs"),
        pytest.param(READY.but(report=a_report(logon_port_open=False)), Phase.STARTING, id="its log-on port does not answer"),
        pytest.param(READY.but(report=a_report(read_at=RUNNING_SINCE - 1)), Phase.STARTING, id="report of an older boot"),
        pytest.param(READY.but(report=a_report(read_at=RUNNING_SINCE)), Phase.READY, id="report of this boot's first second"),
        pytest.param(READY.but(report=a_report(read_at=NOW + 120)), Phase.READY, id="report read after the listing"),
        pytest.param(READY.but(uptime_s=0), Phase.READY, id="no uptime told: the report counts"),
        pytest.param(READY.but(in_flight=a_delete()), Phase.DELETING, id="a delete under way covers all else"),
        pytest.param(RESERVED.but(in_flight=a_delete()), Phase.DELETING, id="a delete whose VM is gone, not absorbed yet"),
        pytest.param(READY.but(in_flight=a_stop()), Phase.STOPPING, id="a stop under way"),
    ],
)
def test_phase_from_facts(desktop, phase):
    assert phase_of(facts_of(desktop))[0] is phase


@pytest.mark.parametrize(
    ("desktop", "view", "because"),
    [
        pytest.param(READY, None, "cluster pve has not been observed yet", id="cluster not observed yet"),
        pytest.param(
            READY,
            a_view(nodes=(a_node("n1", online=False),), guests=(READY.guest,)),
            "node n1 is offline or not seen: the state of this desktop is unknown",
            id="its node is offline",
        ),
        pytest.param(
            RESERVED,
            a_view(nodes=(a_node("n2"),)),
            "node n1 is offline or not seen: the state of this desktop is unknown",
            id="the node its clone was ordered on is not seen",
        ),
        pytest.param(
            READY.on("n3"),
            a_view(nodes=(a_node("n1"), a_node("n3", online=False)), guests=(READY.on("n3").guest,)),
            "node n3 is offline or not seen: the state of this desktop is unknown",
            id="it has moved to a node that is offline",
        ),
    ],
)
def test_what_cannot_be_seen_is_unknown_neither_ready_nor_missing(desktop, view, because):
    assert phase_of(facts_of(desktop, view=view)) == (Phase.UNKNOWN, because)


def test_a_desktop_that_has_moved_is_judged_on_its_new_node():
    moved = READY.on("n2")

    assert phase_of(facts_of(moved))[0] is Phase.READY
    assert moved.reservation.node == NodeName("n1")


@pytest.mark.parametrize("phase", list(Phase), ids=lambda phase: f"{phase} is entered and left")
def test_no_phase_is_missing_from_the_table(phase):
    entered = {edge.target for edge in EDGES} | {Phase.RESERVED}

    assert phase in entered
    assert phase in {edge.source for edge in EDGES}


def test_every_phase_can_be_reached_from_a_reservation():
    reached = {Phase.RESERVED}
    while more := {edge.target for edge in EDGES if edge.source in reached} - reached:
        reached |= more

    assert reached == set(Phase)


def test_each_edge_is_there_once_with_its_when():
    ways = [(edge.source, edge.target) for edge in EDGES]

    assert len(ways) == len(set(ways))
    assert all(edge.when and edge.source is not edge.target for edge in EDGES)


def test_the_page_on_the_lifecycle_is_current():
    assert PAGE.read_text(encoding="utf-8") == page(EDGES), "run: python -m tests.planning.survey.lifecycle_page"


@pytest.mark.parametrize(("phase", "by_hand"), [(Phase.UNPROVEN, {a_name(1): Phase.READY}), (Phase.STARTING, {})])
def test_a_phase_change_without_an_edge_is_reported_once_as_by_hand(phase, by_hand):
    surveyor = Surveyor()
    surveyor.look(a_situation([a_desktop(1)]))
    after = a_situation([a_desktop(1, phase)])

    assert surveyor.look(after).by_hand == by_hand
    assert surveyor.look(after).by_hand == {}
