"""The answer from a store alone, while the daemon cannot be asked. It gives no reason that the store does not keep."""

from collections.abc import Iterator

from provisioner.model.ids import AgentId, DesktopName, Instant, NodeKey
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.machines.desktops import UNTRIED
from provisioner.model.people.agents import Agent
from provisioner.ports import JournalEntry
from provisioner.views.agents import AgentDocument
from provisioner.views.lent import Lent
from provisioner.views.times import stamp_or_none
from provisioner.views.why.document import STORE, WhyDocument, WhyParts, answer, entry_why
from provisioner.views.why.holds import intents_about
from provisioner.views.why.kept import kept_document
from provisioner.views.why.node import NodeWhy
from provisioner.views.why.past import Journal, last_error, line_documents, lines_of, lines_of_desktops
from provisioner.views.why.search import Subject, SubjectKind, find
from provisioner.views.why.seat import SeatWhy
from provisioner.views.why.subjects import node_called, subjects_kept


def why_stored(records: Records, of: str, journal: Journal, *, newest: JournalEntry | None, now: Instant) -> WhyDocument:
    """The answer; `newest`: the journal's newest line, None: it is empty."""
    found = find(of, subjects_kept(records))
    parts = _parts(records, found.subjects[0], journal, now) if len(found.subjects) == 1 else WhyParts()
    return answer(found, of, parts, at=max(_written(records, newest), default=now), source=STORE)


def _parts(records: Records, subject: Subject, journal: Journal, now: Instant) -> WhyParts:
    match subject.kind:
        case SubjectKind.AGENT:
            return WhyParts(seat=_of_agent(records, AgentId(subject.key), journal, now))
        case SubjectKind.DESKTOP:
            return WhyParts(seat=_of_desktop(records, records.desktops[DesktopName(subject.key)], journal, now))
        case SubjectKind.NODE:
            return WhyParts(node=_node(records, node_called(subject.key), journal, now))
        case _:
            return WhyParts(entry=entry_why(records.roster, subject.key))


def _of_agent(records: Records, agent_id: AgentId, journal: Journal, now: Instant) -> SeatWhy:
    own = [record for record in records.desktops.values() if record.reservation.agent_id == agent_id]
    used = next((record for record in own if record.superseded_by is None), None)
    return _seat(records, agent_id, used, tuple(record for record in own if record is not used), journal, now)


def _of_desktop(records: Records, record: DesktopRecord, journal: Journal, now: Instant) -> SeatWhy:
    agent_id = record.reservation.agent_id
    same = (other for other in records.desktops.values() if agent_id is not None and other.reservation.agent_id == agent_id)
    return _seat(records, agent_id, record, tuple(other for other in same if other is not record), journal, now)


def _seat(
    records: Records,
    agent_id: AgentId | None,
    record: DesktopRecord | None,
    others: tuple[DesktopRecord, ...],
    journal: Journal,
    now: Instant,
) -> SeatWhy:
    names = sorted(other.reservation.name for other in others)
    own = () if record is None else (record.reservation.name, str(record.reservation.key), str(record.reservation.node_key))
    attempts = UNTRIED if record is None else record.attempts
    lent = Lent(records.desktops.values(), records.roster)
    desktops = (each.reservation for each in (record, *others) if each is not None)
    lines = lines_of_desktops(desktops, agent_id, journal, now=now)
    agent = _agent(records, agent_id)
    return SeatWhy(
        agent=None if agent is None else _agent_document(agent, record),
        desktop=None,
        kept=None if record is None else kept_document(record),
        lent=lent.to(agent_id) or lent.document(record),
        borrow=None,
        target=None,
        waits_since=None,
        ordered=(),
        held_by=(),
        intents=intents_about(records.intents, agent_id, *own),
        last_error=last_error(lines, attempts, of=own[0] if own else None),
        next_try_at=stamp_or_none(attempts.retry_at if attempts.retry_at > now and not attempts.gave_up else None),
        others=tuple(names),
        half_days=None,
        journal=line_documents(lines),
    )


def _agent(records: Records, agent_id: AgentId | None) -> Agent | None:
    roster = records.roster
    return None if roster is None or agent_id is None else roster.agents.get(agent_id) or roster.departed.get(agent_id)


def _agent_document(agent: Agent, record: DesktopRecord | None) -> AgentDocument:
    return AgentDocument(
        id=agent.agent_id,
        login=agent.login,
        name=agent.display_name,
        department=agent.department or None,
        site=agent.site or None,
        wave=None,
        desktop=None if record is None else record.reservation.name,
        phase=None,
        unseen_since=None,
        because=None,
    )


def _node(records: Records, key: NodeKey, journal: Journal, now: Instant) -> NodeWhy:
    return NodeWhy(
        cluster=key.cluster,
        name=key.node,
        node=None,
        observed=None,
        storages=(),
        short=(),
        phases={},
        kept=sum(reservation.node_key == key for reservation in records.reservations),
        troubles=(),
        waiting=(),
        intents=intents_about(records.intents, str(key)),
        journal=line_documents(lines_of((str(key),), journal, now=now)),
    )


def _written(records: Records, newest: JournalEntry | None) -> Iterator[Instant]:
    """Times at which something in the store was true."""
    if newest is not None:
        yield newest.at
    if records.roster is not None:
        yield records.roster.read_at
    for record in records.desktops.values():
        yield record.reservation.reserved_at
        if record.report is not None:
            yield record.report.read_at
