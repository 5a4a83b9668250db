"""Draws a dashboard with Grafana's own components (`@grafana/ui`) in Chromium: its JSON, and what a Prometheus answers.

Needs Node, npm and Chromium, which nothing else here needs: `npm ci` in `tests/wall/grafana/` (450 MB), once. `main.tsx` is
bundled by esbuild into `built/`, which is kept out of the repository.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from tests.servers.prometheus import Prometheus
from tests.wall.shipped import filled

SOURCE = Path(__file__).parent / "grafana"
BUILT = SOURCE / "built"
WIDE = 1920
"""Of the screen on the wall."""
_ROW, _HEAD = 38, 48
"""Pixels of a row of Grafana's grid, gap included; of the title above it."""
_STEP_S = 15.0
_SETTLES_MS = 15_000
"""Virtual time for Chromium: until every component has drawn."""
_HANGS_S = 300.0
_COLOURS = 128
"""Of a picture: few are there, and letters stay smooth."""
_CHROMIUM = (
    "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--allow-file-access-from-files",
)  # fmt: skip
_ESBUILD = (
    "main.tsx", "--bundle", "--outfile=built/wall.js", "--format=iife", "--platform=browser", "--minify", "--jsx=automatic",
    "--loader:.svg=dataurl", "--loader:.png=dataurl", "--loader:.ttf=empty", "--define:global=window",
    '--define:process.env.NODE_ENV="production"', "--log-level=warning",
)  # fmt: skip


def build() -> None:
    """Bundle the page; RuntimeError if the packages are not there."""
    esbuild = SOURCE / "node_modules" / ".bin" / "esbuild"
    if not esbuild.exists():
        raise RuntimeError(f"type first: (cd {SOURCE} && npm ci)")
    subprocess.run([esbuild, *_ESBUILD], cwd=SOURCE, check=True, timeout=_HANGS_S)
    shutil.copy(SOURCE / "page.html", BUILT)


def render(dashboard: Mapping[str, Any], server: Prometheus, *, at: float, since_s: float, into: Path) -> None:
    """A picture (PNG) of the dashboard as it would be at `at`, with graphs of the `since_s` seconds before."""
    high = _HEAD + _ROW * max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"])
    with TemporaryDirectory() as home:
        shutil.copytree(BUILT, home, dirs_exist_ok=True)
        wall = json.dumps(_wall(dashboard, server, at, since_s), ensure_ascii=False)
        (Path(home) / "data.js").write_text(f"window.WALL = {wall};", encoding="utf-8")
        options = (f"--user-data-dir={home}/profile", f"--window-size={WIDE},{high}", f"--screenshot={into}")
        page = (f"--virtual-time-budget={_SETTLES_MS}", f"file://{home}/page.html")
        subprocess.run([*_CHROMIUM, *options, *page], check=True, capture_output=True, timeout=_HANGS_S)
    with Image.open(into) as picture:
        picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(into, optimize=True)


def _wall(dashboard: Mapping[str, Any], server: Prometheus, at: float, since_s: float) -> dict[str, Any]:
    answers = {
        panel["id"]: [_answer(target, server, at, since_s) for target in panel["targets"]] for panel in dashboard["panels"]
    }
    return {
        "dashboard": dashboard,
        "answers": answers,
        "marks": [{"at": moment, "colour": colour} for moment, colour in _marks(dashboard, server, at, since_s)],
        "begins": at - since_s,
        "ends": at,
        "wide": WIDE,
        "zone": "utc",
    }


def _answer(target: Mapping[str, Any], server: Prometheus, at: float, since_s: float) -> dict[str, Any]:
    expression = filled(target["expr"])
    if target["instant"]:
        series = [{**found, "values": [found["value"]]} for found in server.query(expression, at=at)]
    else:
        series = server.over(expression, begins=at - since_s, ends=at, step=_STEP_S)
    return {"ref": target["refId"], "legend": target["legendFormat"], "series": series}


def _marks(dashboard: Mapping[str, Any], server: Prometheus, at: float, since_s: float) -> Iterator[tuple[float, str]]:
    """When what an annotation asks for began to be true, each time."""
    for mark in dashboard["annotations"].get("list", ()):
        for series in server.over(filled(mark["expr"]), begins=at - since_s, ends=at, step=_STEP_S):
            before = 0.0
            for moment, _ in series["values"]:
                if moment - before > 4 * _STEP_S:
                    yield moment, mark["iconColor"]
                before = moment


__all__ = ["BUILT", "build", "render"]
