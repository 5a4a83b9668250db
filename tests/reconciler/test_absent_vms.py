"""A listing lacks VMs of ours: it is checked before any desktop is cloned again."""

import pytest

from provisioner.model.actions import Clone
from provisioner.model.desktops import Phase
from tests.builders.reconciler import Site, ready

pytestmark = pytest.mark.long


def clones(site: Site, *, seconds: float = 60.0) -> list[str]:
    """Desktops whose clone is planned within this time; no command is run."""
    until, ordered = site.clock.at + seconds, []
    while site.clock.at < until:
        ordered += [command.desktop for command in site.look(after=5) if isinstance(command, Clone)]
    return ordered


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


def test_few_of_many_are_made_again_and_the_rest_is_left_alone():
    """A7: two missing VMs are not enough to doubt a listing."""
    site = ready(20)
    gone = sorted(site.cluster.guests)[:2]
    for vmid in gone:
        site.cluster.delete(vmid)

    assert sorted(clones(site, seconds=30)) == [f"vd-{vmid}" for vmid in gone]
