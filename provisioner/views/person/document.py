"""The answer about one person: whom a name means, and the card."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provisioner.model.ids import AgentId, Instant
from provisioner.model.people.agents import Rejected
from provisioner.reasons import person
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.reasons.views import NO_ROSTER_YET
from provisioner.views.agents import AgentStanding, agents_in
from provisioner.views.person.ages import Ages
from provisioner.views.person.card import CardDocument, card_of_agent, card_of_entry
from provisioner.views.published import Published
from provisioner.views.times import stamp
from provisioner.views.why.document import MOST_MATCHES, MatchDocument, match_document
from provisioner.views.why.past import Journal
from provisioner.views.why.search import Found, Subject, SubjectKind, find
from provisioner.views.why.subjects import subjects_in

_PEOPLE = (SubjectKind.AGENT, SubjectKind.ENTRY)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDocument:
    """How one person stands with a desktop, and what may be done."""

    at: str
    """The end of the cycle that knew it."""
    of: str
    """The text that was asked."""
    matching: int
    """How many people match."""
    matches: tuple[MatchDocument, ...]
    """The first of them, by kind and name."""
    card: CardDocument | None
    """None: several match."""


def person_document(
    published: Published, of: str, journal: Journal, *, now: Instant, within_s: float
) -> PersonDocument | Reason:
    """The card of the one person that is meant; or why nobody is. `within_s`: seconds after which a daemon without a cycle
    hangs."""
    status = published.status
    if status.roster is None:
        return NO_ROSTER_YET()
    ages = Ages.at(published, now=now, within_s=within_s)
    standings = {standing.agent.agent_id: standing for standing in agents_in(published)}
    found = find(of, (each for each in subjects_in(published, standings) if each.kind in _PEOPLE))
    people = _one_each(found.subjects, status.roster.rejected)
    if not people:
        return _nobody(found, of, ages)
    card = _card(published, people[0], standings, ages, journal) if len(people) == 1 else None
    return PersonDocument(
        at=stamp(status.at),
        of=of,
        matching=len(people),
        matches=tuple(map(match_document, people[:MOST_MATCHES])),
        card=card,
    )


def _one_each(subjects: tuple[Subject, ...], rejected: Iterable[Rejected]) -> tuple[Subject, ...]:
    """Without entries of people who are agents as they were last accepted: those are found besides."""
    agents = {subject.key for subject in subjects if subject.kind is SubjectKind.AGENT}
    theirs = {entry.entry for entry in rejected if agents & {entry.agent_id, *entry.same_as}}
    return tuple(subject for subject in subjects if subject.kind is SubjectKind.AGENT or subject.key not in theirs)


def _nobody(found: Found, of: str, ages: Ages) -> Reason:
    if found.near:
        return person.NOBODY_LIKE(of=of, at=ages.read_at, names=join_reasons(found.near, ALSO))
    if ages.directory_held is not None:
        return person.NOBODY_HELD(of=of, at=ages.read_at)
    return (person.NOBODY_OLD if ages.directory_unread else person.NOBODY)(of=of, at=ages.read_at)


def _card(
    published: Published, subject: Subject, standings: Mapping[AgentId, AgentStanding], ages: Ages, journal: Journal
) -> CardDocument:
    entry, standing = _entry_of(published, subject), standings.get(AgentId(subject.key))
    if standing is not None:
        return card_of_agent(published, standing, ages, journal, entry=entry)
    assert entry is not None, "who is not an agent is an entry"
    return card_of_entry(published, entry, ages)


def _entry_of(published: Published, subject: Subject) -> Rejected | None:
    """The person's entry, if it cannot be used."""
    assert published.status.roster is not None, "somebody was found"
    for entry in published.status.roster.rejected:
        if subject.key in (entry.entry, entry.agent_id, *entry.same_as):
            return entry
    return None


__all__ = ["PersonDocument", "person_document"]
