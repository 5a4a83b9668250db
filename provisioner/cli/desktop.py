"""Intents about single desktops. `desktop retry` is here; each other command has a file of its own: `desktop_*`."""

import os
from collections.abc import Iterable
from contextlib import closing
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.desktop_power import restart, stop
from provisioner.cli.desktop_quarantine import quarantine, release
from provisioner.cli.desktop_reassign import reassign
from provisioner.cli.desktop_rebuild import rebuild
from provisioner.cli.desktop_reconfigure import reconfigure
from provisioner.cli.desktop_show import show
from provisioner.cli.intents import give_intent
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, ReasonOption, say
from provisioner.daemon.keeping import store_of
from provisioner.errors import SettingsError
from provisioner.model.absence import is_missing
from provisioner.model.ids import DesktopName
from provisioner.model.intents import IntentKind
from provisioner.model.records import Records
from provisioner.reasons.commands import NOTHING_WRONG, SAY_WHICH_DESKTOPS, UNKNOWN_DESKTOP
from provisioner.settings.bascule import load_settings
from provisioner.texts.translate import _, plural

desktop = typer.Typer(
    help="Orders about one desktop: look at it, restart it, keep it as it is, try it again, configure it again.",
    no_args_is_help=True,
)
desktop.command("show")(show)
desktop.command("restart")(restart)
desktop.command("stop")(stop)
desktop.command("rebuild")(rebuild)
desktop.command("reassign")(reassign)
desktop.command("quarantine")(quarantine)
desktop.command("release")(release)
desktop.command("reconfigure")(reconfigure)

NamesArgument = Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="Which desktops.")]
AllFailedOption = Annotated[
    bool, typer.Option("--all-failed", help="All that were given up, or whose VM is not listed any more.")
]


@desktop.command("retry")
def retry(
    names: NamesArgument = None,
    all_failed: AllFailedOption = False,
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
) -> None:
    """Try desktops again that were given up, after you have put right what was wrong."""
    settings = load_settings(config, environment=os.environ)
    if bool(names) == all_failed:
        raise SettingsError(SAY_WHICH_DESKTOPS())
    with closing(store_of(settings, clock=clock_of_commands())) as store:
        records = store.load()
    chosen = _failed(records) if all_failed else _known(records, names or ())
    for name in chosen:
        give_intent(settings, IntentKind.RETRY, reason=reason, by=by, target=name)
    say(_summary(records, chosen) if chosen else _("no desktop was given up"))


def _failed(records: Records) -> list[DesktopName]:
    return sorted(name for name, record in records.desktops.items() if record.attempts.gave_up or is_missing(record.attempts))


def _known(records: Records, names: Iterable[str]) -> list[DesktopName]:
    chosen = sorted({DesktopName(name) for name in names})
    for name in chosen:
        if name not in records.desktops:
            raise SettingsError(UNKNOWN_DESKTOP(name=name))
        if not records.desktops[name].attempts:
            raise SettingsError(NOTHING_WRONG(name=name))
    return chosen


def _summary(records: Records, chosen: list[DesktopName]) -> str:
    superseded = sum(records.desktops[name].superseded_by is not None for name in chosen)
    if not superseded:
        return plural(
            "{count} desktop tried again from the next cycle on",
            "{count} desktops tried again from the next cycle on",
            len(chosen),
        )
    return plural(
        "{count} desktop tried again from the next cycle on; {superseded} superseded: not started themselves, and their nodes "
        "take new desktops again",
        "{count} desktops tried again from the next cycle on; {superseded} superseded: not started themselves, and their nodes "
        "take new desktops again",
        len(chosen),
        superseded=superseded,
    )
