"""docs/en/performance.md, made from the kept results: first the promises, then every figure."""

from collections.abc import Mapping, Set
from typing import Any

from tests.bench import sections
from tests.bench.results import NAMES, ROOT, with_best
from tests.bench.verdicts import Verdict, verdicts_of

PAGE = ROOT / "docs" / "en" / "performance.md"
_INTRO = """# Performance

<!-- Made by `python -m tests.bench`; do not edit. -->

Measured on the reference twins and shapes (`config/twins/`), with the default settings. Seconds are virtual unless stated
otherwise. Each section says when it was measured, with which commit, and whether the code that it ran has changed since: then
its figures are *old*, and no target counts as met or missed by them.

To measure a part again: `.venv/bin/python -m tests.bench PART`, after `make setup-test`. It replaces that part's file in
`tests/bench/results/`, and makes this page again from all these files. `--help` lists the parts and options; `--print` changes
no file. `make bench` runs all parts, which takes several hours. `.venv/bin/python -m tests.bench page` only makes the page.

| term | meaning |
|---|---|
| ready | ready according to the twin's true state |
| makespan | time from the first action to the last desktop ready |
| bound | the shortest makespan that the hardware allows |
| efficiency | bound ÷ makespan |
| regret | makespan ÷ makespan with the best fixed limit − 1 |
"""


def text_of(results: Mapping[str, dict[str, Any]], *, old: Set[str]) -> str:
    """The whole page; `old`: the parts whose code has changed since."""
    results = with_best(results)
    parts = [_INTRO, "## Targets\n\n" + "\n".join(_verdicts(verdicts_of(results, old=old))) + "\n"]
    return "\n".join(parts + [_section(name, results.get(name), old=name in old) for name in NAMES])


def _section(name: str, found: Mapping[str, Any] | None, *, old: bool) -> str:
    title, rows = sections.SECTIONS[name]
    if found is None:
        return f"## {title}\n\n`python -m tests.bench {name}`: not measured.\n"
    changed = " **Old: the code that it ran has changed since.**" if old else ""
    head = f"`{found['command']}`, {found['date']}, commit {found['commit']}, on {found['machine']}.{changed}"
    return f"## {title}\n\n{head}\n\n" + "\n".join(rows(found)) + "\n"


def _verdicts(verdicts: list[Verdict]) -> list[str]:
    rows = [
        f"| {verdict.word} | {verdict.what} | {verdict.target} | {verdict.measured} | `{verdict.command}` |"
        for verdict in verdicts
    ]
    return ["| | what | target | measured | by |", "|---|---|---|---|---|", *rows]
