"""`bascule directory rekey` and `distinct`: which new ids are known agents, and which are new people."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.documents import DAEMON
from provisioner.cli.ordering import desk
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, ReasonOption, print_table, say
from provisioner.cli.rekey_rows import RECREATED_COLUMNS, UNCLEAR_COLUMNS, first_of, recreated_rows, unclear_rows
from provisioner.cli.site import settings_of
from provisioner.daemon.composition import outside_of
from provisioner.daemon.rekey import RekeyPlan, pairs_in, reading_also, rekey_plan
from provisioner.model.intents import IntentKind
from provisioner.texts.translate import _, plural

WhoOption = Annotated[str, typer.Option("--by", help="Who is responsible for the order.")]
MatchOption = Annotated[
    str,
    typer.Option(
        "--match", metavar="login|mail|ATTRIBUTE", help="What identifies a person in both entries; by default as `diff` does."
    ),
]
PairsOption = Annotated[Path | None, typer.Option("--pairs", help="A file with an old and a new id on each line, instead.")]


def rekey(
    by: WhoOption,
    match: MatchOption = "",
    pairs: PairsOption = None,
    reason: ReasonOption = "",
    config: ConfigOption = CONFIG,
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Carry desktops over to new ids: after accounts were recreated, a directory reimported, or `agent_id` changed.

    Exit code 1 when there is nobody to carry over.
    """
    _check_who(by)
    if match and pairs is not None:
        raise typer.BadParameter(_("say --match or --pairs, not both"), param_hint="--pairs")
    settings, clock = reading_also(settings_of(config), match), clock_of_commands()
    named = pairs_in(pairs) if pairs is not None else ()
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    daemon.ask(DAEMON)
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        plan = rekey_plan(settings, outside, by=match, pairs=named)
    if not json:
        _show(plan)
    if not plan.rekeys:
        daemon.tell(_("nobody is carried over: no order was given"))
        raise typer.Exit(1)
    daemon.give(IntentKind.REKEY, rekeys=[[pair.old, pair.new] for pair in plan.rekeys])
    text = plural(
        "ordered: {count} agent goes on under a new id; the daemon takes it up as a whole with its next cycle, then "
        "rewrites the desktops' notes. Keep this list until `bascule status` says no more of it",
        "ordered: {count} agents go on under a new id; the daemon takes it up as a whole with its next cycle, then "
        "rewrites the desktops' notes. Keep this list until `bascule status` says no more of it",
        len(plan.rekeys),
    )
    daemon.tell(text)


def distinct(
    agent: Annotated[str, typer.Argument(metavar="ID", help="The new id.")],
    by: WhoOption,
    reason: ReasonOption = "",
    config: ConfigOption = CONFIG,
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Say that an id is a new person, however alike: the former agent has left, and the new one gets another desktop."""
    _check_who(by)
    target, daemon = agent.strip().lower(), desk(socket, config, reason=reason, by=by, json=json)
    daemon.give(IntentKind.DISTINCT, target)
    daemon.tell(_("ordered: {id} is somebody new; the daemon reads the directory with its next cycle", id=target))


def _check_who(by: str) -> None:
    if not by.strip():
        raise typer.BadParameter(_("say who is responsible for the order"), param_hint="--by")


def _show(plan: RekeyPlan) -> None:
    print_table("", RECREATED_COLUMNS, recreated_rows(plan.found))
    if plan.found.unclear:
        say(_("not carried over, for nobody can say who is who:"))
        print_table("", UNCLEAR_COLUMNS, unclear_rows(plan.found))
    if plan.alone:
        names = first_of(agent.login or agent.agent_id for agent in plan.alone)
        say(_("not carried over, for nobody there is the same: {names}", names=names))
