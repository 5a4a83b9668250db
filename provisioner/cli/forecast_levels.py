"""`bascule forecast --levels`: what it buys to make desktops before the switch."""

import time
from collections.abc import Iterator
from typing import Any

from provisioner.cli.forecast_figures import NOTHING_LEFT, figures_of, tenths
from provisioner.cli.output import counted, duration, err, print_json, print_table, say
from provisioner.model.scenarios import PreparationLevel
from provisioner.rehearsal.levels import LevelForecast, compare
from provisioner.rehearsal.rehearse import Stage

_WORDS = {
    PreparationLevel.NONE: "none",
    PreparationLevel.STOPPED: "stopped desktops",
    PreparationLevel.RUNNING: "running desktops",
}
_COLUMNS = ("made before", "ready", "all ready after", "longest wait", "making them takes", "memory", "disk")


def show_levels(stage: Stage, *, json: bool) -> bool:
    """Rehearse and print; whether everybody is served whichever way."""
    bought = list(_rehearsed(stage))
    if json:
        print_json({"levels": [_document(one) for one in bought]})
    else:
        _show(bought)
    return all(one.forecast.ready >= one.forecast.wanted for one in bought)


def _rehearsed(stage: Stage) -> Iterator[LevelForecast]:
    """Whole rehearsals take their time: a terminal shows which one is under way, and how long the last one took."""
    levels, took = tuple(PreparationLevel), ""
    for number, level in enumerate(levels, 1):
        began = time.monotonic()
        with err.status(f"rehearsal {number} of {len(levels)}: {_WORDS[level]} made before{took}"):
            yield from compare(stage, (level,))
        took = f" (the last one took {duration(time.monotonic() - began)})"


def _document(one: LevelForecast) -> dict[str, Any]:
    return {
        "level": one.level.value,
        "made_before": one.prepared,
        "not_made": one.missing,
        "making_seconds": tenths(one.preparing_s),
        "memory_mib": one.memory_mib,
        "disk_gib": tenths(one.disk_gib),
        **figures_of(one.forecast),
    }


def _show(bought: list[LevelForecast]) -> None:
    if not bought[0].forecast.wanted and not bought[0].forecast.not_wanted:
        say(NOTHING_LEFT)
        return
    say(f"the switch of {counted(bought[0].forecast.wanted, 'agent')}, from its start:")
    print_table("", _COLUMNS, map(_row, bought), numbers=_COLUMNS[1:])
    for one in bought:
        say(f"with {_WORDS[one.level]} it waits for: {one.forecast.binds}")
        if one.missing:
            say(f"{counted(one.missing, 'desktop')} could not be made {one.level} before the start")
    say("memory is kept free for stopped desktops' boots, and in use by running ones, from when each is made; so is disk.")


def _row(one: LevelForecast) -> tuple[object, ...]:
    result = one.forecast
    costs = (duration(one.preparing_s), f"{one.memory_mib / 1024:.0f} GiB", f"{one.disk_gib:.0f} GiB")
    return (
        _WORDS[one.level],
        f"{result.ready} of {result.wanted}",
        duration(result.after_s(1.0)),
        duration(result.longest_wait_s),
        *(costs if one.level is not PreparationLevel.NONE else ("-", "-", "-")),
    )
