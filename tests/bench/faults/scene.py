"""One fault, played: a site of so many people on a twin, VMs of others beside, and a wire to meddle with."""

from collections.abc import Callable
from functools import partial
from typing import Any

from monitors.metric import KnownNames
from monitors.recorder import Recorder
from provisioner.adapters.logs.messages import LineEvents, LogLine
from provisioner.adapters.memory_store import MemoryStore
from provisioner.model.commands import Completion
from provisioner.model.ids import ClusterId, Instant, ProfileName
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.machines.twin_spec import Durations, GuestSpec
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.ports import Changes, all_of
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.reconciler import Reconciler, run
from provisioner.twin.access.access import AclLine
from provisioner.twin.calls import VirtualCalls, VirtualClock
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.twin import Reply, Twin, guard_access
from tests.bench.faults.case import Case
from tests.bench.faults.ears import Ears
from tests.builders.cluster import NOW
from tests.builders.core import a_roster
from tests.builders.rehearsal import a_config_on
from tests.builders.rights import AUTH, with_token
from tests.builders.twin import STORAGE, a_spec
from tests.chaos.veil import Veil
from tests.scenarios.surroundings import ScriptedDirectory

CLUSTER = ClusterId("lab")
NODES = 8
READY_WITHIN_S = 3 * 3600.0
_LOOK_S = 30.0
_FIRST_FOREIGN = 101


class Scene:
    """Everything can be looked at afterwards."""

    def __init__(self, case: Case, *, people: int, nodes: int = NODES) -> None:
        self.case, self.people = case, people
        spec = case.spec(a_spec(nodes=nodes, durations=Durations(), guests=_theirs(nodes)))
        self.spec = spec if case.rights is None else with_token(spec, case.rights(spec))
        self.events = EventHeap(NOW)
        self.twin, self.clock = Twin(self.spec, self.events), VirtualClock(self.events)
        self.gate = None if case.rights is None else guard_access(self.twin)
        self.config: SiteConfig = case.config(a_config_on(self.spec))
        self.directory = ScriptedDirectory(a_roster(people), lambda: self.events.now)
        self.store, self.key = _accepted(MemoryStore()), b"a site that nobody has"
        self.veil = Veil(self.twin.request)
        self.says: Callable[[ApiRequest, ApiResponse], ApiResponse | None] = lambda _, answer: answer
        """The replacement for an answer; None: no answer ever comes."""
        self.before: Callable[[ApiRequest], None] = lambda _: None
        """Called with each request before it is served."""
        known = KnownNames(profiles=(ProfileName("standard"),), clusters=(CLUSTER,))
        self.recorder = Recorder(clock=self.clock, known=known)
        self.ears = Ears(reason=case.reason, recorder=self.recorder, clock=self.clock)
        self.lines: list[LogLine] = []
        self.foreign: dict[int, tuple[object, ...]] = {}
        self.touched: set[int] = set()
        """VMs of others that were written to."""
        self.armed = case.at_work is None
        """Whether the fault has begun."""
        self.wanted = self.most = 0
        """Number of people with a wanted desktop, and the highest number of VMs made for them at a time."""
        for vmid in self.twin.cluster.guests:
            self.theirs(vmid)
        self.start()

    # -- the daemon ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """A life of the daemon, with the store and the key that there are."""
        listeners = all_of((LineEvents(self._line), self.recorder, self.ears, _Counter(self)))
        self.reconciler = Reconciler(self.config, store=self.store, clock=self.clock, events=listeners)
        self.reconciler.open()
        self.calls = _Heard(self)

    def restart(self, *, key: bytes | None = None, store_lost: bool = False) -> None:
        """It ends, and another begins; what was on its way arrives."""
        self.store.close()
        self.key = key or self.key
        self.store = MemoryStore() if store_lost else self.store
        self.start()

    def play(self, lasts_s: float) -> "Scene":
        """So long from the fault's beginning on."""
        self.case.at_start(self)
        if self.case.at_work is not None:
            self._until_all_work()
            self.ears.arm()
            self.armed = True
            self.case.at_work(self)
        self._run(lasts_s)
        return self

    def follow(self, config: SiteConfig) -> None:
        """A configuration that was changed is taken up."""
        self.config = config
        self.reconciler.follow(config)

    def joins(self, people: int) -> None:
        """So many more."""
        self.directory._roster = a_roster(self.people + people)
        self.reconciler.read_directory()

    def leave(self, people: int) -> list[int]:
        """The first so many are gone from the directory; their desktops."""
        gone = sorted(self.directory._roster.agents)[:people]
        self.directory.gone.update(gone)
        self.reconciler.read_directory()
        return sorted(reservation.vmid for reservation in self.store.load().reservations if reservation.agent_id in gone)

    def hear(self) -> None:
        """From now on the daemon may know."""
        self.ears.heard()

    @property
    def status(self) -> Status:
        assert self.reconciler.status is not None
        return self.reconciler.status

    @property
    def ready(self) -> int:
        return self.status.phases.get(Phase.READY, 0)

    # -- the cluster -----------------------------------------------------------------------------------------------

    @property
    def desktops(self) -> list[TwinGuest]:
        """VMs that were made from our templates and are there, by VMID."""
        guests = sorted(self.twin.cluster.guests.items())
        return [guest for vmid, guest in guests if guest.desktop and vmid not in self.foreign]

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Let it happen then; the daemon takes no notice of it."""
        self.events.after(seconds, do)

    def by_hand(self, method: str, path: str, **params: str | int) -> None:
        """As root@pam."""
        self.twin.request(ApiRequest(method=method, path=path, endpoint=path, params=params), lambda _: None)

    def theirs(self, vmid: int) -> None:
        """From now on it is somebody else's, or a template, and is to stay as it is."""
        self.foreign[vmid] = self._looks(vmid)

    def make(self, vmid: int, node: str, **config: str) -> None:
        """Somebody has a VM of their own there, instead of what was there."""
        cluster = self.twin.cluster
        if (guest := cluster.guests.get(vmid)) is not None:
            cluster.people.desktop_gone(guest)
            cluster.drop_guest(guest)
        made = cluster.add_guest(vmid, node)
        made.config = dict(config)
        made.changed()
        self.theirs(vmid)

    def disturbed(self) -> list[int]:
        """Foreign VMs that were written to or changed."""
        return sorted(self.touched | {vmid for vmid, looks in self.foreign.items() if self._looks(vmid) != looks})

    def grant(self, path: str, role: str, *privileges: str) -> None:
        """From now on the token holds these there, and nothing that it holds further up."""
        assert self.gate is not None
        self.gate.access.roles[role] = frozenset(privileges)
        token = self.spec.tokens[0]
        for kind, holder in (("user", token.user), ("token", f"{token.user}!{token.name}")):
            self.gate.access.grant(AclLine(path=path, kind=kind, holder=holder, role=role))
        self.gate.access.changed()

    def take_away(self, path: str, *privileges: str) -> None:
        """The token has these no more there."""
        assert self.gate is not None
        role = next(role for where, role in self.spec.tokens[0].acl if where == path)
        self.gate.access.roles[role] -= set(privileges)
        self.gate.access.changed()

    # -- what is counted -------------------------------------------------------------------------------------------

    def request(self, request: ApiRequest, reply: Reply, *, auth: str | None = None) -> None:
        """The twin behind an interceptor."""
        self.before(request)
        about = self._written_to(request)

        def answered(answer: ApiResponse) -> None:
            self.touched |= about if answer.ok else set()
            heard = self.says(request, answer)
            if heard is not None:
                reply(heard)

        self.veil.request(request, answered, auth=auth)

    def count(self, status: Status) -> None:
        """After each cycle."""
        self.wanted = max(self.wanted, len(status.demand.wants))
        self.most = max(self.most, len(self.desktops))

    def _written_to(self, request: ApiRequest) -> set[int]:
        """VMs of others; a template may be cloned."""
        parts = request.path.split("/")
        if request.method == "GET" or len(parts) < 5 or parts[3] != "qemu" or parts[-1] == "clone":
            return set()
        return {int(parts[4])} & self.foreign.keys()

    def _looks(self, vmid: int) -> tuple[object, ...]:
        guest = self.twin.cluster.guests.get(vmid)
        return () if guest is None else (guest.node, guest.power, guest.boots, guest.digest())

    def _line(self, line: LogLine) -> None:
        self.lines.append(line)
        self.ears.line(line)

    def _until_all_work(self) -> None:
        end = self.events.now + READY_WITHIN_S
        while self.reconciler.status is None or self.ready < self.people:
            assert self.events.now < end, "not everybody got a desktop before the fault"
            self._run(_LOOK_S)

    def _run(self, seconds: float) -> None:
        end = self.events.now + seconds
        self.events.at(end, lambda: self.calls.nudge())
        while self.events.now < end:
            run(self.reconciler, self.calls, until=partial(self._over, end, self.reconciler))

    def _over(self, end: Instant, reconciler: Reconciler) -> bool:
        return self.events.now >= end or reconciler is not self.reconciler


class _Heard(VirtualCalls):
    """Tells the ears when the first answer that speaks of the fault is taken in."""

    def __init__(self, scene: Scene) -> None:
        twins: Any = {CLUSTER: scene}
        key = NoteKey(installation=scene.config.installation, secret=scene.key)
        auth = None if scene.gate is None else AUTH
        super().__init__(twins=twins, events=scene.events, directory=scene.directory, key=key, auth=auth)
        self._scene = scene

    def next(self, until: float) -> Completion | None:
        completion = super().next(until)
        if completion is not None and self._scene.armed and self._scene.case.heard(completion):
            self._scene.hear()
        return completion


class _Counter:
    """Hears statuses alone."""

    def __init__(self, scene: Scene) -> None:
        self.status = scene.count

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_: None


def _accepted(store: MemoryStore) -> MemoryStore:
    """Of a site that has worked before: nothing in the range is to be explained."""
    store.claim()
    store.commit(Changes(baseline_accepted=True))
    store.close()
    return store


def _theirs(nodes: int) -> tuple[GuestSpec, ...]:
    """On each node one, every other one running."""
    return tuple(
        GuestSpec(vmid=_FIRST_FOREIGN + at, node=f"pve{at + 1}", name=f"db-{at}", storage=STORAGE, running=bool(at % 2))
        for at in range(nodes)
    )


__all__ = ["CLUSTER", "NODES", "Scene"]
