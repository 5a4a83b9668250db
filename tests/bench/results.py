"""What each sub-benchmark measured last: one file for each in `results`, committed, with date, commit, command and
the hash of the code that it ran.

Only what the page shows is kept, and nothing about the machine but its processor.
"""

import json
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.code import hash_of
from tests.bench.judges import ready_after_s

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).parent / "results"
NAMES = (
    "virtual", "full", "oracle", "best", "shapes", "mechanisms", "drawn", "pool", "faults", "peers", "daemon", "growth",
    "scrape", "capacity", "directory", "questions", "fits", "late", "alone", "probes", "deadlines", "autoscale", "unusual",
    "borrowing", "lends", "rotation", "receiver",
)  # fmt: skip
"""The sub-benchmarks, in the order of the page."""
_FOR_NOBODY = frozenset({"said", "cut_short", "cpu_s", "ready_after", "scrape_ms", "binds"})
"""Figures of a switch that the page does not show. What a peer said has paths of the machine in it."""

Found = dict[str, Any]


def headed(name: str, found: Found, *, command: str) -> Found:
    """The result of a sub-benchmark that was measured just now."""
    date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    head = {"date": date, "commit": _commit(), "code": hash_of(name), "command": command, "machine": _machine()}
    return head | trimmed(name, found)


def keep(name: str, found: Found, folder: Path = RESULTS) -> None:
    """Replace the result of a sub-benchmark."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(folder: Path = RESULTS) -> dict[str, Found]:
    """Every result there is, by sub-benchmark."""
    files = {name: folder / f"{name}.json" for name in NAMES}
    return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items() if file.exists()}


def with_best(results: Mapping[str, Found]) -> dict[str, Found]:
    """The same, with the best fixed limits beside the results that are compared with them."""
    best = {"best": results["best"]["rows"]} if "best" in results else {}
    return {name: found | best if name in ("shapes", "virtual") else found for name, found in results.items()}


def trimmed(name: str, found: Found) -> Found:
    """What the page shows of it."""
    if name == "daemon":
        return found | {"switch": _figures(found["switch"])}
    if name == "peers":
        twins = {twin: {peer: _race(race) for peer, race in races.items()} for twin, races in found["twins"].items()}
        return found | {"twins": twins}
    return found


def _race(race: Mapping[str, Found]) -> dict[str, Found]:
    """Of all times at which a desktop became ready those that are compared: as many as the other had, and all."""
    own = race["bascule"]
    counts = sorted({min(racer["ready"], own["ready"]) for racer in race.values()})
    after = {"ready_after": [[count, ready_after_s(own, count)] for count in counts]}
    return {who: _figures(racer) | (after if who == "bascule" else {}) for who, racer in race.items()}


def _figures(switch: Found) -> Found:
    return {key: value for key, value in switch.items() if key not in _FOR_NOBODY}


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((line.split(":")[1].strip() for line in lines if "model name" in line), platform.machine())
    cores = sum(line.startswith("processor") for line in lines)
    return f"{cores} × {cpu}, Python {platform.python_version()}"


def _commit() -> str:
    """Marked when files differ from the commit, except for results and their page, which earlier parts have rewritten."""
    others = (":!docs/en/performance.md", ":!tests/bench/results")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", *others)
    return _git("rev-parse", "--short", "HEAD") + ("-dirty" if changed else "")


def _git(*arguments: str) -> str:
    ended = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return ended.stdout.strip()
