"""Where each desktop's person belongs (profile, site, wave), and which of these groups are large enough to be shown."""

from collections import Counter
from collections.abc import Mapping

from provisioner.model.agents import Agent, Roster
from provisioner.model.desktops import Reservation
from provisioner.model.ids import AgentId, DesktopName
from provisioner.model.rules import Rules
from provisioner.model.session_groups import ALL_SHOWN, NONE_GIVEN, OTHER, Place
from provisioner.planning.roster.entitlement import AgentPlace
from provisioner.sessions.groups import groups_of

_MOST_CHARACTERS = 64
"""Of a site's name in a label; a town has fewer."""


class SessionPlaces:
    """Follows roster, rules and desktops. Only the control thread uses it."""

    def __init__(self) -> None:
        self.groups = ALL_SHOWN
        self._roster: Roster | None = None
        self._rules: Rules | None = None
        self._entitled: dict[AgentId, Place] = {}
        self._people: Counter[Place] = Counter()
        self._of: dict[DesktopName, Place] = {}
        self._desktops: Counter[Place] = Counter()
        self._judged: Mapping[Place, int] | None = None
        """What `groups` were made of."""

    def read(self, roster: Roster | None, rules: Rules) -> bool:
        """Roster and rules in force; True: they are others than before, and every desktop has to be followed."""
        if roster is self._roster and rules == self._rules:
            return False
        self._roster, self._rules = roster, rules
        places = (AgentPlace.of(agent, rules) for agent in (roster.agents if roster is not None else {}).values())
        self._entitled = {each.agent.agent_id: _place(each, rules) for each in places if each.profile is not None}
        self._people = Counter(self._entitled.values())
        return True

    def forget_desktops(self) -> None:
        """All are followed anew."""
        self._of.clear()
        self._desktops.clear()

    def follow(self, name: DesktopName, reservation: Reservation | None) -> None:
        """A desktop is new or changed; None: it is gone."""
        before = self._of.pop(name, None)
        if before is not None:
            self._desktops[before] -= 1
        if reservation is not None:
            self._of[name] = place = self._place_of(reservation)
            self._desktops[place] += 1

    def judge(self) -> bool:
        """Whether other groups are shown than before."""
        people = {**{place: 0 for place, count in self._desktops.items() if count}, **self._people}
        if people == self._judged:
            return False
        self._judged, before = people, self.groups
        self.groups = groups_of(people)
        return self.groups != before

    def shown(self, reservation: Reservation) -> Place:
        """The groups that a desktop's sessions count in."""
        return self.groups.of(self._place_of(reservation))

    def _place_of(self, reservation: Reservation) -> Place:
        """Sessions count in the desktop's profile, even if its agent is entitled to another by now."""
        agent_id, roster = reservation.agent_id, self._roster
        if agent_id is None or roster is None:
            return Place(reservation.profile, OTHER, OTHER)
        entitled = self._entitled.get(agent_id)
        if entitled is not None:
            return entitled._replace(profile=reservation.profile)
        agent = roster.agents.get(agent_id) or roster.departed.get(agent_id)
        return Place(reservation.profile, OTHER if agent is None else _site(agent), OTHER)


def _place(each: AgentPlace, rules: Rules) -> Place:
    wave = NONE_GIVEN if each.wave_index < 0 else rules.scenario.waves[each.wave_index].name
    return Place(str(each.profile), _site(each.agent), wave)


def _site(agent: Agent) -> str:
    return agent.site.strip()[:_MOST_CHARACTERS] or NONE_GIVEN
