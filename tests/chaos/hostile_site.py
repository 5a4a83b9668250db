"""The site of the two lives: two profiles, people of two sites, a pool beside them that follows its people, by Paris' time."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from provisioner.model.autoscale import AutoscaleMode, AutoscaleRules, PoolAutoscale, Spare
from provisioner.model.ids import DesktopPoolName, ProfileName
from provisioner.model.lending import GiveBackOrder, LendingAnswer, LendingOrder, LendOrder
from provisioner.model.machines.twin_spec import LogOns, NodeSpec, PushSpec, TwinSpec
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.pools import AfterPerson, DesktopPool
from provisioner.model.session_rules import SessionRules
from provisioner.model.site_config import SiteConfig
from provisioner.twin.engine.events import EventHeap
from tests.builders.arrivals import CALENDAR
from tests.builders.core import a_roster, an_agent
from tests.builders.rehearsal import a_config_on, a_profile_on
from tests.builders.twin import a_spec

MOST = 4
"""Sessions that a desktop can have: the profiles' `max_sessions`."""
SOCIAL, DESK = ProfileName("social"), DesktopPoolName("desk")
_RULES = SessionRules(disconnected_s=900.0)
_ON_A_NODE = 50
_COMES_EVERY_S, _STAYS_S = 420.0, (300.0, 1500.0)


def a_hostile_spec(*, seed: int, desktops: int) -> TwinSpec:
    """All push and obey; people come, go away for a while, and leave."""
    nodes = max(1, desktops // _ON_A_NODE)
    return replace(
        a_spec(nodes=nodes, seed=seed, push=PushSpec(share=1.0, obeys=True)),
        log_ons=LogOns(concurrent=desktops, spread_s=1200.0, stay_s=2400.0, away_after_s=900.0, away_s=600.0),
        nodes=tuple(NodeSpec(name=f"pve{number}", memory_mib=1_048_576) for number in range(1, nodes + 1)),
    )


def a_hostile_config(spec: TwinSpec) -> SiteConfig:
    """Every third person has a desktop of the second profile, and the pool's are of that, too."""
    first = a_profile_on(spec, session_rules=_RULES, max_sessions=MOST)
    second = replace(first, name=SOCIAL)
    config = a_config_on(spec, profile=first)
    who = (Entitlement(profile=SOCIAL, who=Selection(departments=frozenset({SOCIAL}))), *config.entitlements)
    profiles = {first.name: first, SOCIAL: second}
    return replace(config, profiles=profiles, entitlements=who, desktop_pools={DESK: _pool()})


def a_hostile_roster(desktops: int) -> Roster:
    """People of two departments and two sites."""
    return a_roster(
        an_agent(number, department=("office", "office", SOCIAL)[number % 3], site=("Melun", "Meaux")[number % 2])
        for number in range(1, desktops + 1)
    )


def _pool() -> DesktopPool:
    rules = AutoscaleRules(min=2, max=6, spare=Spare(count=1))
    follows = PoolAutoscale(mode=AutoscaleMode.ON, rules=rules, calendar=CALENDAR)
    return DesktopPool(name=DESK, profile=SOCIAL, size=4, after_person=AfterPerson.RESTART, autoscale=follows)


class Borrowers:
    """People who ask for a desktop of the pool, and give it back."""

    def __init__(self, events: EventHeap, *, seed: int, people: int, order: Callable[[LendingOrder], LendingAnswer]) -> None:
        self._events, self._draw, self._people, self._order = events, Random(seed), people, order
        self.answers: list[str] = []
        """What each came to."""

    def come(self) -> None:
        """One now, and another one later."""
        login = an_agent(1 + self._draw.randrange(self._people)).login
        stays_s = self._draw.uniform(*_STAYS_S)
        answer = self._order(LendOrder(who=login, by="broker", at=self._events.now))
        self.answers.append(f"{answer.desktop} {answer.ready} {answer.refused.code}")
        if answer.desktop is not None:
            self._events.after(stays_s, lambda: self._leave(login))
        self._events.after(self._draw.expovariate(1 / _COMES_EVERY_S), self.come)

    def _leave(self, login: str) -> None:
        self._order(GiveBackOrder(who=login, by="broker", at=self._events.now))


__all__ = ["DESK", "MOST", "Borrowers", "a_hostile_config", "a_hostile_roster", "a_hostile_spec"]
