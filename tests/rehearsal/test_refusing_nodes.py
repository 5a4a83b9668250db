"""A node that is online and executes nothing: its pvedaemon has ended."""

import pytest

from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.twin_spec import StopDaemon
from provisioner.rehearsal.rehearse import Rehearsal
from tests.builders.rehearsal import a_stage
from tests.builders.twin import a_spec

AGENTS = 12
REFUSING = "pve2"
CLONED_S = 5.0
"""By then some are cloned there, and not configured."""


def rehearsed(at_s: float, for_s: float | None = None) -> Rehearsal:
    spec = a_spec(nodes=3, faults=[StopDaemon(node=REFUSING, at_s=at_s, for_s=for_s)])
    rehearsal = Rehearsal(a_stage(spec, agents=AGENTS, at_most_s=900.0))
    rehearsal.run()
    return rehearsal


def phases_of(rehearsal: Rehearsal) -> list[Phase]:
    status = rehearsal.reconciler.status
    assert status is not None
    return [state.phase for state in status.desktops.values()]


@pytest.mark.long
def test_a_node_that_refuses_is_left_while_nothing_is_made_there():
    """E6: there is room elsewhere, and everybody has a desktop."""
    rehearsal = rehearsed(at_s=0.0)

    assert phases_of(rehearsal).count(Phase.READY) == AGENTS


@pytest.mark.long
def test_a_node_that_refuses_is_asked_by_one_order_now_and_then():
    """E6: in a quarter of an hour."""
    rehearsal = rehearsed(at_s=0.0)
    asked = [entry for entry in rehearsal.store.journal(limit=10_000) if "Connection refused" in entry.reason]

    assert 0 < len(asked) <= 15


@pytest.mark.long
def test_a_desktop_that_is_made_there_waits_with_the_reason():
    """E6: its disk is on that node; the reason names the node, and it goes on by itself."""
    rehearsal = rehearsed(at_s=CLONED_S)
    status = rehearsal.reconciler.status

    assert status is not None
    waiting = [deferral for deferral in status.plan.deferred if f"node {REFUSING}" in deferral.reason]
    assert len(waiting) == phases_of(rehearsal).count(Phase.CLONED) > 0, status.plan.deferred
    assert all("Connection refused" in deferral.reason for deferral in waiting)


@pytest.mark.long
def test_it_goes_on_by_itself_once_the_node_takes_orders_again():
    """E6: no command is needed."""
    rehearsal = rehearsed(at_s=CLONED_S, for_s=300.0)

    assert phases_of(rehearsal).count(Phase.READY) == AGENTS
