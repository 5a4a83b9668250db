"""The process of the receiver; and the usual push, answered without going through uvicorn and h11: they take as much of the
processor as TLS itself.

Only what bascule-guest sends, byte for byte in its form, is answered so. Whatever differs in anything goes the usual way, and
is judged there: nothing is refused here.
"""

import asyncio
import logging
import signal
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from uvicorn.config import Config

from provisioner.api.limits import LIMITS, Bounded
from provisioner.api.listening import listen_on
from provisioner.api.protocol import BoundedProtocol, BoundedServer, LimitedState
from provisioner.model.machines.guest_bounds import MAX_STATUS_BYTES
from provisioner.receiver.forwarding import Forwarder, WaitingPushes
from provisioner.receiver.intake import PATH, Intake, Questions, RefusalCounter, address_of
from provisioner.sessions.push import parse_push
from provisioner.settings.values import ReceiverSettings
from provisioner.tls_files import LOOK_S, ServedCertificate

RECEIVER_LIMITS = replace(LIMITS, body_bytes=MAX_STATUS_BYTES, body_s=5.0, connections=512)
"""A connection holds up to 256 KiB in asyncio's TLS: 128 MiB for all of them. Each ends with its answer, after milliseconds."""
WHOLE_WITHIN_S = 0.1
"""http.client sends head and body apart. What takes longer goes the usual way, with its deadlines."""
_REQUEST = f"POST {PATH} HTTP/1.1".encode()
_TAKEN = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_KNOWN = frozenset(
    {b"host", b"accept-encoding", b"content-length", b"content-type", b"connection"}
    | {b"bascule-vmid", b"bascule-boot", b"bascule-sequence", b"bascule-signature"}
)
_MOST_BYTES = 80 * 1024
"""Of head and body: more than any push has."""


def serve(settings: ReceiverSettings, *, certificate: Path, key: Path | None) -> None:
    """Receive until SIGTERM or SIGINT. Raises ExpositionError."""
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # a wrong request is not worth a line
    served = ServedCertificate("receiver", certificate, key, resumed=False)  # a desktop's program begins each push anew
    listening = listen_on(settings.address, settings.port, section="receiver")
    waiting = WaitingPushes()
    forwarder = Forwarder(waiting, settings.socket)
    forwarder.start()
    try:
        app = RefusalCounter(Bounded(Intake(waiting, Questions(settings.socket).ask), RECEIVER_LIMITS), waiting)
        quick = partial(QuickProtocol, waiting=waiting)
        server = BoundedServer(app, RECEIVER_LIMITS, listening, served.context, refused=waiting.refuse, protocol=quick)
        asyncio.run(_serve(server, served))
    finally:
        forwarder.end()


async def _serve(server: BoundedServer, served: ServedCertificate) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.end)
    looking = loop.create_task(_look_after(served))
    try:
        await server.serve()
    finally:
        looking.cancel()


async def _look_after(served: ServedCertificate) -> None:
    """Take up a renewed certificate; under systemd, which has handed over a copy, a restart does."""
    while True:
        await asyncio.sleep(LOOK_S)
        served.take_up()


class QuickProtocol(BoundedProtocol):
    """One connection, with one push."""

    def __init__(self, config: Config, state: LimitedState, app_state: dict[str, Any], *, waiting: WaitingPushes) -> None:
        """`waiting` keeps the pushes."""
        super().__init__(config, state, app_state)
        self._waiting, self._held = waiting, b""
        self._quick = True
        """Whether all that came so far may be a usual push."""

    def data_received(self, data: bytes) -> None:
        """Take a usual push; hand anything else on."""
        if not self._quick:
            super().data_received(data)
            return
        if not self._held:
            self.loop.call_later(WHOLE_WITHIN_S, self._hand_on)
        self._held += data
        if len(self._held) > _MOST_BYTES:
            self._hand_on()
            return
        head, end, body = self._held.partition(b"\r\n\r\n")
        headers = _headers(head) if end else None
        if headers is not None and len(body) >= _length(headers):
            self._take(headers, body)

    def _take(self, headers: dict[bytes, bytes], body: bytes) -> None:
        try:
            taken = len(body) == _length(headers) and self._waiting.put(parse_push(headers, body), address_of(self.client))
        except ValueError:
            taken = False
        if not taken:
            self._hand_on()
            return
        self._held = b""
        self.transport.write(_TAKEN)
        self.transport.close()

    def _hand_on(self) -> None:
        """To the usual way, with all that has come; after `_take` nothing has."""
        self._quick, held, self._held = False, self._held, b""
        if held and not self.transport.is_closing():
            super().data_received(held)


def _headers(head: bytes) -> dict[bytes, bytes] | None:
    """By name in lower case; None: it is not what bascule-guest sends."""
    request, *lines = head.split(b"\r\n")
    parts = [line.partition(b": ") for line in lines]
    headers = {name.lower(): value for name, _, value in parts}
    is_usual = request == _REQUEST and len(headers) == len(lines) and headers.keys() <= _KNOWN
    return headers if is_usual and headers.get(b"content-length", b"").isdigit() else None


def _length(headers: dict[bytes, bytes]) -> int:
    return int(headers[b"content-length"][:9])
