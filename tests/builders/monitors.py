"""Statuses, outcomes and calls for the tests of monitors and logs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from monitors.metric import KnownNames
from monitors.recorder import Recorder
from provisioner.errors import BasculeError
from provisioner.model.actions import Outcome, Plan, Result
from provisioner.model.capacity import Capacity, NodeLoss, Outlook
from provisioner.model.demand import Demand, Want
from provisioner.model.ids import (
    AgentId,
    ClusterId,
    DesktopName,
    GuestKey,
    Instant,
    NodeKey,
    NodeName,
    ProfileName,
    StorageId,
    Vmid,
    WaveName,
)
from provisioner.model.machines.cluster import ClusterView, Node, Snapshot, Storage
from provisioner.model.machines.desktops import Phase, Reservation, Session, SessionState
from provisioner.model.machines.seats import seat_of
from provisioner.model.people.agents import Agent, Rejected, Roster
from provisioner.model.status import DesktopState, Headroom, LockState, NodeHeadroom, Status, StorageHeadroom
from provisioner.ports import ApiCall

PVE = ClusterId("pve")
STANDARD = ProfileName("standard")
EVERYONE = WaveName("everyone")
MONDAY = 1_584_342_000.0
"""16 March 2020, 08:00 in Paris."""
A_LOCK = LockState(cluster=PVE, node=NodeName(""), storage=StorageId("ceph"), limit=8, in_flight=3, hold_s=1.5, timeouts=2)
KNOWN = KnownNames(profiles=(STANDARD,), clusters=(PVE,), waves=(EVERYONE,))


class SetClock:
    """A clock (ports.Clock) that stands where it is set."""

    def __init__(self, now: Instant = MONDAY) -> None:
        self.at = now

    def now(self) -> Instant:
        return self.at


def a_recorder(clock: SetClock | None = None, *, known: KnownNames = KNOWN) -> Recorder:
    return Recorder(clock=clock or SetClock(), known=known)


def a_session(
    login: str, state: SessionState = SessionState.CONNECTED, *, since: Instant = MONDAY, source: str = "ssh"
) -> Session:
    return Session(login=login, state=state, since=since, source=source)


def a_desktop(
    number: int,
    phase: Phase = Phase.READY,
    *,
    profile: str = STANDARD,
    cluster: str = PVE,
    since: Instant = MONDAY,
    sessions: tuple[Session, ...] | None = (),
    because: str = "as observed",
) -> DesktopState:
    """Desktop number n belongs to agent number n and lies on node pve<n mod 16>."""
    node = NodeName(f"pve{number % 16}")
    reservation = Reservation(
        name=DesktopName(f"vd-{number}"),
        cluster=ClusterId(cluster),
        vmid=Vmid(number),
        profile=ProfileName(profile),
        seat=seat_of(AgentId(f"agent-{number}")),
        address="",
        node=node,
        reserved_at=MONDAY,
    )
    return DesktopState(
        reservation=reservation,
        phase=phase,
        because=because,
        node=node,
        since=since,
        wanted=True,
        sessions=sessions,
    )


def named(desktops: Iterable[DesktopState]) -> dict[DesktopName, DesktopState]:
    return {desktop.reservation.name: desktop for desktop in desktops}


def wants_of(numbers: Iterable[int], *, profile: str = STANDARD, wave: str = EVERYONE) -> Demand:
    """Agents of these numbers each want a desktop."""
    return Demand(
        wants={
            seat_of(AgentId(f"agent-{number}")): Want(
                seat=seat_of(AgentId(f"agent-{number}")),
                login=f"login{number}",
                profile=ProfileName(profile),
                wave=WaveName(wave),
                rank=(100, MONDAY, f"login{number}"),
                by="the batch is open",
            )
            for number in numbers
        }
    )


def a_roster(agents: int, *, rejected: int = 0, read_at: Instant = MONDAY) -> Roster:
    people = (Agent(agent_id=AgentId(f"agent-{n}"), login=f"login{n}", display_name=f"Agent {n}") for n in range(agents))
    refused = tuple(Rejected(entry=f"uid=x{n},ou=people", reason="no login") for n in range(rejected))
    return Roster(read_at=read_at, agents={person.agent_id: person for person in people}, rejected=refused)


def a_snapshot(
    *, nodes: int = 2, offline: int = 0, maintained: int = 0, quorate: bool = True, taken_at: Instant = MONDAY
) -> Snapshot:
    """One cluster; the first nodes are offline, or in maintenance mode."""
    listed = {
        NodeName(f"pve{n}"): Node(
            key=NodeKey(PVE, NodeName(f"pve{n}")),
            online=n >= offline,
            maintenance=n < maintained,
            cores=64,
            memory_mib=524_288,
        )
        for n in range(nodes)
    }
    storages = tuple(
        Storage(node=node.key, storage=StorageId("ceph"), shared=True, total_gib=2048.0, used_gib=1024.0)
        for node in listed.values()
    )
    view = ClusterView(cluster=PVE, taken_at=taken_at, nodes=listed, storages=storages)
    return Snapshot().with_view(replace(view, quorate=quorate, quorum_asked_at=taken_at))


def a_headroom(*, nodes: int = 2) -> Headroom:
    return Headroom(
        nodes={NodeKey(PVE, NodeName(f"pve{n}")): NodeHeadroom(memory_mib=4096.0, vcpus=12.0) for n in range(nodes)},
        storages=(StorageHeadroom(cluster=PVE, node=NodeName(""), storage=StorageId("ceph"), gib=512.0),),
    )


def a_switch(desktops: int, *, at: Instant = MONDAY, ready: int | None = None, sessions: int = 0) -> Status:
    """A département of so many agents; the first `ready` desktops are ready, the first `sessions` of those in use."""
    ready = desktops if ready is None else ready
    states = (
        a_desktop(
            n,
            Phase.READY if n < ready else Phase.STARTING,
            sessions=(a_session(f"login{n}"),) if n < sessions else (),
            since=at,
        )
        for n in range(desktops)
    )
    return a_status(at=at, desktops=states, demand=wants_of(range(desktops)), roster=a_roster(desktops, read_at=at))


def a_status(
    *,
    at: Instant = MONDAY,
    desktops: Iterable[DesktopState] = (),
    demand: Demand | None = None,
    roster: Roster | None = None,
    snapshot: Snapshot | None = None,
    free: int = 50,
    binds: str = "memory",
    paused: Mapping[ClusterId, str] | None = None,
    plan: Plan | None = None,
) -> Status:
    """A whole status in which nothing is wrong; `dataclasses.replace` for the rest."""
    desktops = named(desktops)
    phases = Counter(desktop.phase for desktop in desktops.values())
    return Status(
        at=at,
        planned_at=at,
        snapshot=snapshot or a_snapshot(taken_at=at),
        roster=roster or a_roster(1, read_at=at),
        demand=demand or Demand(),
        plan=plan or Plan(),
        desktops=desktops,
        phases=phases,
        on_the_way=sum(phases[phase] for phase in (Phase.CLONING, Phase.STARTING)),
        capacity={STANDARD: Capacity(free=free, binds=binds)},
        outlook={
            STANDARD: Outlook(losses=(NodeLoss(node=NodeKey(PVE, NodeName("pve0")), at_least=free - 60, at_most=free - 50),))
        },
        locks=(A_LOCK,),
        headroom=a_headroom(),
        paused=paused or {},
        cycle_seconds=0.02,
    )


def an_outcome(
    number: int = 1,
    action: str = "clone",
    result: Result = Result.DONE,
    *,
    lasted: float = 10.0,
    started_at: Instant = MONDAY,
    reason: str = "",
    retry_in: float | None = None,
    error: str = "",
) -> Outcome:
    ended_at = started_at + lasted
    return Outcome(
        desktop=DesktopName(f"vd-{number}"),
        key=GuestKey(PVE, Vmid(number)),
        action=action,
        result=result,
        reason=reason,
        started_at=started_at,
        ended_at=ended_at,
        retry_at=None if retry_in is None else ended_at + retry_in,
        error=error,
    )


def an_api_call(method: str = "GET", outcome: str = "ok", *, seconds: float = 0.05, received: int = 1000) -> ApiCall:
    return ApiCall(
        cluster=PVE,
        method=method,
        endpoint="/cluster/resources",
        outcome=outcome,
        seconds=seconds,
        received_bytes=received,
    )


def every_error(root: type[BasculeError]) -> set[type[BasculeError]]:
    """A class and all below it."""
    return {root}.union(*(every_error(child) for child in root.__subclasses__()))
