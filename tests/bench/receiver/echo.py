"""The least that a TLS server can do with a report: take the bytes, and send them back. `python -m … PORT CERTIFICATE KEY`."""

import asyncio
import socket
import sys
from pathlib import Path

from provisioner.api.door import BACKLOG
from provisioner.api.listening import listen_on
from provisioner.tls_files import tls_context


class Echo(asyncio.Protocol):
    """One connection; the client closes it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._back = transport

    def data_received(self, data: bytes) -> None:
        """Send it back."""
        assert isinstance(self._back, asyncio.Transport)
        self._back.write(data)


async def _serve(listening: socket.socket, certificate: Path, key: Path) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, sock=listening, ssl=tls_context("receiver", certificate, key), backlog=BACKLOG)
    await server.serve_forever()


if __name__ == "__main__":
    _, port, certificate, key = sys.argv
    asyncio.run(_serve(listen_on("127.0.0.1", int(port)), Path(certificate), Path(key)))
