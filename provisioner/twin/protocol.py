"""What an endpoint receives and returns, and its errors: shared by the model, access and the API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from provisioner.twin.engine.events import Process


class ApiFault(Exception):
    """An error answer. `reason` is the HTTP reason phrase; `errors` has a text for each wrong parameter."""

    def __init__(self, status: int, reason: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason
        self.errors = dict(errors or {})


def refuse(reason: str) -> ApiFault:
    """Proxmox VE's usual error: status 500 with a text."""
    return ApiFault(500, reason)


def invalid(**errors: str) -> ApiFault:
    """Status 400, with one text for each parameter."""
    return ApiFault(400, "Parameter verification failed.", errors)


@dataclass(frozen=True, slots=True)
class PendingAnswer:
    """A deferred answer: the process's return value, or the ApiFault it raises. The API worker is busy until then."""

    process: Process[object]


@dataclass(slots=True, kw_only=True)
class Call:
    """A request as a handler receives it."""

    route: "Route"
    method: str
    path: str
    args: dict[str, str]
    """The path's parameters: `node`, `vmid`, …"""
    params: dict[str, str]
    """Query or form parameters, as text."""
    user: str
    """`user@realm`, or `user@realm!token`."""
    entry: str
    """The node the client is connected to."""
    size: int | None = None
    """Size of the answer's body in bytes, if the handler knows it; otherwise the twin measures it."""
    own_tasks_only: bool = False
    """Set by the permission check: the caller may only see its own tasks."""

    @property
    def node(self) -> str:
        """The node in the path; without one, the entry node."""
        return self.args.get("node", self.entry)

    @property
    def vmid(self) -> int:
        """The path's VMID."""
        return int(self.args["vmid"])

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean parameter."""
        return self.params.get(name, "1" if default else "0") in ("1", "on", "yes", "true")


Handler = Callable[[Any, Call], object]
"""Receives the Cluster, which is defined one layer above this file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One endpoint."""

    method: str
    pattern: str
    handler: Handler
    protected: bool
    """Handled by pvedaemon: occupies one of the node's API workers until it ends."""
    service: bool = True
    """Whether the API's service time is added to the handler's own time."""

    @property
    def name(self) -> str:
        """The key in the schema: `POST /nodes/{node}/qemu`."""
        return f"{self.method} {self.pattern}"

    @property
    def write(self) -> bool:
        """Whether the request changes something."""
        return self.method != "GET"


class MethodRules(Protocol):
    """The schema's rules for one method (api/schema.py)."""

    @property
    def check(self) -> list[Any] | None:
        """Proxmox VE's permission expression; None: only the handler checks."""

    @property
    def world(self) -> bool:
        """Open without a ticket."""

    def errors(self, params: Mapping[str, str]) -> dict[str, str]:
        """The errors in these parameters, by name."""
