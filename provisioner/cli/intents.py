"""Operator intents: freeze and thaw, hold and unhold, and accepting a rebuilt baseline."""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.output import CONFIG, ConfigOption, complain, say
from provisioner.daemon.keeping import store_of
from provisioner.daemon.operators import operator
from provisioner.model.intents import Intent, IntentKind
from provisioner.settings.store_access import StoreAccess, load_store_access
from provisioner.settings.values import Settings

ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept in the journal.")]
ByOption = Annotated[
    str, typer.Option("--by", help="Words about who orders it; the account that you logged on with is kept too.")
]

baseline = typer.Typer(help="What a lost store was rebuilt to.", no_args_is_help=True)


def freeze(config: ConfigOption = CONFIG, reason: ReasonOption = "", by: ByOption = "") -> None:
    """Stop every write to every cluster, from the next call on. Observation and metrics go on."""
    settings = access_to_store(config)
    # The file first: the daemon on this machine looks for it before each call, and for the order in each cycle.
    marked = _mark(settings.freeze_file)
    give_intent(settings, IntentKind.FREEZE, reason=reason, by=by)
    where = "at once" if marked else "with the next cycle, at most 10 s from now"
    say(f"frozen: nothing is written any more, {where}; `bascule thaw` ends it")


def thaw(config: ConfigOption = CONFIG, by: ByOption = "") -> None:
    """Let writes go on."""
    settings = access_to_store(config)
    removed = settings.freeze_file.exists()
    settings.freeze_file.unlink(missing_ok=True)
    withdrawn = withdraw_intent(settings, IntentKind.FREEZE, by=by)
    say("thawed: writes go on with the next cycle" if removed or withdrawn else "it was not frozen")


def hold(config: ConfigOption = CONFIG, reason: ReasonOption = "", by: ByOption = "") -> None:
    """Stop every stop, release and delete; new desktops go on."""
    give_intent(access_to_store(config), IntentKind.HOLD, reason=reason, by=by)
    say("held: nothing is stopped, released or deleted any more; `bascule unhold` ends it")


def unhold(config: ConfigOption = CONFIG, by: ByOption = "") -> None:
    """Let stops, releases and deletes go on."""
    withdrawn = withdraw_intent(access_to_store(config), IntentKind.HOLD, by=by)
    say("no longer held" if withdrawn else "it was not held")


@baseline.command("accept")
def accept(config: ConfigOption = CONFIG, by: ByOption = "", reason: ReasonOption = "") -> None:
    """Accept the desktops that an empty store was rebuilt from: stops and deletes may go on."""
    give_intent(access_to_store(config), IntentKind.ACCEPT_BASELINE, reason=reason, by=by)
    say("accepted: the daemon takes it up with its next cycle")


def _mark(path: Path) -> bool:
    try:
        path.touch(exist_ok=True)
    except OSError as error:
        complain(f"{path}: cannot be made here ({error.strerror}): the order in the store is all there is")
        return False
    return True


def access_to_store(config: Path) -> StoreAccess:
    """What an order needs; what is wrong elsewhere is said, and hinders nothing. Raises SettingsError."""
    access = load_store_access(config, environment=os.environ)
    if not access.sound:
        complain("the configuration has problems that this does not need to have solved; `bascule check --offline` lists them")
    return access


def give_intent(settings: Settings | StoreAccess, kind: IntentKind, *, reason: str, by: str, target: str = "") -> None:
    """Leave a standing order in the store; raises StoreError."""
    clock = clock_of_commands()
    with closing(store_of(settings, clock=clock)) as store:
        store.give(Intent(kind=kind, by=operator(by), at=clock.now(), reason=reason, target=target))


def withdraw_intent(settings: Settings | StoreAccess, kind: IntentKind, *, by: str, target: str = "") -> bool:
    """Take a standing order back; whether there was one. Raises StoreError."""
    clock = clock_of_commands()
    with closing(store_of(settings, clock=clock)) as store:
        return store.withdraw(kind, by=operator(by), at=clock.now(), target=target)
