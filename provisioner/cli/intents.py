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
from provisioner.texts.translate import _

ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept in the journal.")]
ByOption = Annotated[
    str, typer.Option("--by", help="Who orders it, in your words. The account that you logged on with is kept too.")
]

baseline = typer.Typer(help="The desktops that a lost store was rebuilt from.", no_args_is_help=True)


def freeze(config: ConfigOption = CONFIG, reason: ReasonOption = "", by: ByOption = "") -> None:
    """Stop every write to every cluster, from the next call on. Observation and metrics go on."""
    settings = access_to_store(config)
    # The file comes first: the daemon on this machine looks for it before each call, for the intent only once a cycle.
    marked = _mark(settings.freeze_file)
    give_intent(settings, IntentKind.FREEZE, reason=reason, by=by)
    if marked:
        say(_("frozen: nothing is written any more, at once; `bascule thaw` ends it"))
    else:
        say(_("frozen: writes stop with the next cycle, at most 10 s from now; `bascule thaw` ends it"))


def thaw(config: ConfigOption = CONFIG, by: ByOption = "") -> None:
    """End a freeze: writes go on."""
    settings = access_to_store(config)
    removed = settings.freeze_file.exists()
    settings.freeze_file.unlink(missing_ok=True)
    withdrawn = withdraw_intent(settings, IntentKind.FREEZE, by=by)
    say(_("thawed: writes go on with the next cycle") if removed or withdrawn else _("it was not frozen"))


def hold(config: ConfigOption = CONFIG, reason: ReasonOption = "", by: ByOption = "") -> None:
    """Stop every shutdown, release and delete. New desktops go on."""
    give_intent(access_to_store(config), IntentKind.HOLD, reason=reason, by=by)
    say(_("held: nothing is stopped, released or deleted any more; `bascule unhold` ends it"))


def unhold(config: ConfigOption = CONFIG, by: ByOption = "") -> None:
    """End a hold: shutdowns, releases and deletes go on."""
    withdrawn = withdraw_intent(access_to_store(config), IntentKind.HOLD, by=by)
    say(_("no longer held") if withdrawn else _("it was not held"))


@baseline.command("accept")
def accept(config: ConfigOption = CONFIG, by: ByOption = "", reason: ReasonOption = "") -> None:
    """Accept the desktops that an empty store was rebuilt from: stops and deletes may go on."""
    give_intent(access_to_store(config), IntentKind.ACCEPT_BASELINE, reason=reason, by=by)
    say(_("accepted: the daemon takes it up with its next cycle"))


def _mark(path: Path) -> bool:
    try:
        path.touch(exist_ok=True)
    except OSError as error:
        why = error.strerror or ""
        complain(_("{path}: cannot be made here ({why}): only the store has the order", path=path, why=why))
        return False
    return True


def access_to_store(config: Path) -> StoreAccess:
    """The store, also if other parts of the configuration are wrong: then with a warning. Raises SettingsError."""
    access = load_store_access(config, environment=os.environ)
    if not access.sound:
        complain(_("the configuration has problems that do not matter for this command; `bascule check --offline` lists them"))
    return access


def give_intent(settings: Settings | StoreAccess, kind: IntentKind, *, reason: str, by: str, target: str = "") -> None:
    """Put an intent into the store; raises StoreError."""
    clock = clock_of_commands()
    with closing(store_of(settings, clock=clock)) as store:
        store.give(Intent(kind=kind, by=operator(by), at=clock.now(), reason=reason, target=target))


def withdraw_intent(settings: Settings | StoreAccess, kind: IntentKind, *, by: str, target: str = "") -> bool:
    """Withdraw an intent; False if there was none. Raises StoreError."""
    clock = clock_of_commands()
    with closing(store_of(settings, clock=clock)) as store:
        return store.withdraw(kind, by=operator(by), at=clock.now(), target=target)
