"""Where each desktop's person belongs (profile, site, wave), and which of these groups are large enough to be shown."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from provisioner.model.ids import AgentId, DesktopName, DesktopPoolName
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.seats import is_trial, pool_of
from provisioner.model.people.agents import Agent, Roster
from provisioner.model.pools import DesktopPool
from provisioner.model.rules import Rules
from provisioner.model.session_counts import ALL_SHOWN, NONE_GIVEN, OTHER, GroupPlace
from provisioner.planning.roster.entitlement import AgentPlace
from provisioner.sessions.groups import borrowers, groups_of, pools_apart

_Value = TypeVar("_Value", bound=Hashable)
_MOST_CHARACTERS = 64
"""Of a site's name in a label; a town has fewer."""


class SessionPlaces:
    """Follows roster, rules, pools and desktops. Only the control thread uses it."""

    def __init__(self) -> None:
        self.groups = ALL_SHOWN
        self._roster: Roster | None = None
        self._rules: Rules | None = None
        self._pools: Mapping[DesktopPoolName, DesktopPool] = {}
        self._entitled: dict[AgentId, GroupPlace] = {}
        self._people: Counter[GroupPlace] = Counter()
        self._borrowers: dict[DesktopPoolName, int | None] = {}
        """Of each pool how many people may have a desktop; None: those count who have."""
        self._of: dict[DesktopName, tuple[GroupPlace, DesktopPoolName | None]] = {}
        self._desktops: Counter[tuple[GroupPlace, DesktopPoolName | None]] = Counter()
        self._shared: dict[Hashable, Any] = {}
        """One object for all desktops of the same groups: there are thousands of them in each."""
        self._judged: tuple[Mapping[GroupPlace, int], frozenset[DesktopPoolName]] | None = None
        """What `groups` were made of."""

    def read(self, roster: Roster | None, rules: Rules, pools: Mapping[DesktopPoolName, DesktopPool]) -> bool:
        """What is in force; True: it is other than before, and every desktop has to be followed."""
        if roster is self._roster and rules == self._rules and pools == self._pools:
            return False
        self._roster, self._rules, self._pools = roster, rules, pools
        agents = (roster.agents if roster is not None else {}).values()
        places = (AgentPlace.of(agent, rules) for agent in agents)
        self._shared.clear()
        self._entitled = {each.agent.agent_id: self._one(_place(each, rules)) for each in places if each.profile is not None}
        self._people = Counter(self._entitled.values())
        self._borrowers = {name: borrowers(pool, agents, rules.scenario) for name, pool in pools.items()}
        return True

    def forget_desktops(self) -> None:
        """All are followed anew."""
        self._of.clear()
        self._desktops.clear()

    def follow(self, name: DesktopName, reservation: Reservation | None) -> None:
        """A desktop is new or changed; None: it is gone. A trial is nobody's."""
        before = self._of.pop(name, None)
        if before is not None:
            self._desktops[before] -= 1
        if reservation is not None and not is_trial(reservation.seat):
            self._of[name] = where = self._one((self._place_of(reservation), pool_of(reservation.seat)))
            self._desktops[where] += 1

    def judge(self, leased: Iterable[DesktopName] = ()) -> bool:
        """Whether other groups are shown than before. `leased`: desktops of pools that somebody has."""
        made = [where for where, count in self._desktops.items() if count]
        people = {**{place: 0 for place, pool in made if pool is None}, **self._people}
        borrowing = self._borrowing(leased)
        apart = pools_apart(people, borrowing)
        for place, pool in made:
            if pool is not None and pool not in apart:
                people[place] = people.get(place, 0) + borrowing.get(pool, 0)
        if (people, apart) == self._judged:
            return False
        self._judged, before = (people, apart), self.groups
        self.groups = replace(groups_of(people), pools=apart)
        return self.groups != before

    def _borrowing(self, leased: Iterable[DesktopName]) -> dict[DesktopPoolName, int]:
        """Of each pool how many people a number of its sessions is about."""
        has: Counter[DesktopPoolName] = Counter()
        if None in self._borrowers.values():
            pools = (self._of[name][1] for name in leased if name in self._of)
            has.update(pool for pool in pools if pool is not None)
        return {name: has[name] if count is None else count for name, count in self._borrowers.items()}

    def shown(self, reservation: Reservation) -> GroupPlace:
        """The groups that a desktop's sessions count in."""
        return self._one(self.groups.of(self._place_of(reservation)))

    def _one(self, value: _Value) -> _Value:
        found: _Value = self._shared.setdefault(value, value)
        return found

    def _place_of(self, reservation: Reservation) -> GroupPlace:
        """Sessions count in the desktop's profile, even if its agent is entitled to another by now."""
        agent_id, roster = reservation.agent_id, self._roster
        if agent_id is None or roster is None:
            return GroupPlace(reservation.profile, OTHER, OTHER)
        entitled = self._entitled.get(agent_id)
        if entitled is not None:
            return entitled if entitled.profile == reservation.profile else entitled._replace(profile=reservation.profile)
        agent = roster.agents.get(agent_id) or roster.departed.get(agent_id)
        return GroupPlace(reservation.profile, OTHER if agent is None else _site(agent), OTHER)


def _place(each: AgentPlace, rules: Rules) -> GroupPlace:
    wave = NONE_GIVEN if each.wave_index < 0 else rules.scenario.waves[each.wave_index].name
    return GroupPlace(str(each.profile), _site(each.agent), wave)


def _site(agent: Agent) -> str:
    return agent.site.strip()[:_MOST_CHARACTERS] or NONE_GIVEN
