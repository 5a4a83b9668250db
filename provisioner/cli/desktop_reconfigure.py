"""`bascule desktop reconfigure`: have desktops follow their changed profile at once."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.intents import access_to_store, give_intent, withdraw_intent
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, ReasonOption, say
from provisioner.daemon.keeping import store_of
from provisioner.errors import SettingsError
from provisioner.model.desktops import is_same_person
from provisioner.model.ids import DesktopName
from provisioner.model.intents import IntentKind
from provisioner.model.records import Records
from provisioner.reasons.commands import NO_DESKTOP_OR_LOGIN, NOT_THE_DESKTOP_IN_USE, SAY_WHICH_OR_ALL_STOPPED
from provisioner.texts.translate import _, plural

WhichArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME|LOGIN...]", help="Which desktops, by name or by their agent's login.")
]
AllStoppedOption = Annotated[
    bool, typer.Option("--all-stopped", help="All that are off and whose profile has changed, wanted or not.")
]


def reconfigure(
    which: WhichArgument = None,
    all_stopped: AllStoppedOption = False,
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    withdrawn: Annotated[bool, typer.Option("--withdraw", help="Withdraw the order, as long as it is not done.")] = False,
) -> None:
    """Configure desktops again as their profile says, at once: a running one is shut down once nobody is logged on.

    Without this command a desktop follows its changed profile at its next start.
    """
    settings = access_to_store(config)
    if bool(which) == all_stopped:
        raise SettingsError(SAY_WHICH_OR_ALL_STOPPED())
    with closing(store_of(settings, clock=clock_of_commands())) as store:
        targets: list[str] = [""] if all_stopped else sorted(set(_named(store.load(), which or ())))
    if withdrawn:
        ended = [target for target in targets if withdraw_intent(settings, IntentKind.RECONFIGURE, by=by, target=target)]
        say(plural("{count} order withdrawn", "{count} orders withdrawn", len(ended)))
        return
    for target in targets:
        give_intent(settings, IntentKind.RECONFIGURE, reason=reason, by=by, target=target)
    say(_("those that are off are configured again from the next cycle on") if all_stopped else _summary(len(targets)))


def _summary(count: int) -> str:
    return plural(
        "{count} desktop is configured again from the next cycle on; if it runs, once nobody is logged on",
        "{count} desktops are configured again from the next cycle on; those that run, once nobody is logged on",
        count,
    )


def _named(records: Records, words: Sequence[str]) -> Iterator[DesktopName]:
    """The desktops; raises SettingsError for a word that names none, or one that its agent does not use."""
    for word in words:
        names = [DesktopName(word)] if word in records.desktops else list(_of_login(records, word))
        if not names:
            raise SettingsError(NO_DESKTOP_OR_LOGIN(name=word))
        for name in names:
            if other := records.desktops[name].superseded_by:
                raise SettingsError(NOT_THE_DESKTOP_IN_USE(name=name, other=other))
            yield name


def _of_login(records: Records, login: str) -> Iterator[DesktopName]:
    agents = records.roster.agents.values() if records.roster is not None else ()
    ids = {agent.agent_id for agent in agents if is_same_person(agent.login, login)}
    for name, record in records.desktops.items():
        if record.reservation.agent_id in ids and record.superseded_by is None:
            yield name
