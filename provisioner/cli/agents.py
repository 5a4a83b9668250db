"""Agents: `agents`, `agents who` (the person behind a pseudonym), `agents forget` (erase a person who has left)."""

from contextlib import closing
from typing import Annotated

import typer

from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.document_rows import AGENT_COLUMNS, agent_row
from provisioner.cli.documents import AGENTS, AgentsDocument
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption, print_json, print_table, say
from provisioner.cli.reading import Look, OfflineOption, show_document
from provisioner.cli.reason_lines import print_reasons, reason_in
from provisioner.cli.watching import WatchOption
from provisioner.texts.translate import N_, _, plural

agents = typer.Typer(invoke_without_command=True)

WhoArgument = Annotated[str, typer.Argument(metavar="LOGIN|ID", help="The login, or the id in the directory.")]
PseudonymArgument = Annotated[str, typer.Argument(metavar="PSEUDONYM", help="As in the log: person-…")]


@agents.callback()
def every(
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    offline: OfflineOption = False,
    watch: WatchOption = "",
) -> None:
    """Every agent of the roster: the desktop, or why there is none yet."""
    show_document(AGENTS, Look(config=config, socket=socket, offline=offline, json=json, watch=watch), _show)


def _show(document: AgentsDocument) -> None:
    print_table("", AGENT_COLUMNS, map(agent_row, document["agents"] or ()), empty=_("no roster has been accepted yet"))
    print_reasons(N_("rejected directory entries"), map(reason_in, document["rejected"]))


@agents.command("who")
def who(pseudonym: PseudonymArgument, config: ConfigOption = CONFIG, json: JsonOption = False) -> None:
    """Look up the person behind a pseudonym in the log. Exit code 1 when no kept roster has the person."""
    from provisioner.cli.clocks import clock_of_commands
    from provisioner.cli.site import settings_of
    from provisioner.daemon.composition import naming_of
    from provisioner.daemon.keeping import store_of

    settings = settings_of(config)
    names = naming_of(settings)
    with closing(store_of(settings, clock=clock_of_commands())) as store:
        people = {key: agent for roster in store.rosters() for key, agent in roster.agents.items()}
    agent = next((agent for key, agent in people.items() if names.of(key) == pseudonym), None)
    if json:
        print_json({"agent": {"id": agent.agent_id, "login": agent.login, "name": agent.display_name} if agent else None})
    else:
        say(f"{agent.login}, {agent.display_name} ({agent.agent_id})" if agent else _("no kept roster has this person"))
    raise typer.Exit(0 if agent else 1)


@agents.command("forget")
def forget(
    person: WhoArgument,
    config: ConfigOption = CONFIG,
    by: ByOption = "",
    reason: ReasonOption = "",
    json: JsonOption = False,
) -> None:
    """Erase what is kept about a person who has left: in earlier rosters, in the journal and in orders.

    Refused while the person is in the roster in force or has a desktop. The journal keeps a line about it, under a pseudonym.
    """
    from provisioner.cli.clocks import clock_of_commands
    from provisioner.cli.site import settings_of
    from provisioner.daemon.erasure import forget as erase
    from provisioner.daemon.keeping import store_of
    from provisioner.daemon.operators import operator

    settings, clock = settings_of(config), clock_of_commands()
    with closing(store_of(settings, clock=clock)) as store:
        pseudonym, erased = erase(settings, store, person, by=operator(by), at=clock.now(), reason=reason)
    if json:
        print_json({"pseudonym": pseudonym if erased else None, "erased": erased})
        return
    if not erased:
        say(_("nothing is kept of {person}", person=person))
        return
    text = _(
        "forgotten: {lines}, {rosters}, {orders}; the journal now names the person {pseudonym}. Backups and logs are as they "
        "were",
        lines=plural("{count} journal line", "{count} journal lines", erased.lines),
        rosters=plural("{count} roster", "{count} rosters", erased.rosters),
        orders=plural("{count} standing order", "{count} standing orders", erased.orders),
        pseudonym=pseudonym,
    )
    say(text)
