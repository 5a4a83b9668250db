"""After a backup was restored nobody knows who has had which desktop of a pool: each is reset, or its person is known."""

import pytest

from provisioner.ledger import leases_in_doubt
from provisioner.model.lending import LeaseState
from provisioner.model.pools import AfterPerson
from tests.builders.core import a_session
from tests.builders.pools import pool_desktops
from tests.reconciler.test_lending import a_site, give_back, leases, lend, lines
from tests.reconciler.test_pools import calm


def restore(site):
    """As the store of a restored backup is: the daemon begins again with it."""
    site.store.commit(leases_in_doubt(site.store.load().desktops, site.clock.at))
    site.restart()


def log_on(site, name, login):
    vmid = site.store.load().desktops[name].reservation.vmid
    site.cluster.sessions[vmid] = (a_session(login),)


@pytest.mark.long
@pytest.mark.parametrize("after", [AfterPerson.RESTART, AfterPerson.REBUILD])
def test_a_desktop_that_was_free_in_the_backup_is_reset_before_anybody_gets_it(after):
    site = a_site(size=2, after_person=after)
    restore(site)
    assert set(leases(site).values()) == {LeaseState.IN_DOUBT}
    site.look()
    assert lend(site).refused.code == "lend_none_free"

    site.clock.at += 1000  # each is asked who is logged on
    calm(site, cycles=100)
    assert leases(site) == {}
    assert lend(site).ready


@pytest.mark.long
def test_a_person_who_had_one_in_the_backup_gets_another_once_it_is_known_that_nobody_is_there():
    site = a_site(size=2, after_person=AfterPerson.RESTART)
    name = lend(site).desktop
    restore(site)
    site.clock.at += 1000
    calm(site, cycles=60)

    assert leases(site) == {}
    assert ("reset", name) in lines(site)
    assert lend(site).ready


@pytest.mark.long
def test_a_person_who_is_logged_on_there_keeps_it_whatever_the_backup_says():
    site = a_site(size=2, after_person=AfterPerson.RESTART)
    name = lend(site, 1).desktop
    log_on(site, name, "DEP\\login0002")  # it was given back, reset, and lent to another, after the backup
    restore(site)
    site.clock.at += 1000
    calm(site, cycles=100)

    assert leases(site) == {name: LeaseState.LENT}
    assert lend(site, 2).desktop == name
    assert lend(site, 1).desktop not in (None, name)


def test_two_people_on_one_desktop_are_nobodys_evidence():
    site = a_site(size=1, after_person=AfterPerson.RESTART)
    (state,) = pool_desktops(site)
    site.cluster.sessions[state.reservation.vmid] = (a_session("login0001"), a_session("login0002"))
    restore(site)
    site.clock.at += 1000
    calm(site)

    assert leases(site) == {state.reservation.name: LeaseState.IN_DOUBT}
    assert lend(site, 1).refused.code == "lend_none_free"


@pytest.mark.long
def test_what_a_pool_keeps_for_its_person_stays_until_a_person_says_whose_it_is():
    site = a_site(size=2, after_person=AfterPerson.KEPT)
    name = lend(site).desktop
    give_back(site)
    restore(site)
    calm(site, cycles=60)

    assert set(leases(site).values()) == {LeaseState.IN_DOUBT}
    refused = lend(site)
    assert (refused.refused.code, refused.for_now) == ("lend_in_doubt", False)
    assert lend(site, 2).refused.code == "lend_none_free"
    assert lend(site, desktop=name).desktop == name
    assert leases(site)[name] is LeaseState.LENT
    assert lend(site, 2, desktop=name).refused.code == "lend_not_in_doubt"


def test_a_person_has_one_desktop_also_when_another_is_said_to_be_theirs():
    site = a_site(size=3, after_person=AfterPerson.KEPT)
    restore(site)
    calm(site)
    first, second, *_ = sorted(leases(site))
    lend(site, desktop=first)

    assert lend(site, desktop=second).refused.code == "lend_of_other_pool"


def test_while_it_is_not_known_whether_somebody_is_there_the_person_waits():
    site = a_site(size=1)
    name = lend(site).desktop
    restore(site)
    site.clock.at += 7200  # the reports of before the backup prove nothing
    site.look()
    refused = lend(site)

    assert (refused.refused.code, refused.for_now) == ("lend_in_doubt", True)
    assert leases(site) == {name: LeaseState.IN_DOUBT}


def test_each_is_counted_once():
    site = a_site(size=2, after_person=AfterPerson.KEPT)
    restore(site)
    site.settle()

    (pool,) = site.status.pools
    assert (pool.in_doubt, pool.made, pool.ready) == (2, 2, 0)


def test_desktops_of_agents_are_not_concerned():
    site = a_site(agents=2, size=1)
    changes = leases_in_doubt(site.store.load().desktops, site.clock.at)

    assert [record.reservation.agent_id for record in changes.desktops.values() if record] == [None]
