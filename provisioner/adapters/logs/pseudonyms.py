"""Pseudonyms for people in the log; apart from it, so that commands which write none load no library for it."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import replace

from provisioner.model.ids import AgentId
from provisioner.model.kept.known_people import KnownPerson, known
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.names import NameTable, folded
from provisioner.model.people.agents import Agent, Roster
from provisioner.model.people.distinguished_names import group_name

PREFIX = "person-"
_DIGITS = 12
"""Hexadecimal digits of a pseudonym. Among 50,000 people, two share a pseudonym with a chance of 1 in 200,000."""
_PURPOSE = b"bascule pseudonyms v1"
"""Keeps pseudonyms independent of the notes that the same secret signs."""
_NAMING = (
    "uid|userid|cn|commonname|sn|surname|gn|givenname|displayname|employeenumber|employeeid|samaccountname|userprincipalname|"
    r"krbprincipalname|mail|emailaddress|0\.9\.2342\.19200300\.100\.1\.[13]|2\.5\.4\.(?:3|4|42)"
)
"""Attributes that may name a person in a DN, also by their numbers."""
_NAMED_IN_DN = re.compile(
    rf"(?P<type>\b(?:{_NAMING})\s*=\s*)(?:\\.|[^,+\\=\"])+(?=\s*[,+]\s*[A-Za-z0-9][\w.-]*\s*=)",
    re.IGNORECASE,
)
"""The part of a DN that names a person. Its other parts stay: they show where to look."""


class Pseudonyms:
    """Hides the login, name, mail and id of people in its rosters; in a DN also names of unknown people.

    Only with the secret can a pseudonym be traced to a person, by trying all agents. `hide` may be called from any thread,
    `learn` from one.
    """

    def __init__(self, key: NoteKey, *, spared: tuple[str, ...] = ()) -> None:
        """`spared`: DNs that are not persons, such as the account that reads the directory."""
        self._key = hmac.digest(key.secret, _PURPOSE, hashlib.sha256)
        self._spared = {folded(group_name(dn)) for dn in spared}
        self._agents: dict[AgentId, Agent] = {}
        self._named: dict[tuple[str, ...], AgentId] = {}
        self._names = NameTable()

    def of(self, who: str) -> str:
        """The pseudonym of an agent by id, or by another name of a person."""
        return PREFIX + hmac.digest(self._key, folded(who).encode(), hashlib.sha256).hex()[:_DIGITS]

    def learn(self, roster: Roster) -> None:
        """Hide everyone in the roster from now on, rejected entries too. Names stay hidden after people leave."""
        for agent in (*roster.departed.values(), *roster.agents.values()):
            if self._agents.get(agent.agent_id) != agent:
                self._agents[agent.agent_id] = agent
                self._spared |= {folded(group) for group in agent.groups}
                self._enter(self._known(agent, roster))
        for rejected in roster.rejected:
            self._names.enter(self.of(rejected.agent_id or rejected.entry), group_name(rejected.entry), rejected.agent_id or "")

    def recall(self, people: Iterable[KnownPerson]) -> None:
        """Hide these people from now on, whatever names them: earlier ids and names too."""
        for person in people:
            self._enter(person)

    def _known(self, agent: Agent, roster: Roster) -> KnownPerson:
        """With the earlier id, if somebody of the same names is not listed under it any more: the id was changed."""
        named = (folded(agent.login), folded(agent.display_name), folded(agent.mail))
        before, self._named[named] = self._named.get(named, agent.agent_id), agent.agent_id
        earlier = frozenset({before} - {agent.agent_id} - roster.agents.keys())
        return replace(known(agent), earlier_ids=earlier)

    def _enter(self, person: KnownPerson) -> None:
        self._names.enter_anew(self.of(person.agent_id), *sorted(person.ids), *sorted(person.forms - person.ids))

    def hide(self, text: str) -> str:
        """The text with every name replaced."""
        return _NAMED_IN_DN.sub(self._in_dn, self._names.replace(text))

    def _in_dn(self, part: re.Match[str]) -> str:
        name = group_name(part[0])
        if name.startswith(PREFIX) or folded(name) in self._spared:
            return part[0]
        return f"{part['type']}{self._names.find(name) or self.of(name)}"
