"""`python -m tests.bench [NAME …]`: runs sub-benchmarks, writes build/bench/NAME.json, and makes docs/performance.md of all."""

import argparse
import json
import platform
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import daemon, growth, oracle, page, peers, virtual

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "build" / "bench"


def main(arguments: list[str] | None = None) -> int:
    """Run what is named, or everything."""
    options = _parser().parse_args(arguments)
    # Told to end, it ends what it started: SystemExit goes through every `finally`.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    runs = _runs(options)
    for name in options.names or runs:
        found = runs[name]()
        _keep(name, found, command=" ".join(["python -m tests.bench", name, *_changed(options)]))
    page.write(RESULTS, ROOT / "docs" / "performance.md")
    return 0


def _runs(options: argparse.Namespace) -> dict[str, Callable[[], dict[str, Any]]]:
    sized = {} if options.desktops is None else {"agents": options.desktops}
    return {
        "virtual": lambda: virtual.run(**sized),
        "oracle": lambda: oracle.run(folder=RESULTS, **sized),
        "daemon": lambda: daemon.run(**sized),
        "growth": lambda: growth.run(),
        "peers": lambda: peers.run(scale=options.scale, ansible=options.ansible_desktops, **sized),
    }


def _keep(name: str, found: dict[str, Any], *, command: str) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    head = {
        "machine": _machine(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _commit(),
        "command": command,
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(head | found, indent=1) + "\n", encoding="utf-8")


def _machine() -> str:
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    cores = sum(line.startswith("processor") for line in Path("/proc/cpuinfo").read_text().splitlines())
    return f"{cores} × {cpu}, Python {platform.python_version()}"


def _commit() -> str:
    told = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False)
    return told.stdout.strip()


def _changed(options: argparse.Namespace) -> list[str]:
    changed = [] if options.desktops is None else ["--desktops", str(options.desktops)]
    few = options.ansible_desktops
    changed += [] if few == peers.ANSIBLE_DESKTOPS else ["--ansible-desktops", str(few)]
    return changed + ([] if options.scale == peers.SCALE else ["--scale", f"{options.scale:g}"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="virtual, oracle, daemon, growth, peers; none: all of them")
    parser.add_argument("--desktops", type=int, help="instead of 1,700")
    parser.add_argument("--scale", type=float, default=peers.SCALE, help="virtual seconds a real second, over HTTP")
    parser.add_argument("--ansible-desktops", type=int, default=peers.ANSIBLE_DESKTOPS, help="Ansible's share; 0: without it")
    return parser


if __name__ == "__main__":
    sys.exit(main())
