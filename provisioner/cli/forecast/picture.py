"""`bascule forecast --picture FILE`: ready desktops against clock time, deadlines, and for each wave what binds it when.

The only importer of matplotlib, which is an extra, and which no other command loads.
"""

import io
import logging
import textwrap
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import accumulate, chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioner.cli import times
from provisioner.cli.forecast.lines import verdict_lines
from provisioner.cli.forecast.parts import part_name
from provisioner.cli.forecast.verdict import ForecastAnswer
from provisioner.cli.report.clock_ticks import clock_ticks
from provisioner.cli.terminal import plain_line
from provisioner.errors import SettingsError
from provisioner.files import Folder, said_of
from provisioner.model.ids import Instant
from provisioner.reasons.rehearsal import NO_FOLDER, NO_LIBRARY, NO_PICTURE, PICTURE_UNWRITTEN
from provisioner.rehearsal.binding import in_short
from provisioner.rehearsal.ensemble import EnsembleOutcome
from provisioner.rehearsal.waves import WaveForecast
from provisioner.texts.translate import _

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SUFFIXES = (".svg", ".png")
_INK, _LINE, _DEADLINE = "#222222", "#0072b2", "#b3261e"
_WAVES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
"""Colours that people with any colour vision can tell apart (Okabe and Ito 2008)."""
_FAR = 3.0
"""A deadline later than so many times the switch is named at the edge: the curve would be a spike otherwise."""
_BAR = 0.14
"""How far below a row's middle its bar is; the text is above it."""
_READABLE = 0o644
_LONGEST = 78
"""Characters of a text in a row, and of a line of the title."""


def checked(path: Path) -> Path:
    """The file, if a picture can be made there; raises SettingsError. Before the rehearsals: they take a while."""
    if path.suffix.lower() not in _SUFFIXES:
        raise SettingsError(NO_PICTURE(file=str(path)))
    if not path.parent.is_dir():
        raise SettingsError(NO_FOLDER(file=str(path), folder=str(path.parent)))
    if find_spec("matplotlib") is None:
        raise SettingsError(NO_LIBRARY())
    return path


def draw(answer: ForecastAnswer, path: Path) -> None:
    """Write the picture, all or nothing; raises SettingsError if that is not possible."""
    figure = _figure(answer)
    picture = io.BytesIO()
    figure.savefig(picture, format=path.suffix[1:].lower(), **_reproducible(path))
    try:
        with Folder(path.absolute().parent) as folder:
            folder.write(path.name, picture.getvalue(), mode=_READABLE)
    except OSError as error:
        raise SettingsError(PICTURE_UNWRITTEN(file=str(path), why=said_of(error))) from error


def _reproducible(path: Path) -> dict[str, Any]:
    """The same forecast is the same file."""
    return {"metadata": {"Date": None}} if path.suffix.lower() == ".svg" else {}


def _figure(answer: ForecastAnswer) -> "Figure":
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it warns if it cannot keep its list of fonts
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams |= {"svg.hashsalt": "bascule", "svg.fonttype": "none"}  # the same file again; texts as texts, to be searched
    waves = answer.outcome.forecast.waves
    rows_in = 0.55 * len(waves) + 0.3
    figure = Figure(figsize=(10.0, 4.4 + rows_in), dpi=110, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3.6, rows_in))
    _curve(above, answer)
    _rows(below, answer)
    _clock(below, answer)
    title = "\n".join(chain.from_iterable(textwrap.wrap(line, 100) for line in verdict_lines(answer)[:3]))
    figure.suptitle(title, x=0.01, ha="left", fontsize=10.5, color=_INK)
    return figure


# -- ready against time


def _curve(axes: "Axes", answer: ForecastAnswer) -> None:
    outcome, now = answer.outcome, answer.question.stage.begins_at
    if outcome.curve:
        counts = [0, *(point.desktops for point in outcome.curve)]
        early, middle, late = (
            [now, *(now + seconds for seconds in times)]
            for times in zip(*((at.band.early_s, at.band.middle_s, at.band.late_s) for at in outcome.curve), strict=True)
        )
        axes.fill_betweenx(counts, early, late, color=_LINE, alpha=0.25, linewidth=0, label=_("nine of ten cases"))
        axes.plot(middle, counts, color=_LINE, linewidth=1.8, label=_("ready"))
    else:
        ready = outcome.forecast.ready_after_s
        axes.step([now, *(now + at for at in ready)], range(len(ready) + 1), where="post", color=_LINE, label=_("ready"))
    steps = wanted_steps(outcome)
    opens, wanted = [now, *(now + at for at, _count in steps), _end(answer)], [0, *(count for _at, count in steps)]
    axes.step(opens, [*wanted, wanted[-1]], where="post", color=_INK, linewidth=1.0, linestyle=":", label=_("wanted"))
    _deadline(axes, answer)
    axes.set_ylim(0, max(1, outcome.forecast.wanted) * 1.05)
    axes.set_ylabel(_("desktops"))
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.legend(loc="lower right", fontsize=9, framealpha=0.9)


def wanted_steps(outcome: EnsembleOutcome) -> list[tuple[float, int]]:
    """When how many desktops are wanted, in seconds, ascending: in the rehearsals that the curve is of. Otherwise `ready` lies
    above it where a gate opens in them sooner than with the most likely durations."""
    if outcome.opens:
        return [(opened.band.middle_s, opened.desktops) for opened in outcome.opens]
    batches = sorted(batch for wave in outcome.forecast.made for batch in wave.batches)
    counts = accumulate(count for _at, count in batches)
    return [(max(0.0, at), count) for (at, _count), count in zip(batches, counts, strict=True)]


def _deadline(axes: "Axes", answer: ForecastAnswer) -> None:
    """The time of `--by`."""
    by, now = answer.verdict.by, answer.question.stage.begins_at
    if by is None:
        return
    text = _("deadline {by}", by=times.clock(by, now=now))
    if now <= by <= _end(answer):
        axes.axvline(by, color=_DEADLINE, linewidth=1.4, linestyle="--", label=text)
    else:
        axes.plot([], [], color=_DEADLINE, linestyle="none", marker=">" if by > now else "<", label=text)


# -- a row for each wave: from its opening to its last desktop, and what binds it


def _rows(axes: "Axes", answer: ForecastAnswer) -> None:
    waves = answer.outcome.forecast.waves
    for row, wave in enumerate(waves):
        _row(axes, row, wave, answer)
    axes.set_ylim(len(waves) - 0.5, -0.55)
    now = answer.question.stage.begins_at
    axes.set_yticks(range(len(waves)), [_named(wave, now) for wave in waves], fontsize=9)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)


def _named(wave: WaveForecast, now: Instant) -> str:
    return f"{_cut(part_name(wave, now), 24)}\n{_('{ready} of {wanted}', ready=wave.ready, wanted=wave.wanted)}"


def _row(axes: "Axes", row: int, wave: WaveForecast, answer: ForecastAnswer) -> None:
    now, colour = answer.question.stage.begins_at, _WAVES[row % len(_WAVES)]
    opens, last, band = now + max(0.0, wave.opens_after_s or 0.0), wave.last_after_s, answer.outcome.waves.get(wave.name)
    ends = _end(answer) if last is None else now + last
    if wave.wanted:
        style: dict[str, Any] = (
            {"hatch": "///", "facecolor": "none", "edgecolor": colour} if last is None else {"color": colour}
        )
        axes.barh(row + _BAR, ends - opens, left=opens, height=0.36, alpha=0.45, **style)
    if band is not None:
        early, late = now + band.early_s, now + band.late_s
        axes.plot([early, late], [row + _BAR] * 2, color=colour, linewidth=2.0, marker="|", markersize=10)
    for due_s in wave.due_after_s:
        if now <= now + due_s <= _end(answer):
            axes.plot([now + due_s], [row + _BAR - 0.2], marker="v", color=_DEADLINE, markersize=7, clip_on=False)
    binds = _cut(plain_line(in_short(answer.outcome.wave_binds[wave.name])), _LONGEST)
    late_half = opens > now + 0.55 * (_end(answer) - now)
    place, side = (ends, "right") if late_half else (opens, "left")
    axes.text(place, row - 0.24, f" {binds} ", ha=side, va="center", fontsize=8.5, color=_INK)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


# -- the clock


def _end(answer: ForecastAnswer) -> Instant:
    """The right edge: all that comes, and a deadline that is not far away."""
    outcome, now, by = answer.outcome, answer.question.stage.begins_at, answer.verdict.by
    ends = [*outcome.forecast.ready_after_s[-1:], *(wave.last_opens_after_s for wave in outcome.forecast.waves)]
    ends += [band.late_s for band in (outcome.band, *outcome.waves.values()) if band is not None]
    span = max([60.0, *ends])
    near = [at - now for at in _deadlines(answer, by) if now < at <= now + _FAR * span]
    return now + 1.04 * max([span, *near])


def _deadlines(answer: ForecastAnswer, by: Instant | None) -> Iterator[Instant]:
    if by is not None:
        yield by
    for wave in answer.outcome.forecast.waves:
        yield from (answer.question.stage.begins_at + due_s for due_s in wave.due_after_s)


def _clock(axes: "Axes", answer: ForecastAnswer) -> None:
    now, end = answer.question.stage.begins_at, _end(answer)
    axes.set_xlim(now, end)
    ticks = clock_ticks(now, end)
    axes.set_xticks(ticks, [times.clock(at, now=now).replace(" ", "\n") for at in ticks], fontsize=9)
    axes.set_xlabel(_("clock time; it is {now} now", now=times.clock(now, now=now)), fontsize=9)


__all__ = ["checked", "draw", "wanted_steps"]
