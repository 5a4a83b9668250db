"""A grant is of a lease: while one may still be good, nobody else gets the desktop."""

from dataclasses import replace

import pytest

from provisioner.model.brokers import GrantCounts, GrantRules
from provisioner.model.desktops import Phase
from provisioner.model.pools import AfterPerson
from tests.builders.pools import pool_desktops, with_desk
from tests.builders.reconciler import Site
from tests.reconciler.test_lending import give_back, lend
from tests.reconciler.test_pools import calm

RULES = GrantRules(lifetime_s=60.0, clocks_apart_s=240.0)


def a_site(grants: GrantRules | None = RULES, **pool):
    site = Site(agents=3, config=replace(with_desk(size=1, **pool), grants=grants))
    site.settle()
    return site


def test_it_allows_the_desktop_that_is_lent_until_a_minute_later():
    site = a_site()
    at, answer = site.clock.at, lend(site, grant=True)

    assert answer.grant is not None
    assert (answer.grant.login, answer.grant.desktop, answer.grant.expires_at) == ("login0001", answer.desktop, at + 60)
    assert (answer.grant.host, answer.grant.port) == (answer.address or answer.desktop, 3389)
    assert lend(site).grant is None


def test_a_desktop_that_is_not_ready_gives_none():
    site = a_site(spare=0)
    answer = lend(site, grant=True)

    assert (answer.refused, answer.ready, answer.grant) == ("", False, None)
    calm(site)
    assert lend(site, grant=True).grant is not None
    assert site.status.grants == GrantCounts(given=1, refused={"not_ready": 1})


def test_without_a_broker_that_takes_grants_the_order_is_refused_and_nothing_is_lent():
    site = a_site(None)
    answer = lend(site, grant=True)

    assert (answer.refused.code, answer.for_now, answer.desktop) == ("lend_no_grants", False, None)
    assert site.reconciler.records.leased == {}
    assert site.status.grants == GrantCounts(refused={"lend_no_grants": 1})


@pytest.mark.long
@pytest.mark.parametrize("after", [AfterPerson.RESTART, AfterPerson.REBUILD])
def test_nobody_else_gets_it_while_a_grant_may_be_good(after):
    site = a_site(after_person=after)
    first = lend(site, grant=True)
    give_back(site)
    ended = site.clock.at
    while site.clock.at < ended + RULES.hold_s - 30:
        calm(site, cycles=1)
        assert lend(site, 2).desktop is None
    calm(site, cycles=200)
    second = lend(site, 2)
    assert second.desktop is not None
    assert first.grant is not None
    assert site.clock.at >= first.grant.expires_at + RULES.clocks_apart_s


@pytest.mark.long
def test_without_grants_it_is_free_as_soon_as_it_is_off():
    site = a_site(None, after_person=AfterPerson.RESTART, spare=0)
    lend(site)
    calm(site)
    give_back(site)
    ended = site.clock.at
    while lend(site, 2).desktop is None:
        calm(site, cycles=1)
    assert site.clock.at - ended < RULES.hold_s
    assert pool_desktops(site)[0].phase in {Phase.STOPPED, Phase.STARTING, Phase.READY}
