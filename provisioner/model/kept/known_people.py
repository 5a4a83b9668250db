"""Everybody who has ever had a desktop, by every name that the directory has given: whoever is to be forgotten is found."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from provisioner.model.ids import AgentId, Instant
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.kept.rekeying import Rekeys
from provisioner.model.people.agents import Agent, Roster
from provisioner.model.people.distinguished_names import group_name
from provisioner.model.people.mentions import bare


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """One person, under the present id. Nothing but what is needed to find the person in texts."""

    agent_id: AgentId
    earlier_ids: frozenset[AgentId] = frozenset()
    logins: tuple[str, ...] = ()
    """These and the next, each in order and once: a set takes four times as much memory, and there are 100,000 people."""
    display_names: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    """DNs."""
    gone_at: Instant | None = None
    """Since when the person is not listed and has no desktop; None: is, or has."""

    @property
    def ids(self) -> frozenset[AgentId]:
        """The present one, and earlier ones."""
        return self.earlier_ids | {self.agent_id}

    def also(self, agent: Agent) -> "KnownPerson":
        """With the names that the agent has now; the same object if they are known."""
        names = (agent.login, agent.display_name, agent.mail, agent.entry)
        known = (self.logins, self.display_names, self.mails, self.entries)
        if all(name in there or not name.strip() for name, there in zip(names, known, strict=True)):
            return self
        logins, display_names, mails, entries = (_union(there, _given(name)) for name, there in zip(names, known, strict=True))
        return replace(self, logins=logins, display_names=display_names, mails=mails, entries=entries)

    def merged(self, other: "KnownPerson") -> "KnownPerson":
        """With all that is known of the other, who is the same person under another id."""
        return replace(
            self,
            earlier_ids=(self.earlier_ids | other.ids) - {self.agent_id},
            logins=_union(self.logins, other.logins),
            display_names=_union(self.display_names, other.display_names),
            mails=_union(self.mails, other.mails),
            entries=_union(self.entries, other.entries),
        )

    def named(self, names: Iterable[str]) -> "KnownPerson":
        """With further names that an operator knows."""
        return replace(self, display_names=_union(self.display_names, map(str.strip, filter(str.strip, names))))

    @property
    def names(self) -> frozenset[str]:
        """Every name and id, as the directory writes it; of a DN the part that names the person."""
        inside = (group_name(entry) for entry in self.entries)
        every = (*self.ids, *self.logins, *self.display_names, *self.mails, *inside)
        return frozenset(name for name in every if name.strip())

    @property
    def forms(self) -> frozenset[str]:
        """All names in all spellings: a name in either order, and escaped as in a DN."""
        names = {*self.names, *(turned for name in self.names.difference(self.mails, self.ids) for turned in orders_of(name))}
        return frozenset(form for name in names for form in (name, *_as_in_dn(name)))

    @property
    def parts(self) -> frozenset[str]:
        """The words of the names that are long enough to name somebody."""
        words = (word for name in self.display_names for word in _LETTERS.findall(name))
        return frozenset(word for word in words if len(word) >= _SHORTEST and bare(word) not in _PARTICLES)

    def is_called(self, who: str) -> bool:
        """Whether this is an id, a login, a mail address, a DN, or a name of the person, in any order, case and spelling."""
        return bare(who.strip()) in {bare(form) for form in (*self.forms, *self.entries)}


People = Mapping[AgentId, KnownPerson]


def known(agent: Agent) -> KnownPerson:
    """What a roster says of somebody."""
    return KnownPerson(agent_id=agent.agent_id).also(agent)


def served_people(records: Iterable[DesktopRecord | None]) -> frozenset[AgentId]:
    """Everybody whose desktops these are, by plan or by loan."""
    there = (record for record in records if record is not None)
    every = (
        (record.reservation.agent_id, record.assigned_to, None if record.lease is None else record.lease.agent_id)
        for record in there
    )
    return frozenset(agent_id for several in every for agent_id in several if agent_id is not None)


def learned(people: People, *, served: Iterable[AgentId], roster: Roster | None, at: Instant) -> dict[AgentId, KnownPerson]:
    """Who is new, or has a new name, or has gone, or is back. `served`: everybody who has a desktop."""
    served = frozenset(served)
    agents = {} if roster is None else {**roster.departed, **roster.agents}
    listed = frozenset() if roster is None else frozenset(roster.agents)
    found: dict[AgentId, KnownPerson] = {}
    for agent_id in served | people.keys():
        before = people.get(agent_id)
        after = KnownPerson(agent_id=agent_id) if before is None else before
        if agent_id in agents:
            after = after.also(agents[agent_id])
        here = agent_id in served or agent_id in listed
        if here != (after.gone_at is None):
            after = replace(after, gone_at=None if here else at)
        if after is not before:
            found[agent_id] = after
    return found


def rekeyed_people(people: People, rekeys: Rekeys) -> dict[AgentId, KnownPerson]:
    """Everybody under the new ids; what the old id was is not forgotten."""
    after = {agent_id: person for agent_id, person in people.items() if agent_id not in rekeys}
    for old, new in sorted(rekeys.items()):
        person = people.get(old, KnownPerson(agent_id=old))
        after[new] = after.get(new, KnownPerson(agent_id=new)).merged(person)
    return after


def orders_of(name: str) -> Iterator[str]:
    """`Zoé DURAND`, `DURAND Zoé`, `DURAND, Zoé`, …: it is not known where the surname begins."""
    words = name.replace(",", " ").split()[:_MOST_WORDS]
    for at in range(1, len(words)):
        before, after = " ".join(words[:at]), " ".join(words[at:])
        yield from (f"{before} {after}", f"{before}, {after}", f"{after} {before}", f"{after}, {before}")


def _as_in_dn(name: str) -> Iterator[str]:
    """RFC 4514, 2.4: Active Directory writes a comma as `\\,`, OpenLDAP as `\\2C`; some escape accented letters too."""
    for escaped in (_SPECIAL.sub(r"\\\g<0>", name), _SPECIAL.sub(_in_hex, name)):
        yield escaped
        yield _NOT_ASCII.sub(_in_hex, escaped)


def _in_hex(found: re.Match[str]) -> str:
    return "".join(f"\\{byte:02x}" for byte in found[0].encode(errors="replace"))


def _given(name: str) -> tuple[str, ...]:
    return (name,) if name.strip() else ()


def _union(known: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*known, *more}))


_MOST_WORDS = 8
_SHORTEST = 3
_PARTICLES = frozenset({"des", "les", "del", "van", "von", "den", "der", "dit", "dos", "bin", "ben", "mme", "sur"})
_SPECIAL = re.compile(r'[,+"\\<>;=]')
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_LETTERS = re.compile(r"[^\W\d_]+")


__all__ = ["KnownPerson", "People", "known", "learned", "orders_of", "rekeyed_people", "served_people"]
