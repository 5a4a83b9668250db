"""docs/performance.md, made from the stored results: first the promises, then every figure."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench import sections
from tests.bench.verdicts import Verdict, verdicts_of

NAMES = ("virtual", "oracle", "shapes", "pool", "faults", "peers", "daemon", "growth", "capacity", "directory")
_INTRO = """# Performance

<!-- Made by `make bench`; do not edit. -->

Measured on the reference twins (`config/twins/`), with the default settings. Seconds are virtual unless stated otherwise.

| term | meaning |
|---|---|
| ready | ready according to the twin's true state |
| makespan | time from the first action to the last desktop ready |
| bound | the shortest makespan that the hardware allows |
| efficiency | bound ÷ makespan |
| regret | makespan ÷ makespan with the best fixed limit − 1 |
"""


def read(results: Path) -> dict[str, dict[str, Any]]:
    """Every result that is kept there, by sub-benchmark."""
    files = {name: results / f"{name}.json" for name in NAMES}
    return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items() if file.exists()}


def lacking(results: Mapping[str, dict[str, Any]]) -> list[str]:
    """What a whole page would still need: a page with less would take figures from its readers."""
    return [name for name in NAMES if name not in results]


def write(results: Mapping[str, dict[str, Any]], page: Path) -> None:
    """The whole page."""
    parts = [_INTRO, "## Targets\n\n" + "\n".join(_verdicts(verdicts_of(results))) + "\n"]
    for name, found in results.items():
        title, rows = sections.SECTIONS[name]
        head = f"`{found['command']}`, {found['date']}, commit {found['commit']}, on {found['machine']}."
        parts.append(f"## {title}\n\n{head}\n\n" + "\n".join(rows(found)) + "\n")
    page.write_text("\n".join(parts), encoding="utf-8")


def _verdicts(verdicts: list[Verdict]) -> list[str]:
    rows = [
        f"| {verdict.word} | {verdict.what} | {verdict.target} | {verdict.measured} | `{verdict.command}` |"
        for verdict in verdicts
    ]
    return ["| | what | target | measured | by |", "|---|---|---|---|---|", *rows]
