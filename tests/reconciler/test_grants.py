"""A grant is of a lease: while one may still be good, nobody else gets the desktop."""

from dataclasses import replace

import pytest

from provisioner.model.ids import DesktopPoolName, ProfileName
from provisioner.model.lending import GrantCounts, GrantRules
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import Connection, LogonProtocol
from provisioner.model.pools import AfterPerson
from tests.builders.cluster import OFFICE
from tests.builders.core import a_config
from tests.builders.pools import a_desk, pool_desktops, with_desk
from tests.builders.reconciler import Site
from tests.reconciler.test_lending import give_back, lend
from tests.reconciler.test_pools import calm

RULES = GrantRules(lifetime_s=60.0, clocks_apart_s=240.0)


def a_site(grants: GrantRules | None = RULES, **pool):
    site = Site(agents=3, config=replace(with_desk(size=1, **pool), grants=grants))
    site.come_to_rest()
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


def a_mixed_site(*pools):
    """Beside the usual profile, another whose desktops are not reached by RDP; each pool is (name, profile)."""
    config = a_config()
    profile = config.profiles[OFFICE]
    other = replace(profile, name=CAD, connection=Connection(protocol=LogonProtocol.OTHER))
    desks = {name: a_desk(1, name=name, profile=of) for name, of in pools}
    site = Site(agents=3, config=replace(config, profiles={OFFICE: profile, CAD: other}, desktop_pools=desks, grants=RULES))
    site.come_to_rest()
    return site


CAD, DESKS, BENCHES = ProfileName("cad"), DesktopPoolName("desks"), DesktopPoolName("benches")


def test_a_desktop_that_is_not_reached_by_rdp_is_not_lent_with_a_grant_and_is_without():
    site = a_mixed_site((BENCHES, CAD))
    answer = lend(site, grant=True)

    assert (answer.refused.code, answer.for_now, answer.desktop) == ("lend_no_grant_protocol", False, None)
    assert answer.refused.arguments["profile"] == CAD
    assert lend(site).ready
    assert lend(site, grant=True).refused.code == "lend_no_grant_protocol", "also of the desktop that the person has"


def test_with_a_grant_a_pool_is_chosen_that_the_broker_opens():
    site = a_mixed_site((BENCHES, CAD), (DESKS, OFFICE))

    assert lend(site, 2).pool == BENCHES, "by name, if no grant is wanted"
    granted = lend(site, grant=True)
    assert (granted.pool, granted.grant is not None) == (DESKS, True)
    assert lend(site, 3, grant=True).refused.code == "lend_none_free"


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
