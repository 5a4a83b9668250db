"""Notes of this installation with another signature: after a rebuild with a new key no agent may get a second desktop."""

import pytest

from provisioner.model.actions import Clone, Verify
from provisioner.model.ids import DesktopName
from provisioner.model.machines.desktops import Phase
from tests.builders.core import an_agent
from tests.builders.reconciler import Site, ready
from tests.builders.records import change


def rebuilt(site: Site, *, lose_store: bool = True) -> Site:
    """Restart the daemon with another key, with or without its store."""
    site.cluster.other_key = True
    site.restart(site._a_store(accepted=False) if lose_store else None)
    return site


def test_with_a_lost_store_no_agent_gets_a_second_desktop():
    """A2: all notes name this installation, and none is signed with its key."""
    site = rebuilt(ready(5))
    site.settle()

    assert len(site.cluster.guests) == 5
    assert not any(isinstance(action, Clone) for action in site.status.plan.actions)


@pytest.mark.long
def test_the_reason_is_loud_and_names_the_key():
    """A2: in each agent's reason, and once in the log."""
    site = rebuilt(ready(5))
    site.settle()

    assert all("note_key" in reason for reason in site.reasons.values())
    assert len(site.reasons) == 5


def test_the_baseline_does_not_accept_itself():
    """A2: nothing was rebuilt, although desktops exist."""
    site = rebuilt(ready(5))
    site.settle()

    assert not site.reconciler.records.baseline_accepted
    assert site.reconciler.records.retired == {}


def test_once_the_key_is_right_the_desktops_are_back():
    """A2: no VMID was retired in the meantime."""
    site = rebuilt(ready(5))
    site.settle(cycles=8)
    site.cluster.other_key = False
    site.settle()

    assert set(site.phases.values()) == {Phase.READY}
    assert len(site.phases) == 5


def test_with_the_store_kept_one_note_is_read_at_each_start_and_nothing_new_is_made():
    """A2: a changed key makes no second desktop, and is reported."""
    site = rebuilt(ready(5), lose_store=False)
    site.roster = type(site.roster)(read_at=site.clock.at, agents={**site.roster.agents, **_newcomer()})
    site.reconciler.read_directory()
    site.settle()

    assert set(site.phases.values()) == {Phase.READY}
    assert len(site.cluster.guests) == 5
    assert "note_key" in site.reasons["login0099"]


@pytest.mark.parametrize("voided", [pytest.param(5, id="all"), pytest.param(1, id="one")])
def test_refused_orders_do_not_open_the_way_to_a_second_desktop(voided: int):
    """M3, seed 5000489: all were off, their starts were refused. No proven desktop was left to sample: one was made."""
    site = ready(5)
    for vmid in range(5001, 5001 + voided):
        site.cluster.power_off(vmid)
    site.roster = type(site.roster)(read_at=site.clock.at, agents={**site.roster.agents, **_newcomer()})
    rebuilt(site, lose_store=False)
    site.settle()

    assert len(site.cluster.guests) == 5
    assert "note_key" in site.reasons["login0099"]


def test_a_note_that_this_life_has_written_says_nothing_of_the_older_ones():
    """M3: nothing older could be read, and the note of a newcomer's desktop "confirmed" the key: all were made again."""
    site = ready(5)
    _hide(site, True)
    site.roster = type(site.roster)(read_at=site.clock.at, agents={**site.roster.agents, **_newcomer()})
    rebuilt(site, lose_store=False)
    site.settle(cycles=6)
    made = len(site.cluster.guests)
    _hide(site, False)
    site.settle()

    assert len(site.cluster.guests) == made
    assert site.reconciler.records.retired == {}


def _hide(site: Site, hidden: bool) -> None:
    """The node of the five desktops is away, or back; then they are off."""
    for vmid in range(5001, 5006):
        site.cluster.move(vmid, "n1")
        site.cluster.power_off(vmid)
    site.cluster.online["n1"] = not hidden


def test_a_single_note_of_another_key_retires_nothing():
    """A2: the only unproven desktop was read first, and retired as a foreign VM."""
    site = ready(5)
    change(site.store, unproven=(DesktopName("vd-5001"),))
    rebuilt(site, lose_store=False)
    ordered = [command for _ in range(3) for command in site.look(after=10)]
    site.carry_out(command for command in ordered if command.desktop == "vd-5001")
    site.look(after=10)

    assert site.reconciler.records.retired == {}
    assert len(site.phases) == 5


def test_an_unproven_desktop_is_asked_for_its_note_once_a_minute_and_says_why_it_waits():
    """A2: its note was read in every cycle, each time with a log line."""
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
    """A2: one call for each cluster and each run of the daemon."""
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
