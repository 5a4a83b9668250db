"""What the daemon itself takes: processor time a desktop and peak memory over a whole switch, and a steady cycle."""

import tempfile
from pathlib import Path
from typing import Any

from tests.bench import growth, peers
from tests.bench.served import served
from tests.bench.stage import AGENTS

SCALE = 10.0
"""The demonstration's."""


def run(*, agents: int = AGENTS) -> dict[str, Any]:
    """A real daemon on a served local-16, the command `bascule run`; then its cycle at rest, alone."""
    with (
        tempfile.TemporaryDirectory(prefix="bascule-bench-") as folder,
        served(Path(folder), "local-16", agents=agents, scale=SCALE) as bench,
    ):
        switch = peers.with_efficiency(bench, peers.bascule(bench))
    print(f"daemon {switch}", flush=True)
    return {"scale": SCALE, "switch": switch, "steady": growth.run(sizes=(agents,))["sizes"][0]}
