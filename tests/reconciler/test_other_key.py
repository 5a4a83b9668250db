"""Notes that name us under another signature: the machine was rebuilt with a new key, and nobody must get a second desktop."""

from provisioner.model.actions import Clone, Verify
from provisioner.model.desktops import Phase
from provisioner.model.ids import DesktopName
from tests.builders.core import an_agent
from tests.builders.reconciler import Site, ready
from tests.builders.records import change


def rebuilt(site: Site, *, lose_store: bool = True) -> Site:
    """From now on the daemon has another key; with the store lost, or kept."""
    site.cluster.other_key = True
    site.restart(site._a_store(accepted=False) if lose_store else None)
    return site


def test_with_a_lost_store_no_agent_gets_a_second_desktop():
    """A2: all notes name us, and none is signed with our key."""
    site = rebuilt(ready(5))
    site.settle()

    assert len(site.cluster.guests) == 5
    assert not any(isinstance(action, Clone) for action in site.status.plan.actions)


def test_the_reason_is_loud_and_names_the_key():
    """A2: in every agent's reason, and once in the log."""
    site = rebuilt(ready(5))
    site.settle()

    assert all("note_key" in reason for reason in site.reasons.values())
    assert len(site.reasons) == 5


def test_the_baseline_does_not_accept_itself():
    """A2: nothing was rebuilt, and all the same there is something."""
    site = rebuilt(ready(5))
    site.settle()

    assert not site.reconciler.records.baseline_accepted
    assert site.reconciler.records.retired == {}


def test_once_the_key_is_right_the_desktops_are_back():
    """A2: nothing was retired meanwhile."""
    site = rebuilt(ready(5))
    site.settle(cycles=8)
    site.cluster.other_key = False
    site.settle()

    assert set(site.phases.values()) == {Phase.READY}
    assert len(site.phases) == 5


def test_with_the_store_kept_one_note_is_read_at_each_start_and_nothing_new_is_made():
    """A2: a changed key makes no second desktop, and no silence."""
    site = rebuilt(ready(5), lose_store=False)
    site.roster = type(site.roster)(read_at=site.clock.at, agents={**site.roster.agents, **_newcomer()})
    site.reconciler.read_directory()
    site.settle()

    assert set(site.phases.values()) == {Phase.READY}
    assert len(site.cluster.guests) == 5
    assert "note_key" in site.reasons["login0099"]


def test_a_single_note_of_another_key_retires_nothing():
    """A2: it alone was unproven at the start and read first; its desktop was retired as somebody else's."""
    site = ready(5)
    change(site.store, unproven=(DesktopName("vd-5001"),))
    rebuilt(site, lose_store=False)
    ordered = [command for _ in range(3) for command in site.look(after=10)]
    site.carry_out(command for command in ordered if command.desktop == "vd-5001")
    site.look(after=10)

    assert site.reconciler.records.retired == {}
    assert len(site.phases) == 5


def test_an_unproven_desktop_is_asked_for_its_note_once_a_minute_and_says_why_it_waits():
    """A2: it was read in every cycle, with a line in the log each time."""
    site = ready(5)
    change(site.store, unproven=(DesktopName("vd-5001"),))
    rebuilt(site, lose_store=False)
    ordered: list[object] = []
    for _ in range(20):
        commands = site.look(after=3)
        site.carry_out(commands)
        ordered += [command for command in commands if isinstance(command, Verify) and command.desktop == "vd-5001"]

    assert len(ordered) <= 2
    assert "note_key" in site.reasons["login0001"]


def test_with_the_right_key_one_note_is_read_at_each_start_and_that_is_all():
    """A2: one call a cluster and life."""
    site = ready(5)
    site.restart()
    ordered = [command for _ in range(5) for command in _done(site)]

    assert len([command for command in ordered if isinstance(command, Verify)]) == 1
    assert set(site.phases.values()) == {Phase.READY}


def _done(site: Site) -> list[object]:
    commands = site.look(after=10)
    site.carry_out(commands)
    return list(commands)


def _newcomer() -> dict[object, object]:
    agent = an_agent(99)
    return {agent.agent_id: agent}
