"""The twin behind Proxmox VE's HTTP interface: real sockets, real TLS, real or scaled time.

Outside `/api2` are the control paths: true state, time, and faults on demand. For tests and the demo.
"""

import asyncio
import hmac
import json
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args
from weakref import WeakKeyDictionary

from aiohttp import web

from provisioner.model.machines.twin_spec import Fault
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.api.endpoints.cluster import address_of
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.server.pveproxy import (
    ApiCallRequest,
    BodyUnreadable,
    NotTheApi,
    TooLarge,
    Writer,
    close,
    read_request,
    respond,
)
from provisioner.twin.server.state import CONTROL_HEADER, ScaledClock
from provisioner.twin.server.tls import Certificates
from provisioner.twin.twin import Twin, guard_access

_REQUESTS_A_CONNECTION = 100
IDLE_S = 5.0
"""Real seconds after which Proxmox VE's server closes an idle connection."""
_FAULTS = {kind.__name__: kind for kind in get_args(Fault)}
_GRAIN_S = 0.001
"""At least this many real seconds between two wake-ups. Events keep their virtual times; only answers leave this much later."""


class HttpTwin:
    """Serves one twin: on 127.0.0.1, and at the same port on the address of each further node."""

    def __init__(self, twin: Twin, clock: ScaledClock, *, control: str, idle_s: float = IDLE_S) -> None:
        guard_access(twin)
        self._twin = twin
        self._clock = clock
        self._control = control
        self._idle_s = idle_s
        self._writer = Writer()
        self._served: WeakKeyDictionary[asyncio.BaseTransport, int] = WeakKeyDictionary()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pump: Pump | None = None
        self._server: _Server | None = None
        self._runner: web.ServerRunner | None = None

    async def start(self, certificates: Certificates, *, port: int = 0) -> int:
        """Listen; returns the port."""
        self._loop = asyncio.get_running_loop()
        self._pump = Pump(self._twin.events, self._clock, self._loop)
        self._server = _Server(self._handle, access_log=None, keepalive_timeout=self._idle_s)
        self._runner = web.ServerRunner(self._server)
        await self._runner.setup()
        context = _tls(certificates)
        await web.TCPSite(self._runner, address_of(1), port, ssl_context=context, backlog=1024).start()
        bound: int = self._runner.addresses[0][1]
        for number in range(2, len(self._twin.cluster.nodes) + 1):
            with suppress(OSError):  # it is taken, or this system has one loopback address: that node does not answer
                await web.TCPSite(self._runner, address_of(number), bound, ssl_context=context).start()
        self._pump.arm()
        return bound

    async def stop(self) -> None:
        """Abort all connections; returns when they are closed."""
        if self._pump is not None:
            self._pump.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._server is not None:
            await self._server.hang_up()

    def soon(self, do: Callable[[], None]) -> None:
        """Do this on the loop's thread, at the virtual time of then. Any thread may call; after `stop` nothing is done."""
        assert self._loop is not None, "started first"
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._do, do)

    def _do(self, do: Callable[[], None]) -> None:
        assert self._pump is not None
        self._pump.advance()
        try:
            do()
        finally:
            self._pump.arm()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            asked = await read_request(request)
        except NotTheApi:
            return await self._outside(request)
        except TooLarge:
            return self._plain(501, "for data too large")
        except BodyUnreadable:
            return _hang_up(request)
        answer = await self._ask(asked)
        if answer.status == 0:
            return _hang_up(request)
        gzip = "gzip" in request.headers.get("Accept-Encoding", "")
        response = self._writer.render(answer, form=asked.form, now=self._clock.now(), gzip=gzip)
        if self._last_of_connection(request):
            close(response)
        return response

    async def _ask(self, asked: ApiCallRequest) -> ApiResponse:
        answered: asyncio.Future[ApiResponse] = asyncio.get_running_loop().create_future()

        def reply(answer: ApiResponse) -> None:
            if not answered.done():
                answered.set_result(answer)

        assert self._pump is not None
        self._pump.advance()
        request = ApiRequest(method=asked.method, path=asked.path, endpoint="", params=asked.params)
        self._twin.request(request, reply, auth=asked.auth)
        self._pump.arm()
        return await answered

    async def _outside(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request outside the API: the control paths with their secret, else `no such file`."""
        secret = request.headers.get(CONTROL_HEADER, "")
        if not hmac.compare_digest(secret.encode(), self._control.encode()):
            return self._plain(500, f"no such file '{request.path}'")
        assert self._pump is not None
        self._pump.advance()
        response = await control_answer(self._twin, self._clock, request)
        self._pump.arm()
        return response or self._plain(500, f"no such file '{request.path}'")

    def _plain(self, status: int, text: str) -> web.Response:
        return respond(status, text, f"{text}\n".encode(), now=self._clock.now(), content_type="text/plain")

    def _last_of_connection(self, request: web.BaseRequest) -> bool:
        if request.transport is None:
            return True
        served = self._served.get(request.transport, 0) + 1
        self._served[request.transport] = served
        return served >= _REQUESTS_A_CONNECTION


class _Server(web.Server):
    """aiohttp's server drops connections from its list before they are closed; this server keeps them until then."""

    def __init__(self, handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], **settings: Any) -> None:
        super().__init__(handle, **settings)
        self._open: dict[web.RequestHandler, asyncio.Transport] = {}

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        self._open[handler] = transport

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        self._open.pop(handler, None)

    async def hang_up(self) -> None:
        """Abort all connections; a regular end of TLS would wait for the clients."""
        for transport in self._open.values():
            transport.abort()
        while self._open:
            await asyncio.sleep(0)


def _hang_up(request: web.BaseRequest) -> web.StreamResponse:
    """Lose the answer: the client sees its connection end."""
    transport = request.transport
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
    raise asyncio.CancelledError


def _tls(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(certificates.certificate), Path(certificates.key))
    return context


async def control_answer(twin: Twin, clock: ScaledClock, request: web.BaseRequest) -> web.Response | None:
    """The answer to a request for a control path; None for any other path."""
    match request.method, request.path:
        case "GET", "/twin/truth":
            return _json(asdict(twin.truth()))
        case "GET", "/twin/clock":
            return _json({"now": clock.now(), "scale": clock.scale})
        case "POST", "/twin/faults":
            return _arm(twin, await request.read())
        case _:
            return None


def _arm(twin: Twin, body: bytes) -> web.Response:
    try:
        twin.faults.arm(_parse_fault(json.loads(body)))
    except (ValueError, TypeError, KeyError) as error:
        return _json({"error": f"not a fault: {error}"}, status=400)
    return _json({})


def _parse_fault(body: Mapping[str, Any]) -> Fault:
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in body.items() if name != "fault"}
    fault: Fault = _FAULTS[body["fault"]](**fields)
    return fault


def _json(value: object, *, status: int = 200) -> web.Response:
    return web.Response(body=json.dumps(value).encode(), content_type="application/json", status=status)


class Pump:
    """Runs due events, and wakes up for the next event."""

    def __init__(self, events: EventHeap, clock: ScaledClock, loop: asyncio.AbstractEventLoop) -> None:
        self._events = events
        self._clock = clock
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None

    def advance(self) -> None:
        """Advance virtual time to the clock's."""
        self._events.advance(self._clock.now())

    def arm(self) -> None:
        """Wake up for the next event."""
        next_at = self._events.next_at()
        if next_at is None:
            return
        wake = self._loop.time() + max(_GRAIN_S, self._clock.real_seconds_until(next_at))
        if self._timer is not None:
            if self._timer.when() <= wake:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(wake, self._wake)

    def stop(self) -> None:
        """Cancel the next wake-up."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake(self) -> None:
        self._timer = None
        try:
            self.advance()
        finally:
            self.arm()  # a defect in one event must not stop the clock for all others
