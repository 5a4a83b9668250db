"""What an endpoint gets and gives back, and how it refuses: the words that the model, access and the API share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from provisioner.twin.engine.processes import Process


class ApiFault(Exception):
    """An answer that is no success. `reason` is the HTTP reason phrase; `errors` names parameters."""

    def __init__(self, status: int, reason: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason
        self.errors = dict(errors or {})


def refuse(reason: str) -> ApiFault:
    """Proxmox VE's usual error: 500 with its text."""
    return ApiFault(500, reason)


def invalid(**errors: str) -> ApiFault:
    """400 with a text a parameter."""
    return ApiFault(400, "Parameter verification failed.", errors)


@dataclass(frozen=True, slots=True)
class PendingAnswer:
    """The answer comes when this process ends: its value, or the ApiFault it raises. The API worker is held meanwhile."""

    process: Process[object]


@dataclass(slots=True, kw_only=True)
class Call:
    """A request as its handler sees it."""

    route: "Route"
    method: str
    path: str
    args: dict[str, str]
    """The path's parameters: `node`, `vmid`, …"""
    params: dict[str, str]
    """Query or form, as text."""
    user: str
    """`user@realm`, or `user@realm!token`."""
    entry: str
    """The node that the client is connected to."""
    size: int | None = None
    """Bytes of the answer's body, where the handler knows them; otherwise the twin counts."""
    own_tasks_only: bool = False
    """Set by the permission check: the caller may see no tasks but its own."""

    @property
    def node(self) -> str:
        """The node it is for: the path's, or the entry."""
        return self.args.get("node", self.entry)

    @property
    def vmid(self) -> int:
        """The path's VMID."""
        return int(self.args["vmid"])

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean parameter."""
        return self.params.get(name, "1" if default else "0") in ("1", "on", "yes", "true")


Handler = Callable[[Any, Call], object]
"""Takes the Cluster, which is a floor up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One endpoint."""

    method: str
    pattern: str
    handler: Handler
    protected: bool
    """Runs in pvedaemon: takes one of the node's API workers for as long as it takes."""
    service: bool = True
    """Whether the API service time (a write, a read) passes first; False: the handler's own time is all."""

    @property
    def name(self) -> str:
        """As the schema names it: `POST /nodes/{node}/qemu`."""
        return f"{self.method} {self.pattern}"

    @property
    def write(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"


class MethodRules(Protocol):
    """What the schema says of one method (api/schema.py)."""

    @property
    def check(self) -> list[Any] | None:
        """Proxmox VE's permission expression; None: no check before the handler's own."""

    @property
    def world(self) -> bool:
        """Open without a ticket."""

    def errors(self, given: Mapping[str, str]) -> dict[str, str]:
        """What is wrong with these parameters, by name."""
