"""Operator intents: hold and unhold, and accepting a rebuilt baseline. `freeze` has a file of its own."""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.moments import end_of
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, ReasonOption, complain, say
from provisioner.daemon.keeping import store_of
from provisioner.daemon.operators import operator
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.settings.store_access import StoreAccess, load_store_access
from provisioner.settings.values import Settings
from provisioner.texts.translate import _
from provisioner.views.times import moment

ForOption = Annotated[str, typer.Option("--for", metavar="DURATION", help="Ends by itself after this time, such as 12h.")]
UntilOption = Annotated[
    str, typer.Option("--until", metavar="TIME", help="Ends by itself then; with its zone: 2026-11-24T18:00+01:00.")
]

baseline = typer.Typer(help="The desktops that a lost store was rebuilt from.", no_args_is_help=True)


def hold(
    config: ConfigOption = CONFIG, reason: ReasonOption = "", by: ByOption = "", length: ForOption = "", until: UntilOption = ""
) -> None:
    """Stop every shutdown, release and delete, for some time or until `unhold`. New desktops go on."""
    if length and until:
        raise typer.BadParameter(_("say --for or --until, not both"))
    now = clock_of_commands().now()
    ends = end_of(length or until, now, option="--for" if length else "--until") if length or until else None
    give_intent(access_to_store(config), IntentKind.HOLD, reason=reason, by=by, until=ends)
    if ends is None:
        text = _("held: nothing is stopped, released or deleted any more; `bascule unhold` ends it")
    else:
        text = _("held until {until}: nothing is stopped, released or deleted; `bascule unhold` ends it", until=moment(ends))
    say(text)


def unhold(config: ConfigOption = CONFIG, by: ByOption = "") -> None:
    """End a hold: shutdowns, releases and deletes go on."""
    withdrawn = withdraw_intent(access_to_store(config), IntentKind.HOLD, by=by)
    say(_("no longer held") if withdrawn else _("it was not held"))


@baseline.command("accept")
def accept(config: ConfigOption = CONFIG, by: ByOption = "", reason: ReasonOption = "") -> None:
    """Accept the desktops that an empty store was rebuilt from: stops and deletes may go on."""
    access = access_to_store(config)
    if _is_accepted(access):
        say(_("there is nothing to accept: the store was not rebuilt, or that was accepted before"))
        return
    give_intent(access, IntentKind.ACCEPT_BASELINE, reason=reason, by=by)
    say(_("accepted: the daemon takes it up with its next cycle"))


def _is_accepted(access: StoreAccess) -> bool:
    """Then the order would stand until a store is lost, and accept what nobody has looked at."""
    with closing(store_of(access, clock=clock_of_commands())) as store:
        store.demand()
        return store.load().baseline_accepted


def access_to_store(config: Path) -> StoreAccess:
    """The store, also if other parts of the configuration are wrong: then with a warning. Raises SettingsError."""
    access = load_store_access(config, environment=os.environ)
    if not access.sound:
        complain(_("the configuration has problems that do not matter for this command; `bascule check --offline` lists them"))
    return access


def give_intent(
    settings: Settings | StoreAccess,
    kind: IntentKind,
    *,
    reason: str,
    by: str,
    target: str = "",
    until: Instant | None = None,
) -> None:
    """Put an intent into the store; raises StoreError, also if there is none: no daemon would read it."""
    clock = clock_of_commands()
    with closing(store_of(settings, clock=clock)) as store:
        store.demand()
        store.give(Intent(kind=kind, by=operator(by), at=clock.now(), reason=reason, target=target, until=until))


def withdraw_intent(settings: Settings | StoreAccess, kind: IntentKind, *, by: str, target: str = "") -> bool:
    """Withdraw an intent; False if there was none. Raises StoreError, also if there is no store."""
    clock = clock_of_commands()
    with closing(store_of(settings, clock=clock)) as store:
        store.demand()
        return store.withdraw(kind, by=operator(by), at=clock.now(), target=target)
