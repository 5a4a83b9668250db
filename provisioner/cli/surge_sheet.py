"""`bascule surge sheet`: one page about a scenario, for the people who decide."""

import json as json_of
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.drill_figures import drill_of
from provisioner.cli.forecast import answer_to
from provisioner.cli.forecast_runs import reading
from provisioner.cli.forecast_verdict import ForecastAnswer
from provisioner.cli.output import complain, json_text, print_json, say
from provisioner.cli.report_files import FileKind, kind_of, write_private
from provisioner.cli.sheet_facts import SheetFacts, sheet_document, sheet_facts
from provisioner.cli.sheet_lines import sheet_of, sheet_text
from provisioner.cli.site import settings_of
from provisioner.daemon.composition import outside_of
from provisioner.doctor.question import question_of
from provisioner.errors import SettingsError, StoreError
from provisioner.model.drills import DRILLS, KeptDrill
from provisioner.named_files import read_text_given
from provisioner.ports import Store
from provisioner.reasons.surges import NO_DRILL, SHEET_KIND
from provisioner.settings.scenario import load_scenario
from provisioner.settings.values import Settings
from provisioner.texts.translate import _


def hand_out_sheet(
    scenario: Path, *, config: Path, twin: Path | None, drill: Path | None, output: Path | None, json: bool
) -> bool:
    """Rehearse, and print or write the page; whether everybody is served in time. Raises SettingsError."""
    kind = kind_of(output)
    if kind is FileKind.CSV:
        raise SettingsError(SHEET_KIND(file=str(output)))
    answer, kept = _answer(scenario, config, twin)
    facts = sheet_facts(answer, kept if drill is None else drill_of(_drill(drill)))
    if output is not None:
        write_private(output, json_text(sheet_document(facts)) + "\n" if kind is FileKind.JSON else _html(facts))
        complain(_("written: {file}", file=str(output)))
    elif json:
        print_json(sheet_document(facts))
    else:
        for line in sheet_text(sheet_of(facts)):
            say(line)
    return sheet_of(facts).holds


def _answer(scenario: Path, config: Path, twin: Path | None) -> tuple[ForecastAnswer, KeptDrill | None]:
    """With the last drill of the scenario that the store keeps."""
    settings = replace(settings_of(config), scenario=load_scenario(scenario))
    clock = clock_of_commands()
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        with reading():
            question = question_of(settings, outside, twin=twin, hours=None, now=clock.now(), afresh=True)
        kept = _last_drill(outside.store, settings)
    return answer_to(question), kept


def _last_drill(store: Store, settings: Settings) -> KeptDrill | None:
    """None also if the store cannot be read: the sheet is a forecast, and says so."""
    name = settings.scenario.name if settings.scenario is not None else ""
    try:
        return next((drill for drill in store.latest(DRILLS, DRILLS.most) if drill.scenario == name), None)
    except StoreError as error:
        complain(_("drills are not known: {why}", why=error.reason))
        return None


def _html(facts: SheetFacts) -> str:
    from provisioner.cli.report_html import made_now, page_of

    return page_of("sheet.html", sheet=sheet_of(facts), made=made_now())


def _drill(path: Path) -> Mapping[str, Any]:
    """The report of a drill. Raises SettingsError."""
    try:
        report = json_of.loads(read_text_given(path))
        if not isinstance(report["batches"], list) or not report["began_at"] or not report["scenario"]:
            raise TypeError
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SettingsError(NO_DRILL(file=str(path), why=getattr(error, "strerror", None) or "")) from error
    found: Mapping[str, Any] = report
    return found


__all__ = ["hand_out_sheet"]
