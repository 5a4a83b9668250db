"""What orders about a surge say besides, as options, and the question before an order that concerns many people."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provisioner.cli import times
from provisioner.cli.ceiling_lines import ceiling_lines
from provisioner.cli.documents import SurgeDocument
from provisioner.cli.ordering import Desk
from provisioner.cli.output import complain
from provisioner.cli.reason_lines import reason_in
from provisioner.cli.surge.lines import shortage_lines
from provisioner.errors import OrderRefused
from provisioner.model.scenario.surges import of_another
from provisioner.reasons.api import NO_CYCLE_YET
from provisioner.reasons.reason import reason_of
from provisioner.reasons.surges import SURGE_NO_SCENARIO
from provisioner.settings.fields import seconds
from provisioner.texts.translate import _, plural, translated
from provisioner.views.times import stamp

if TYPE_CHECKING:  # an order alone loads no rehearsal
    from provisioner.rehearsal.forecast import Forecast

AtOption = Annotated[
    str, typer.Option("--at", metavar="TIME", help="When: 20:00, 'tomorrow 08:00', '2026-11-29 20:00 Europe/Paris'.")
]
DayOption = Annotated[str, typer.Option("--day-1", metavar="DATE", help="The first day of the scenario: 2026-11-30, tomorrow.")]
UntilOption = Annotated[
    str, typer.Option("--until", metavar="TIME", help="When the desktops go back by themselves: a time, as for --at.")
]
BatchOption = Annotated[int | None, typer.Option("--batch", min=1, help="So many desktops go back at a time.")]
EveryOption = Annotated[str, typer.Option("--every", metavar="DURATION", help="The time between batches, such as 4h.")]
KeepOption = Annotated[
    str, typer.Option("--keep", metavar="DURATION", help="How long they are kept, switched off; then the leavers' ladder.")
]

SheetOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write it to an .html or .json file that only you can read."),
]


def time_of(text: str, daemon: Desk) -> str | None:
    """A time that somebody wrote, by the site's clock, as the API takes it; nothing was written: None.

    Raises SettingsError.
    """
    if not text:
        return None
    from provisioner.cli.deadlines import deadline_of

    at = deadline_of(text, now=daemon.now())
    complain(_("{text}: {time} ({zone})", text=text, time=times.dated(at), zone=times.zone(at)))
    return stamp(at)


def first_day(text: str, daemon: Desk) -> str | None:
    """A day that somebody wrote, as the API takes it; nothing was written: None. Raises BadParameter."""
    if not text:
        return None
    from provisioner.cli.deadlines import day_of

    return day_of(text, now=daemon.now(), option="--day-1").isoformat()


def return_terms(batch: int | None, every: str, keep: str) -> dict[str, object]:
    """How desktops go back. Raises BadParameter."""
    terms: dict[str, object] = {} if batch is None else {"batch": batch}
    if every:
        terms["batch_interval_s"] = _seconds(every, "--every")
    if keep:
        terms["keep_s"] = _seconds(keep, "--keep")
    return terms


def _seconds(text: str, option: str) -> float:
    try:
        return seconds(text)
    except ValueError as error:
        raise typer.BadParameter(translated(reason_of(error)), param_hint=option) from None


def show_forecast(config: Path) -> "Forecast":
    """What the switch would come to if it began now, as `bascule forecast` shows it."""
    from provisioner.cli.clocks import clock_of_commands
    from provisioner.cli.forecast.command import answer_to
    from provisioner.cli.forecast.lines import show
    from provisioner.cli.forecast.runs import reading
    from provisioner.cli.site import settings_of
    from provisioner.daemon.composition import outside_of
    from provisioner.doctor.question import question_of

    settings, clock = settings_of(config), clock_of_commands()
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside, reading():
        question = question_of(settings, outside, twin=None, hours=None, now=clock.now())
    answer = answer_to(question)
    show(answer)
    return answer.outcome.forecast


def start_lines(document: SurgeDocument, forecast: "Forecast | None" = None) -> list[str]:
    """Whom a start concerns. With a forecast, how many of them get a desktop is what that says."""
    waiting = document["waiting"]
    if forecast is None:
        if waiting is None:
            return [translated(NO_CYCLE_YET())]
        more = plural(
            "scenario '{scenario}' concerns {count} more person",
            "scenario '{scenario}' concerns {count} more people",
            waiting,
            scenario=document["scenario"],
        )
    else:
        more = plural(
            "scenario '{scenario}' gives a desktop to {count} more person",
            "scenario '{scenario}' gives a desktop to {count} more people",
            forecast.newly_served,
            scenario=document["scenario"],
        )
    return [more, *ceiling_lines(document["ceilings"]), *shortage_lines(document)]


def refuse_start(document: SurgeDocument, name: str) -> None:
    """Nobody is to read a forecast, and answer a question, for a start that the daemon refuses. Raises OrderRefused.

    `name`: the scenario that is meant; empty: the configured one. In the daemon's order: whoever ends the run that is in the
    way is not to be refused again, for the name.
    """
    refused = document["start_refused"]
    there_is_one = refused is None or refused["code"] != SURGE_NO_SCENARIO.code
    if there_is_one and (other := of_another(document["configured"], name)):
        raise OrderRefused(other, frozenset({other.code}))
    if refused:
        raise OrderRefused(reason_in(refused), frozenset(filter(None, (refused["code"],))))


def end_lines(document: SurgeDocument) -> list[str]:
    """Whom an end concerns: an abort, or a return."""
    made = document["made"]
    if made is None:
        return [translated(NO_CYCLE_YET())]
    return [
        plural("{count} desktop was made by this surge", "{count} desktops were made by this surge", made["desktops"]),
        _(
            "{on} of them are on: {in_use} with an open session, and {unknown} of which it is not known",
            on=made["on"],
            in_use=made["in_use"],
            unknown=made["unknown"],
        ),
    ]
