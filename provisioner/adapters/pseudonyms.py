"""Names of people in texts, turned into pseudonyms: the same for one person wherever and however the person is named."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterator

from provisioner.adapters.ldap_entries import group_name
from provisioner.model.agents import Agent, Rejected, Roster
from provisioner.model.ids import AgentId
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
        self._spared = {_folded(group_name(dn)) for dn in spared}
        self._agents: dict[AgentId, Agent] = {}
        self._terms: dict[str, str] = {}
        self._by_word: dict[str, tuple[str, ...]] = {}

    def of(self, who: str) -> str:
        """The pseudonym of an agent by id, or of whatever else stands for a person."""
        return PREFIX + hmac.digest(self._key, _folded(who).encode(), hashlib.sha256).hex()[:_DIGITS]

    def learn(self, roster: Roster) -> None:
        """Everyone in it, rejected ones too, from now on and for good: who has left is still spoken of."""
        for agent in roster.agents.values():
            if self._agents.get(agent.agent_id) != agent:
                self._agents[agent.agent_id] = agent
                self._spared |= {_folded(group) for group in agent.groups}
                self._take(agent.agent_id, agent.agent_id, agent.login, agent.display_name, agent.mail)
        for one in roster.rejected:
            self._take(one.agent_id or one.entry, *_terms_of(one))

    def hide(self, text: str) -> str:
        """The text with every name replaced."""
        text = unicodedata.normalize("NFC", text)
        return _NAMED_IN_DN.sub(self._in_dn, "".join(self._parts(text)))

    def _take(self, who: str, *terms: str) -> None:
        pseudonym = self.of(who)
        for term in (_folded(one) for one in terms if one):
            word = _WORD.search(term)
            if word is None or term in self._terms:
                continue
            tail = term[word.start() :]
            self._terms[term] = pseudonym
            self._terms.setdefault(tail, pseudonym)
            # Last, for other threads look it up from here.
            self._by_word[word[0]] = tuple(sorted((*self._by_word.get(word[0], ()), tail), key=len, reverse=True))

    def _parts(self, text: str) -> Iterator[str]:
        """The longest name that begins at a word and ends at one, from left to right."""
        done, folded = 0, _folded(text)
        if len(folded) != len(text):  # a few letters fold into two
            text = folded
        for word in _WORD.finditer(folded):
            if word.start() < done:
                continue
            found = next((one for one in self._by_word.get(word[0], ()) if _stands(one, folded, word.start())), None)
            if found is not None:
                yield text[done : word.start()]
                yield self._terms[found]
                done = word.start() + len(found)
        yield text[done:]

    def _in_dn(self, part: re.Match[str]) -> str:
        name = group_name(part[0])
        if name.startswith(PREFIX) or _folded(name) in self._spared:
            return part[0]
        return f"{part['type']}{self._terms.get(_folded(name)) or self.of(name)}"


_WORD = re.compile(r"\w+")
_NAMED_IN_DN = re.compile(
    r"(?P<type>\b(?:uid|cn|samaccountname|userprincipalname|mail)\s*=\s*)(?:\\.|[^,+\\=\"])+(?=\s*[,+]\s*[A-Za-z][\w.-]*\s*=)",
    re.IGNORECASE,
)
"""The part of a DN that names somebody; its places are left, for they say where to look."""


def _terms_of(one: Rejected) -> tuple[str, ...]:
    return (group_name(one.entry), one.agent_id or "")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _stands(term: str, text: str, at: int) -> bool:
    """Whether the term is there and no letter or digit goes on behind it."""
    end = at + len(term)
    return text.startswith(term, at) and not (term[-1].isalnum() and text[end : end + 1].isalnum())
