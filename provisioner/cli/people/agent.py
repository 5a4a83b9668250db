"""People: `agent list`, `agent who` (the person behind a pseudonym), `agent forget` (erase a person who has left)."""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from provisioner.cli.choices import UnclearMentions
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.document_rows import AGENT_COLUMNS, agent_row
from provisioner.cli.documents import AGENTS, AgentsDocument
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption, print_json, print_table, say
from provisioner.cli.reading import Look, OfflineOption, show_document
from provisioner.cli.reason_lines import print_reasons, reason_in
from provisioner.cli.watching import WatchOption
from provisioner.errors import SettingsError
from provisioner.reasons.directory import UNCLEAR as FORGET_UNCLEAR
from provisioner.texts.translate import N_, _, headings, plural

if TYPE_CHECKING:
    from provisioner.model.kept.erasure import ErasureResult

PersonArgument = Annotated[
    str, typer.Argument(metavar="PERSON", help="An id, present or earlier, a login, a mail address, or a name in any order.")
]
AlsoOption = Annotated[
    list[str] | None, typer.Option("--also", metavar="NAME", help="A further name to look for. May be repeated.")
]
UnclearOption = Annotated[
    UnclearMentions,
    typer.Option(
        "--unclear", help="Texts that may name somebody else: show them and erase nothing, erase, or leave them as they are."
    ),
]
PseudonymArgument = Annotated[str, typer.Argument(metavar="PSEUDONYM", help="As in the log: person-…")]


def list_all(
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


def who(pseudonym: PseudonymArgument, config: ConfigOption = CONFIG, json: JsonOption = False) -> None:
    """Look up the person behind a pseudonym in the log. Exit code 1 when the store knows nobody of it."""
    from provisioner.cli.clocks import clock_of_commands
    from provisioner.cli.site import settings_of
    from provisioner.daemon.composition import naming_of
    from provisioner.daemon.keeping import store_of
    from provisioner.model.kept.erasure import people_of

    settings = settings_of(config)
    names = naming_of(settings)
    with closing(store_of(settings, clock=clock_of_commands())) as store:
        people = people_of(store.people(), store.rosters(), {})
    person = next((person for person in people if names.of(person.agent_id) == pseudonym), None)
    login, name = (", ".join(sorted(person.logins)), ", ".join(sorted(person.display_names))) if person else ("", "")
    if json:
        print_json({"agent": {"id": person.agent_id, "login": login, "name": name} if person else None})
    else:
        say(f"{login}, {name} ({person.agent_id})" if person else _("nobody who is known has this pseudonym"))
    raise typer.Exit(0 if person else 1)


def forget(
    person: PersonArgument,
    also: AlsoOption = None,
    unclear: UnclearOption = UnclearMentions.ASK,
    config: ConfigOption = CONFIG,
    by: ByOption = "",
    reason: ReasonOption = "",
    json: JsonOption = False,
) -> None:
    """Erase what is kept about a person who has left: in earlier rosters, in the journal, in orders and in free words.

    Refused, with every next step, while anything in use names the person. The journal keeps a line about it, under a pseudonym.
    """
    from provisioner.cli.clocks import clock_of_commands
    from provisioner.cli.site import settings_of
    from provisioner.daemon.erasure import forget as erase
    from provisioner.daemon.keeping import store_of
    from provisioner.daemon.operators import operator
    from provisioner.model.kept.erasure import Unclear

    settings, clock = settings_of(config), clock_of_commands()
    with closing(store_of(settings, clock=clock)) as store:
        pseudonym, erased = erase(
            settings,
            store,
            person,
            by=operator(by),
            at=clock.now(),
            reason=reason,
            also=also or (),
            unclear=Unclear(unclear.value),
        )
    if json:
        print_json({"pseudonym": pseudonym if erased else None, "erased": erased})
    elif erased.unclear:
        print_table("", headings("where", "text"), [(each.place, each.text) for each in erased.unclear])
    if erased.unclear:
        raise SettingsError(FORGET_UNCLEAR(count=len(erased.unclear), person=person))
    if not json:
        say(_said(pseudonym, erased) if erased else _("nothing is kept of {person}", person=person))


def _said(pseudonym: str, erased: "ErasureResult") -> str:
    return _(
        "forgotten: {lines}, {rosters}, {orders}, {others}; the journal now names the person {pseudonym}. Older backups and "
        "logs are as they were",
        lines=plural("{count} journal line", "{count} journal lines", erased.lines),
        rosters=plural("{count} roster", "{count} rosters", erased.rosters),
        orders=plural("{count} standing order", "{count} standing orders", erased.orders),
        others=plural("{count} other row", "{count} other rows", erased.others),
        pseudonym=pseudonym,
    )
