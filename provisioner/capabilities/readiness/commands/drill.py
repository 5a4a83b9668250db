"""`bascule scenario drill`: a scenario is rehearsed, and reported as a surge is."""

import re
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from provisioner.capabilities.readiness.commands.keeping import drill_of, keep_drill
from provisioner.capabilities.readiness.reasons import CANARY_PERCENT, DRILL_NOTHING, DRILL_WHICH
from provisioner.cli.choices import CsvStyle, OnOption
from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.confirm import YesOption
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.forecast.runs import reading
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, complain, plain
from provisioner.cli.report.files import OutputOption, StyleOption, TableOption, hand_out, kind_of
from provisioner.cli.report.surge import surge_report
from provisioner.cli.site import settings_of
from provisioner.cli.terminal import plain_line
from provisioner.daemon.composition import outside_of
from provisioner.daemon.progress_log import ProgressLog
from provisioner.daemon.report_facts import report_facts
from provisioner.doctor.question import Question, question_of
from provisioner.errors import SettingsError
from provisioner.rehearsal.ensemble import Ensemble
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.settings.scenario import load_scenario
from provisioner.texts.languages import ENGLISH, catalogue_of
from provisioner.texts.translate import _, use_catalogue
from provisioner.views.surge_report.document import SurgeReportDocument, surge_report_document

MOST_PERCENT = 10
"""Of the people: a canary is not a surge."""


def drill(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO", help="The scenario's file.", show_default=False)],
    on: Annotated[
        OnOption | None, typer.Option("--on", help="twin: in virtual time, on twins of the clusters as they are now.")
    ] = None,
    canary: Annotated[
        str, typer.Option("--canary", metavar="PERCENT", help="With so many real desktops of each profile, such as 2%.")
    ] = "",
    twin: Annotated[Path | None, typer.Option("--twin", help="A twin file, instead of the clusters as they are now.")] = None,
    output: OutputOption = None,
    csv_style: StyleOption = CsvStyle.RFC,
    table: TableOption = "",
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    yes: YesOption = False,
    socket: SocketOption = None,
) -> None:
    """Try a scenario, and report it as `bascule report surge` does: on twins, or with some real desktops.

    With --on twin it is rehearsed as if it started now, and nothing is made. With --canary the daemon makes so many desktops of
    each profile on each storage, they are reached as a person would, and deleted; nobody gets them. What came of it is kept.
    Exit code 1 when somebody would be left without a desktop, or a batch would be late; or when a desktop was not reached.
    """
    kind_of(output)
    if (on is None) == (not canary):
        raise SettingsError(DRILL_WHICH())
    if json:  # the same for programs in every language
        use_catalogue(catalogue_of(ENGLISH))
    if canary:
        from provisioner.capabilities.readiness.commands.canary import Canary, hand_out_canary

        wanted = Canary(scenario=scenario, percent=percent_of(canary), config=config, socket=socket, yes=yes, json=json)
        raise typer.Exit(hand_out_canary(wanted, output=output, style=csv_style, table=table))
    document = _rehearsed(config, scenario, twin)
    shown: Any = plain(document)
    hand_out(shown, partial(surge_report, shown, rehearsed=True), output=output, json=json, style=csv_style, table=table)
    raise typer.Exit(0 if _is_good(document) else 1)


def _rehearsed(config: Path, scenario: Path, twin: Path | None) -> SurgeReportDocument:
    settings = replace(settings_of(config), scenario=load_scenario(scenario))
    clock = clock_of_commands()
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside, reading():
        question = question_of(settings, outside, twin=twin, hours=None, now=clock.now())
    _say_assumed(question)
    ensemble = Ensemble(question.stage, question.measured, known=question.known)
    log, stage = ProgressLog(), ensemble.stage_of(0)
    # Another run of this site has nothing to do with it; its desktops are there all the same.
    rehearsal = Rehearsal(replace(stage, records=replace(stage.records, surge=None), listeners=(log,)))
    rehearsal.run()
    if rehearsal.reconciler.status is not None:
        log.note_last(rehearsal.reconciler.status)
    rehearsal.store.keep_progress(log.take())
    facts = report_facts(rehearsal.store, None, now=rehearsal.events.now)
    if facts is None:
        raise SettingsError(DRILL_NOTHING())
    if twin is None:  # else it says nothing of this site
        shown: Any = plain(surge_report_document(facts))
        keep_drill(settings, drill_of(shown, at=question.stage.begins_at))
    calendar = question.stage.config.scenario.calendar
    return replace(surge_report_document(facts), zone=None if calendar is None else calendar.zone)


def percent_of(text: str) -> float:
    """Raises SettingsError."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%?\s*", text, re.ASCII)
    if match is None or not 0 < float(match[1]) <= MOST_PERCENT:
        raise SettingsError(CANARY_PERCENT(text=text, most=MOST_PERCENT))
    return float(match[1])


def _say_assumed(question: Question) -> None:
    """What the rehearsal rests on without knowing it, and what `bascule check` finds."""
    for assumption in question.assumptions:
        complain(_("assumed: {what}", what=plain_line(assumption)))
    if question.faults:
        complain(_("`bascule check` finds {count} faults: a real surge would meet them", count=len(question.faults)))


def _is_good(document: SurgeReportDocument) -> bool:
    return all(batch.ready >= batch.planned and not batch.late_s for batch in document.batches)


__all__ = ["drill", "percent_of"]
