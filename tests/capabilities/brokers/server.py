"""A Guacamole with a database, as the source of its REST API (version 1.6) says: real HTTP on loopback. It can misbehave.

Kept to: tokens of a log-on, in a header; 403 for a wrong token and for missing rights alike; identifiers are numbers as text;
names are unique in a group (400); unknown attributes are dropped, unknown parameters kept; a removed connection takes its
permissions with it; permissions are given and taken without complaint if they are, or are not, there; errors are JSON
with `type`.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote

USER, PASSWORD, SOURCE = "bascule", "geheim-guacamole", "mysql"
Answer = tuple[int, Any]
_ERRORS = {400: "BAD_REQUEST", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 500: "INTERNAL_ERROR"}


@dataclass
class GuacamoleDatabase:
    """Its content, and how it misbehaves."""

    connections: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    """Permissions to read, `(path, identifier)`, by person."""
    active: dict[str, dict[str, Any]] = field(default_factory=dict)
    rights: list[str] = field(default_factory=lambda: ["ADMINISTER"])
    tokens: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    spoil: Callable[[str, str], str] = lambda _method, _place: ""
    """What becomes of a request: `hang`, `cut` (carried out, half an answer), `html`, `slow`, a status, or nothing special."""
    numbers: int = 0

    def add_connection(self, name: str, parent: str = "ROOT", **parameters: str) -> str:
        return str(self._made(self.connections, {"name": name, "parentIdentifier": parent, "parameters": parameters}))

    def names(self, parent: str) -> list[str]:
        return sorted(each["name"] for each in self.connections.values() if each["parentIdentifier"] == parent)

    def group(self, name: str = "Bascule") -> str:
        return next((key for key, group in self.groups.items() if group["name"] == name), "")

    def writes(self) -> list[tuple[str, str]]:
        return [(method, place) for method, place in self.asked if method != "GET" and "tokens" not in place]

    # -- the API -------------------------------------------------------------------------------------------------------

    def answer(self, method: str, place: str, headers: Any, body: bytes) -> Answer:
        if place == "/api/tokens" and method == "POST":
            return self._log_on(parse_qs(body.decode()))
        if (token := headers.get("Guacamole-Token")) not in self.tokens:
            return 403, None
        if place == "/api/session" and method == "DELETE":
            self.tokens.discard(token)
            return 204, None
        parts = [unquote(part) for part in place.removeprefix("/api/session/data/").split("/")]
        if parts[0] != SOURCE:
            return 404, None
        return self._answer(method, parts[1:], json.loads(body) if body else None)

    def _log_on(self, form: dict[str, list[str]]) -> Answer:
        if (form.get("username"), form.get("password")) != ([USER], [PASSWORD]):
            return 403, None
        self.numbers += 1
        token = f"TOKEN{self.numbers:060}"
        self.tokens.add(token)
        sources = [SOURCE, f"{SOURCE}-shared"]
        return 200, {"authToken": token, "username": USER, "dataSource": SOURCE, "availableDataSources": sources}

    def _answer(self, method: str, parts: list[str], content: Any) -> Answer:
        match method, parts:
            case "GET", ["connectionGroups"]:
                return 200, {key: {**group, "identifier": key, "activeConnections": 0} for key, group in self.groups.items()}
            case "POST", ["connectionGroups"]:
                return self._add(self.groups, content)
            case "GET", ["connectionGroups", group, "tree"]:
                return self._tree(group)
            case "POST", ["connections"]:
                return self._add(self.connections, content)
            case method, ["connections", identifier, *rest]:
                return self._connection(method, identifier, rest, content)
            case "POST", ["users"]:
                self.people.setdefault(content["username"], set())
                return 200, content
            case method, ["users", login, "permissions"]:
                return self._permissions(method, login, content)
            case "GET", ["activeConnections"]:
                return 200, self.active
            case "GET", ["self", "effectivePermissions"]:
                return 200, {"systemPermissions": self.rights, "connectionPermissions": {}}
        return 404, None

    def _tree(self, group: str) -> Answer:
        if group not in self.groups:
            return 404, None
        within = [
            {key: value for key, value in {**each, "identifier": identifier}.items() if key != "parameters"}
            for identifier, each in self.connections.items()
            if each["parentIdentifier"] == group
        ]
        tree = {**self.groups[group], "identifier": group}
        return 200, {**tree, "childConnections": within} if within else tree

    def _add(self, store: dict[str, dict[str, Any]], content: Any) -> Answer:
        if "ADMINISTER" not in self.rights:
            return 403, None
        if any(
            (content["name"], content["parentIdentifier"]) == (each["name"], each["parentIdentifier"])
            for each in store.values()
        ):
            return 400, None
        return 200, {**content, "identifier": str(self._made(store, content))}

    def _made(self, store: dict[str, dict[str, Any]], content: dict[str, Any]) -> int:
        self.numbers += 1
        store[str(self.numbers)] = {"protocol": "rdp", **content, "attributes": {}}
        return self.numbers

    def _connection(self, method: str, identifier: str, rest: list[str], content: Any) -> Answer:
        if identifier not in self.connections:
            return 404, None
        found = self.connections[identifier]
        match method, rest:
            case "GET", []:
                return 200, {key: value for key, value in {**found, "identifier": identifier}.items() if key != "parameters"}
            case "GET", ["parameters"]:
                return 200, found["parameters"]
            case "PUT", []:
                self.connections[identifier] = {**content, "attributes": {}}
                return 204, None
            case "DELETE", []:
                del self.connections[identifier]
                for permissions in self.people.values():
                    permissions.discard(("connectionPermissions", identifier))
                return 204, None
        return 404, None

    def _permissions(self, method: str, login: str, content: Any) -> Answer:
        if login not in self.people:
            return 404, None
        if method == "GET":
            found: dict[str, dict[str, list[str]]] = {"connectionPermissions": {}, "connectionGroupPermissions": {}}
            for kind, identifier in self.people[login]:
                found[kind][identifier] = ["READ"]
            return 200, {**found, "systemPermissions": []}
        for change in content:
            _, kind, identifier = change["path"].split("/")
            done = self.people[login].add if change["op"] == "add" else self.people[login].discard
            done((kind, identifier))
        return 204, None


class _Handler(BaseHTTPRequestHandler):
    database: GuacamoleDatabase
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer, head and body, waits 40 ms for the client

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        place = self.path.removeprefix("/guacamole")
        self.database.asked.append((self.command, place))
        how = self.database.spoil(self.command, place)
        if how == "hang":
            time.sleep(1.5)  # longer than the test's time-out
            self.close_connection = True
            return
        status, content = (int(how), None) if how.isdigit() else self.database.answer(self.command, place, self.headers, body)
        if status >= 400:
            content = {"message": "no", "type": _ERRORS.get(status, "INTERNAL_ERROR"), "statusCode": None}
        raw = b"<html>a proxy</html>" if how == "html" else b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw[: len(raw) // 2] if how == "cut" else raw)
        self.close_connection |= how == "cut"

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 (as http.server calls them)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def guacamole(database: GuacamoleDatabase) -> Iterator[str]:
    """Serves it; gives the address of its pages."""
    handler = type("Handler", (_Handler,), {"database": database})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/guacamole"
    finally:
        server.shutdown()
        server.server_close()
