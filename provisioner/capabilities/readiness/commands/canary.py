"""`bascule scenario drill --canary`: some real desktops of a scenario are made, reached as by a person, reported, deleted."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from provisioner.capabilities.readiness.commands.keeping import keep_drill
from provisioner.capabilities.readiness.model import DrillPlace, KeptDrill
from provisioner.capabilities.readiness.reasons import CANARY_NOTHING
from provisioner.cli.check.trial_round import TrialRound, wanted_of
from provisioner.cli.choices import CsvStyle
from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.confirm import confirm
from provisioner.cli.ordering import desk
from provisioner.cli.output import plain
from provisioner.cli.reason_lines import reason_in
from provisioner.cli.report.files import hand_out
from provisioner.cli.report.tables import Report, ReportTable
from provisioner.cli.site import settings_of
from provisioner.daemon.composition import outside_of
from provisioner.daemon.reaching import reaching_of
from provisioner.doctor.entitlement import demand_at_last
from provisioner.doctor.findings import Finding
from provisioner.doctor.trial_desktops import Tried
from provisioner.errors import SettingsError
from provisioner.model.ids import Instant, ProfileName
from provisioner.model.probes import StepEnd
from provisioner.reasons.reason import SEVERAL, join_reasons
from provisioner.settings.scenario import load_scenario
from provisioner.settings.values import Settings
from provisioner.texts.translate import N_, _, headings, plural, titled, translated
from provisioner.views.reasons import reason_document
from provisioner.views.times import stamp

Part = Mapping[str, Any]
"""The document of this command, or a part of it."""
_BY = "canary drill"
_DESKTOPS = headings("profile", "storage", "node", "desktop", "ready after s", "reached in ms", "result", "because")
_STEPS = headings("desktop", "step", "took ms", "because")


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """What is to be tried."""

    scenario: Path
    percent: float
    """Of the people of each profile; at least one desktop on each storage."""
    config: Path
    socket: Path | None
    yes: bool
    json: bool


def hand_out_canary(canary: Canary, *, output: Path | None, style: CsvStyle, table: str) -> int:
    """Try, report and keep; the exit code: 0 if every desktop was reached. Raises SettingsError and BasculeError."""
    scenario = load_scenario(canary.scenario)
    settings = replace(settings_of(canary.config), scenario=scenario)
    daemon = desk(canary.socket, canary.config, by=_BY, json=canary.json)
    shares = {name: math.ceil(count * canary.percent / 100) for name, count in _people(settings).items()}
    wanted, left_out = wanted_of(daemon, settings.profiles, shares)
    if not wanted:
        why = join_reasons([finding.text for finding in left_out], SEVERAL) if left_out else _("nobody is wanted")
        raise SettingsError(CANARY_NOTHING(why=why))
    count = sum(wanted.values())
    question = plural(
        "make {count} real desktop, reach it, and delete it?",
        "make {count} real desktops, reach them, and delete them?",
        count,
    )
    confirm(question, yes=canary.yes)
    at = daemon.now()
    reach = reaching_of(settings, clock=clock_of_commands()).probe
    tried = TrialRound(daemon=daemon, profiles=settings.profiles, reach=reach).run(wanted)
    document: Any = plain(canary_document(scenario.name, at, canary.percent, tried, left_out))
    keep_drill(settings, _kept(document, at))
    hand_out(document, partial(canary_report, document), output=output, json=canary.json, style=style, table=table)
    return 0 if document["ready"] == document["planned"] else 1


def _people(settings: Settings) -> Mapping[ProfileName, int]:
    """Of the directory as it is now, by profile."""
    with closing(outside_of(settings, clock=clock_of_commands(), on_call=lambda _: None)) as outside:
        demand = demand_at_last(settings, outside.directory.read())
    counts: dict[ProfileName, int] = {}
    for want in demand.wants.values():
        counts[want.profile] = counts.get(want.profile, 0) + 1
    return counts


def canary_document(
    scenario: str, at: Instant, percent: float, tried: Sequence[Tried], left_out: Sequence[Finding]
) -> dict[str, object]:
    """For programs, and what the report is made from. It names desktops, and no person."""
    return {
        "at": stamp(at),
        "scenario": scenario,
        "percent": percent,
        "planned": len(tried),
        "ready": sum(each.is_good for each in tried),
        "desktops": [_desktop(each) for each in tried],
        "left_out": [{"subject": str(finding.subject), "because": reason_document(finding.text)} for finding in left_out],
    }


def _desktop(tried: Tried) -> dict[str, object]:
    steps = () if tried.probe is None else tried.probe.steps
    return {
        "profile": tried.name.profile,
        "storage": "/".join(tried.name.place or ()),
        "node": tried.node or None,
        "desktop": tried.desktop or None,
        "ready_s": None if tried.ready_s is None else round(tried.ready_s, 1),
        "reached": tried.is_good,
        "took_ms": None if tried.probe is None else round(1000 * tried.probe.took_s),
        "because": reason_document(tried.finding.text),
        "steps": [
            {
                "step": step.step.value,
                "end": step.end.value,
                "took_ms": round(1000 * step.took_s),
                "because": reason_document(step.why) if step.why else None,
            }
            for step in steps
        ],
    }


def _kept(document: Part, at: Instant) -> KeptDrill:
    counts = {"planned": document["planned"], "ready": document["ready"]}
    return KeptDrill(at=at, scenario=document["scenario"], place=DrillPlace.CANARY, **counts)


def canary_report(document: Part) -> Report:
    """The report for people."""
    lines = (
        _(
            "tried with real desktops, {percent:g} % of the people of each profile, and deleted afterwards",
            percent=document["percent"],
        ),
        _("{ready} of {planned} desktops were made, ready and reached", ready=document["ready"], planned=document["planned"]),
        *(titled(str(each["subject"]), translated(reason_in(each["because"]))) for each in document["left_out"]),
    )
    title = _("Canary drill: scenario '{scenario}'", scenario=document["scenario"])
    return Report(title=title, lines=lines, tables=tuple(_tables(document)))


def _tables(document: Part) -> Iterator[ReportTable]:
    yield ReportTable(
        name="desktops",
        title=N_("Desktops"),
        columns=_DESKTOPS,
        numbers=_DESKTOPS[4:6],
        rows=tuple(map(_row, document["desktops"])),
        empty=_("nothing"),
    )
    yield ReportTable(
        name="steps",
        title=N_("Each step"),
        columns=_STEPS,
        numbers=(_STEPS[2],),
        is_detail=True,
        rows=tuple(row for desktop in document["desktops"] for row in _steps(desktop)),
        empty=_("nothing"),
    )


def _row(desktop: Part) -> tuple[Any, ...]:
    result = _("reached") if desktop["reached"] else _("not reached")
    because = "" if desktop["reached"] else reason_in(desktop["because"])
    names = (desktop["profile"], desktop["storage"], desktop["node"], desktop["desktop"])
    return (*names, desktop["ready_s"], desktop["took_ms"], result, because)


def _steps(desktop: Part) -> Iterator[tuple[Any, ...]]:
    for step in desktop["steps"]:
        took = None if step["end"] == StepEnd.SKIPPED.value else step["took_ms"]
        yield desktop["desktop"], step["step"], took, reason_in(step["because"])


__all__ = ["Canary", "canary_document", "canary_report", "hand_out_canary"]
