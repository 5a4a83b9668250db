"""`bascule forecast`: a rehearsal of the switch on the twin, in virtual time."""

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.deadlines import deadline_of
from provisioner.cli.forecast.figures import figures_of
from provisioner.cli.forecast.fits import bought_for, with_largest
from provisioner.cli.forecast.levels import show_levels
from provisioner.cli.forecast.lines import show
from provisioner.cli.forecast.picture import checked, draw
from provisioner.cli.forecast.runs import reading, results_of
from provisioner.cli.forecast.scores import keep, kept_forecast, show_score
from provisioner.cli.forecast.verdict import ForecastAnswer, verdict_of
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, complain, print_json
from provisioner.cli.site import settings_of
from provisioner.cli.styled import err
from provisioner.cli.times import duration
from provisioner.daemon.composition import outside_of
from provisioner.daemon.keeping import store_of
from provisioner.daemon.scoring import score_in
from provisioner.doctor.question import Question, question_of
from provisioner.errors import SettingsError
from provisioner.model.ids import Instant
from provisioner.reasons.rehearsal import NO_LEVELS
from provisioner.rehearsal.ensemble import Ensemble
from provisioner.rehearsal.forecast import Forecast
from provisioner.texts.translate import _


def forecast(
    config: ConfigOption = CONFIG,
    twin: Annotated[Path | None, typer.Option("--twin", help="A twin file; by default the clusters as they are now.")] = None,
    hours: Annotated[
        float | None,
        typer.Option("--hours", min=0.1, help="Cut the rehearsal after so long; by default it ends with the last wave."),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="A deadline: 08:00, 'tomorrow 08:00', '2026-11-27 08:00 Europe/Paris'.")
    ] = None,
    levels: Annotated[
        bool,
        typer.Option(
            "--levels",
            help="Compare no desktops made in advance, stopped desktops, running desktops. A dozen rehearsals.",
        ),
    ] = False,
    picture: Annotated[
        Path | None,
        typer.Option("--picture", help="Draw ready desktops against time, and what each wave waits for: a .svg or .png file."),
    ] = None,
    score: Annotated[bool, typer.Option("--score", help="What came of earlier forecasts; nothing is rehearsed.")] = False,
    json: JsonOption = False,
) -> None:
    """How long the switch would take, and what it waits for.

    From now on, with what is known of the clusters. Exit code 1 when somebody would be left without a desktop, the deadline is
    not met for sure, or `bascule check` fails.
    """
    settings = settings_of(config)
    clock = clock_of_commands()
    now = clock.now()
    deadline = None if by is None else deadline_of(by, now=now)
    drawing = None if picture is None else checked(picture)
    if score:
        with closing(store_of(settings, clock=clock)) as store:
            show_score(score_in(store, now=now), json=json)
        return
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside, reading():
        question = question_of(settings, outside, twin=twin, hours=hours, now=now, afresh=levels)
    if levels and not question.stage.config.scenario.waves:
        raise SettingsError(NO_LEVELS(scenario=question.stage.config.scenario.name))
    if levels:
        raise typer.Exit(0 if show_levels(question.stage, json=json) else 1)
    answer = answer_to(question, by=deadline)
    kept = kept_forecast(answer)
    if kept is not None:
        keep(store_of(settings, clock=clock), kept)
    if drawing is not None:
        draw(answer, drawing)
    if json:
        print_json(figures_of(answer))
    else:
        show(answer)
    raise typer.Exit(0 if answer.verdict.holds else 1)


def answer_to(question: Question, *, by: Instant | None = None) -> ForecastAnswer:
    """Rehearse. `by`: a deadline."""
    ensemble = Ensemble(question.stage, question.measured, known=question.known, widening=question.score.widening)
    said = err.is_terminal and _said_at_once(ensemble)
    results = results_of(ensemble.run, ensemble.runs, first=partial(_say_first, of=ensemble.runs, said=said))
    outcome = with_largest(ensemble.outcome(results), ensemble)
    verdict = verdict_of(outcome, question, measured=ensemble.desktops, by=by)
    return ForecastAnswer(
        outcome=outcome,
        verdict=verdict,
        question=question,
        durations=ensemble.assumed,
        measured=ensemble.desktops,
        bought=bought_for(outcome, ensemble),
    )


def _said_at_once(ensemble: Ensemble) -> bool:
    """What the daemon would say, while the rehearsals go on: seconds of a processor, not minutes. False: nothing."""
    if (band := ensemble.at_once()) is not None:
        early, middle, late = map(duration, (band.early_s, band.middle_s, band.late_s))
        complain(_("at first sight: all ready after {time}, or {early} to {late}", time=middle, early=early, late=late))
    return band is not None


def _say_first(rehearsed: Forecast, *, of: int, said: bool) -> None:
    """On a first evening nothing is known at once; so what the first rehearsal comes to, minutes before the last."""
    if err.is_terminal and not said and rehearsed.last_after_s is not None:
        time = duration(rehearsed.last_after_s)
        complain(
            _(
                "the first of {count} rehearsals: the last is ready after {time}; the others say how sure that is",
                count=of,
                time=time,
            )
        )
