"""A site with people of two profiles, and a pool of a third: what monitoring and people are shown of it."""

from dataclasses import replace
from typing import Any

from provisioner.model.ids import ProfileName
from provisioner.model.lending import LendOrder
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.site_config import SiteConfig
from tests.builders.cluster import OFFICE, a_profile
from tests.builders.core import a_config, a_roster, a_session, an_agent
from tests.builders.pools import with_desk
from tests.builders.reconciler import Site

CAD, SHARED = ProfileName("cad"), ProfileName("shared")
DRAWS = Selection(groups=frozenset({"cad"}))


def two_profiles(**pool: Any) -> SiteConfig:
    """Office and CAD; a pool of a third profile."""
    config = a_config(*map(a_profile, (OFFICE, CAD, SHARED)))
    who = (Entitlement(profile=CAD, who=DRAWS), Entitlement(profile=OFFICE, who=Selection()))
    return with_desk(replace(config, entitlements=who), **{"profile": SHARED, "size": 3, **pool})


def a_mixed_site(office: int = 6, cad: int = 6, *, scenario: Scenario | None = None, **pool: Any) -> Site:
    """Everybody's desktop is ready, and the pool's are."""
    drawing = [an_agent(number, groups=frozenset({"cad"})) for number in range(1, cad + 1)]
    others = [an_agent(number) for number in range(cad + 1, cad + office + 1)]
    scenarios = {} if scenario is None else {"scenario": scenario}
    site = Site(agents=a_roster([*drawing, *others]), config=two_profiles(**pool), **scenarios)
    site.come_to_rest()
    return site


def work(site: Site, *profiles: str) -> None:
    """Somebody logs on to a desktop of each of these profiles, and another reading says so."""
    free = {state.reservation.profile: state.reservation.vmid for state in site.status.desktops.values()}
    for number, profile in enumerate(profiles):
        vmid = free[ProfileName(profile)]
        site.cluster.sessions[vmid] = (*site.cluster.sessions.get(vmid, ()), a_session(f"who{number}"))
    site.clock.at += 1800.0
    site.settle(cycles=10)


def lend(site: Site, number: int) -> None:
    answer = site.reconciler.lend(LendOrder(who=f"login{number:04}", by="boss", at=site.clock.at))
    assert answer.desktop, answer
    site.settle(cycles=3)
