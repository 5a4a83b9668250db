"""F5: in a rotation the person of a desktop that hung kept it for 26 hours, and a pool went on counting it."""

import pytest

from provisioner.errors import GuestUnknown
from provisioner.model.actions import CheckGuest
from provisioner.model.lending import LeaseState
from provisioner.model.machines.desktops import Phase
from provisioner.model.words import GuestWord
from tests.builders.pools import pool_desktops
from tests.builders.reconciler import Site
from tests.builders.rotation import AM, RotatingSite
from tests.reconciler.test_lending import a_site, leases, lend


def hung(site: Site, name: str, seconds: float, word: GuestWord = GuestWord.HANGS) -> Site:
    """Let time pass; nothing in this desktop answers, nor does its log-on port, if the word says so."""
    end = site.clock.at + seconds
    while site.clock.at < end:
        for action in site.look(after=20):
            asked = isinstance(action, CheckGuest) and action.desktop == name
            site.end(action, error=GuestUnknown("no answer", cause=word)) if asked else site.carry_out([action])
        for cluster in site.clusters.values():
            cluster.come_out()
    return site


@pytest.mark.long
def test_whose_lent_desktop_hangs_gets_another_when_they_ask():
    site = a_site(size=3, spare=1)
    first = lend(site).desktop
    hung(site, first, 2000)
    again = lend(site)

    assert site.phases[first] is Phase.SILENT
    assert (again.existing, again.refused) == (False, "")
    assert again.desktop != first
    assert leases(site)[first] is LeaseState.TO_RESET, "nobody else gets it"


@pytest.mark.long
def test_while_it_is_lent_it_is_not_made_anew():
    site = a_site(size=3, spare=1)
    first = lend(site).desktop
    hung(site, first, 2000)

    assert site.status.desktops[first].superseded_by is None
    assert len(pool_desktops(site)) == 3


@pytest.mark.long
def test_where_the_agent_alone_may_be_dead_they_keep_it():
    site = a_site(size=3, spare=1)
    first = lend(site).desktop
    hung(site, first, 2000, GuestWord.NO_AGENT)

    assert lend(site).desktop == first


@pytest.mark.long
def test_a_pool_gets_another_for_a_free_one_that_hangs():
    site = a_site(size=2, spare=1)
    free = next(state.reservation.name for state in pool_desktops(site) if state.phase is Phase.READY)
    hung(site, free, 2400)

    assert site.status.desktops[free].superseded_by is not None
    others = [state.phase for state in pool_desktops(site) if state.reservation.name != free]
    assert len(others) == 2


@pytest.mark.long
@pytest.mark.parametrize(
    ("size", "within_s"), [pytest.param(4, 1300, id="one is free"), pytest.param(3, 2400, id="none is free")]
)
def test_in_a_rotation_its_person_is_given_another(size, within_s):
    """Without a free one it is made: "47 of 47 served", it was said, and its person kept the one that hung."""
    site = RotatingSite(agents=4, size=size)
    (first, *_) = site.of_slot(0)
    site.until(AM)
    before = site.has(first)
    assert before is not None
    hung(site, before, within_s)

    assert site.has(first) not in (None, before)
    assert site.rotation.waiting == ()
