"""The daemon's own cost: processor time per desktop and peak memory over a whole switch, and a scrape after it."""

import socket
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

from tests.bench import peers
from tests.bench.child import Child, cpu_s
from tests.bench.served import served
from tests.bench.stage import AGENTS

SCALE = 1.0
"""Real time: eleven minutes with 1,700 desktops, and nothing of the machine's counts several times."""
_SCRAPES = 40


def run(*, agents: int = AGENTS, scale: float = SCALE) -> dict[str, Any]:
    """A real daemon on a served local-16, the command `bascule run`."""
    port = _free_port()
    with (
        tempfile.TemporaryDirectory(prefix="bascule-bench-") as folder,
        served(Path(folder), "local-16", agents=agents, scale=scale, port=port) as bench,
    ):
        daemon = bench.start(bench.daemon())
        switch = peers.until_ready(bench, daemon, meanwhile=lambda: _scraped(daemon, port))
    print(f"daemon {peers.brief(switch)}", flush=True)
    return {"scale": scale, "switch": switch}


def _scraped(daemon: Child, port: int) -> dict[str, Any]:
    """Milliseconds of the daemon's processor for one scrape over HTTP, with its other work meanwhile."""
    opener = build_opener(ProxyHandler({}))
    before, began = cpu_s(daemon.pid), time.monotonic()
    for _ in range(_SCRAPES):
        with opener.open(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            size = len(answer.read())
    return {
        "scrape_cpu_ms": round(1000 * (cpu_s(daemon.pid) - before) / _SCRAPES, 2),
        "scrape_ms": round(1000 * (time.monotonic() - began) / _SCRAPES, 2),
        "page_bytes": size,
    }


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
