"""What `status` says with a configuration that is wrong elsewhere: what the store keeps, and which orders are in force."""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.output import counted, print_json, say
from provisioner.daemon.keeping import store_of
from provisioner.model.intents import Intent, IntentKind, intents_in_force
from provisioner.settings.store_access import load_store_access


def show_store_status(config: Path, *, json: bool) -> None:
    """Raises SettingsError when what is wrong is about the store, and StoreError."""
    access, clock = load_store_access(config, environment=os.environ), clock_of_commands()
    with closing(store_of(access, clock=clock)) as store:
        kept = len(store.load().records)
        intents = intents_in_force(store.intents(), frozen_by_file=access.freeze_file.exists(), now=clock.now())
    if json:
        print_json({"kept": kept, "intents": intents})
        return
    verb = "is" if kept == 1 else "are"
    say(f"{counted(kept, 'desktop')} {verb} kept in the store; more cannot be seen with this configuration")
    for line in intent_lines(intents):
        say(line)


def intent_lines(intents: Iterable[Intent]) -> Iterator[str]:
    """`freeze ordered by claire at 2026-11-24 08:00:00: the lights flicker`."""
    for intent in intents:
        if intent.kind is not IntentKind.SURGE:
            why = f": {intent.reason}" if intent.reason else ""
            of = f" of {intent.target}" if intent.target else ""
            yield f"{intent.kind.value}{of} ordered by {intent.by} at {clock_time(intent.at)}{why}"


def clock_time(at: float) -> str:
    """On this machine's clock."""
    return datetime.fromtimestamp(at, tz=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
