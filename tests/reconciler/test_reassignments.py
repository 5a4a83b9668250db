"""A desktop that nobody uses goes to another agent: in one change, done once, and the note follows."""

from dataclasses import replace

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.execution.end_changes import effect_changes
from provisioner.execution.executor import Effects
from provisioner.model.actions import Clone, Note
from provisioner.model.budget import Budget
from provisioner.model.ids import AgentId
from provisioner.model.intents import Intent, IntentKind, Terms
from provisioner.planning.orders.reassignments import reassign_changes
from tests.builders.actions import a_seat, an_agent_id
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop, a_memory, a_roster, a_session, an_agent
from tests.builders.reconciler import ready

LEFT, NEW = an_agent_id(2), an_agent_id(9)


def left_by_one(**changed):
    """Agent 1 works; agent 2 has left a desktop, which runs still; then agent 9 joins, under a freeze."""
    site = ready(2, **changed)
    read(site, 1)
    site.settle(cycles=3)
    assert site.status.desktops["vd-5002"].leaving is not None
    site.store.give(Intent(kind=IntentKind.FREEZE, by="claire", at=site.clock.at))
    read(site, 1, 9)
    return site


def thawed(site):
    site.store.withdraw(IntentKind.FREEZE, by="claire", at=site.clock.at)
    return site


def read(site, *agents):
    site.roster = replace(a_roster(map(an_agent, agents)), read_at=site.clock.at)
    site.reconciler.read_directory(in_full=True)
    site.carry_out(site.look(after=1))


def an_order(target="vd-5002", to="login0009", **changed):
    terms = Terms(agent=AgentId(to))
    return Intent(**{"kind": IntentKind.REASSIGN, "by": "zoe", "at": NOW, "target": target, "terms": terms, **changed})


def obeyed(site, order=None):
    return site.reconciler.obey(replace(order or an_order(), at=site.clock.at))


def test_the_desktop_is_the_other_agents_and_its_note_follows():
    site = left_by_one()
    assert obeyed(site) == ""
    thawed(site)

    ordered = []
    for _ in range(10):
        actions = site.look(after=20)
        ordered += actions
        site.carry_out(actions)

    record = site.reconciler.records.desktops["vd-5002"]
    assert (record.reservation.agent_id, record.assigned_to, record.departure) == (NEW, NEW, None)
    assert [action.desktop for action in ordered if isinstance(action, Note)] == ["vd-5002"]
    assert site.cluster.notes[5002].seat == a_seat(9)
    assert record.reservation.noted_as == ()
    assert not any(isinstance(action, Clone) for action in ordered)
    assert [intent.kind for intent in site.store.intents() if intent.kind is not IntentKind.SURGE] == []
    assert next(site.store.journal()).result in ("done", "withdrawn")


@pytest.mark.long
def test_a_kill_at_any_moment_changes_nothing_twice():
    site = left_by_one()
    site.store.give(an_order(to=NEW, at=site.clock.at))
    thawed(site)
    for _ in range(12):
        site.carry_out(site.look(after=20))
        site.restart()
    site.settle(cycles=3)

    assert site.reconciler.records.desktops["vd-5002"].reservation.agent_id == NEW
    assert len(site.phases) == 2


@pytest.mark.parametrize(
    ("order", "code"),
    [
        pytest.param(an_order("vd-9999"), "no_such_desktop", id="no such desktop"),
        pytest.param(an_order(to="nobody"), "unknown_agent", id="no such agent"),
        pytest.param(an_order(terms=Terms()), "order_agent_wanted", id="to whom?"),
        pytest.param(an_order("vd-5001"), "is_somebodys", id="its agent uses it"),
        pytest.param(an_order(to="login0001"), "has_a_desktop", id="the agent has one"),
    ],
)
def test_it_is_refused_with_its_reason(order, code):
    site = left_by_one()

    assert obeyed(site, order).code == code
    assert site.reconciler.records.desktops["vd-5002"].reservation.agent_id == LEFT


def test_with_a_session_it_is_refused_whatever_is_said():
    site = ready(2)
    site.cluster.sessions[5002] = (a_session(),)
    site.settle(cycles=40)
    read(site, 1, 9)
    even = Terms(agent=AgentId("login0009"), even_with_session=True)

    assert obeyed(site, an_order(terms=even, reason="she is in a hurry")).code == "in_use_now"


def test_if_the_store_is_lost_before_the_note_is_written_nobody_has_two():
    site = left_by_one()
    assert obeyed(site) == ""
    thawed(site).look(after=20)  # the note is ordered, and not written
    site.restart(_empty())
    site.settle(cycles=60)

    owners = [state.reservation.agent_id for state in site.status.desktops.values()]
    assert len(owners) == len(set(owners))
    assert site.cluster.notes[5002].seat == a_seat(2)


def test_a_store_from_before_makes_no_rekey_of_it():
    """Only a rekey keeps the date of the note: two agents are not taken for one person."""
    before = a_memory([a_desktop(2)])
    changes = reassign_changes(an_order(to=NEW), before, NOW)
    record = changes.desktops["vd-5002"]
    assert record is not None
    noted = replace(record.reservation, noted_as=())

    learnt = effect_changes([Effects(adopted=(noted,))], before, Budget())

    assert learnt.rekeyed == {}
    assert learnt.desktops["vd-5002"].reservation.agent_id == NEW


def _empty():
    store = MemoryStore()
    store.claim()
    store.close()
    return store


def test_who_has_a_desktop_is_told_the_one_that_is_used():
    """F15: it named one that was superseded when its node was lost."""
    site = ready(3)
    read(site, 1, 3)
    site.settle(cycles=3)
    site.cluster.online["n1"] = False
    site.settle()
    assert site.status.desktops["vd-5001"].superseded_by == "vd-5004"

    refused = obeyed(site, an_order(to="login0001"))

    assert refused == "login0001 has desktop vd-5004"
