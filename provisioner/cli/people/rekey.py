"""`bascule directory rekey`: which ids are known agents. It asks first."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.documents import DAEMON
from provisioner.cli.ordering import Desk, desk
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, ReasonOption, print_table, say
from provisioner.cli.people.rekey_rows import (
    OTHER_COLUMNS,
    RECREATED_COLUMNS,
    UNCLEAR_COLUMNS,
    first_of,
    other_line,
    other_rows,
    recreated_rows,
    unclear_rows,
)
from provisioner.cli.people.who import WhoOption, check_who, rename
from provisioner.cli.site import settings_of
from provisioner.daemon.composition import outside_of
from provisioner.daemon.rekey import RekeyPlan, pairs_in, reading_also, rekey_plan
from provisioner.model.ids import AgentId
from provisioner.model.intents import IntentKind, Rekey
from provisioner.planning.roster.shown import shown_as
from provisioner.settings.values import Settings
from provisioner.texts.translate import _, plural

MatchOption = Annotated[
    str,
    typer.Option(
        "--match", metavar="login|mail|ATTRIBUTE", help="What identifies a person in both entries; by default as `diff` does."
    ),
]
PairsOption = Annotated[Path | None, typer.Option("--pairs", help="A file with an old and a new id on each line, instead.")]
RenamedOption = Annotated[
    list[str] | None,
    typer.Option("--renamed", metavar="ID", help="Whoever is listed under this id is the same person as before, instead."),
]


def rekey(
    by: WhoOption,
    match: MatchOption = "",
    pairs: PairsOption = None,
    renamed: RenamedOption = None,
    reason: ReasonOption = "",
    config: ConfigOption = CONFIG,
    socket: SocketOption = None,
    json: JsonOption = False,
    yes: YesOption = False,
) -> None:
    """Say that people are the same as before: under new ids, or under the same id with everything else changed.

    Their desktops are carried over: after accounts were recreated, a directory reimported, or `agent_id` changed. Exit code 1
    when there is nobody to carry over.
    """
    check_who(by)
    if (bool(match), pairs is not None, bool(renamed)).count(True) > 1:
        raise typer.BadParameter(_("say --match, --pairs or --renamed, not two of them"), param_hint="--pairs")
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    settings = reading_also(settings_of(config), match)
    named = pairs_in(pairs) if pairs is not None else ()
    daemon.ask(DAEMON)
    if renamed:
        rename(settings, daemon, [AgentId(each.strip().lower()) for each in renamed], yes=yes)
        return
    plan = _plan(settings, by=match, pairs=named)
    if not json:
        _show(plan)
    if not plan.rekeys:
        daemon.tell(_("nobody is carried over: no order was given"))
        raise typer.Exit(1)
    confirm(_question(plan), yes=yes)
    _give(daemon, plan)
    text = plural(
        "ordered: {count} agent goes on under a new id; the daemon takes it up as a whole with its next cycle, then "
        "rewrites the desktops' notes. Keep this list until `bascule status` says no more of it",
        "ordered: {count} agents go on under a new id; the daemon takes it up as a whole with its next cycle, then "
        "rewrites the desktops' notes. Keep this list until `bascule status` says no more of it",
        len(plan.rekeys),
    )
    daemon.tell(text)


def _give(daemon: Desk, plan: RekeyPlan) -> None:
    """What moves is one order; who stays is an order of its own, about whoever was shown."""
    if plan.moves:
        daemon.give(IntentKind.REKEY, rekeys=[[pair.old, pair.new] for pair in plan.moves])
    for other in plan.renamed:
        key, entries = other.agent_id, other.entries
        daemon.give(IntentKind.REKEY, key, rekeys=[[key, key]], shown=shown_as(entries.new, entries.old))


def _plan(settings: Settings, *, by: str = "", pairs: Iterable[Rekey] = ()) -> RekeyPlan:
    with closing(outside_of(settings, clock=clock_of_commands(), on_call=lambda _: None)) as outside:
        return rekey_plan(settings, outside, by=by, pairs=pairs)


def _question(plan: RekeyPlan) -> str:
    """Whose desktops would be whose."""
    examples = [(pair.old, pair.new) for pair in plan.found.pairs]
    examples += [(other.entries.old, other.entries.new) for other in plan.renamed]
    return plural(
        "{count} person would be the same as before, and have the desktop of that person ({who}). Order it?",
        "{count} people would be the same as before, and have the desktops of these people ({who}). Order it?",
        len(plan.rekeys),
        who=first_of(f"{old.login or old.agent_id} → {new.login}" for old, new in examples),
    )


def _show(plan: RekeyPlan) -> None:
    print_table("", RECREATED_COLUMNS, recreated_rows(plan.found))
    print_table("", OTHER_COLUMNS, other_rows(plan.renamed))
    if plan.held:
        say(other_line(plan.held))
        print_table("", OTHER_COLUMNS, other_rows(plan.held))
    if plan.seconds:
        text = plural(
            "{count} new id has a desktop already that nobody was logged on to: it is kept aside, and the first one is used",
            "{count} new ids have desktops already that nobody was logged on to: they are kept aside, and the first are used",
            plan.seconds,
        )
        say(text)
    if plan.found.unclear:
        say(_("not carried over, for nobody can say who is who:"))
        print_table("", UNCLEAR_COLUMNS, unclear_rows(plan.found))
    if plan.alone:
        names = first_of(agent.login or agent.agent_id for agent in plan.alone)
        say(_("not carried over, for nobody there is the same: {names}", names=names))
