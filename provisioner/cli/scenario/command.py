"""`bascule scenario`: what a scenario's file means."""

from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.deadlines import day_of, deadline_of
from provisioner.cli.fit_lines import fit_document
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, print_json, say
from provisioner.cli.scenario.lines import Explained, explained_lines
from provisioner.cli.scenario.rotation_lines import SharedPool
from provisioner.cli.site import settings_of
from provisioner.cli.times import use_zone
from provisioner.daemon.composition import outside_of
from provisioner.errors import BasculeError, StoreError
from provisioner.model.ids import Instant
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import Addressing
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.scenario.surges import SurgeRun
from provisioner.planning.demand.agenda import PeopleCount, agenda_of, people_of
from provisioner.planning.demand.fitting import Fit, in_ranges, under_ceilings
from provisioner.planning.placement.allocation import AllocatedIds, addresses_left
from provisioner.planning.rotation.weeks import FirstWeek, sums_of
from provisioner.ports import Clock
from provisioner.reasons.reason import NONE, Reason
from provisioner.settings.scenario import load_scenario
from provisioner.settings.scenario_times import planned_time, written_time
from provisioner.settings.site_zone import SiteZone
from provisioner.settings.values import Settings
from provisioner.texts.translate import _
from provisioner.views.times import stamp, stamp_or_none


def explain(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The scenario's file.", show_default=False)],
    start: Annotated[
        str, typer.Option("--start", metavar="TIME", help="When it starts: 'tomorrow 20:00'; left out: now.")
    ] = "",
    day_1: Annotated[str, typer.Option("--day-1", metavar="DATE", help="Its first day; left out: as its calendar says.")] = "",
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
) -> None:
    """Who gets a desktop by when, on which dates, if the scenario starts now. Changes nothing.

    How many people that are is said if the configuration can be read: by the roster in the store, or else the directory.
    """
    read, clock = load_scenario(file), clock_of_commands()
    if read.calendar is not None:  # a file may be of another site, and there may be none yet
        use_zone(SiteZone(read.calendar.zone))
    started_at = start_of(start, read, now=clock.now())
    run = replace(SurgeRun.begun(read.name, started_at), day_1=_day(day_1, read))
    known = _known(config, read, run, clock)
    agenda = agenda_of(read, run, known.people)
    explained = Explained(
        scenario=read,
        run=run,
        agenda=agenda,
        people=known.people,
        unknown=known.why,
        ceilings=() if known.people is None else under_ceilings(read, known.people),
        ranges=known.ranges,
        first_week=known.first_week,
        shared=known.shared,
    )
    if json:
        print_json(_document(explained))
        return
    for line in explained_lines(explained):
        say(line)


def start_of(text: str, scenario: Scenario, *, now: Instant) -> Instant:
    """As in the scenario's file, or as `bascule forecast --by` takes it."""
    if not text:
        return now
    try:
        written = written_time(text)
        at = None if written.local else planned_time(written, scenario.calendar).at
    except ValueError:
        at = None
    return deadline_of(text, now=now) if at is None else at


def _day(text: str, scenario: Scenario) -> date | None:
    if not text:
        return None
    day = day_of(text, now=clock_of_commands().now(), option="--day-1")
    if scenario.calendar is None:
        raise typer.BadParameter(_("the scenario names no calendar: it has no days"), param_hint="--day-1")
    if not scenario.calendar.works_on(day):
        raise typer.BadParameter(_("{day} is not a working day of its calendar", day=day.isoformat()), param_hint="--day-1")
    return day


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the configuration adds to the scenario's file."""

    people: PeopleCount | None = None
    why: Reason = NONE
    """Why it is not known how many people there are."""
    ranges: tuple[Fit, ...] = ()
    """For whom the addresses of each profile suffice."""
    first_week: FirstWeek | None = None
    shared: SharedPool | None = None


def _known(config: Path, scenario: Scenario, run: SurgeRun, clock: Clock) -> _Known:
    """How many people are in each wave, and what a rotation's first week comes to."""
    shared: SharedPool | None = None
    try:
        settings = replace(settings_of(config), scenario=scenario)
        pool = None if scenario.rotation is None else settings.pools.get(scenario.rotation.pool)
        shared = SharedPool.of(pool, settings.profiles)
        roster = roster_of(settings, clock)
    except BasculeError as error:
        return _Known(why=error.reason, shared=shared)
    people = people_of(roster, Rules(entitlements=settings.entitlements, scenario=scenario))
    return _Known(
        people=people,
        ranges=tuple(in_ranges(scenario, people, settings.profiles, _addresses_in)),
        first_week=None if pool is None else sums_of(scenario, run, roster, pool),
        shared=shared,
    )


def _addresses_in(addressing: Addressing) -> int:
    left = addresses_left(addressing, AllocatedIds(vmids={}, addresses=frozenset()))
    assert left is not None, "a range has ends"
    return left


def roster_of(settings: Settings, clock: Clock) -> Roster:
    """The roster in the store; or else, as the directory has it. Raises BasculeError."""
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        try:
            outside.store.demand()
            kept = outside.store.load().roster
        except StoreError:  # not made yet
            kept = None
        return outside.directory.read() if kept is None else kept


def _document(explained: Explained) -> dict[str, object]:
    calendar, run = explained.scenario.calendar, explained.run
    day_1 = None if calendar is None else (run.day_1 or calendar.day_1(run.started_at)).isoformat()
    return {
        "scenario": explained.scenario.name,
        "started_at": stamp(run.started_at),
        "day_1": day_1,
        "unknown": explained.unknown or None,
        "in_no_wave": explained.people.in_no_wave if explained.people else None,
        "not_entitled": explained.people.not_entitled if explained.people else None,
        "ceilings": [fit_document(fit) for fit in explained.ceilings],
        "addresses": [fit_document(fit) for fit in explained.ranges],
        "rotation": None if explained.first_week is None else asdict(explained.first_week),
        "waves": [
            {
                "wave": wave.wave.name,
                "people": wave.people,
                "batches": [
                    {"opens_at": stamp(batch.opens_at), "due_at": stamp_or_none(batch.due_at)} for batch in wave.batches
                ],
            }
            for wave in explained.agenda
        ],
    }
