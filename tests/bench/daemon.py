"""The daemon's own cost over a whole switch, beside a bare client's with the same calls; peak memory, and a scrape after it."""

import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

from tests.bench import bare, peers
from tests.bench.child import Child, cpu_s
from tests.bench.served import Bench, served
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
        switch |= _beside_bare(bench, switch)
    print(f"daemon {peers.brief(switch)}", flush=True)
    return {"scale": scale, "switch": switch}


def _beside_bare(bench: Bench, switch: dict[str, Any]) -> dict[str, Any]:
    """What the same calls cost a client that does nothing else, on the same twin; most writes are refused, as done already."""
    calls = {name: round(each * bench.agents) for name, each in switch["calls_per_desktop_by_endpoint"].items()}
    job = bench.folder / "bare.json"
    job.touch(mode=0o600)
    job.write_text(json.dumps(bench.job() | {"calls": calls}), encoding="utf-8")
    command = [sys.executable, "-m", bare.__name__, str(job)]
    found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    bare_ms = 1000 * found["cpu_s"] / bench.agents
    return {"bare_cpu_ms_per_desktop": round(bare_ms, 2), "times_bare": round(switch["cpu_ms_per_desktop"] / bare_ms, 2)}


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
