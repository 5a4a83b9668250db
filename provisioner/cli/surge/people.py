"""`bascule surge people`: who gets a desktop when, as a spreadsheet for each service or site."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from provisioner.cli.choices import CsvStyle, Split
from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.output import complain
from provisioner.cli.report.comma import csv_of
from provisioner.cli.report.files import FileKind, kind_of, write_private
from provisioner.cli.report.tables import Cell, ReportTable
from provisioner.cli.scenario.command import start_of
from provisioner.cli.site import settings_of
from provisioner.cli.times import for_programs, local
from provisioner.daemon.composition import outside_of
from provisioner.errors import SettingsError, StoreError
from provisioner.model.demand import Demand, Want
from provisioner.model.ids import AgentId, Instant, Seat
from provisioner.model.kept.records import Records
from provisioner.model.people.agents import Agent
from provisioner.model.rules import Rules
from provisioner.model.scenario.surges import SurgeRun
from provisioner.planning.demand.demand import demand_of
from provisioner.reasons.surges import FILE_NO_FOLDER, PEOPLE_KIND
from provisioner.settings.scenario import load_scenario
from provisioner.texts.translate import N_, _, headings, plural
from provisioner.views.times import stamp, stamp_or_none

_COLUMNS = headings("login", "name", "department", "site", "wave", "desktop", "opens", "ready by")
_LONGEST = 60
"""Characters of a service in a file's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPerson:
    """Somebody who gets a desktop by the scenario."""

    agent: Agent
    wave: str
    desktop: str
    """Its name; empty: none is reserved yet."""
    opens_at: Instant
    due_at: Instant | None
    rank: tuple[int, float, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everybody whom a scenario gives a desktop, in the order of importance; whom a ceiling leaves none, not."""

    all: tuple[ListedPerson, ...]

    @classmethod
    def of(cls, file: Path, *, config: Path, start: str) -> "People":
        """By the roster in the store, or else the directory's. Raises BasculeError."""
        read, clock = load_scenario(file), clock_of_commands()
        settings = replace(settings_of(config), scenario=read)
        with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
            try:
                outside.store.demand()
                records = outside.store.load()
            except StoreError:  # not made yet
                records = Records()
            roster = outside.directory.read() if records.roster is None else records.roster
        run = _run(records, read.name, start_of(start, read, now=clock.now()), given=bool(start))
        served = frozenset(record.assigned_to for record in records.desktops.values() if record.assigned_to is not None)
        rules = Rules(entitlements=settings.entitlements, scenario=replace(read, starts_at=None))
        demand = demand_of(roster, rules, run=run, now=run.started_at, served=served)
        desktops = {record.reservation.seat: name for name, record in records.desktops.items() if record.superseded_by is None}
        found = sorted(_persons(demand, roster.agents, desktops), key=lambda person: person.rank)
        return cls(all=tuple(found))


def write_people(people: People, *, output: Path, split: Split | None, style: CsvStyle) -> None:
    """Write a file, or one in a folder for each service or site. Raises SettingsError."""
    for_programs()
    if split is None:
        if kind_of(output) is not FileKind.CSV:
            raise SettingsError(PEOPLE_KIND(file=str(output)))
        write_private(output, csv_of(_table(people.all), style))
        complain(_("written: {file}", file=str(output)))
        return
    if not output.is_dir():
        raise SettingsError(FILE_NO_FOLDER(file=str(output), folder=str(output)))
    for name, members in sorted(_parts(people.all, split).items()):
        write_private(output / f"{name}.csv", csv_of(_table(members), style))
    count = len(people.all)
    complain(plural("written: {count} person in {folder}", "written: {count} people in {folder}", count, folder=str(output)))


def people_document(people: People) -> dict[str, object]:
    """The document of `--json`."""
    return {"people": list(map(_document, people.all))}


def _document(person: ListedPerson) -> dict[str, object]:
    agent = person.agent
    return {
        "login": agent.login,
        "name": agent.display_name,
        "department": agent.department,
        "site": agent.site,
        "wave": person.wave,
        "desktop": person.desktop or None,
        "opens_at": stamp(person.opens_at),
        "ready_by": stamp_or_none(person.due_at),
    }


def _run(records: Records, scenario: str, started_at: Instant, *, given: bool) -> SurgeRun:
    """The run that goes on, unless another start was asked for."""
    run = records.surge
    if run is not None and not given and not run.is_over and run.scenario == scenario:
        return run
    return SurgeRun.begun(scenario, started_at)


def _persons(demand: Demand, agents: Mapping[AgentId, Agent], desktops: Mapping[Seat | None, str]) -> Iterator[ListedPerson]:
    later = (entry.then for entry in demand.not_wanted)
    wants: Iterable[Want | None] = (*demand.wants.values(), *demand.ahead.values(), *later)
    for want in wants:
        agent = None if want is None or want.agent_id is None else agents.get(want.agent_id)
        if want is not None and agent is not None:
            yield ListedPerson(
                agent=agent,
                wave=want.wave,
                desktop=desktops.get(want.seat, ""),
                opens_at=want.opens_at,
                due_at=want.due_at,
                rank=want.rank,
            )


def _parts(people: Iterable[ListedPerson], split: Split) -> dict[str, list[ListedPerson]]:
    """By the name of the file; names that differ only in what a file's name cannot have share a file."""
    found: defaultdict[str, list[ListedPerson]] = defaultdict(list)
    for person in people:
        found[_slug(person.agent.department if split is Split.DEPARTMENT else person.agent.site)].append(person)
    return found


def _slug(name: str | None) -> str:
    """Letters, digits and hyphens alone: names come from a directory, and no file is written elsewhere."""
    plain = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST] or "other"


def _table(people: Iterable[ListedPerson]) -> ReportTable:
    return ReportTable(
        name="people",
        title=N_("Who gets a desktop when"),
        columns=_COLUMNS,
        rows=tuple(_row(person) for person in people),
    )


def _row(person: ListedPerson) -> tuple[Cell, ...]:
    agent = person.agent
    due = None if person.due_at is None else local(person.due_at)
    who = (agent.login, agent.display_name, agent.department or "", agent.site or "")
    return (*who, person.wave, person.desktop, local(person.opens_at), due)


__all__ = ["People", "people_document", "write_people"]
