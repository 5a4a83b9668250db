"""As many calls of each endpoint as the daemon has made, by a client that does nothing else: what HTTP and TLS cost alone.

`python -m tests.bench.bare JOB.json`; the last line is the result. The standard library's client, a connection a thread.
"""

import json
import ssl
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

THREADS = 16
_FORMS: dict[str, dict[str, object]] = {
    "/nodes/{node}/qemu/{vmid}/clone": {"newid": 0, "name": "vd-0", "full": 0, "description": "x" * 400},
    "/nodes/{node}/qemu/{vmid}/config": {"memory": 4096, "cores": 2, "net0": "virtio,bridge=vmbr0", "tags": "desktop"},
    "/nodes/{node}/qemu/{vmid}/agent/file-read": {"file": "/run/bascule/status.json"},
}
"""What a call of these carries, besides its path."""


def main(path: Path) -> int:
    """All calls of a job, as far as they can be made again: on desktops that are there, most writes are refused."""
    job = json.loads(path.read_text())
    calls = list(_calls(job, Client(job).places()))
    shares = [calls[at::THREADS] for at in range(THREADS)]
    began, used = time.monotonic(), time.process_time()
    with ThreadPoolExecutor(THREADS) as pool:
        sizes = list(pool.map(lambda share: Client(job).send_all(share), shares))
    took = {"cpu_s": round(time.process_time() - used, 2), "real_s": round(time.monotonic() - began, 1)}
    print(json.dumps({"calls": len(calls), "bytes": sum(sizes), **took}))
    return 0


def _calls(job: dict[str, Any], places: list[tuple[str, int]]) -> Iterator[tuple[str, str]]:
    """Method and path with parameters of each; desktops take turns."""
    for endpoint, count in job["calls"].items():
        method, path = endpoint.split(" ", 1)
        form = _FORMS.get(path, {})
        for at in range(count):
            node, vmid = places[at % len(places)]
            query = urlencode(form) if method != "GET" or "file" in form else ""
            yield method, path.format(node=node, vmid=vmid) + (f"?{query}" if query else "")


class Client:
    """One connection, opened again where the server ends it."""

    def __init__(self, job: dict[str, Any]) -> None:
        context = ssl.create_default_context(cafile=job["ca_file"])
        self._connection = HTTPSConnection("127.0.0.1", job["port"], timeout=60, context=context)
        self._headers = {"Authorization": f"PVEAPIToken={job['token']}={job['secret']}"}

    def places(self) -> list[tuple[str, int]]:
        """Node and number of each desktop."""
        _, listing = self._send("GET", "/cluster/resources")
        return [(vm["node"], vm["vmid"]) for vm in listing["data"] if vm["type"] == "qemu" and not vm.get("template")]

    def send_all(self, calls: list[tuple[str, str]]) -> int:
        """One after the other; returns the bytes received."""
        return sum(self._send(method, path)[0] for method, path in calls)

    def _send(self, method: str, path: str) -> tuple[int, Any]:
        where, _, form = path.partition("?")
        form_sent = form if method != "GET" else None
        headers = self._headers | ({"Content-Type": "application/x-www-form-urlencoded"} if form_sent else {})
        self._connection.request(method, f"/api2/json{path if form_sent is None else where}", form_sent, headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.getheader("Connection", "") == "close":
            self._connection.close()
        return len(body), json.loads(body)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
