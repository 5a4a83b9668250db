"""The twin: one Proxmox VE cluster in virtual time. Deterministic: no wall clock, and chance by hash alone."""

from collections.abc import Callable

from provisioner.model.twin_spec import TwinSpec
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.events import EventHeap
from provisioner.twin.truth import Truth

Reply = Callable[[ApiResponse], None]


class Twin:
    """A cluster made of a spec, living on an event heap."""

    def __init__(self, spec: TwinSpec, events: EventHeap) -> None:
        self.spec = spec
        self.events = events

    def request(self, request: ApiRequest, reply: Reply, *, auth: str | None = None) -> None:
        """Take a request now; `reply` is told the answer once, at the virtual time when it arrives.

        `auth` is the value of an Authorization header (`PVEAPIToken=user@realm!id=secret`); None is the trusted root@pam.
        A lost answer is status 0, `answer lost`.
        """
        raise NotImplementedError

    def truth(self) -> Truth:
        """What is really so now."""
        raise NotImplementedError
