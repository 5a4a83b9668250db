"""What `status` shows if only the store can be read: how many desktops it keeps, and which intents are in force."""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.output import print_json, say
from provisioner.daemon.freeze_file import FreezeFiles
from provisioner.daemon.keeping import store_of
from provisioner.model.freeze import intents_in_force, is_of_file
from provisioner.model.intents import Intent, IntentKind
from provisioner.settings.store_access import load_store_access
from provisioner.texts.translate import N_, _, plural, word


def show_store_status(config: Path, *, json: bool) -> None:
    """Print it. Raises SettingsError if the problem is in the settings of the store, and StoreError."""
    access, clock = load_store_access(config, environment=os.environ), clock_of_commands()
    with closing(store_of(access, clock=clock)) as store:
        kept = len(store.load().desktops)
        intents = intents_in_force(store.intents(), mark=FreezeFiles.of(access.freeze_file).mark(), now=clock.now())
    if json:
        print_json({"kept": kept, "intents": intents})
        return
    text = plural(
        "{count} desktop is kept in the store; more cannot be seen with this configuration",
        "{count} desktops are kept in the store; more cannot be seen with this configuration",
        kept,
    )
    say(text)
    for line in intent_lines(intents):
        say(line)


def intent_lines(intents: Iterable[Intent]) -> Iterator[str]:
    """`freeze ordered by claire at 2026-11-24 08:00:00: the lights flicker`."""
    for intent in intents:
        if intent.kind is not IntentKind.SURGE:
            order = word(intent.kind)
            if intent.target and not is_of_file(intent):
                order = _("{order} of {target}", order=order, target=intent.target)
            text = N_("{order} ordered by {by} at {at}: {why}") if intent.reason else N_("{order} ordered by {by} at {at}")
            line = _(text, order=order, by=intent.by, at=clock_time(intent.at), why=intent.reason)
            yield line if intent.until is None else _("{line} (until {until})", line=line, until=clock_time(intent.until))


def clock_time(at: float) -> str:
    """Local time, without the zone."""
    return datetime.fromtimestamp(at, tz=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
