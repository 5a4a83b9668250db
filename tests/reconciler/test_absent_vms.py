"""A listing lacks VMs of ours: it is checked before any desktop is cloned again."""

from dataclasses import replace

import pytest

from provisioner.model.actions import Clone
from provisioner.model.kept.absence import ASKED_AT_ONCE
from provisioner.model.machines.desktops import Phase
from provisioner.ports import Changes
from tests.builders.core import a_roster, an_agent
from tests.builders.reconciler import Site, ready

pytestmark = pytest.mark.long

MANY = 100
"""Desktops: more than are asked about at once."""


def clones(site: Site, *, seconds: float = 60.0) -> list[str]:
    """Desktops whose clone is planned within this time; no command is run."""
    until, ordered = site.clock.at + seconds, []
    while site.clock.at < until:
        ordered += [command.desktop for command in site.look(after=5) if isinstance(command, Clone)]
    return ordered


def served(agents: int) -> Site:
    """As `ready`, for more than are made within its cycles."""
    site = Site(agents=agents)
    site.settle(cycles=agents)
    assert set(site.phases.values()) == {Phase.READY}
    return site


def given_up(site: Site, name: str) -> Changes:
    """As after its last try."""
    record = site.reconciler.records.desktops[name]
    return Changes(
        desktops={name: replace(record, attempts=replace(record.attempts, gave_up=True, reason="it does not start"))}
    )


def test_a_desktop_that_a_listing_lacks_for_some_seconds_is_not_made_again():
    """A7: the VM exists all the time, with a user logged on."""
    site = ready(5)
    vmid = min(site.cluster.guests)
    site.cluster.hidden = {vmid}
    ordered = clones(site, seconds=30)

    assert ordered == []
    assert site.phases[f"vd-{vmid}"] == Phase.UNKNOWN


def test_it_counts_again_as_it_was_once_it_is_listed_again():
    """A7: no VMID was retired, and the agent keeps the same desktop."""
    site = ready(5)
    vmid = min(site.cluster.guests)
    site.cluster.hidden = {vmid}
    clones(site, seconds=30)
    site.cluster.hidden = set()
    site.settle(cycles=5)

    assert set(site.phases.values()) == {Phase.READY}
    assert site.reconciler.records.retired == {}


def test_one_that_is_really_gone_is_made_again():
    """A7: Proxmox VE reports its VMID as free."""
    site = ready(5)
    vmid = min(site.cluster.guests)
    site.cluster.delete(vmid)

    assert clones(site, seconds=30) == [f"vd-{vmid}"]


def test_many_gone_at_once_stop_clones_until_an_operator_says_so():
    """A7: a listing is held back like a directory reading that lacks half of the people."""
    site = ready(20)
    gone = sorted(site.cluster.guests)[:5]
    for vmid in gone:
        site.cluster.delete(vmid)
    ordered = clones(site)

    assert ordered == []
    assert all("bascule desktop retry" in site.reasons[f"login{number:04}"] for number in range(1, 6)), site.reasons


def test_many_gone_at_once_are_called_gone_and_no_right_is_missed():
    """K1: Proxmox VE says that the numbers are free."""
    site = ready(20)
    for vmid in sorted(site.cluster.guests)[:5]:
        site.cluster.delete(vmid)
    clones(site)
    site.roster = a_roster(21)
    site.reconciler.read_directory()
    clones(site)

    assert "VM.Audit" not in str(site.reasons), site.reasons
    assert site.reasons["login0021"].startswith(
        "5 desktops of cluster pve are gone, Proxmox VE says that their numbers are free"
    )


def test_many_hidden_at_once_stop_clones_and_the_right_is_named():
    """K1: Proxmox VE says that the numbers are taken; nobody has to say that anything may be made again."""
    site = ready(20)
    site.cluster.hidden = set(sorted(site.cluster.guests)[:5])
    site.roster = a_roster(21)
    site.reconciler.read_directory()
    ordered = clones(site)

    assert ordered == []
    assert "VM.Audit" in site.reasons["login0021"], site.reasons
    site.cluster.hidden = set()
    assert clones(site) == ["vd-5021"]


def test_more_than_are_asked_about_at_once_are_judged_together():
    """K1: the first answers are few of a thousand; the others are asked about in turn before anybody is made again."""
    site = served(MANY)
    for vmid in sorted(site.cluster.guests)[: MANY - 5]:
        site.cluster.delete(vmid)

    assert clones(site, seconds=90.0) == []
    asked = [look.exists for look in site.looks if look.exists]
    assert [len(numbers) for numbers in asked[:3]] == [ASKED_AT_ONCE, MANY - 5 - ASKED_AT_ONCE, 16]
    assert len(set().union(*asked)) == MANY - 5
    assert sum("are gone at once" in why for who, why in site.reasons.items() if who.startswith("login")) == MANY - 5


def test_k1_a_wait_for_answers_says_how_many_there_are_and_until_when():
    site = served(MANY)
    site.roster = a_roster(MANY + 1)
    site.reconciler.read_directory()
    site.cluster.hidden = set(sorted(site.cluster.guests)[: MANY - 5])
    pause_s = site.reconciler.config.pace.observe_busy_s
    said = []
    for _ in range(3):
        site.look(after=pause_s)
        said.append(site.reasons[f"login{MANY + 1:04}"])

    assert "answered for 0 of 95, and for all within 5 s if" in said[0], said
    assert "answered for 64 of 95, and for all within 2 s if" in said[1], said
    assert "answered for" not in said[2], said


def test_while_many_are_being_asked_about_nothing_is_cloned():
    """K1: some seconds; what is missing may be the listing itself."""
    site = ready(20)
    site.roster = a_roster(21)
    site.reconciler.read_directory()
    for vmid in sorted(site.cluster.guests)[:5]:
        site.cluster.delete(vmid)

    assert not [command for command in site.look(after=10) if isinstance(command, Clone)]
    assert "has said which of them exist" in site.reasons["login0021"]


def test_a_desktop_that_was_given_up_and_is_gone_holds_up_no_other():
    """K1: nobody asks about it, for it waits for a person anyway. Its agent has left: no other takes its place."""
    site = ready(20)
    failed, gone = sorted(site.cluster.guests)[:2]
    site.roster = a_roster(an_agent(number) for number in range(2, 21))
    site.reconciler.read_directory()
    site.reconciler.parts.cache.commit(given_up(site, f"vd-{failed}"))
    site.cluster.delete(failed)
    site.cluster.delete(gone)

    assert clones(site, seconds=30) == [f"vd-{gone}"]
    assert site.phases[f"vd-{failed}"] is Phase.FAILED


def test_few_of_many_are_made_again_and_the_rest_is_left_alone():
    """A7: two missing VMs are not enough to doubt a listing."""
    site = ready(20)
    gone = sorted(site.cluster.guests)[:2]
    for vmid in gone:
        site.cluster.delete(vmid)

    assert sorted(clones(site, seconds=30)) == [f"vd-{vmid}" for vmid in gone]
