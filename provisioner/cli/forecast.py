"""`bascule forecast`: a rehearsal of the switch on the twin, in virtual time."""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.forecast_figures import figures_of
from provisioner.cli.forecast_levels import show_levels
from provisioner.cli.forecast_lines import show
from provisioner.cli.forecast_stage import question_of
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, print_json
from provisioner.daemon.composition import outside_of
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.settings.bascule import load_settings


def forecast(
    config: ConfigOption = CONFIG,
    twin: Annotated[Path | None, typer.Option("--twin", help="A twin file; by default the clusters as they are now.")] = None,
    hours: Annotated[
        float | None,
        typer.Option("--hours", min=0.1, help="Cut the rehearsal after so long; by default it ends with the last wave."),
    ] = None,
    levels: Annotated[
        bool,
        typer.Option(
            "--levels", help="Compare no desktops made in advance, stopped desktops, running desktops. Takes three rehearsals."
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """How long the switch would take from now on, and what it waits for.

    Exit code 1 when an agent would be left without a desktop, or `bascule check` fails.
    """
    settings = load_settings(config, environment=os.environ)
    clock = clock_of_commands()
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        question = question_of(settings, outside, twin=twin, hours=hours, now=clock.now())
    if levels:
        raise typer.Exit(0 if show_levels(question.stage, json=json) else 1)
    result = Rehearsal(question.stage).run()
    if json:
        print_json(figures_of(result, question))
    else:
        show(result, question)
    raise typer.Exit(0 if result.serves_all and not question.faults else 1)
