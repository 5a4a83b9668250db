"""`bascule check storage`: how long clones wait for each storage's lock, and what would shorten it."""

import os
from collections.abc import Iterator
from contextlib import closing
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.finding_lines import show_finding
from provisioner.cli.output import (
    CONFIG,
    ConfigOption,
    JsonOption,
    counted,
    duration,
    pairs,
    print_json,
    print_table,
    say,
)
from provisioner.daemon.composition import outside_of
from provisioner.daemon.doctor.findings import is_bad
from provisioner.daemon.doctor.storage import StorageReport, examine_storage
from provisioner.model.ids import LockDomain
from provisioner.rehearsal.storage_trials import TwinTrials
from provisioner.settings.bascule import load_settings
from provisioner.storage_advice.advice import Advice, rests_on
from provisioner.storage_advice.layouts import StorageUse
from provisioner.storage_advice.lock_holds import LockHold

_DAY_S = 86_400.0
_COLUMNS = ("lock domain", "operations", "clones", "in flight", "time-outs", "s a clone", "clones/h", "rests on")
_NUMBERS = ("operations", "clones", "in flight", "time-outs", "s a clone", "clones/h")

DaysOption = Annotated[float, typer.Option("--days", min=0.01, help="Clones begun within so many days are looked at.")]


def check_storage(config: ConfigOption = CONFIG, json: JsonOption = False, days: DaysOption = 7.0) -> None:
    """How long each storage's lock is held for a clone, and what would shorten it. Nothing is changed.

    Needs Sys.Audit on / (tasks of others), VM.Audit and Datastore.Audit. Exit code 1 when something could not be seen.
    """
    settings, clock = load_settings(config, environment=os.environ), clock_of_commands()
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        report = examine_storage(settings, outside, trials=TwinTrials(), since=clock.now() - days * _DAY_S)
    if json:
        print_json(_document(report))
    else:
        show(report)
    raise typer.Exit(1 if is_bad(report.findings) else 0)


def show(report: StorageReport) -> None:
    """For people."""
    for finding in report.findings:
        show_finding(finding)
    rows = [_row(use, domain, hold) for use, domain, hold in _domains(report)]
    print_table("", _COLUMNS, rows, numbers=_NUMBERS, empty="no template's storage could be looked at")
    for advice in report.advice:
        _show_advice(advice)


def _domains(report: StorageReport) -> Iterator[tuple[StorageUse, LockDomain, LockHold | None]]:
    for use in report.uses:
        for domain, hold in use.holds.items():
            yield use, domain, hold


def _row(use: StorageUse, domain: LockDomain, hold: LockHold | None) -> tuple[object, ...]:
    if hold is None:
        return domain, use.layout.operations, 0, "-", "-", "-", "-", rests_on([None])
    each = f"{'' if hold.together else '≤ '}{hold.each_s:.2f}"
    rate = f"{'' if hold.together else '≥ '}{3600 / hold.each_s:.0f}"
    return domain, use.layout.operations, hold.clones, f"{hold.in_flight:.1f}", hold.timeouts, each, rate, rests_on([hold])


def _show_advice(advice: Advice) -> None:
    names = ", ".join(advice.pool.profiles)
    say("")
    say(f"{counted(advice.pool.wanted, 'desktop')} of {names}: {_now(advice)}")
    for number, one in enumerate(advice.remedies, start=1):
        gain = f": {_time(one.seconds)}{one.factor:.1f} times as fast" if one.factor is not None else ""
        say(f"{number}. {one.name}{gain}")
        say(f"   {one.how}")


def _now(advice: Advice) -> str:
    if advice.per_hour is None:
        return f"cloning has not been measured ({advice.rests_on})"
    return (
        f"cloning takes {_time(advice.seconds)}{advice.per_hour:.0f} clones an hour ({advice.rests_on}); boots are not in this"
    )


def _time(seconds: float | None) -> str:
    return f"{duration(seconds)}, " if seconds is not None else ""


def _document(report: StorageReport) -> dict[str, object]:
    return {
        "findings": report.findings,
        "domains": [_domain(*one) for one in _domains(report)],
        "pools": [
            {
                "profiles": one.pool.profiles,
                "wanted": one.pool.wanted,
                "seconds": one.seconds,
                "clones_per_hour": one.per_hour,
                **dict(pairs("rests_on", one.rests_on)),
                "remedies": one.remedies,
            }
            for one in report.advice
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
