"""`bascule surge sheet`: one page about a scenario, for the people who decide."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from provisioner.cli.added import NOTES, SheetNote
from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.forecast.command import answer_to
from provisioner.cli.forecast.runs import reading
from provisioner.cli.forecast.verdict import ForecastAnswer
from provisioner.cli.output import complain, json_text, print_json, say
from provisioner.cli.report.files import FileKind, kind_of, write_private
from provisioner.cli.site import settings_of
from provisioner.cli.surge.sheet_facts import SheetFacts, sheet_document, sheet_facts
from provisioner.cli.surge.sheet_lines import sheet_of, sheet_text
from provisioner.daemon.composition import outside_of
from provisioner.doctor.question import question_of
from provisioner.errors import SettingsError
from provisioner.reasons.surges import SHEET_KIND
from provisioner.settings.scenario import load_scenario
from provisioner.texts.translate import _


def hand_out_sheet(
    scenario: Path, *, config: Path, twin: Path | None, drill: Path | None, output: Path | None, json: bool
) -> bool:
    """Rehearse, and print or write the page; whether everybody is served in time. Raises SettingsError."""
    kind = kind_of(output)
    if kind is FileKind.CSV:
        raise SettingsError(SHEET_KIND(file=str(output)))
    facts = sheet_facts(*_answer(scenario, config, twin, drill))
    if output is not None:
        write_private(output, json_text(sheet_document(facts)) + "\n" if kind is FileKind.JSON else _html(facts))
        complain(_("written: {file}", file=str(output)))
    elif json:
        print_json(sheet_document(facts))
    else:
        for line in sheet_text(sheet_of(facts)):
            say(line)
    return sheet_of(facts).holds


def _answer(
    scenario: Path, config: Path, twin: Path | None, drill: Path | None
) -> tuple[ForecastAnswer, tuple[SheetNote, ...]]:
    settings = replace(settings_of(config), scenario=load_scenario(scenario))
    clock = clock_of_commands()
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        with reading():
            question = question_of(settings, outside, twin=twin, hours=None, now=clock.now(), afresh=True)
        name = question.stage.config.scenario.name
        notes = tuple(added.note(outside.store, name, drill) for added in NOTES.found())
    return answer_to(question), notes


def _html(facts: SheetFacts) -> str:
    from provisioner.cli.report.html import made_now, page_of

    return page_of("sheet.html", sheet=sheet_of(facts), made=made_now())


__all__ = ["hand_out_sheet"]
