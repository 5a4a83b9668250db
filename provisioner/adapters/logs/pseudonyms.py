"""Names of people in texts, turned into pseudonyms: the same for one person wherever and however the person is named."""

import hashlib
import hmac
import re

from provisioner.model.agents import Agent, Roster
from provisioner.model.distinguished_names import group_name
from provisioner.model.erasure import everyone_in, names_of
from provisioner.model.ids import AgentId
from provisioner.model.names import NameTable, folded
from provisioner.model.ownership import NoteKey

PREFIX = "person-"
_DIGITS = 12
"""Of a pseudonym, in hexadecimal: among 50,000 people two share one with a chance of 1 in 200,000."""
_PURPOSE = b"bascule pseudonyms v1"
"""So that no pseudonym says anything about a note that the same secret signs."""


class Pseudonyms:
    """Hides whom it has been told of: login, name, mail and id; and in a DN also whoever it has not been told of.

    Whoever has the secret can find out whose a pseudonym is, by trying all agents: nobody else can. Texts may come from any
    thread, rosters from one.
    """

    def __init__(self, key: NoteKey, *, spared: tuple[str, ...] = ()) -> None:
        """`spared` are DNs of no person, such as the account that reads the directory."""
        self._key = hmac.digest(key.secret, _PURPOSE, hashlib.sha256)
        self._spared = {folded(group_name(dn)) for dn in spared}
        self._agents: dict[AgentId, Agent] = {}
        self._names = NameTable()

    def of(self, who: str) -> str:
        """The pseudonym of an agent by id, or of whatever else stands for a person."""
        return PREFIX + hmac.digest(self._key, folded(who).encode(), hashlib.sha256).hex()[:_DIGITS]

    def learn(self, roster: Roster) -> None:
        """Everyone in it, rejected ones too, from now on and for good: who has left is still spoken of."""
        for agent in everyone_in(roster).values():
            if self._agents.get(agent.agent_id) != agent:
                self._agents[agent.agent_id] = agent
                self._spared |= {folded(group) for group in agent.groups}
                self._names.enter(self.of(agent.agent_id), *names_of(agent))
        for rejected in roster.rejected:
            self._names.enter(self.of(rejected.agent_id or rejected.entry), group_name(rejected.entry), rejected.agent_id or "")

    def hide(self, text: str) -> str:
        """The text with every name replaced."""
        return _NAMED_IN_DN.sub(self._in_dn, self._names.replace(text))

    def _in_dn(self, part: re.Match[str]) -> str:
        name = group_name(part[0])
        if name.startswith(PREFIX) or folded(name) in self._spared:
            return part[0]
        return f"{part['type']}{self._names.find(name) or self.of(name)}"


_NAMED_IN_DN = re.compile(
    r"(?P<type>\b(?:uid|cn|samaccountname|userprincipalname|mail)\s*=\s*)(?:\\.|[^,+\\=\"])+(?=\s*[,+]\s*[A-Za-z][\w.-]*\s*=)",
    re.IGNORECASE,
)
"""The part of a DN that names somebody; its places are left, for they say where to look."""
