"""`bascule check storage`: where desktops can be made, how long clones hold each storage's lock, and what would shorten it."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Annotated

import typer
from rich.text import Text

from provisioner.cli.capacity_rows import COLUMNS as CAPACITY_COLUMNS
from provisioner.cli.capacity_rows import capacity_rows
from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.finding_lines import show_finding
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, pairs, print_json, print_table, say
from provisioner.cli.site import settings_of
from provisioner.cli.styled import print_text, words
from provisioner.cli.times import duration
from provisioner.daemon.composition import outside_of
from provisioner.doctor.findings import is_bad
from provisioner.doctor.reach import Reach, some_nodes
from provisioner.doctor.storage import StorageReport, examine_storage
from provisioner.model.ids import LockDomain
from provisioner.rehearsal.storage_trials import TwinTrials
from provisioner.storage_advice.advice import Advice, Remedy, rests_on
from provisioner.storage_advice.layouts import StorageUse
from provisioner.storage_advice.lock_holds import LockHold
from provisioner.texts.translate import _, decimal, headings, plural

_DAY_S = 86_400.0
_COLUMNS = headings("lock domain", "operations", "clones", "in flight", "time-outs", "s a clone", "clones/h", "rests on")
_SLOWER = 0.5
_REACHES = headings("profile", "storage", "templates", "nodes", "desktops can be made on")
_NUMBERS = ("operations", "clones", "in flight", "time-outs", "s a clone", "clones/h")

DaysOption = Annotated[float, typer.Option("--days", min=0.01, help="Only clones that began within this many days count.")]


def check_storage(config: ConfigOption = CONFIG, json: JsonOption = False, days: DaysOption = 7.0) -> None:
    """Where desktops can be made, how long clones hold each storage's lock, what would shorten it. Nothing is changed.

    Needs Sys.Audit on / (for tasks of other users), VM.Audit and Datastore.Audit. Exit code 1 when something could not be read.
    """
    settings, clock = settings_of(config), clock_of_commands()
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        report = examine_storage(settings, outside, trials=TwinTrials(), since=clock.now() - days * _DAY_S, now=clock.now())
    if json:
        print_json(_document(report))
    else:
        show(report)
    raise typer.Exit(1 if is_bad(report.findings) else 0)


def show(report: StorageReport) -> None:
    """Print findings, where desktops can be made, a table of lock domains, and the advice."""
    for finding in report.findings:
        show_finding(finding)
    _show_reaches(report.reaches)
    if report.capacities is not None and report.capacities.now:
        rooms = capacity_rows(report.capacities.now, report.capacities.outlook)
        print_table("", CAPACITY_COLUMNS, rooms, numbers=("room for more",))
        say("")
    rows = [_row(use, domain, hold) for use, domain, hold in _domains(report)]
    print_table("", _COLUMNS, rows, numbers=_NUMBERS, empty=_("no template's storage could be looked at"))
    for advice in report.advice:
        _show_advice(advice)


def _show_reaches(reaches: Sequence[Reach]) -> None:
    rows = [
        (reach.profile.name, storage, len(reach.templates_on(storage)), len(nodes), some_nodes(nodes))
        for reach in reaches
        for storage, nodes in reach.by_storage.items()
    ]
    if rows:
        print_table("", _REACHES, rows, numbers=("templates", "nodes"))
        say("")


def _domains(report: StorageReport) -> Iterator[tuple[StorageUse, LockDomain, LockHold | None]]:
    for use in report.uses:
        for domain, hold in use.holds.items():
            yield use, domain, hold


def _row(use: StorageUse, domain: LockDomain, hold: LockHold | None) -> tuple[object, ...]:
    if hold is None:
        return domain, use.layout.operations, 0, "-", "-", "-", "-", rests_on([None])
    each = f"{'' if hold.together else '≤ '}{decimal(hold.each_s, '.2f')}"
    rate = f"{'' if hold.together else '≥ '}{3600 / hold.each_s:.0f}"
    in_flight = decimal(hold.in_flight, ".1f")
    return domain, use.layout.operations, hold.clones, in_flight, hold.timeouts, each, rate, rests_on([hold])


def _show_advice(advice: Advice) -> None:
    say("")
    say(_cloning_now(advice))
    for number, remedy in enumerate(advice.remedies, start=1):
        say(_numbered(number, remedy))
        print_text(Text.assemble("   ", words(remedy.how)), indent=3)


def _cloning_now(advice: Advice) -> str:
    """There are three cases: not measured; measured, with desktops to clone; measured, and none known to be wanted."""
    count, rests_on = advice.pool.wanted, advice.rests_on
    profiles = ", ".join(advice.pool.profiles)
    if advice.per_hour is None:
        return plural(
            "{count} desktop of {profiles}: cloning has not been measured ({rests_on})",
            "{count} desktops of {profiles}: cloning has not been measured ({rests_on})",
            count,
            profiles=profiles,
            rests_on=rests_on,
        )
    if advice.seconds is None:
        return plural(
            "{count} desktop of {profiles}: {rate:.0f} clones an hour ({rests_on}); boots are not in this",
            "{count} desktops of {profiles}: {rate:.0f} clones an hour ({rests_on}); boots are not in this",
            count,
            profiles=profiles,
            rate=advice.per_hour,
            rests_on=rests_on,
        )
    return plural(
        "{count} desktop of {profiles}: cloning takes {time}, {rate:.0f} clones an hour ({rests_on}); boots are not in this",
        "{count} desktops of {profiles}: cloning takes {time}, {rate:.0f} clones an hour ({rests_on}); boots are not in this",
        count,
        profiles=profiles,
        time=duration(advice.seconds),
        rate=advice.per_hour,
        rests_on=rests_on,
    )


def _numbered(number: int, remedy: Remedy) -> str:
    """With its gain, as far as it is known."""
    name, factor = remedy.name, remedy.factor
    if factor is None:
        return _("{number}. {name}", number=number, name=name)
    if remedy.seconds is None:
        return _("{number}. {name}: {factor:.1f} times as fast", number=number, name=name, factor=factor)
    time = duration(remedy.seconds)
    if factor < _SLOWER:
        return _("{number}. {name}: {time}, {times:.0f} times as slow", number=number, name=name, time=time, times=1 / factor)
    return _("{number}. {name}: {time}, {factor:.1f} times as fast", number=number, name=name, time=time, factor=factor)


def _document(report: StorageReport) -> dict[str, object]:
    return {
        "findings": report.findings,
        "reaches": [
            {
                "profile": reach.profile.name,
                "cluster": reach.cluster,
                "storage": storage,
                "shared": storage in reach.shared,
                "templates": [template.vmid for template in reach.templates_on(storage)],
                "nodes": nodes,
            }
            for reach in report.reaches
            for storage, nodes in reach.by_storage.items()
        ],
        "capacity": report.capacities.now if report.capacities else None,
        "domains": [_domain(*entry) for entry in _domains(report)],
        "pools": [
            {
                "profiles": advice.pool.profiles,
                "wanted": advice.pool.wanted,
                "seconds": advice.seconds,
                "clones_per_hour": advice.per_hour,
                **dict(pairs("rests_on", advice.rests_on)),
                "remedies": advice.remedies,
            }
            for advice in report.advice
        ],
    }


def _domain(use: StorageUse, domain: LockDomain, hold: LockHold | None) -> dict[str, object]:
    return {
        "lock_domain": domain,
        "shared": use.layout.shared,
        "operations": use.layout.operations,
        "cloud_init_drive": use.layout.drive,
        "hold": hold,
        "seconds_an_operation": None if hold is None else hold.each_s / use.layout.operations,
        "clones_per_hour": None if hold is None else 3600 / hold.each_s,
        **dict(pairs("rests_on", rests_on([hold]))),
    }
