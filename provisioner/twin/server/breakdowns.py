"""A served twin that people play on: control paths that show what really is, break parts of it, and mend them.

A breakdown at somebody's word lasts until it is mended: for whoever wants to see what a site does then.
"""

import enum
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from aiohttp import web

from provisioner.model.machines.twin_spec import KillNode
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.script import Script
from provisioner.twin.server.http import IDLE_S, HttpTwin
from provisioner.twin.server.inventory import inventory_of
from provisioner.twin.server.process import BREAKDOWNS, MENDS, SITE
from provisioner.twin.server.state import CONTROL_HEADER, ScaledClock
from provisioner.twin.twin import Twin


class Breakable(enum.StrEnum):
    """What a twin can break."""

    NODE = "node"
    """It loses its power, and all that runs there."""
    DESKTOP = "desktop"
    """It hangs, as one with a broken disk: no guest agent, no pushes, no log-ons, whatever is done to it."""
    STORAGE = "storage"
    """It is full."""
    QUORUM = "quorum"
    """The cluster writes nothing."""


class NoSuchPart(Exception):
    """The twin has nothing of this name; `known`: what it has, unless that is many."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(name)
        self.known = tuple(known)


class Breakdowns(Script):
    """A script of its own beside that of the twin's file: the faults of both happen."""

    def change(self, what: Breakable, name: str, *, broken: bool) -> bool:
        """Break it or mend it now; whether that changed anything.

        `name`: of a node; of a desktop, or its VMID; of a storage, or `NODE/STORAGE`; the quorum has none. Raises NoSuchPart.
        """
        match what:
            case Breakable.NODE:
                return self._node(name, broken)
            case Breakable.DESKTOP:
                return self._desktop(name, broken)
            case Breakable.STORAGE:
                return self._storage(name, broken)
            case Breakable.QUORUM:
                return self._quorum(name, broken)

    def _node(self, name: str, broken: bool) -> bool:
        nodes = self._cluster.nodes
        if name not in nodes:
            raise NoSuchPart(name, nodes)
        if nodes[name].alive is not broken:
            return False
        if broken:
            self._kill(KillNode(node=name))
        else:
            self._bring_back(name)
        return True

    def _desktop(self, name: str, broken: bool) -> bool:
        guest = self._desktop_named(name)
        if guest.hung is broken:
            return False
        guest.hung = broken
        people = self._cluster.people
        if broken:
            people.desktop_closes(guest)
        elif guest.ready and not guest.sessions and self._cluster.nodes[guest.node].alive:
            people.desktop_ready(guest)
        self._cluster.log_event(f"{guest.name}: {'hangs' if broken else 'goes on'}")
        return True

    def _desktop_named(self, name: str) -> TwinGuest:
        desktops = [guest for guest in self._cluster.guests.values() if guest.desktop]
        found = next((guest for guest in desktops if name in (guest.name, str(guest.vmid))), None)
        if found is None:
            raise NoSuchPart(name, ())
        return found

    def _storage(self, name: str, broken: bool) -> bool:
        node, _, storage = name.rpartition("/")
        domains = self._domains(storage, node)
        if not domains:
            raise NoSuchPart(name, sorted({storage for _, storage in self._cluster.domains}))
        changed = [domain for domain in domains if domain.full is not broken]
        for domain in changed:
            domain.full = broken
            self._cluster.log_event(f"storage {domain.name}: {'full' if broken else 'has room again'}")
        return bool(changed)

    def _quorum(self, name: str, broken: bool) -> bool:
        if name:
            raise NoSuchPart(name, ())
        if self._cluster.quorate is not broken:
            return False
        self._set_quorum(not broken)
        return True


class PlayedTwin(HttpTwin):
    """The same twin, with these paths beside those of `control`, and the same secret."""

    def __init__(self, twin: Twin, clock: ScaledClock, *, control: str, idle_s: float = IDLE_S) -> None:
        super().__init__(twin, clock, control=control, idle_s=idle_s)
        self._breakdowns = Breakdowns(twin.cluster)

    async def _outside(self, request: web.BaseRequest) -> web.StreamResponse:
        secret = request.headers.get(CONTROL_HEADER, "")
        if not hmac.compare_digest(secret.encode(), self._control.encode()):
            return await super()._outside(request)
        body = await request.read()
        assert self._pump is not None
        self._pump.advance()
        answer = self._played(request.method, request.path, body)
        self._pump.arm()
        if answer is None:
            return await super()._outside(request)
        status, document = answer
        return web.Response(body=json.dumps(document).encode(), content_type="application/json", status=status)

    def _played(self, method: str, path: str, body: bytes) -> tuple[int, object] | None:
        """Status and document; None: another path."""
        match method, path:
            case "GET", p if p == SITE:
                return 200, asdict(inventory_of(self._twin.cluster))
            case "POST", p if p in (BREAKDOWNS, MENDS):
                return changed(self._breakdowns, body, broken=path == BREAKDOWNS)
        return None


def changed(breakdowns: Breakdowns, body: bytes, *, broken: bool) -> tuple[int, Mapping[str, object]]:
    """What comes of `{"what": …, "name": …}`. 404 with the names that there are: nothing has this one."""
    try:
        order = json.loads(body)
        what, name = Breakable(order["what"]), str(order.get("name", ""))
        return 200, {"changed": breakdowns.change(what, name, broken=broken)}
    except NoSuchPart as unknown:
        return 404, {"known": unknown.known}
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        return 400, {"error": f"not a breakdown: {error}"}


__all__ = ["Breakable", "Breakdowns", "NoSuchPart", "PlayedTwin", "changed"]
