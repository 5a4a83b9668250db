"""K2: a clone fails before its pool, the cluster can remove nothing, and no listing shows what is left."""

from dataclasses import replace

import pytest

from provisioner.model.machines.desktops import Phase
from provisioner.reasons.wrong import LEFT_BEHIND
from provisioner.wrong.listing import wrong_in
from tests.builders.reconciler import Site

pytestmark = pytest.mark.long
_FAILED = "clone failed: unable to open file '/etc/pve/nodes/n1/qemu-server/5001.conf.tmp.1' - Permission denied"


def left_behind() -> Site:
    """The task of the first clone has failed; its VM is there, and hidden."""
    site = Site(agents=1)
    site.carry_out(site.look())
    site.cluster.hidden = {5001}
    site.cluster.tasks = [replace(task, ended_at=site.clock.at, status=_FAILED) for task in site.cluster.tasks]
    while site.phases["vd-5001"] is not Phase.RESERVED:
        site.look(after=5)
    site.cluster.tasks = []
    return site


def names(site: Site) -> list[str]:
    return [entry.names[0] for entry in wrong_in(site.status) if entry.code == LEFT_BEHIND.code]


def test_it_is_named_as_soon_as_proxmox_ve_says_that_its_number_is_taken():
    site = left_behind()
    site.look(after=10)

    assert any(5001 in look.exists for look in site.looks)
    assert [str(entry.key) for entry in site.status.left_behind] == names(site) == ["pve/5001"]
    assert "qm destroy 5001" in site.status.left_behind[0].seen


def test_its_agent_gets_another_desktop_and_it_stays_named_over_a_restart():
    site = left_behind()
    site.settle(cycles=60)
    site.restart()
    site.settle(cycles=5)

    assert site.phases == {"vd-5002": Phase.READY}
    assert names(site) == ["pve/5001"]
    assert [difference.kind for difference in site.status.left_behind] == ["half_made"]


def test_it_is_named_no_more_once_its_number_is_free_and_the_number_is_not_used_again():
    site = left_behind()
    site.settle(cycles=60)
    site.cluster.delete(5001)
    site.settle(cycles=5)

    assert names(site) == []
    site.restart()
    site.settle(cycles=5)
    assert (names(site), site.phases) == ([], {"vd-5002": Phase.READY})
    assert [why.code for why in site.reconciler.records.retired.values()] == ["number_free"]


def test_once_a_listing_shows_it_it_is_half_made_like_any_other():
    site = left_behind()
    site.settle(cycles=60)
    site.cluster.hidden = set()
    site.settle(cycles=5)

    assert names(site) == []
    assert site.status.differences == {"half_made": 1}
