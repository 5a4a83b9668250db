"""The routing table: the handler for each method and path.

An endpoint is a function `handler(cluster, call)` under `@route(...)`. It returns the answer's data, or a Later when virtual
time passes before the answer, and raises ApiFault. A file of endpoints is active once `endpoints/registry.py` imports it.
"""

import re
from collections.abc import Callable, Iterator

from provisioner.twin.protocol import Handler, Route


class Routes:
    """The routing table."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, str], Route] = {}
        self._by_length: dict[tuple[str, int], list[tuple[re.Pattern[str], Route]]] = {}
        self._deep: list[tuple[str, re.Pattern[str], Route]] = []
        self._all: dict[tuple[str, str], Route] = {}

    def add(self, route: Route) -> None:
        """Register a route; raises ValueError when its method and pattern are already registered."""
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
        """The route of a request and its path parameters; None when there is no route."""
        exact = self._exact.get((method, path))
        if exact is not None:
            return exact, {}
        for pattern, route in self._by_length.get((method, path.count("/")), ()):
            if match := pattern.fullmatch(path):
                return route, match.groupdict()
        for of_method, pattern, route in self._deep:
            if of_method == method and (match := pattern.fullmatch(path)):
                return route, match.groupdict()
        return None

    def __iter__(self) -> Iterator[Route]:
        return iter(self._all.values())


ROUTES = Routes()
"""The endpoints of all files."""


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
