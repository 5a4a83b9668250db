"""`python -m tests.bench [NAME …]`: runs sub-benchmarks, writes build/bench/NAME.json, and makes docs/performance.md of all.

At the end it says of each promise whether it was met. The page stays as it is while any part has no result here.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import capacity, daemon, directory, growth, oracle, page, peers, pool, shapes, stage, virtual
from tests.bench.faults import run as faults
from tests.bench.verdicts import verdicts_of

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "build" / "bench"


def main(arguments: list[str] | None = None) -> int:
    """Run the named sub-benchmarks, or all."""
    options = _parser().parse_args(arguments)
    # On SIGTERM it ends its child processes: SystemExit goes through every `finally`.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    runs = _runs(options)
    for name in options.names or runs:
        found = runs[name]()
        _keep(name, found, command=" ".join(["python -m tests.bench", name, *_changed(options)]))
    results = page.read(RESULTS)
    if lacking := page.lacking(results):
        print(f"docs/performance.md stays as it is: no result of {', '.join(lacking)} in build/bench yet")
    else:
        page.write(results, ROOT / "docs" / "performance.md")
    for verdict in verdicts_of(results):
        print(verdict.line)
    return 0


def _runs(options: argparse.Namespace) -> dict[str, Callable[[], dict[str, Any]]]:
    sized = {} if options.desktops is None else {"agents": options.desktops}
    scaled = {} if options.scale is None else {"scale": options.scale}
    return {
        "virtual": lambda: virtual.run(seeds=options.seeds, jobs=options.jobs, **sized),
        "oracle": lambda: oracle.run(seeds=options.seeds, jobs=options.jobs, **sized),
        "shapes": lambda: shapes.run(seeds=options.seeds[:1], jobs=options.jobs, **sized),
        "pool": lambda: pool.run(seeds=options.seeds, jobs=options.jobs, **sized),
        "faults": lambda: faults.run(jobs=options.jobs, **sized),
        "daemon": lambda: daemon.run(**scaled, **sized),
        "growth": growth.run,
        "capacity": capacity.run,
        "directory": directory.run,
        "peers": lambda: peers.run(ansible=options.ansible_desktops, **scaled, **sized),
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
    """Marked when files differ from the commit, except for the page, which earlier parts have rewritten."""
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/performance.md")
    return _git("rev-parse", "--short", "HEAD") + ("-dirty" if changed else "")


def _git(*arguments: str) -> str:
    ended = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return ended.stdout.strip()


def _changed(options: argparse.Namespace) -> list[str]:
    """The options of a result that differ from the default, so that it can be repeated."""
    changed = [] if options.desktops is None else ["--desktops", str(options.desktops)]
    changed += [] if options.scale is None else ["--scale", f"{options.scale:g}"]
    few = options.ansible_desktops
    changed += [] if few == peers.ANSIBLE_DESKTOPS else ["--ansible-desktops", str(few)]
    return changed + ([] if options.seeds == stage.SEEDS else ["--seeds", ",".join(map(str, options.seeds))])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(page.NAMES)}; none: all of them")
    few = f"oracle and shapes {oracle.AGENTS:,}; faults {faults.PEOPLE:,}"
    sizes = f"{stage.AGENTS:,}; {few}; growth, capacity and directory have their own"
    parser.add_argument("--desktops", type=int, help=f"instead of {sizes}")
    scales = f"daemon {daemon.SCALE:g}, peers {peers.SCALE:g}; Ansible always {peers.ANSIBLE_SCALE:g}"
    parser.add_argument("--scale", type=float, help=f"virtual seconds a real second, over HTTPS, instead of {scales}")
    parser.add_argument("--ansible-desktops", type=int, default=peers.ANSIBLE_DESKTOPS, help="Ansible's share; 0: without it")
    parser.add_argument("--seeds", type=_seeds, default=stage.SEEDS, help="of runs in virtual time, such as 1,2,3")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs in virtual time at once")
    return parser


def _seeds(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
