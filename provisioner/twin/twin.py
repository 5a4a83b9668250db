"""The twin: one Proxmox VE cluster in virtual time. Deterministic: no wall clock, no random generator.

Its true state is what its API does not show. Reports are compared with it.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.pve.wire import ApiRequest
from provisioner.sessions.push import Push
from provisioner.twin.access.gate import AccessGate, gate_of
from provisioner.twin.api.dispatch import Api, Reply
from provisioner.twin.api.endpoints.booting import resume_boots
from provisioner.twin.api.endpoints.registry import ROUTES
from provisioner.twin.api.schema import methods
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import HALF_MADE, TwinGuest
from provisioner.twin.pushing import Answered, Obeying, Pushing
from provisioner.twin.script import Script

SignedAsk = Callable[[Push, Callable[[tuple[str, str] | None], None]], None]
"""Takes a question, and hands on the daemon's answer with its signature on the event heap's thread; None: there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Counts and figures at one instant of virtual time. A desktop is a clone of a template."""

    now: float
    ready: int
    """Desktops on a living node whose first boot has finished and whose log-on port is open."""
    running: int
    """Desktops that are powered on, on a living node."""
    sessions: int
    """Open sessions in any state."""
    sessions_peak: int
    log_ons: int = 0
    log_offs: int = 0
    """Without sessions that ended with their desktop."""
    cut: int = 0
    """Sessions that a shutdown ended."""
    desktops: int
    duplicates: int
    """Desktops beyond one per name."""
    orphans: tuple[int, ...]
    """VMIDs on living nodes of guests without a name, or half made without a task that still works on them."""
    stranded: tuple[int, ...]
    """The same on dead nodes, where they cannot be removed."""
    clones: int
    """Clones that succeeded."""
    lock_timeouts: int
    """Waits for a storage lock that timed out."""
    late_lock_timeouts: int = 0
    """The part of `lock_timeouts` after the first 20 clones of a lock domain: its speed is known by then."""
    user_cfg_timeouts: int = 0
    """Waits for the lock of user.cfg that timed out. A pool's members are stored in user.cfg."""
    writes: int
    """Requests other than GET that reached a node."""
    calls: Mapping[str, int] = field(default_factory=dict)
    """Requests by method and endpoint, `GET /cluster/resources`."""
    bytes_sent: int = 0
    """Bytes of JSON in all answers; for `/cluster/resources` an estimate within a few percent."""
    worker_s: Mapping[str, float] = field(default_factory=dict)
    """Seconds API workers were busy, over all nodes, by method and endpoint."""
    lock_busy_s: Mapping[str, float] = field(default_factory=dict)
    """Seconds each storage lock was held, by lock domain: `node/storage`, or `storage`."""
    copying_s: Mapping[str, float] = field(default_factory=dict)
    """Seconds in which full clones copied from or to each storage, by lock domain."""
    session_logins: tuple[tuple[int, str], ...] = ()
    """(VMID, login) of every open session."""


def _read_truth(cluster: Cluster, api: Api) -> Truth:
    """Count everything."""
    desktops = [guest for guest in cluster.guests.values() if guest.desktop]
    living = [guest for guest in desktops if cluster.nodes[guest.node].alive]
    orphans = _orphans(cluster)
    domains = {id(domain): domain for domain in cluster.domains.values()}.values()
    return Truth(
        now=cluster.events.now,
        ready=sum(guest.ready for guest in living),
        running=sum(guest.running for guest in living),
        sessions=cluster.people.open,
        sessions_peak=cluster.people.peak,
        log_ons=cluster.people.log_ons,
        log_offs=cluster.people.log_offs,
        cut=cluster.cut,
        desktops=len(desktops),
        duplicates=sum(count - 1 for count in Counter(guest.name for guest in desktops).values()),
        orphans=tuple(guest.vmid for guest in orphans if cluster.nodes[guest.node].alive),
        stranded=tuple(guest.vmid for guest in orphans if not cluster.nodes[guest.node].alive),
        clones=cluster.clones,
        lock_timeouts=sum(domain.lock.timeouts for domain in domains),
        late_lock_timeouts=sum(domain.late_timeouts for domain in domains),
        user_cfg_timeouts=cluster.user_cfg.timeouts,
        writes=api.writes,
        calls=dict(api.calls),
        bytes_sent=api.bytes_sent,
        worker_s=dict(api.worker_s),
        lock_busy_s={domain.name: domain.lock.busy_s for domain in domains},
        copying_s={domain.name: domain.copying_s for domain in domains},
        session_logins=tuple((guest.vmid, session.login) for guest in desktops for session in guest.sessions),
    )


def _orphans(cluster: Cluster) -> list[TwinGuest]:
    at_work = {task.makes for tasks in cluster.tasks.values() for task in tasks.running()}
    return [guest for guest in cluster.guests.values() if _is_orphan(guest, at_work, cluster)]


def _is_orphan(guest: TwinGuest, at_work: set[int | None], cluster: Cluster) -> bool:
    if guest.template or (guest.vmid in at_work and cluster.nodes[guest.node].alive):
        return False
    return "name" not in guest.config or guest.config.get("description") == HALF_MADE or guest.lock == "clone"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestTruth:
    """The true state of one guest."""

    vmid: int
    name: str
    node: str
    alive: bool
    """Whether its node is alive."""
    template: bool
    desktop: bool
    running: bool
    ready: bool
    description: str
    logins: tuple[str, ...]


class Twin:
    """A cluster built from a spec, on an event heap. `guard_access` fills the hooks in `api` that check callers."""

    def __init__(self, spec: TwinSpec, events: EventHeap) -> None:
        self.spec = spec
        self.events = events
        self.cluster = Cluster(spec, events)
        resume_boots(self.cluster)
        self.faults = Script(self.cluster)
        self.api = Api(self.cluster, ROUTES, loses=self.faults.loses)
        for fault in spec.faults:
            self.faults.arm(fault)

    def request(self, request: ApiRequest, reply: Reply, *, auth: str | None = None) -> None:
        """Receive a request now; `reply` is called once, at the virtual time when the answer arrives.

        `auth` is the value of an Authorization header (`PVEAPIToken=user@realm!id=secret`); None means the trusted root@pam.
        A lost answer has status 0, `answer lost`.
        """
        self.api.request(request, reply, auth=auth)

    def push_to(self, send: Callable[[Push], None]) -> None:
        """Hand each push of a desktop to `send`, at the virtual time when it arrives. Without this call nothing is pushed."""
        if self.spec.push.share:
            self.cluster.on_news.append(Pushing(self.cluster, send).at_once)

    def ask_by(self, answer: Callable[[Push], str | None]) -> Obeying:
        """Let each desktop whose image obeys ask what to do with its sessions: the answer comes at once, and None is none. That
        a desktop checks its signature is not played. Without this call or `ask_through` no desktop asks.
        """
        return self._obeying(Obeying(self.cluster, lambda push, answered: answered(answer(push))))

    def ask_through(self, way: SignedAsk) -> Obeying:
        """The same, over a way that takes time: each desktop checks the answer's signature."""

        def ask(push: Push, answered: Answered) -> None:
            way(push, lambda signed: answered(None if signed is None else obeying.proven(push, *signed)))

        obeying = Obeying(self.cluster, ask)
        return self._obeying(obeying)

    def _obeying(self, obeying: Obeying) -> Obeying:
        if self.spec.push.obeys:
            self.cluster.on_news.append(obeying.at_once)
            for guest in self.cluster.guests.values():
                obeying.at_once(guest)
        return obeying

    def truth(self) -> Truth:
        """The true state now."""
        return _read_truth(self.cluster, self.api)

    def guest_truths(self) -> Mapping[int, GuestTruth]:
        """The true state of every guest, by VMID."""
        return {vmid: self._guest_truth(guest) for vmid, guest in sorted(self.cluster.guests.items())}

    @property
    def log(self) -> tuple[str, ...]:
        """The events so far, each line with seconds since the start. Equal for equal seeds and requests."""
        return tuple(self.cluster.log)

    def _guest_truth(self, guest: TwinGuest) -> GuestTruth:
        return GuestTruth(
            vmid=guest.vmid,
            name=guest.config.get("name", ""),
            node=guest.node,
            alive=self.cluster.nodes[guest.node].alive,
            template=guest.template,
            desktop=guest.desktop,
            running=guest.running,
            ready=guest.ready,
            description=guest.config.get("description", ""),
            logins=tuple(session.login for session in guest.sessions),
        )


def guard_access(twin: Twin) -> AccessGate:
    """Make a twin check its callers as Proxmox VE does. Without it every caller is root@pam and every parameter is accepted."""
    gate, schema = gate_of(twin.cluster), methods()
    twin.api.authenticate = lambda _cluster, auth: gate.caller(auth)
    twin.api.authorise = lambda _cluster, call, route: gate.authorise(call, route, schema.get(route.name))
    twin.api.validate = lambda _cluster, call, route: gate.validate(call, route, schema.get(route.name))
    twin.api.view = lambda _cluster, call, route, data: gate.view(call, route, data)
    return gate


__all__ = ["GuestTruth", "Reply", "SignedAsk", "Truth", "Twin", "guard_access"]
