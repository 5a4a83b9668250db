"""The twin: one Proxmox VE cluster in virtual time. Deterministic: no wall clock, no random generator."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provisioner.model.twin_spec import TwinSpec
from provisioner.pve.wire import ApiRequest
from provisioner.sessions.push import Push
from provisioner.twin.access.gate import AccessGate, gate_of
from provisioner.twin.api.dispatch import Api, Reply
from provisioner.twin.api.endpoints.registry import ROUTES
from provisioner.twin.api.endpoints.resuming import resume_boots
from provisioner.twin.api.schema import methods
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.obeying import Answered, Obeying
from provisioner.twin.pushing import Pushing
from provisioner.twin.script import Script
from provisioner.twin.truth import Truth, read_truth

SignedAsk = Callable[[Push, Callable[[tuple[str, str] | None], None]], None]
"""Takes a question, and hands on the daemon's answer with its signature on the event heap's thread; None: there is none."""


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
        return read_truth(self.cluster, self.api)

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
