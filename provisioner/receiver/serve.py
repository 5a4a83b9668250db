"""The process of the receiver."""

import asyncio
import logging
import signal
from dataclasses import replace
from functools import partial
from pathlib import Path

from provisioner.api.limits import LIMITS, Bounded
from provisioner.api.listening import listen_on
from provisioner.api.protocol import BoundedServer
from provisioner.model.guest_bounds import MAX_STATUS_BYTES
from provisioner.receiver.asking import Questions
from provisioner.receiver.forwarding import Forwarder
from provisioner.receiver.intake import Counted, Intake
from provisioner.receiver.quick import QuickProtocol
from provisioner.receiver.waiting import Waiting
from provisioner.settings.values import ReceiverSettings
from provisioner.tls_files import LOOK_S, ServedCertificate

RECEIVER_LIMITS = replace(LIMITS, body_bytes=MAX_STATUS_BYTES, body_s=5.0, connections=512)
"""A connection holds up to 256 KiB in asyncio's TLS: 128 MiB for all of them. Each ends with its answer, after milliseconds."""


def serve(settings: ReceiverSettings, *, certificate: Path, key: Path | None) -> None:
    """Receive until SIGTERM or SIGINT. Raises ExpositionError."""
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # a wrong request is not worth a line
    served = ServedCertificate("receiver", certificate, key, resumed=False)  # a desktop's program begins each push anew
    listening = listen_on(settings.address, settings.port, section="receiver")
    waiting = Waiting()
    forwarder = Forwarder(waiting, settings.socket)
    forwarder.start()
    try:
        app = Counted(Bounded(Intake(waiting, Questions(settings.socket).ask), RECEIVER_LIMITS), waiting)
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
