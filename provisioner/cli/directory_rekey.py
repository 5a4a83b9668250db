"""Saying who is who: agents who go on under new ids, and ids that are somebody new."""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.intents import ReasonOption, give_intent
from provisioner.cli.output import CONFIG, ConfigOption, counted, print_table, say
from provisioner.cli.rekey_rows import RECREATED_COLUMNS, UNCLEAR_COLUMNS, recreated_rows, unclear_rows
from provisioner.daemon.composition import outside_of
from provisioner.daemon.operators import operator
from provisioner.daemon.rekey import RekeyPlan, pairs_in, reading_also, rekey_plan
from provisioner.model.intents import Intent, IntentKind
from provisioner.settings.bascule import load_settings

WhoOption = Annotated[str, typer.Option("--by", help="Who answers for it.")]
MatchOption = Annotated[
    str,
    typer.Option("--match", metavar="login|mail|ATTRIBUTE", help="By what people are known again; left out: as `diff` does."),
]
PairsOption = Annotated[Path | None, typer.Option("--pairs", help="A file with an old and a new id on each line, instead.")]


def rekey(
    by: WhoOption,
    match: MatchOption = "",
    pairs: PairsOption = None,
    reason: ReasonOption = "",
    config: ConfigOption = CONFIG,
) -> None:
    """Carry desktops over to people's new ids: accounts made anew, a directory imported anew, another `agent_id`.

    Exit code 1 when there is nobody to carry over.
    """
    _check_who(by)
    if match and pairs is not None:
        raise typer.BadParameter("say --match or --pairs, not both", param_hint="--pairs")
    settings, clock = reading_also(load_settings(config, environment=os.environ), match), clock_of_commands()
    named = pairs_in(pairs) if pairs is not None else ()
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        plan = rekey_plan(settings, outside, by=match, pairs=named)
        _show(plan)
        if not plan.rekeys:
            say("nobody is carried over: no order was given")
            raise typer.Exit(1)
        outside.store.give(Intent(kind=IntentKind.REKEY, by=operator(by), at=clock.now(), reason=reason, rekeys=plan.rekeys))
    say(
        f"ordered: {counted(len(plan.rekeys), 'agent goes', 'agents go')} on under a new id; the daemon takes it up as a whole "
        "with its next cycle, then writes the desktops' notes anew. Keep this list until `bascule status` says no more of it"
    )


def distinct(
    agent: Annotated[str, typer.Argument(metavar="ID", help="The new id.")],
    by: WhoOption,
    reason: ReasonOption = "",
    config: ConfigOption = CONFIG,
) -> None:
    """Say that an id is somebody new, however much alike: who had the desktop has left, and the newcomer gets another."""
    _check_who(by)
    target = agent.strip().lower()
    give_intent(load_settings(config, environment=os.environ), IntentKind.DISTINCT, reason=reason, by=by, target=target)
    say(f"ordered: {target} is somebody new; the daemon reads the directory with its next cycle")


def _check_who(by: str) -> None:
    if not by.strip():
        raise typer.BadParameter("say who answers for it", param_hint="--by")


def _show(plan: RekeyPlan) -> None:
    print_table("", RECREATED_COLUMNS, recreated_rows(plan.found))
    if plan.found.unclear:
        say("not carried over, for nobody can say who is who:")
        print_table("", UNCLEAR_COLUMNS, unclear_rows(plan.found))
    if plan.alone:
        names = ", ".join(one.login or one.agent_id for one in plan.alone[:_NAMED])
        more = f" and {len(plan.alone) - _NAMED} more" if len(plan.alone) > _NAMED else ""
        say(f"not carried over, for nobody there is the same: {names}{more}")


_NAMED = 5
