"""Draws docs/pictures from the recorded surge of 1,700 on 16 nodes: `python -m tests.wall.pictures`. Minutes of one processor.

Drawn with Grafana's own components (`rendered`, which says what it needs).
`python -m tests.wall.pictures FOLDER 'people=400, slow_times=30' SECONDS` draws all dashboards of another surge (`surge.Surge`)
after so many seconds: to try what the wall says of it.

A node has lost power five minutes before, and others have taken so many seats of the VPN that 200 people get no desktop.
"""

import ast
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.builders.cluster import NOW
from tests.servers.prometheus import prometheus_with
from tests.wall.fired import as_samples, fired
from tests.wall.recorded import SCRAPE_S, Recording, record
from tests.wall.rendered import build, render
from tests.wall.shipped import dashboards
from tests.wall.surge import Surge

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
AT = 1845.0
"""Seconds from the beginning; the pictures show what was until then."""
SHOWN = ("en/crisis", "fr/crisis", "en/waves", "en/capacity", "en/provisioning", "en/sessions", "en/directory", "en/daemon")


def with_alerts(recording: Recording, home: Path, *, ends: float) -> Path:
    """The recorded samples, and the alerts that they raise."""
    bare, whole = home / "surge.txt", home / "with-alerts.txt"
    recording.write(bare)
    with prometheus_with(bare, home) as server:
        found = fired(server, begins=NOW + SCRAPE_S, ends=ends)
    recording.write(whole, alerts=as_samples(found))
    return whole


def draw_all(samples: Path, home: Path, *, at_s: float = AT, into: Path = PICTURES, shown: Iterable[str] = SHOWN) -> None:
    """Every picture."""
    build()
    into.mkdir(exist_ok=True)
    with prometheus_with(samples, home) as server:
        for name in shown:
            language, _, short = name.partition("/")
            render(dashboards()[name], server, at=NOW + at_s, since_s=at_s, into=into / f"{short}-{language}.png")


def main(surge: Surge, *, at_s: float, into: Path) -> None:
    """Record, raise the alerts, draw."""
    with TemporaryDirectory() as first, TemporaryDirectory() as second:
        samples = with_alerts(record(replace(surge, lasts_s=at_s + SCRAPE_S)), Path(first), ends=NOW + at_s)
        draw_all(samples, Path(second), at_s=at_s, into=into)


def _values(text: str) -> dict[str, Any]:
    """`people=400, due_s=(150, 240, 330)` as values."""
    call = ast.parse(f"f({text})", mode="eval").body
    assert isinstance(call, ast.Call)
    return {str(each.arg): ast.literal_eval(each.value) for each in call.keywords}


if __name__ == "__main__":
    if sys.argv[1:]:
        folder, changed, seconds = sys.argv[1:]
        main(Surge(**_values(changed)), at_s=float(seconds), into=Path(folder))
    else:
        main(Surge(), at_s=AT, into=PICTURES)
