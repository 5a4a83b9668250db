"""`bascule directory rekey` and `distinct`: which ids are known agents, and which are new people. Both ask first."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.documents import DAEMON
from provisioner.cli.ordering import desk
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, ReasonOption, print_table, say
from provisioner.cli.rekey_rows import (
    OTHER_COLUMNS,
    RECREATED_COLUMNS,
    UNCLEAR_COLUMNS,
    first_of,
    other_line,
    other_rows,
    recreated_rows,
    unclear_rows,
)
from provisioner.cli.site import settings_of
from provisioner.daemon.composition import outside_of
from provisioner.daemon.rekey import RekeyPlan, pairs_in, reading_also, rekey_plan
from provisioner.model.agents import Agent
from provisioner.model.ids import AgentId
from provisioner.model.intents import IntentKind, Rekey
from provisioner.planning.roster.recreated import Recreations
from provisioner.settings.values import Settings
from provisioner.texts.translate import _, plural

WhoOption = Annotated[str, typer.Option("--by", help="Who is responsible for the order.")]
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
    _check_who(by)
    if (bool(match), pairs is not None, bool(renamed)).count(True) > 1:
        raise typer.BadParameter(_("say --match, --pairs or --renamed, not two of them"), param_hint="--pairs")
    settings, daemon = reading_also(settings_of(config), match), desk(socket, config, reason=reason, by=by, json=json)
    same = [AgentId(each.strip().lower()) for each in renamed or ()]
    named = pairs_in(pairs) if pairs is not None else tuple(Rekey(each, each) for each in same)
    daemon.ask(DAEMON)
    plan = _plan(settings, by=match, pairs=named)
    if not json:
        _show(plan)
    if not plan.rekeys:
        daemon.tell(_("nobody is carried over: no order was given"))
        raise typer.Exit(1)
    confirm(_question(plan), yes=yes)
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
    agent: Annotated[str, typer.Argument(metavar="ID", help="The id.")],
    by: WhoOption,
    reason: ReasonOption = "",
    config: ConfigOption = CONFIG,
    socket: SocketOption = None,
    json: JsonOption = False,
    yes: YesOption = False,
) -> None:
    """Say that an id is a new person: the former agent has left and keeps the desktop until it ends like every leaver's.

    The new person gets another desktop. For a new id, however alike, and for an id that was given to somebody else.
    """
    _check_who(by)
    target, daemon = AgentId(agent.strip().lower()), desk(socket, config, reason=reason, by=by, json=json)
    daemon.ask(DAEMON)
    plan = _plan(settings_of(config))
    if not json:
        _show_about(plan, target)
    confirm(_question_of_distinct(plan, target), yes=yes)
    daemon.give(IntentKind.DISTINCT, target)
    daemon.tell(_("ordered: {id} is somebody new; the daemon reads the directory with its next cycle", id=target))


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


def _question_of_distinct(plan: RekeyPlan, target: AgentId) -> str:
    for old, new in _about(plan, target):
        return _(
            "{new} ({id}) would be somebody else than {old}: {old} leaves, and {new} gets another desktop. Order it?",
            new=new.login,
            old=old.login,
            id=target,
        )
    return _("nobody waits under {id}: the next person under this id would be somebody new. Order it?", id=target)


def _about(plan: RekeyPlan, target: AgentId) -> Iterator[tuple[Agent, Agent]]:
    """Who the id may be, as last accepted and as listed now."""
    yield from ((other.entries.old, other.entries.new) for other in plan.held if other.agent_id == target)
    yield from ((pair.old, pair.new) for pair in (*plan.found.pairs, *plan.twice) if pair.new.agent_id == target)
    yield from ((old, new) for group in plan.found.unclear for old in group.old for new in group.new if new.agent_id == target)


def _show_about(plan: RekeyPlan, target: AgentId) -> None:
    pairs = tuple(pair for pair in plan.found.pairs if pair.new.agent_id == target)
    print_table("", RECREATED_COLUMNS, recreated_rows(Recreations(pairs=pairs)))
    print_table("", OTHER_COLUMNS, other_rows(other for other in plan.held if other.agent_id == target))


def _check_who(by: str) -> None:
    if not by.strip():
        raise typer.BadParameter(_("say who is responsible for the order"), param_hint="--by")


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
