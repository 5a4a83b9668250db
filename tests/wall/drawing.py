"""A plain drawing of a dashboard from its JSON and a Prometheus' answers, to look at where there is no Grafana.

It follows Grafana in what is shown (panels, colours, words, units, legends), not in every detail of how.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from tests.servers.prometheus import Prometheus
from tests.wall.palette import SERIES
from tests.wall.shipped import filled
from tests.wall.words_drawn import Look, look_of, shown

UNIT_X, UNIT_Y, GAP = 66.0, 38.0, 8.0
_POINTS = 90
_FONT = "Inter, DejaVu Sans, sans-serif"
_BACK, _CARD, _INK, _DIM = "#111217", "#181b1f", "#d8d9e0", "#8e909a"
Series = dict[str, Any]
Line = list[tuple[float, float]]


def draw(dashboard: Mapping[str, Any], server: Prometheus, *, at: float, since_s: float) -> str:
    """An SVG picture of the dashboard as it would be at `at`."""
    high = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"]) * UNIT_Y + 44
    wide = 24 * UNIT_X
    marks = list(_marks(dashboard, server, at, since_s))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" font-family="{_FONT}">',
        f'<rect width="{wide:.0f}" height="{high:.0f}" fill="{_BACK}"/>',
        _text(12, 28, dashboard["title"], 18, _INK),
    ]
    for panel in dashboard["panels"]:
        parts.append(_Picture(panel, server, at, since_s, marks).svg())
    return "\n".join([*parts, "</svg>\n"])


def _marks(dashboard: Mapping[str, Any], server: Prometheus, at: float, since_s: float) -> Iterator[tuple[float, str]]:
    for mark in dashboard["annotations"].get("list", ()):
        for series in server.over(filled(mark["expr"]), begins=at - since_s, ends=at, step=15):
            before = 0.0
            for moment, _ in series["values"]:
                if moment - before > 60:
                    yield moment, mark["iconColor"]
                before = moment


class _Picture:
    """One panel."""

    def __init__(
        self, panel: Mapping[str, Any], server: Prometheus, at: float, since_s: float, marks: list[tuple[float, str]]
    ) -> None:
        self.panel, self.server, self.at, self.since_s, self.marks = panel, server, at, since_s, marks
        box = panel["gridPos"]
        self.x, self.y = box["x"] * UNIT_X + GAP / 2, box["y"] * UNIT_Y + 40
        self.w, self.h = box["w"] * UNIT_X - GAP, box["h"] * UNIT_Y - GAP

    def svg(self) -> str:
        """Its drawing."""
        body = {"stat": self._stat, "timeseries": self._lines, "bargauge": self._bars, "table": self._table}
        card = f'<rect x="{self.x:.0f}" y="{self.y:.0f}" width="{self.w:.0f}" height="{self.h:.0f}" rx="3" fill="{_CARD}"/>'
        return "\n".join(
            [card, *body[self.panel["type"]](), _text(self.x + 8, self.y + 18, self.panel["title"], 13, self._title)]
        )

    _title = _INK

    def _found(self) -> list[tuple[Series, str]]:
        """Each series with its legend."""
        found = []
        for target in self.panel["targets"]:
            expression = filled(target["expr"])
            if target["instant"]:
                answer = [{**s, "values": [s["value"]]} for s in self.server.query(expression, at=self.at)]
            else:
                step = max(15.0, self.since_s / _POINTS)
                answer = self.server.over(expression, begins=self.at - self.since_s, ends=self.at, step=step)
            found += [
                ({**series, "ref": target["refId"]}, _legend(target["legendFormat"], series["metric"])) for series in answer
            ]
        return found

    def _stat(self) -> Iterator[str]:
        found = self._found()
        if not found:
            yield self._middle(self.panel["fieldConfig"]["defaults"]["noValue"], 30)
            return
        each, mode = self.w / len(found), self.panel["options"]["textMode"]
        for place, (series, legend) in enumerate(found):
            look = look_of(self.panel, legend, float(series["values"][-1][1]))
            x, ink = self.x + place * each, _ink_on(look.colour)
            self._title = ink if not place else self._title
            yield f'<rect x="{x:.0f}" y="{self.y:.0f}" width="{each:.0f}" height="{self.h:.0f}" fill="{look.colour}"/>'
            text = look.name if mode == "name" else look.text
            size = min(self.h * 0.42, 1.2 * each / max(3, len(text)))
            yield _text(x + each / 2, self.y + self.h * 0.62, text, size, ink, "middle", bold=True)
            if mode == "value_and_name":
                yield _text(x + each / 2, self.y + self.h * 0.88, look.name, min(17, self.h * 0.14), ink, "middle")

    def _bars(self) -> Iterator[str]:
        found = [(series, legend, float(series["values"][-1][1])) for series, legend in self._found()]
        if not found:
            yield self._middle(self.panel["fieldConfig"]["defaults"]["noValue"], 22)
            return
        most = self.panel["fieldConfig"]["defaults"].get("max") or max(value for *_, value in found) or 1.0
        high = min(44.0, (self.h - 30) / len(found))
        for place, (_, legend, value) in enumerate(found):
            look, y = look_of(self.panel, legend, value), self.y + 28 + place * high
            x, room = self.x + 180, self.w - 270
            yield _text(self.x + 170, y + high * 0.62, look.name, min(15, high * 0.5), _INK, "end")
            part = room * min(1.0, max(0.0, value / most))
            for width, colour in ((room, "#26282d"), (part, look.colour)):
                yield f'<rect x="{x:.0f}" y="{y + 3:.0f}" width="{width:.0f}" height="{high - 8:.0f}" fill="{colour}"/>'
            yield _text(self.x + self.w - 8, y + high * 0.62, look.text, min(17, high * 0.55), _INK, "end", bold=True)

    def _lines(self) -> Iterator[str]:
        found = self._found()
        custom = self.panel["fieldConfig"]["defaults"]["custom"]
        stacked = custom.get("stacking", {}).get("mode") == "normal"
        lines = [[(float(at), float(value)) for at, value in series["values"] if value != "NaN"] for series, _ in found]
        if not any(lines):
            yield self._middle(self.panel["fieldConfig"]["defaults"]["noValue"], 18)
            return
        lines = _piled(lines) if stacked else lines
        values = [value for line in lines for _, value in line]
        top, low = max(values) if any(values) else 1.0, min([0.0, *values])
        left, right, head, foot = self.x + 62, self.x + self.w - 10, self.y + 30, self.y + self.h - 44

        def px(at: float) -> float:
            return left + (right - left) * (at - self.at + self.since_s) / self.since_s

        def py(value: float) -> float:
            return foot - (foot - head) * (value - low) / (top - low)

        unit = self.panel["fieldConfig"]["defaults"]["unit"]
        for part in (0.0, 0.5, 1.0):
            value = low + part * (top - low)
            yield f'<line x1="{left:.0f}" x2="{right:.0f}" y1="{py(value):.1f}" y2="{py(value):.1f}" stroke="#2c2f35"/>'
            yield _text(left - 6, py(value) + 4, shown(value, unit), 11, _DIM, "end")
        yield _text(left, foot + 14, f"−{shown(self.since_s, 's')}", 10, _DIM)
        for moment, colour in self.marks:
            where = f"M{px(moment):.1f} {head:.0f}V{foot:.0f}"
            yield f'<path d="{where}" stroke="{colour}" stroke-dasharray="4 3"/>'
        x = self.x + 10
        for place, ((series, legend), line) in reversed(list(enumerate(zip(found, lines, strict=True)))):
            look = look_of(self.panel, legend, float(series["values"][-1][1]), default=SERIES[place % len(SERIES)])
            points = " ".join(f"{px(at):.0f},{py(value):.1f}" for at, value in line)
            if stacked and line:
                area = f"{px(line[0][0]):.0f},{foot:.1f} {points} {px(line[-1][0]):.0f},{foot:.1f}"
                yield f'<polygon points="{area}" fill="{look.colour}"/>'
            else:
                path = _path(line, px, py, gap=1.5 * max(15.0, self.since_s / _POINTS))
                yield f'<path d="{path}" fill="none" stroke="{look.colour}" stroke-width="2"/>'
        for place, (series, legend) in enumerate(found):
            look = look_of(self.panel, legend, float(series["values"][-1][1]), default=SERIES[place % len(SERIES)])
            words = f"{look.name} {look.text}"
            if x + 7 * len(words) > self.x + self.w:
                yield _text(x, self.y + self.h - 14, "…", 12, _DIM)
                break
            yield f'<rect x="{x:.0f}" y="{self.y + self.h - 20:.0f}" width="12" height="4" fill="{look.colour}"/>'
            yield _text(x + 16, self.y + self.h - 14, words, 12, _INK)
            x += 30 + 7 * len(words)

    def _table(self) -> Iterator[str]:
        columns = list(self.panel["fieldConfig"]["overrides"])
        rows: dict[tuple[str, ...], dict[str, str]] = {}
        single = len(self.panel["targets"]) == 1
        for series, _ in self._found():
            labels = dict(series["metric"])
            value = "Value" if single else f"Value #{series['ref']}"
            key = next((k for k, row in rows.items() if all(row.get(n, v) == v for n, v in labels.items())), None)
            rows.setdefault(key or tuple(sorted(labels.values())), {}).update({**labels, value: series["values"][-1][1]})
        if not rows:
            yield self._middle(self.panel["fieldConfig"]["defaults"]["noValue"], 22)
            return
        each = self.w / len(columns)
        longest = max(len(value) for row in rows.values() for value in row.values())
        size = min(15.0, (self.h - 60) / (len(rows) + 0.5) * 0.7, 1.7 * each / longest)
        for place, column in enumerate(columns):
            properties = {item["id"]: item["value"] for item in column["properties"]}
            x = self.x + 12 + place * each
            yield _text(x, self.y + 46, properties["displayName"], 13, _DIM)
            for line, row in enumerate(rows.values()):
                cell = _cell(row.get(column["matcher"]["options"], ""), properties)
                yield _text(x, self.y + 52 + (line + 1) * size * 1.5, cell, size, _INK)

    def _middle(self, text: str, size: float) -> str:
        return _text(self.x + self.w / 2, self.y + self.h * 0.6, text, size, _DIM, "middle")


def _path(line: Line, px: Callable[[float], float], py: Callable[[float], float], *, gap: float) -> str:
    """A line that ends where nothing is known for longer than a gap."""
    steps, before = [], -gap
    for at, value in line:
        steps.append(f"{'L' if at - before <= gap else 'M'}{px(at):.0f} {py(value):.1f}")
        before = at
    return "".join(steps)


def _piled(lines: list[Line]) -> list[Line]:
    """Each line on those before it."""
    below: dict[float, float] = {}
    piled = []
    for line in lines:
        on_top = [(at, value + below.get(at, 0.0)) for at, value in line]
        below |= dict(on_top)
        piled.append(on_top)
    return piled


def _cell(value: str, properties: Mapping[str, Any]) -> str:
    for mapping in properties.get("mappings", ()):
        if value in mapping["options"]:
            return str(mapping["options"][value]["text"])
    return shown(float(value), properties.get("unit", "none")) if re.fullmatch(r"-?[\d.]+(e\+?\d+)?", value) else value


def _legend(template: str, labels: Mapping[str, str]) -> str:
    if template == "__auto":
        return " ".join(value for name, value in labels.items() if name not in ("__name__", "job", "instance"))
    return re.sub(r"{{(\w+)}}", lambda found: labels.get(found[1], ""), template)


def _ink_on(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#000000" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#ffffff"


def _text(x: float, y: float, text: str, size: float, colour: str, anchor: str = "start", *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    place = f'x="{x:.0f}" y="{y:.0f}" font-size="{size:.0f}" text-anchor="{anchor}"{weight}'
    return f'<text {place} fill="{colour}">{escape(text)}</text>'


__all__ = ["Look", "draw"]
