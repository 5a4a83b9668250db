"""The people: `agents`, whose a pseudonym is, and forgetting who has left."""

import os
from contextlib import closing
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.groups import refuse_options
from provisioner.cli.intents import ByOption, ReasonOption
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, counted, print_json, print_table, say
from provisioner.cli.status import exit_if_incomplete, print_reasons, read_offline_status
from provisioner.cli.status_rows import AGENT_COLUMNS, agent_rows
from provisioner.daemon.composition import naming_of
from provisioner.daemon.erasure import forget as forgotten
from provisioner.daemon.keeping import store_of
from provisioner.daemon.operators import operator
from provisioner.settings.bascule import load_settings

agents = typer.Typer(invoke_without_command=True)

WhoArgument = Annotated[str, typer.Argument(metavar="LOGIN|ID", help="The login, or the id in the directory.")]
PseudonymArgument = Annotated[str, typer.Argument(metavar="PSEUDONYM", help="As in the log: person-…")]


@agents.callback()
def every(context: typer.Context, config: ConfigOption = CONFIG, json: JsonOption = False) -> None:
    """Every agent of the roster: the desktop, or why there is none yet."""
    if context.invoked_subcommand is not None:
        refuse_options(context)
        return
    seen = read_offline_status(config)
    rows = list(agent_rows(seen.status))
    if json:
        print_json([dict(zip(AGENT_COLUMNS, row, strict=True)) for row in rows])
    else:
        print_table("", AGENT_COLUMNS, rows, empty="no roster has been accepted yet")
        rejected = seen.status.roster.rejected if seen.status.roster else ()
        print_reasons("rejected directory entries", (one.reason for one in rejected))
    exit_if_incomplete(seen)


@agents.command("who")
def who(pseudonym: PseudonymArgument, config: ConfigOption = CONFIG) -> None:
    """Whose a pseudonym of the log is. Exit code 1 when it is nobody's in the rosters that are kept."""
    settings = load_settings(config, environment=os.environ)
    names = naming_of(settings)
    with closing(store_of(settings, clock=clock_of_commands())) as store:
        people = {key: one for roster in store.rosters() for key, one in roster.agents.items()}
    found = next((one for key, one in people.items() if names.of(key) == pseudonym), None)
    say(f"{found.login}, {found.display_name} ({found.agent_id})" if found else "nobody whom the store still knows")
    raise typer.Exit(0 if found else 1)


@agents.command("forget")
def forget(person: WhoArgument, config: ConfigOption = CONFIG, by: ByOption = "", reason: ReasonOption = "") -> None:
    """Erase what is kept of a person who has left: earlier rosters, and every mention in the journal and in orders.

    Refused while the person is in the roster in force or has a desktop. The journal keeps that it was done, under a pseudonym.
    """
    settings, clock = load_settings(config, environment=os.environ), clock_of_commands()
    with closing(store_of(settings, clock=clock)) as store:
        pseudonym, found = forgotten(settings, store, person, by=operator(by), at=clock.now(), reason=reason)
    if not found:
        say(f"nothing is kept of {person}")
        return
    parts = (counted(found.lines, "journal line"), counted(found.rosters, "roster"), counted(found.orders, "standing order"))
    say(f"forgotten: {', '.join(parts)}; in the journal it is {pseudonym} who was. Backups and logs keep what they have")
