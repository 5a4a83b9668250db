"""`bascule directory`: what the next reading would change, and orders to accept a change that the guard holds back."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli import times
from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.concerned import concerned
from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.documents import DESKTOPS, DesktopDocument
from provisioner.cli.moments import end_of
from provisioner.cli.ordering import desk
from provisioner.cli.output import (
    CONFIG,
    AllOption,
    ConfigOption,
    JsonOption,
    ReasonOption,
    print_json,
    print_some,
    print_table,
    say,
)
from provisioner.cli.people.directory_rows import (
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
    verdict_lines,
)
from provisioner.cli.people.rekey_rows import (
    OTHER_COLUMNS,
    RECREATED_COLUMNS,
    UNCLEAR_COLUMNS,
    other_rows,
    recreated_rows,
    second_rows,
    unclear_rows,
    who_lines,
)
from provisioner.cli.site import settings_of
from provisioner.daemon.composition import outside_of
from provisioner.daemon.roster_diff import DirectoryDifference, directory_difference
from provisioner.model.intents import Allowance, IntentKind
from provisioner.planning.roster.guard import allowance_for
from provisioner.texts.translate import _


def diff(config: ConfigOption = CONFIG, json: JsonOption = False, all_lines: AllOption = False) -> None:
    """Read the directory and compare it with the roster in force: who would leave, who would join. Nothing is changed.

    Exit code 1 when the guard holds the change back, or when it is not clear who somebody is.
    """
    difference = _look(config)
    if json:
        print_json(difference_document(difference))
    else:
        _show(difference, all_lines=all_lines)
    raise typer.Exit(1 if difference.verdict.quarantine or difference.who else 0)


def accept(
    until: Annotated[str, typer.Option("--until", help="A time (18:00, 'tomorrow 08:00'), or a duration (2h).")],
    by: Annotated[str, typer.Option("--by", help="Who is responsible for the order.")],
    reason: ReasonOption = "",
    config: ConfigOption = CONFIG,
    socket: SocketOption = None,
    json: JsonOption = False,
    yes: YesOption = False,
) -> None:
    """Accept the change that `diff` shows now: these people may leave and join, and nobody in their place."""
    settings, clock = settings_of(config), clock_of_commands()
    now = clock.now()
    ends = end_of(until, now, option="--until")
    if not by.strip():
        raise typer.BadParameter(_("say who is responsible for the order"), param_hint="--by")
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    desktops = daemon.ask(DESKTOPS)["desktops"]
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        difference = directory_difference(settings, outside, now=now, by_operator=True)
    if not json:
        _show_held_back(difference)
    if difference.verdict.quarantine is None and not difference.refused:
        daemon.tell(_("nothing is held back: no order was given"))
        return
    allows = allowance_for(difference.verdict)
    confirm(_question(allows, desktops), yes=yes)
    leavers, joiners = sorted(allows.leavers), sorted(allows.joiners)
    daemon.give(IntentKind.ACCEPT_DIRECTORY, until=ends, leavers=leavers, joiners=joiners)
    text = _(
        "ordered: these {leavers} may leave and these {joiners} join until {until}, and nobody in their place; "
        "the daemon reads the directory with its next cycle",
        leavers=len(allows.leavers),
        joiners=len(allows.joiners),
        until=times.clock(ends),
    )
    daemon.tell(text)


def _show_held_back(difference: DirectoryDifference) -> None:
    if difference.refused:
        say(_("refused until now: {why}", why=difference.refused))
    for line in (*head_lines(difference), *who_lines(difference.who)):
        say(line)


def _question(allows: Allowance, desktops: Iterable[DesktopDocument]) -> str:
    """To how many people what would be done."""
    theirs = [desktop for desktop in desktops if desktop["seat"] is not None and desktop["seat"]["id"] in allows.leavers]
    return _(
        "{leavers} people would leave, who have {desktops} desktops ({who}), and {joiners} would join. Order it?",
        leavers=len(allows.leavers),
        joiners=len(allows.joiners),
        desktops=len(theirs),
        who=concerned(theirs),
    )


def _look(config: Path) -> DirectoryDifference:
    settings, clock = settings_of(config), clock_of_commands()
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        return directory_difference(settings, outside, now=clock.now())


def _show(difference: DirectoryDifference, *, all_lines: bool) -> None:
    changes = difference.verdict.changes
    for line in head_lines(difference):
        say(line)
    print_table("", DEPARTMENT_COLUMNS, department_rows(changes), numbers=DEPARTMENT_COLUMNS[1:])
    print_some(LEAVER_COLUMNS, leaver_rows(changes), all_lines=all_lines)
    print_some(JOINER_COLUMNS, joiner_rows(changes), all_lines=all_lines)
    print_some(CHANGED_COLUMNS, changed_rows(changes), all_lines=all_lines)
    print_some(RECREATED_COLUMNS, recreated_rows(difference.who.recreated), all_lines=all_lines)
    unclear = [*unclear_rows(difference.who.recreated), *second_rows(difference.who.twice)]
    print_some(UNCLEAR_COLUMNS, unclear, all_lines=all_lines)
    print_some(OTHER_COLUMNS, other_rows(difference.who.others), all_lines=all_lines)
    for line in (*who_lines(difference.who), *verdict_lines(difference)):
        say(line)
