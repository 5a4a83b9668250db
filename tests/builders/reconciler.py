"""A reconciler, a small scripted cluster, and listeners that record the reconciler's events."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from provisioner.adapters.memory_store import MemoryStore
from provisioner.errors import BasculeError, GoneOrMoved, IdTaken, NotOurs, NotSent, OtherKey, OutcomeUnknown
from provisioner.model.actions import Action, CheckGuest, Clone, Configure, Delete, Note, Reconfigure, Start, Stop, Tag, Verify
from provisioner.model.budget import Pace, Safety
from provisioner.model.commands import Command, Completion, Observe, ReadDirectory, ReadTaskLog
from provisioner.model.departures import is_departure_tag
from provisioner.model.freeze import FreezeMark
from provisioner.model.ids import ClusterId, NodeName
from provisioner.model.machines.cluster import ClusterView, Guest, Power, Task
from provisioner.model.machines.desktops import FirstBoot, GuestReport, Phase, Reservation, Session
from provisioner.model.people.agents import Roster
from provisioner.model.scenario.scenarios import EVERYONE, Scenario
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.model.vm_marks import marks_of, tags_for
from provisioner.ports import ApiCall, Changes, Store, all_of
from provisioner.pve.desktop_settings import is_settings_tag, settings_tag
from provisioner.reconciler import Reconciler
from tests.builders.cluster import INSTALLATION, NOW, PVE, a_node, a_task, a_view
from tests.builders.core import a_config, a_roster
from tests.reconciler.doubting import Doubted, Doubting


class SetClock:
    """Stands where it is set."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> float:
        return self.at


@dataclass
class Listener:
    """Records all events."""

    outcomes: list[Any] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    readings: list[tuple[Roster | None, str]] = field(default_factory=list)

    def api_call(self, call: ApiCall) -> None:
        """No API is called here."""

    def outcome(self, outcome: Any) -> None:
        self.outcomes.append(outcome)

    def directory_read(self, roster: Roster | None, error: str) -> None:
        self.readings.append((roster, error))

    def status(self, status: Status) -> None:
        self.statuses.append(status)

    def notice(self, subject: str, text: str) -> None:
        self.notices.append((subject, text))


@dataclass
class Cluster:
    """A cluster's VMs. Actions take effect at once; a clone stays locked until `come_out`."""

    name: ClusterId = PVE
    online: dict[str, bool] = field(default_factory=lambda: {"n1": True, "n2": True})
    quorate: bool = True
    guests: dict[int, Guest] = field(default_factory=dict)
    notes: dict[int, Reservation] = field(default_factory=dict)
    sessions: dict[int, tuple[Session, ...]] = field(default_factory=dict)
    booted: dict[int, float] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)
    unreadable: set[int] = field(default_factory=set)
    """VMs with an unreadable configuration."""
    other_key: bool = False
    """The daemon has another key than the one before: it signs with it, and no older note is of it."""
    signed: dict[int, bool] = field(default_factory=dict)
    """With which of the two each note is signed."""
    hidden: set[int] = field(default_factory=set)
    """VMs that are there, and that no listing shows just now."""

    def view(self, look: Observe, at: float) -> ClusterView:
        nodes = [a_node(name, cluster=self.name, online=online) for name, online in self.online.items()]
        tasks = tuple(task for task in self.tasks if task.node.node in look.tasks_of)
        return replace(
            a_view(nodes=nodes, guests=self._listed(), cluster=self.name),
            taken_at=at,
            existence={vmid: vmid in self.guests for vmid in look.exists if vmid not in self.guests or vmid in self.hidden},
            uptimes_s={vmid: int(at - self.booted[vmid]) for vmid in self.booted if self._has_booted(vmid, at)},
            quorate=self.quorate if look.quorum else None,
            quorum_asked_at=at if look.quorum else None,
            tasks_of=frozenset(name for name in look.tasks_of if self.online.get(name)),
            tasks=tasks,
        )

    def do(self, action: Action, at: float) -> Any:
        """The action's answer, once it has taken effect."""
        vmid = action.key.vmid
        if (
            vmid in self.notes
            and self.signed.get(vmid, False) != self.other_key
            and not isinstance(action, Clone | CheckGuest | Verify)
        ):
            raise NotOurs(f"{action.word} vd-{vmid}: the note does not prove it")
        match action:
            case Clone():
                return self._clone(action)
            case Verify():
                self._there(vmid)
                if vmid in self.unreadable:
                    raise NotSent("595: no route to host")
                if vmid in self.notes and self.signed.get(vmid, False) != self.other_key:
                    raise OtherKey(f"verify vd-{vmid}: its note is signed with another key: put back the note_key")
                return self.notes.get(vmid)
            case CheckGuest():
                return self.report(vmid, at)
            case Configure():
                tags = {*tags_for(action.profile, INSTALLATION), settings_tag(action.reservation, action.profile)}
                self._change(vmid, tags=frozenset(tags))
                return None
            case Reconfigure():
                kept = frozenset(tag for tag in self._there(vmid).tags if not is_settings_tag(tag))
                ours = {*marks_of(action.profile.name, INSTALLATION), settings_tag(action.reservation, action.profile)}
                self._change(vmid, tags=kept | ours)
                return None
            case Tag():
                kept = frozenset(tag for tag in self._there(vmid).tags if not is_departure_tag(tag))
                self._change(vmid, tags=kept | action.tags | action.marks)
                return None
            case Note():
                self._there(vmid)
                self.notes[vmid] = replace(action.reservation, proven=True, noted_as=())
                return None
            case Start():
                self.power_on(vmid, at)
            case Stop():
                self.power_off(vmid)
            case Delete():
                self.delete(vmid)
        return f"UPID:{action.word}:{vmid}"

    def come_out(self) -> None:
        """Every clone that somebody is at ends well."""
        for task in self.tasks:
            vmid = int(task.upid.rsplit(":", 1)[-1])
            if vmid in self.guests:
                self._change(vmid, lock=None, name=f"vd-{vmid}")
        self.tasks = []

    def break_off(self, vmid: int) -> None:
        """The task that clones this VM dies; the half-made VM stays, locked."""
        self.tasks = [task for task in self.tasks if task.upid != f"UPID:clone:{vmid}"]

    def power_on(self, vmid: int, at: float) -> None:
        self._change(vmid, power=Power.RUNNING)
        self.booted.setdefault(vmid, at)

    def power_off(self, vmid: int) -> None:
        self._change(vmid, power=Power.STOPPED)
        self.booted.pop(vmid, None)

    def delete(self, vmid: int) -> None:
        for kept in (self.guests, self.notes, self.booted, self.sessions):
            kept.pop(vmid, None)

    def move(self, vmid: int, node: str) -> None:
        self._change(vmid, node=NodeName(node))

    def manage(self, vmid: int, state: str | None) -> None:
        """The VM is a resource of HA in this state, or none any more."""
        self._change(vmid, ha=state)

    def report(self, vmid: int, at: float) -> GuestReport:
        return GuestReport(
            read_at=at,
            first_boot=FirstBoot.DONE,
            logon_port_open=True,
            booted_at=self.booted[vmid],
            ready_at=self.booted[vmid] + 50,
            sessions=self.sessions.get(vmid, ()),
            written_at=at,
        )

    def _clone(self, action: Clone) -> str:
        vmid = action.key.vmid
        if vmid in self.guests:
            raise IdTaken(f"clone {action.desktop}: unable to create VM {vmid}: config file already exists")
        node = action.template.node
        self.guests[vmid] = Guest(key=action.key, node=node, power=Power.STOPPED, lock="clone", vcpus=2, memory_mib=4096)
        self.notes[vmid], self.signed[vmid] = replace(action.reservation, proven=True), self.other_key
        self.tasks.append(a_task(f"UPID:clone:{vmid}", node=node))
        return f"UPID:clone:{vmid}"

    def _there(self, vmid: int) -> Guest:
        if vmid not in self.guests:
            raise GoneOrMoved(f"VM {vmid} does not exist")
        return self.guests[vmid]

    def _change(self, vmid: int, **changed: Any) -> None:
        self.guests[vmid] = replace(self._there(vmid), **changed)

    def _listed(self) -> list[Guest]:
        return [self._seen(guest) for vmid, guest in self.guests.items() if vmid not in self.hidden]

    def _seen(self, guest: Guest) -> Guest:
        return guest if self.online.get(guest.node) else replace(guest, power=Power.UNKNOWN)

    def _has_booted(self, vmid: int, at: float) -> bool:
        guest = self.guests.get(vmid)
        return guest is not None and bool(self.online.get(guest.node)) and at - self.booted[vmid] >= 1


_MOST, _REST = 25, 4
"""Cycles in which a site comes to rest, and those without an order that show it."""


class Site:
    """A daemon's core at work: `look` makes a cycle, `carry_out` does what it ordered."""

    def __init__(
        self,
        *,
        agents: int | Roster | BasculeError = 2,
        clusters: Iterable[Cluster] = (),
        store: Store | None = None,
        accepted: bool = True,
        config: SiteConfig | None = None,
        scenario: Scenario = EVERYONE,
        safety: Safety | None = None,
    ) -> None:
        self.clusters = {cluster.name: cluster for cluster in clusters} or {PVE: Cluster()}
        self.cluster = next(iter(self.clusters.values()))
        self.roster: Roster | BasculeError = a_roster(agents) if isinstance(agents, int) else agents
        self.unseen: dict[ClusterId, BasculeError] = {}
        self.freeze_file: FreezeMark | None = None
        self.looks: list[Observe] = []
        self.read: list[ReadTaskLog] = []
        self.log: tuple[str, ...] | BasculeError = ("kvm: no such device", "TASK ERROR: start failed: QEMU exited with code 1")
        self.clock, self.heard = SetClock(), Listener()
        self.config = replace(config or replace(a_config(), pace=Pace()), scenario=scenario, safety=safety or Safety())
        self.store = store or self._a_store(accepted=accepted)
        self.restart()

    def restart(self, store: Store | None = None) -> None:
        """The daemon is killed and started again, on the same store or another."""
        self.store.close()
        self.store = store or self.store
        surveyor = Doubting()
        self.reconciler = Reconciler(
            self.config,
            store=self.store,
            clock=self.clock,
            events=all_of((self.heard, Doubted(surveyor))),
            freeze_mark=lambda: self.freeze_file,
        )
        self.reconciler.parts.surveyor = surveyor
        self.reconciler.open()

    def look(self, *, after: float = 0.0) -> list[Command]:
        """Wait, at least until the next due time; observe everything due, and return the actions."""
        at = max(self.clock.at + after, min(self.reconciler.wake_at, self.clock.at + 60))
        self.clock.at = at
        ordered: list[Command] = []
        for command in self.reconciler.commands():
            ordered += [command] if isinstance(command, CheckGuest) else self._step(self._answer(command))
        return ordered

    def carry_out(self, actions: Iterable[Command], *, error: BasculeError | None = None) -> None:
        """Do as ordered; or answer each with this error, which has no effect unless its outcome is unknown."""
        for action in actions:
            if error is not None and not isinstance(error, OutcomeUnknown):
                self.end(action, error=error)
                continue
            try:
                answer = self.clusters[action.key.cluster].do(action, self.clock.at)
            except BasculeError as refusal:
                self.end(action, error=refusal)
            else:
                self.end(action, answer=None if error else answer, error=error)

    def end(self, command: Command, *, answer: Any = None, error: BasculeError | None = None) -> list[Command]:
        now = self.clock.at
        return self._step(Completion(command=command, started_at=now, ended_at=now, answer=answer, error=error))

    def settle(self, *, cycles: int = _MOST) -> None:
        """Do all that is ordered, for so many cycles."""
        for _ in range(cycles):
            self._do_as_ordered()

    def come_to_rest(self) -> None:
        """To begin with: do all that is ordered until nothing more has been for some cycles, at most as many as `settle`."""
        rest = 0
        for _ in range(_MOST):
            rest = 0 if self._do_as_ordered() else rest + 1
            if rest == _REST:
                return

    def _do_as_ordered(self) -> bool:
        """Whether anything was."""
        ordered = self.look(after=20)
        self.carry_out(ordered)
        for cluster in self.clusters.values():
            cluster.come_out()
        return bool(ordered)

    def _step(self, completion: Completion) -> list[Command]:
        self.reconciler.take_in(completion)
        return list(self.reconciler.cycle())

    @property
    def status(self) -> Status:
        assert self.reconciler.status is not None
        return self.reconciler.status

    @property
    def phases(self) -> dict[str, str]:
        return {name: desktop.phase for name, desktop in self.status.desktops.items()}

    @property
    def reasons(self) -> dict[str, str]:
        return {deferral.what: deferral.reason for deferral in self.status.plan.deferred}

    def _answer(self, command: Command) -> Completion:
        now = self.clock.at
        answer: Any
        if isinstance(command, ReadDirectory):
            answer = self.roster
        elif isinstance(command, ReadTaskLog):
            self.read.append(command)
            answer = self.log
        else:
            assert isinstance(command, Observe)
            self.looks.append(command)
            answer = self.unseen.get(command.cluster) or self.clusters[command.cluster].view(command, now)
        failed = isinstance(answer, BasculeError)
        return Completion(
            command=command, started_at=now, ended_at=now, answer=None if failed else answer, error=answer if failed else None
        )

    @staticmethod
    def _a_store(*, accepted: bool) -> MemoryStore:
        store = MemoryStore()
        store.claim()
        store.commit(Changes(baseline_accepted=accepted))
        store.close()
        return store


def ready(agents: int, **changed: Any) -> Site:
    """A site where every agent has a ready desktop."""
    site = Site(agents=agents, **changed)
    site.come_to_rest()
    assert set(site.phases.values()) == {Phase.READY}
    return site


def ready_since_long(agents: int, **changed: Any) -> Site:
    """As `ready`, minutes later."""
    site = Site(agents=agents, **changed)
    site.settle()
    assert set(site.phases.values()) == {Phase.READY}
    return site


def kinds(commands: Iterable[Command]) -> list[str]:
    """`kind desktop` of each order."""
    return [f"{command.word} {command.desktop}" for command in commands]  # type: ignore[arg-type,union-attr]


def changes(commands: Iterable[Command]) -> list[str]:
    """As `kinds`, without readings of sessions: each desktop has one a minute."""
    return kinds(command for command in commands if not (isinstance(command, CheckGuest) and command.is_routine))
