"""Orders about single desktops: `desktop retry` and `desktop stop`."""

import os
from collections.abc import Iterable
from contextlib import closing
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.intents import ByOption, ReasonOption, give_intent, withdraw_intent
from provisioner.cli.output import CONFIG, ConfigOption, counted, say
from provisioner.daemon.keeping import store_of
from provisioner.errors import SettingsError
from provisioner.model.absence import is_missing
from provisioner.model.ids import DesktopName
from provisioner.model.intents import IntentKind
from provisioner.model.records import Records
from provisioner.settings.bascule import load_settings

desktop = typer.Typer(help="Try again what was given up; shut one down.", no_args_is_help=True)

NamesArgument = Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="Which desktops.")]
AllFailedOption = Annotated[bool, typer.Option("--all-failed", help="All that were given up, or are not listed any more.")]


@desktop.command("retry")
def retry(
    names: NamesArgument = None,
    all_failed: AllFailedOption = False,
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
) -> None:
    """Try desktops again that were given up, once what was wrong has been put right."""
    settings = load_settings(config, environment=os.environ)
    if bool(names) == all_failed:
        raise SettingsError("say which desktops, or --all-failed")
    with closing(store_of(settings, clock=clock_of_commands())) as store:
        memory = store.load()
    chosen = _failed(memory) if all_failed else _known(memory, names or ())
    for name in chosen:
        give_intent(settings, IntentKind.RETRY, reason=reason, by=by, target=name)
    say(_told(memory, chosen) if chosen else "no desktop was given up")


@desktop.command("stop")
def stop(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which desktop.")],
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    withdrawn: Annotated[bool, typer.Option("--withdraw", help="Take the order back, while it is not done.")] = False,
) -> None:
    """Shut one desktop down, also if nobody can say who is logged on; never while it tells of a session."""
    settings = load_settings(config, environment=os.environ)
    with closing(store_of(settings, clock=clock_of_commands())) as store:
        known = DesktopName(name) in store.load().records
    if withdrawn:
        said = withdraw_intent(settings, IntentKind.STOP, by=by, target=name)
        say(f"{name} is not shut down by order any more" if said else f"no order to stop {name} stands")
        return
    if not known:
        raise SettingsError(f"there is no desktop {name}")
    give_intent(settings, IntentKind.STOP, reason=reason, by=by, target=name)
    say(f"{name} is shut down from the next cycle on, also if nobody can say who is logged on; never with a session")


def _failed(memory: Records) -> list[DesktopName]:
    return sorted(name for name, one in memory.records.items() if one.attempts.gave_up or is_missing(one.attempts))


def _known(memory: Records, names: Iterable[str]) -> list[DesktopName]:
    chosen = sorted({DesktopName(name) for name in names})
    for name in chosen:
        if name not in memory.records:
            raise SettingsError(f"there is no desktop {name}")
        if not memory.records[name].attempts:
            raise SettingsError(f"nothing has gone wrong with desktop {name}: there is nothing to try again")
    return chosen


def _told(memory: Records, chosen: list[DesktopName]) -> str:
    text = f"{counted(len(chosen), 'desktop')} tried again from the next cycle on"
    superseded = sum(memory.records[name].superseded_by is not None for name in chosen)
    if not superseded:
        return text
    return f"{text}; {superseded} superseded: not started themselves, and their nodes take new desktops again"
