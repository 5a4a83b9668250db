"""The pictures in reports. They need matplotlib, which is an extra: without it a page has its tables alone."""

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from provisioner.cli import times as clock
from provisioner.cli.report.clock_ticks import clock_ticks
from provisioner.model.ids import Instant

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_INK, _DEADLINE = "#222222", "#b3261e"
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
"""Colours that people with any colour vision can tell apart (Okabe and Ito 2008)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One line of a picture."""

    label: str
    values: Sequence[float]
    dashed: bool = False


def draw_curves(
    times: Sequence[Instant],
    curves: Sequence[Curve],
    *,
    marks: Sequence[tuple[Instant, str]] = (),
    label: str,
) -> bytes | None:
    """Counts over time, as an SVG. `marks`: deadlines; those outside the time are left out."""
    figure = _figure(4.2)
    if figure is None:
        return None
    axes, solid = figure.subplots(), 0
    for curve in curves:
        colour = _INK if curve.dashed else COLOURS[solid % len(COLOURS)]
        solid += not curve.dashed
        axes.plot(times, curve.values, label=curve.label, color=colour, linestyle=":" if curve.dashed else "-", linewidth=1.6)
    for at, name in marks:
        if times[0] <= at <= times[-1]:
            axes.axvline(at, color=_DEADLINE, linewidth=1.0, linestyle="--")
            axes.annotate(
                name[:24], (at, 1.0), xycoords=("data", "axes fraction"), rotation=90, va="top", ha="right", fontsize=8
            )
    ticks = clock_ticks(times[0], times[-1])
    axes.set_xticks(ticks, [clock.clock(at, now=times[0]).replace(" ", "\n") for at in ticks], fontsize=9)
    axes.set_ylim(bottom=0)
    axes.set_ylabel(label)
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.legend(loc="best", fontsize=9)
    return _svg(figure)


def draw_bars(groups: Sequence[str], bars: Sequence[Curve], *, label: str) -> bytes | None:
    """Bars beside each other, a group for each name, as an SVG."""
    figure = _figure(0.9 + 0.32 * len(groups) * max(1, len(bars)))
    if figure is None:
        return None
    axes, width = figure.subplots(), 0.8 / max(1, len(bars))
    for index, bar in enumerate(bars):
        places = [group + index * width for group in range(len(groups))]
        axes.barh(places, bar.values, height=width * 0.9, label=bar.label, color=COLOURS[index % len(COLOURS)])
    axes.set_yticks([group + 0.4 - width / 2 for group in range(len(groups))], [name[:32] for name in groups])
    axes.invert_yaxis()
    axes.set_xlabel(label)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.legend(loc="best", fontsize=9)
    return _svg(figure)


def _figure(height_in: float) -> "Figure | None":
    if find_spec("matplotlib") is None:
        return None
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it warns if it cannot keep its list of fonts
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # The same file again; and names come from a directory: a `$` begins no formula.
    mpl.rcParams |= {"svg.hashsalt": "bascule", "svg.fonttype": "none", "text.parse_math": False}
    return Figure(figsize=(10.0, min(height_in, 30.0)), dpi=110, layout="constrained")


def _svg(figure: "Figure") -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


__all__ = ["COLOURS", "Curve", "draw_bars", "draw_curves"]
