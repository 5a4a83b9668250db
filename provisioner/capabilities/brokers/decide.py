"""What a status wants to stand at a broker, and the difference from what stands there. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from provisioner.capabilities.brokers.model import BrokerConnection, BrokerStep, HeldConnection, StepKind
from provisioner.model.ids import DesktopName, ProfileName
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.seats import pool_of
from provisioner.model.people.profiles import Connection, LogonProtocol
from provisioner.model.status import DesktopState, Status

Wanted = Mapping[DesktopName, BrokerConnection]


_NOT_YET = frozenset({Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED, Phase.DELETING})
_USUAL = Connection()


def desired_connections(
    status: Status, connections: Mapping[ProfileName, Connection], *, zone: str, parameters: Mapping[str, str]
) -> Wanted:
    """Every desktop that is a person's own and is reached by RDP, from when it is made. `zone`: of its name in DNS; empty: it
    has none."""
    others = tuple(sorted(parameters.items()))
    return {
        name: BrokerConnection(
            desktop=name,
            login=state.agent_login,
            host=state.reservation.address or (f"{name}.{zone}" if zone else name),
            port=connections.get(state.reservation.profile, _USUAL).port,
            parameters=others,
        )
        for name, state in sorted(status.desktops.items())
        if _is_wanted(state) and connections.get(state.reservation.profile, _USUAL).protocol is LogonProtocol.RDP
    }


def _is_wanted(state: DesktopState) -> bool:
    is_own = pool_of(state.reservation.seat) is None and bool(state.agent_login)
    return is_own and state.phase not in _NOT_YET and state.leaving is None and not state.unused


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerMemory:
    """What is known of a broker."""

    listed: Mapping[str, str]
    """Names of all connections in our group, by identifier."""
    connections: Mapping[str, HeldConnection]
    """Those that were looked at, by identifier."""
    usable: Mapping[str, Set[str] | None]
    """What each person may use; None: the broker does not know the person. Who is not there was not looked at yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerDifference:
    """The difference of one broker."""

    steps: Mapping[DesktopName, Sequence[BrokerStep]]
    """In order; if a step fails, those after it wait. Removals come last."""
    foreign: tuple[DesktopName, ...]
    """Desktops whose name is somebody else's connection."""
    unknown: tuple[str, ...]
    """People with a desktop whom the broker does not know."""
    settled: frozenset[DesktopName]
    """Wanted, and there as they are to be, with the permission of their person."""
    unlooked: int
    """Desktops of which too little is known yet."""
    gone: frozenset[DesktopName]
    """Desktops with a connection of ours that are not wanted, due for removal or not."""


def difference(wanted: Wanted, held: BrokerMemory, *, may_go: Callable[[DesktopName], bool]) -> BrokerDifference:
    """`may_go`: whether the connection of a desktop that is not wanted may be removed now."""
    ours = _ours(held)
    by_name = {name: identifier for identifier, name in held.listed.items()}
    steps: dict[DesktopName, Sequence[BrokerStep]] = {}
    foreign, settled, unlooked = [], set(), 0
    for desktop, connection in wanted.items():
        there = ours.get(desktop, ())
        taken = None if there else by_name.get(desktop)
        if taken is not None and taken in held.connections:
            foreign.append(desktop)
        elif taken is not None or connection.login not in held.usable:
            unlooked += 1
        elif found := tuple(_steps(connection, there, held.usable[connection.login])):
            steps[desktop] = found
        elif held.usable[connection.login] is not None:
            settled.add(desktop)
    gone = frozenset(ours.keys() - wanted.keys())
    for desktop in sorted(gone):
        if may_go(desktop):
            steps[desktop] = tuple(map(_removal, ours[desktop]))
    unknown = {each.login for each in wanted.values() if held.usable.get(each.login, frozenset()) is None}
    return BrokerDifference(
        steps=steps,
        foreign=tuple(foreign),
        unknown=tuple(sorted(unknown)),
        settled=frozenset(settled),
        unlooked=unlooked,
        gone=gone,
    )


def _ours(held: BrokerMemory) -> Mapping[DesktopName, Sequence[HeldConnection]]:
    found: dict[DesktopName, list[HeldConnection]] = {}
    for _, connection in sorted(held.connections.items()):
        if connection.content is not None:
            found.setdefault(connection.content.desktop, []).append(connection)
    return found


def _steps(
    wanted: BrokerConnection, there: Sequence[HeldConnection], usable: Set[str] | None
) -> Iterator[BrokerStep]:  # fmt: skip
    """A person who loses a desktop loses the permission first; the mark says whose it was until that is done."""
    if not there:
        yield BrokerStep(kind=StepKind.ADD, connection=wanted)
        if usable is not None:
            yield BrokerStep(kind=StepKind.ALLOW, login=wanted.login)
        return
    first, *doubles = there
    yield from map(_removal, doubles)
    before = first.content
    if before is not None and before.login != wanted.login:
        yield BrokerStep(kind=StepKind.DISALLOW, identifier=first.identifier, login=before.login)
    if before != wanted or first.name != wanted.desktop:
        yield BrokerStep(kind=StepKind.CHANGE, identifier=first.identifier, connection=wanted)
    if usable is not None and first.identifier not in usable:
        yield BrokerStep(kind=StepKind.ALLOW, identifier=first.identifier, login=wanted.login)


def _removal(held: HeldConnection) -> BrokerStep:
    return BrokerStep(kind=StepKind.REMOVE, identifier=held.identifier)
