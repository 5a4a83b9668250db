"""A real Alertmanager on loopback, and a webhook that keeps what it is told."""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from tests.servers.processes import free_port, running

AMTOOL = "/usr/bin/amtool"


@contextmanager
def alertmanager(home: Path, *, configuration: Path) -> Iterator[int]:
    """A server that follows this file, until the end of the block; its port."""
    port = free_port()
    command = [
        "/usr/bin/prometheus-alertmanager",
        f"--config.file={configuration}",
        f"--storage.path={home / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=warn",
    ]
    with running(command, ports=(port,), log=home / "alertmanager.log"):
        yield port


class Webhook:
    """Keeps every notification, with the path that it came to."""

    def __init__(self) -> None:
        self.notifications: list[tuple[str, dict[str, Any]]] = []
        self._server = HTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> "Webhook":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)

    def alerts(self, status: str) -> list[tuple[str, dict[str, Any]]]:
        """Every alert of this status, `firing` or `resolved`, with the path that it came to."""
        return [
            (path, alert)
            for path, notification in list(self.notifications)
            for alert in notification["alerts"]
            if alert["status"] == status
        ]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        notifications = self.notifications

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                notifications.append((self.path, json.loads(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *_: object) -> None:
                """Nothing is printed."""

        return Handler


def amtool(*arguments: str) -> tuple[int, str]:
    """Its exit code and all it says."""
    done = subprocess.run([AMTOOL, *arguments], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr
