"""What the directory's next reading would change, and letting a change through that the guard holds back."""

import os
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.directory_rekey import distinct, rekey
from provisioner.cli.directory_rows import (
    CHANGED_COLUMNS,
    DEPARTMENT_COLUMNS,
    JOINER_COLUMNS,
    LEAVER_COLUMNS,
    changed_rows,
    department_rows,
    difference_document,
    head_lines,
    joiner_rows,
    leaver_rows,
    moment,
    verdict_lines,
)
from provisioner.cli.intents import ReasonOption
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, print_json, print_some, print_table, say
from provisioner.cli.rekey_rows import RECREATED_COLUMNS, UNCLEAR_COLUMNS, recreated_lines, recreated_rows, unclear_rows
from provisioner.cli.status import AllOption
from provisioner.daemon.composition import outside_of
from provisioner.daemon.operators import operator
from provisioner.daemon.roster_diff import DirectoryDifference, directory_difference
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.planning.roster.guard import allowance_for
from provisioner.settings.bascule import load_settings
from provisioner.settings.fields import seconds

directory = typer.Typer(help="What the directory would change, and letting a large change through.", no_args_is_help=True)

MAX_ORDER_S = 7 * 86_400.0
"""An order that nobody remembers giving would let an accident through; a merger that takes longer is ordered anew each week."""


directory.command("rekey")(rekey)
directory.command("distinct")(distinct)


@directory.command("diff")
def diff(config: ConfigOption = CONFIG, json: JsonOption = False, all_lines: AllOption = False) -> None:
    """Read the directory and compare it with the roster in force: who would leave, who would join. Nothing is changed.

    Exit code 1 when the guard holds the change back, or somebody may be there under a new id.
    """
    seen = _look(config)
    if json:
        print_json(difference_document(seen))
    else:
        _show(seen, all_lines=all_lines)
    raise typer.Exit(1 if seen.verdict.quarantine or seen.recreated else 0)


@directory.command("accept")
def accept(
    until: Annotated[str, typer.Option("--until", help="A time with its zone (2026-11-24T18:00+01:00), or a duration (2h).")],
    by: Annotated[str, typer.Option("--by", help="Who answers for it.")],
    reason: ReasonOption = "",
    config: ConfigOption = CONFIG,
) -> None:
    """Let the people go and come whom `diff` shows now, and nobody in their place."""
    settings, clock = load_settings(config, environment=os.environ), clock_of_commands()
    now = clock.now()
    ends = _until(until, now)
    if not by.strip():
        raise typer.BadParameter("say who answers for it", param_hint="--by")
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        seen = directory_difference(settings, outside, now=now, by_operator=True)
        if seen.refused:
            say(f"refused until now: {seen.refused}")
        for line in head_lines(seen):
            say(line)
        for line in recreated_lines(seen.recreated):
            say(line)
        if seen.verdict.quarantine is None and not seen.refused:
            say("nothing is held back: no order was given")
            return
        allows = allowance_for(seen.verdict)
        outside.store.give(
            Intent(kind=IntentKind.ACCEPT_DIRECTORY, by=operator(by), at=clock.now(), reason=reason, until=ends, allows=allows)
        )
    say(
        f"ordered: these {len(allows.leavers)} may leave and these {len(allows.joiners)} join until {moment(ends)}, "
        "and nobody in their place; the daemon reads the directory with its next cycle"
    )


def _look(config: Path) -> DirectoryDifference:
    settings, clock = load_settings(config, environment=os.environ), clock_of_commands()
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        return directory_difference(settings, outside, now=clock.now())


def _until(text: str, now: Instant) -> Instant:
    ends = _instant(text, now)
    if ends <= now:
        raise typer.BadParameter(f"{moment(ends)} is over", param_hint="--until")
    if ends > now + MAX_ORDER_S:
        raise typer.BadParameter("is more than 7 days from now: order it again then", param_hint="--until")
    return ends


def _instant(text: str, now: Instant) -> Instant:
    try:
        return now + seconds(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise typer.BadParameter("must be a time with its zone, such as 2026-11-24T18:00+01:00, or a duration such as 2h")
    return found.timestamp()


def _show(seen: DirectoryDifference, *, all_lines: bool) -> None:
    changes = seen.verdict.changes
    for line in head_lines(seen):
        say(line)
    print_table("", DEPARTMENT_COLUMNS, department_rows(changes), numbers=DEPARTMENT_COLUMNS[1:])
    print_some(LEAVER_COLUMNS, leaver_rows(changes), all_lines=all_lines)
    print_some(JOINER_COLUMNS, joiner_rows(changes), all_lines=all_lines)
    print_some(CHANGED_COLUMNS, changed_rows(changes), all_lines=all_lines)
    print_some(RECREATED_COLUMNS, recreated_rows(seen.recreated), all_lines=all_lines)
    print_some(UNCLEAR_COLUMNS, unclear_rows(seen.recreated), all_lines=all_lines)
    for line in (*recreated_lines(seen.recreated), *verdict_lines(seen)):
        say(line)
