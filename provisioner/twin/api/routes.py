"""Which handler answers which method and path, and what a handler gets and may give back.

An endpoint is a function `handler(cluster, call)` under `@route(...)`; it returns the answer's data, or a Later when virtual
time passes before the answer, and raises ApiFault. A file of endpoints counts once `endpoints.py` imports it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.twin.engine.processes import Process

if TYPE_CHECKING:
    from provisioner.twin.model.cluster import Cluster


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
class Later:
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


Handler = Callable[["Cluster", Call], object]


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
    def write(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"


class Routes:
    """The routing table."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, str], Route] = {}
        self._by_length: dict[tuple[str, int], list[tuple[re.Pattern[str], Route]]] = {}
        self._deep: list[tuple[str, re.Pattern[str], Route]] = []
        self._all: dict[tuple[str, str], Route] = {}

    def add(self, route: Route) -> None:
        """Register; the same method and pattern twice is a mistake."""
        key = (route.method, route.pattern)
        if key in self._all:
            raise ValueError(f"{route.method} {route.pattern} is registered twice")
        self._all[key] = route
        if "{" not in route.pattern:
            self._exact[key] = route
        elif "*}" in route.pattern:
            self._deep.append((route.method, _pattern(route.pattern), route))
        else:
            length = (route.method, route.pattern.count("/"))
            self._by_length.setdefault(length, []).append((_pattern(route.pattern), route))

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a request and its path parameters."""
        exact = self._exact.get((method, path))
        if exact is not None:
            return exact, {}
        for pattern, route in self._by_length.get((method, path.count("/")), ()):
            if found := pattern.fullmatch(path):
                return route, found.groupdict()
        for of_method, pattern, route in self._deep:
            if of_method == method and (found := pattern.fullmatch(path)):
                return route, found.groupdict()
        return None

    def __iter__(self) -> Iterator[Route]:
        return iter(self._all.values())


ROUTES = Routes()
"""All endpoints of all files."""


def route(method: str, pattern: str, *, protected: bool = False, service: bool = True) -> Callable[[Handler], Handler]:
    """Register the decorated handler. `{name}` matches one segment, `{name*}` the rest of the path."""

    def register(handler: Handler) -> Handler:
        ROUTES.add(Route(method=method, pattern=pattern, handler=handler, protected=protected, service=service))
        return handler

    return register


def _pattern(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\*?\})", pattern)
    return re.compile("".join(_part(part) for part in parts))


def _part(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name = part[1:-1]
    return f"(?P<{name[:-1]}>.+)" if name.endswith("*") else f"(?P<{name}>[^/]+)"
