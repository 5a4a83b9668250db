"""The answer to `why`: what was asked, what may be meant, and if it is clear, why it is as it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.model.ids import AgentId, DesktopName, Instant, WaveName
from provisioner.model.machines.seats import seat_of
from provisioner.model.people.agents import Roster
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.reasons.views import NOTHING_LIKE, NOTHING_MATCHES
from provisioner.views.agents import AgentStanding, agents_in
from provisioner.views.published import Published
from provisioner.views.reasons import ReasonDocument, reason_document
from provisioner.views.times import stamp
from provisioner.views.why.node import NodeWhy, node_why
from provisioner.views.why.past import Journal
from provisioner.views.why.pool import PoolWhy, pool_why
from provisioner.views.why.search import Found, Subject, SubjectKind, find
from provisioner.views.why.seat import SeatWhy, seat_why
from provisioner.views.why.subjects import node_called, subjects_in
from provisioner.views.why.wave import WaveWhy, wave_why

DAEMON, STORE = "daemon", "store"
"""Where an answer is from."""
MOST_MATCHES = 20
"""More matches than that help nobody to choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchDocument:
    """Something that may be meant."""

    kind: str
    """`agent`, `desktop`, `node`, `wave`, `pool`; `entry`: a directory entry that is not an agent."""
    name: str
    """Asked by this name, it is found."""
    label: str | None
    """A second name, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryWhy:
    """A directory entry that is not an agent."""

    entry: str
    """Its DN."""
    login: str | None
    """None: it could not be read."""
    because: ReasonDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyParts:
    """The part that answers: at most one of these."""

    seat: SeatWhy | None = None
    node: NodeWhy | None = None
    wave: WaveWhy | None = None
    pool: PoolWhy | None = None
    entry: EntryWhy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyDocument:
    """Why something is as it is. At most one of the parts from `seat` to `entry` is there; none, unless one
    thing matches."""

    at: str
    """What it tells was true then: at the end of the last cycle, or when the store was last written."""
    source: str
    """`daemon`: from its last cycle. `store`: the daemon was not asked, and this is what the store keeps."""
    of: str
    """The text that was asked."""
    matching: int
    """How many things match."""
    matches: tuple[MatchDocument, ...]
    """The first of them, by kind and name."""
    near: tuple[str, ...]
    """Names like it, if nothing matches."""
    seat: SeatWhy | None
    """An agent or a desktop."""
    node: NodeWhy | None
    wave: WaveWhy | None
    pool: PoolWhy | None
    entry: EntryWhy | None


def why_document(published: Published, of: str, journal: Journal) -> WhyDocument:
    """The answer from the daemon's last cycle."""
    status = published.status
    standings = {standing.agent.agent_id: standing for standing in agents_in(published)}
    found = find(of, subjects_in(published, standings))
    parts = _parts(published, found.subjects[0], standings, journal) if len(found.subjects) == 1 else WhyParts()
    return answer(found, of, parts, at=status.at, source=DAEMON)


def answer(found: Found, of: str, parts: WhyParts, *, at: Instant, source: str) -> WhyDocument:
    """The document around the part that answers."""
    return WhyDocument(
        at=stamp(at),
        source=source,
        of=of,
        matching=len(found.subjects),
        matches=tuple(map(match_document, found.subjects[:MOST_MATCHES])),
        near=found.near,
        seat=parts.seat,
        node=parts.node,
        wave=parts.wave,
        pool=parts.pool,
        entry=parts.entry,
    )


def entry_why(roster: Roster | None, dn: str) -> EntryWhy | None:
    """Why the entry with this DN is not an agent."""
    rejected = roster.rejected if roster is not None else ()
    found = next((entry for entry in rejected if entry.entry == dn), None)
    if found is None:
        return None
    return EntryWhy(entry=found.entry, login=found.login or None, because=reason_document(found.reason))


def nothing_matches(document: WhyDocument) -> Reason:
    """Why there is no answer, if nothing matches."""
    if not document.near:
        return NOTHING_MATCHES(of=document.of)
    return NOTHING_LIKE(of=document.of, names=join_reasons(document.near, ALSO))


def match_document(subject: Subject) -> MatchDocument:
    """Something that may be meant."""
    return MatchDocument(kind=subject.kind.value, name=subject.name, label=subject.label or None)


def _parts(published: Published, subject: Subject, standings: Mapping[AgentId, AgentStanding], journal: Journal) -> WhyParts:
    status, key = published.status, subject.key
    match subject.kind:
        case SubjectKind.AGENT:
            agent = standings[AgentId(key)]
            used = status.desktops.get(DesktopName(agent.desktop))
            return WhyParts(seat=seat_why(published, seat_of(AgentId(key)), used, agent, journal))
        case SubjectKind.DESKTOP:
            state = status.desktops[DesktopName(key)]
            standing = standings.get(state.reservation.agent_id) if state.reservation.agent_id else None
            return WhyParts(seat=seat_why(published, state.reservation.seat, state, standing, journal))
        case SubjectKind.NODE:
            return WhyParts(node=node_why(status, node_called(key), journal))
        case SubjectKind.WAVE:
            return WhyParts(wave=wave_why(published, WaveName(key)))
        case SubjectKind.POOL:
            return WhyParts(pool=pool_why(published, key, journal))
        case SubjectKind.ENTRY:
            return WhyParts(entry=entry_why(status.roster, key))
