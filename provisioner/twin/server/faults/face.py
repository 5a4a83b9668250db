"""A served twin that people play on: control paths that show what really is, break parts of it, and mend them."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict

from aiohttp import web

from provisioner.twin.engine.clock import ScaledClock
from provisioner.twin.server.faults.breakdowns import Breakable, Breakdowns, NoSuchPart
from provisioner.twin.server.faults.inventory import inventory_of
from provisioner.twin.server.http import IDLE_S, HttpTwin
from provisioner.twin.server.process import BREAKDOWNS, MENDS, SITE
from provisioner.twin.server.state import CONTROL_HEADER
from provisioner.twin.twin import Twin


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


__all__ = ["PlayedTwin", "changed"]
