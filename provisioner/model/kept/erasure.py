"""Erasure of a person: the request, what it still lacks, and rosters without the person. Pure."""

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from provisioner.model.ids import AgentId, Instant
from provisioner.model.intents import Intent
from provisioner.model.kept.known_people import KnownPerson, known, served_people
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.kept.rewriting import Rewriting
from provisioner.model.machines.desktops import is_same_person
from provisioner.model.people.agents import Agent, Rejected, Roster
from provisioner.model.people.distinguished_names import dn_key, group_name
from provisioner.model.people.mentions import Mentions, bare
from provisioner.reasons.directory import (
    IN_MESSAGE,
    LOGGED_ON,
    MOVED_LATELY,
    NAMED_BY_ENTRIES,
    NAMED_IN_RULES,
    ORDER_STANDS,
    ORDER_STANDS_FOR,
    STILL_IN_FORCE,
    STILL_LISTED,
    STILL_SERVED,
)
from provisioner.reasons.reason import ALSO, Reason, join_reasons


class Unclear(enum.StrEnum):
    """What becomes of mentions that may be somebody else's."""

    ASK = "ask"
    """If there are any, nothing is erased, and they are shown."""
    ERASE = "erase"
    """They are the person's."""
    LEAVE = "leave"
    """They are somebody else's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequest:
    """A request to erase a person from the store."""

    pseudonym: str
    """Replaces the person's names from now on."""
    person: KnownPerson
    others: frozenset[str] = field(default=frozenset(), repr=False)
    """Names of everybody else who is known: what they are called stays."""
    unclear: Unclear = Unclear.ASK
    by: str
    at: Instant
    reason: str = ""

    @property
    def mentions(self) -> Mentions:
        """Finds the person; made anew at each call."""
        return Mentions(self.pseudonym, self.person.forms, others=self.others, parts=self.person.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclearMention:
    """A text of the store that may name the person."""

    place: str
    """The table, and the row."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureResult:
    """How much was erased."""

    lines: int = 0
    """Lines of the journal."""
    rosters: int = 0
    orders: int = 0
    """Intents that named the person."""
    others: int = 0
    """Rows of other tables."""
    unclear: tuple[UnclearMention, ...] = ()
    """If there are any, nothing was erased."""

    def __bool__(self) -> bool:
        return bool(self.lines or self.rosters or self.orders or self.others)


def everyone_in(roster: Roster) -> Mapping[AgentId, Agent]:
    """All agents of a roster, including departed ones."""
    return {**roster.departed, **roster.agents}


def people_of(index: Iterable[KnownPerson], rosters: Iterable[Roster], rekeyed: Mapping[AgentId, AgentId]) -> list[KnownPerson]:
    """Everybody whom the store knows, by id: from the index, and from the rosters that are kept, the newest first.

    An id that was given to somebody else is theirs, and no earlier id of whoever had it before.
    """
    found = {person.agent_id: person for person in index}
    before = defaultdict[AgentId, list[AgentId]](list)
    for person in found.values():
        for old in person.earlier_ids:
            before[old].append(person.agent_id)
    given_again = {old for old in rekeyed if old in found and found[old].logins}
    for number, roster in enumerate(rosters):
        given_again |= rekeyed.keys() & roster.agents.keys() if number == 0 else set()
        for agent_id, agent in everyone_in(roster).items():
            whose = next((now for now in before.get(agent_id, ()) if agent.login in found[now].logins), agent_id)
            found[whose] = found[whose].also(agent) if whose in found else known(agent)
    for old, new in rekeyed.items():
        if new in found and old not in given_again:
            found[new] = found[new].merged(found.pop(old, KnownPerson(agent_id=old)))
    return [replace(person, earlier_ids=person.earlier_ids.difference(found)) for _, person in sorted(found.items())]


def people_called(who: str, people: Iterable[KnownPerson]) -> tuple[KnownPerson, ...]:
    """Everybody with this id or name. Several people may have had the same name; an id is one person's."""
    called = tuple(person for person in people if person.is_called(who))
    by_id = tuple(person for person in called if bare(who.strip()) in map(bare, person.ids))
    return by_id or called


def hindrances(person: KnownPerson, mentions: Mentions, records: Records) -> Iterator[Reason]:
    """All that the daemon still works with and that names the person, with the next step. While there is any, the name would be
    back with the next cycle."""
    who = next(iter(sorted(person.logins)), "") or person.agent_id
    roster = records.roster
    if roster is not None:
        if any(agent_id in person.ids for agent_id in roster.agents):
            yield STILL_IN_FORCE(person=who)
        elif any(_is_about(entry, person) for entry in roster.rejected):
            yield STILL_LISTED(person=who)
        if naming := sorted(_naming(roster, person, mentions)):
            yield NAMED_BY_ENTRIES(person=who, entries=_few(naming))
    if owned := sorted(name for name, record in records.desktops.items() if _is_of(record, person)):
        yield STILL_SERVED(person=who, desktops=_few(owned))
    logins = tuple(filter(mentions.is_own, person.logins))
    if there := sorted(name for name, record in records.desktops.items() if _is_on(record, logins)):
        yield LOGGED_ON(person=who, desktops=_few(there))
    guard = records.guard
    if not person.ids.isdisjoint({*guard.left, *guard.joined, *guard.turns, *guard.away}):
        yield MOVED_LATELY(person=who)
    if records.guard.rules is not None and any(map(mentions.is_own, records.guard.rules.logins)):
        yield NAMED_IN_RULES(person=who)
    for intent in records.intents:
        if _stands_for(intent, person, mentions):
            about = {"kind": intent.kind.value, "person": who}
            yield ORDER_STANDS_FOR(**about, target=intent.target) if intent.target else ORDER_STANDS(**about)
        elif intent.terms.text and mentions(intent.terms.text) != intent.terms.text:
            yield IN_MESSAGE(person=who, desktop=intent.target)


def _few(names: Sequence[str]) -> Reason:
    return join_reasons([*names[:_SHOWN], *([f"… ({len(names)})"] if len(names) > _SHOWN else [])], ALSO)


_SHOWN = 10


def _is_about(entry: Rejected, person: KnownPerson) -> bool:
    if entry.agent_id is not None and entry.agent_id in person.ids:
        return True
    if dn_key(entry.entry) in map(dn_key, person.entries):
        return True
    login = entry.login or group_name(entry.entry)
    return entry.agent_id is None and bare(login) in map(bare, person.logins)


def _naming(roster: Roster, person: KnownPerson, mentions: Mentions) -> Iterator[str]:
    """Entries of others that name the person, such as a manager's."""
    for agent_id, agent in roster.agents.items():
        values = (value for several in agent.attributes.values() for value in several)
        if agent_id not in person.ids and any(mentions(value) != value for value in values):
            yield agent.login


def _is_of(record: DesktopRecord, person: KnownPerson) -> bool:
    everybody = {*served_people([record]), *record.reservation.noted_as}
    return not person.ids.isdisjoint(everybody)


def _is_on(record: DesktopRecord, logins: Iterable[str]) -> bool:
    sessions = () if record.report is None else record.report.sessions
    return any(is_same_person(session.login, login) for session in sessions for login in logins)


def _stands_for(intent: Intent, person: KnownPerson, mentions: Mentions) -> bool:
    ids = {AgentId(intent.target), intent.terms.agent, *(part for pair in intent.rekeys for part in pair)}
    if intent.allows is not None:
        ids |= intent.allows.leavers | intent.allows.joiners
    return not person.ids.isdisjoint(ids) or any(map(mentions.is_own, (intent.target, *intent.terms.logins)))


def without(roster: Roster, person: KnownPerson, rewriting: Rewriting) -> Roster:
    """The roster without the person, and without the name in other entries; the same object if nothing of both is there.

    Of the time before an id was given to somebody else the person is there under an id that is another's now.
    """
    agents, departed = (
        {
            key: _reworded_agent(agent, rewriting)
            for key, agent in people.items()
            if key not in person.ids and not rewriting.is_own(agent.login)
        }
        for people in (roster.agents, roster.departed)
    )
    rejected = tuple(_reworded(entry, person, rewriting) for entry in roster.rejected if not _is_about(entry, person))
    after = replace(roster, agents=agents, departed=departed, rejected=rejected)
    return roster if after == roster else after


def _reworded_agent(agent: Agent, rewriting: Rewriting) -> Agent:
    attributes = {name: tuple(map(rewriting.prose, values)) for name, values in agent.attributes.items()}
    return agent if attributes == agent.attributes else replace(agent, attributes=attributes)


def _reworded(entry: Rejected, person: KnownPerson, rewriting: Rewriting) -> Rejected:
    same_as = tuple(agent_id for agent_id in entry.same_as if agent_id not in person.ids)
    login, reason = rewriting.name(entry.login), rewriting.reason(entry.reason)
    return replace(entry, entry=rewriting.prose(entry.entry), login=login, reason=reason, same_as=same_as)


__all__ = [
    "ErasureRequest", "ErasureResult", "Unclear", "UnclearMention", "everyone_in", "hindrances", "people_called", "people_of",
    "without",
]  # fmt: skip
