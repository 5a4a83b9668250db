"""Everything that can be asked about, with the names by which it is found."""

from collections.abc import Iterator, Mapping

from provisioner.model.ids import AgentId, ClusterId, DesktopName, NodeKey, NodeName
from provisioner.model.intents import IntentKind
from provisioner.model.kept.erasure import everyone_in
from provisioner.model.kept.records import Records
from provisioner.model.machines.desktops import Reservation
from provisioner.model.people.agents import Agent, Rejected
from provisioner.views.agents import AgentStanding
from provisioner.views.published import Published
from provisioner.views.why.search import Subject, SubjectKind

_CLOSING = (IntentKind.CORDON, IntentKind.DRAIN, IntentKind.EVACUATE)


def subjects_in(published: Published, standings: Mapping[AgentId, AgentStanding]) -> Iterator[Subject]:
    """What the last cycle knew. An agent and the desktop that the agent uses are one subject."""
    status = published.status
    used = {standing.desktop for standing in standings.values()}
    for standing in standings.values():
        state = status.desktops.get(DesktopName(standing.desktop))
        yield _agent(standing.agent, state.reservation if state is not None else None)
    for name, state in status.desktops.items():
        if name not in used:
            yield _desktop(state.reservation, state.agent_login)
    for view in status.snapshot.clusters.values():
        yield from (_node(node.key) for node in view.nodes.values())
    for wave in published.scenario.waves:
        yield Subject(kind=SubjectKind.WAVE, key=wave.name, name=wave.name)
    yield from (Subject(kind=SubjectKind.POOL, key=each.pool.name, name=each.pool.name) for each in status.pools)
    yield from map(_entry, status.roster.rejected if status.roster is not None else ())


def subjects_kept(records: Records) -> Iterator[Subject]:
    """What a store knows: nodes only by name, and no waves."""
    roster = records.roster
    people = everyone_in(roster) if roster is not None else {}
    of_agent = {record.reservation.agent_id: record for record in records.desktops.values() if record.superseded_by is None}
    for agent in people.values():
        record = of_agent.get(agent.agent_id)
        yield _agent(agent, record.reservation if record is not None else None)
    for record in records.desktops.values():
        if record.superseded_by is not None or record.reservation.agent_id not in people:
            yield _desktop(record.reservation, "")
    nodes = {record.reservation.node_key for record in records.desktops.values()}
    yield from map(_node, nodes | {intent.node for intent in records.intents if intent.kind in _CLOSING})
    yield from map(_entry, roster.rejected if roster is not None else ())


def node_called(text: str) -> NodeKey:
    """The node of a subject's key."""
    cluster, _, node = text.partition("/")
    return NodeKey(ClusterId(cluster), NodeName(node))


def _agent(agent: Agent, desktop: Reservation | None) -> Subject:
    name, ids = ("", ()) if desktop is None else (desktop.name, _numbers(desktop))
    return Subject(
        kind=SubjectKind.AGENT,
        key=agent.agent_id,
        name=agent.login,
        label=agent.display_name,
        names=tuple(filter(None, (agent.display_name, agent.mail, name))),
        ids=(agent.agent_id, *ids),
    )


def _desktop(desktop: Reservation, login: str) -> Subject:
    return Subject(kind=SubjectKind.DESKTOP, key=desktop.name, name=desktop.name, label=login, ids=_numbers(desktop))


def _numbers(desktop: Reservation) -> tuple[str, ...]:
    return (str(desktop.vmid), str(desktop.key))


def _node(key: NodeKey) -> Subject:
    return Subject(kind=SubjectKind.NODE, key=str(key), name=str(key), ids=(key.node,))


def _entry(entry: Rejected) -> Subject:
    return Subject(kind=SubjectKind.ENTRY, key=entry.entry, name=entry.login or entry.entry, names=(entry.entry,))
