"""`bascule forecast --levels`: what making desktops in advance gains."""

from collections.abc import Sequence
from typing import Any

from provisioner.cli.forecast.figures import outcome_of, tenths
from provisioner.cli.forecast.runs import results_of
from provisioner.cli.output import pairs, print_json, print_table, say
from provisioner.cli.times import duration
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.rehearsal.levels import LevelForecast, Levels
from provisioner.rehearsal.rehearse import Stage
from provisioner.texts.translate import N_, _, headings, plural

_MADE_BEFORE = {
    PreparationLevel.NONE: N_("none"),
    PreparationLevel.STOPPED: N_("stopped desktops"),
    PreparationLevel.RUNNING: N_("running desktops"),
}
_WAITS_FOR = {
    PreparationLevel.NONE: N_("with no desktops made before it waits for: {binds}"),
    PreparationLevel.STOPPED: N_("with stopped desktops it waits for: {binds}"),
    PreparationLevel.RUNNING: N_("with running desktops it waits for: {binds}"),
}
_COLUMNS = headings("made before", "ready", "all ready after", "longest wait", "making them takes", "memory", "disk")


def show_levels(stage: Stage, *, json: bool) -> bool:
    """Rehearse and print; whether every agent is served on each level."""
    rehearsals = Levels(stage)
    levels = rehearsals.outcome(results_of(rehearsals.run, rehearsals.runs))
    if json:
        print_json({"levels": [_document(level) for level in levels]})
    else:
        _show(levels)
    return all(level.forecast.serves_all for level in levels)


def _document(level: LevelForecast) -> dict[str, Any]:
    return {
        "level": level.level.value,
        "made_before": level.prepared,
        "not_made": level.missing,
        "making_seconds": tenths(level.preparing_s),
        "memory_mib": level.memory_mib,
        "disk_gib": tenths(level.disk_gib),
        **outcome_of(level.forecast),
        **dict(pairs("binds", level.binds)),
    }


def _show(levels: Sequence[LevelForecast]) -> None:
    first = levels[0].forecast
    if not first.wanted:
        say(_("nobody would get a desktop: {why}", why=first.nobody))
        return
    say(
        plural(
            "the switch of {count} desktop, from its start:", "the switch of {count} desktops, from its start:", first.wanted
        )
    )
    print_table("", _COLUMNS, map(_row, levels), numbers=_COLUMNS[1:])
    for level in levels:
        say(_(_WAITS_FOR[level.level], binds=level.binds))
        if level.missing:
            say(
                plural(
                    "{count} desktop could not be made {level} before the start",
                    "{count} desktops could not be made {level} before the start",
                    level.missing,
                    level=level.level.value,
                )
            )
    say(_("memory: kept free for stopped desktops' boots, in use by running desktops, from when each is made; disk likewise."))


def _row(level: LevelForecast) -> tuple[object, ...]:
    result = level.forecast
    memory, disk = (_("{gib:.0f} GiB", gib=gib) for gib in (level.memory_mib / 1024, level.disk_gib))
    costs = (duration(level.preparing_s), memory, disk)
    return (
        _(_MADE_BEFORE[level.level]),
        _("{ready} of {wanted}", ready=result.ready, wanted=result.wanted),
        duration(result.after_s(1.0)),
        duration(result.longest_wait_s),
        *(costs if level.level is not PreparationLevel.NONE else ("-", "-", "-")),
    )
