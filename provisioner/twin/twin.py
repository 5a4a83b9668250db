"""The twin: one Proxmox VE cluster in virtual time. Deterministic: no wall clock, and chance by hash alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.model.twin_spec import TwinSpec
from provisioner.pve.wire import ApiRequest
from provisioner.twin.access.gate import AccessGate, gate_of
from provisioner.twin.api.dispatch import Api, Reply
from provisioner.twin.api.endpoints.registry import ROUTES
from provisioner.twin.api.schema import methods
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.script import Script
from provisioner.twin.truth import Truth, tell_truth


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestTruth:
    """One guest as it really is."""

    vmid: int
    name: str
    node: str
    alive: bool
    """Whether its node lives."""
    template: bool
    desktop: bool
    running: bool
    ready: bool
    description: str
    logins: tuple[str, ...]


class Twin:
    """A cluster made of a spec, living on an event heap. `api` has the hooks of whoever checks callers."""

    def __init__(self, spec: TwinSpec, events: EventHeap) -> None:
        self.spec = spec
        self.events = events
        self.cluster = Cluster(spec, events)
        self.faults = Script(self.cluster)
        self.api = Api(self.cluster, ROUTES, loses=self.faults.loses)
        for fault in spec.faults:
            self.faults.arm(fault)

    def request(self, request: ApiRequest, reply: Reply, *, auth: str | None = None) -> None:
        """Take a request now; `reply` is told the answer once, at the virtual time when it arrives.

        `auth` is the value of an Authorization header (`PVEAPIToken=user@realm!id=secret`); None is the trusted root@pam.
        A lost answer is status 0, `answer lost`.
        """
        self.api.request(request, reply, auth=auth)

    def truth(self) -> Truth:
        """What is really so now."""
        return tell_truth(self.cluster, self.api)

    def inhabitants(self) -> Mapping[int, GuestTruth]:
        """Every guest as it really is, by VMID."""
        return {vmid: self._inhabitant(guest) for vmid, guest in sorted(self.cluster.guests.items())}

    @property
    def log(self) -> tuple[str, ...]:
        """What happened, each line with its second since the beginning: equal for equal seeds and requests."""
        return tuple(self.cluster.log)

    def _inhabitant(self, guest: TwinGuest) -> GuestTruth:
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
            logins=tuple(one.login for one in guest.sessions),
        )


def guard_access(twin: Twin) -> AccessGate:
    """Let a twin check its callers as Proxmox VE does. Without it everybody is root@pam and every parameter passes."""
    gate, schema = gate_of(twin.cluster), methods()
    twin.api.authenticate = lambda _cluster, auth: gate.caller(auth)
    twin.api.authorise = lambda _cluster, call, route: gate.authorise(call, route, schema.get(route.name))
    twin.api.validate = lambda _cluster, call, route: gate.validate(call, route, schema.get(route.name))
    twin.api.view = lambda _cluster, call, route, data: gate.view(call, route, data)
    return gate


__all__ = ["GuestTruth", "Reply", "Truth", "Twin", "guard_access"]
