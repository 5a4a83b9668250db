"""What `status` shows if only the store can be read: how many desktops it keeps, and which intents are in force."""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.output import print_json, say
from provisioner.cli.times import clock, duration, zone_of_files
from provisioner.cli.why_parts import order_in_words
from provisioner.daemon.disk_space import free_mib
from provisioner.daemon.freeze_file import FreezeFiles
from provisioner.daemon.keeping import store_of
from provisioner.model.freeze import intents_in_force, is_of_file
from provisioner.model.intents import Intent
from provisioner.reasons.reason import Reason
from provisioner.reasons.wrong import DISK_SHORT
from provisioner.settings.store_access import load_store_access
from provisioner.texts.translate import _, plural
from provisioner.wrong.operating import DISK_MIB


def show_store_status(config: Path, *, json: bool) -> None:
    """Print it. Raises SettingsError if the problem is in the settings of the store, and StoreError."""
    access, at = load_store_access(config, environment=os.environ), clock_of_commands()
    zone_of_files(access.zone)
    now = at.now()
    with closing(store_of(access, clock=at)) as store:
        desktops = store.load().desktops
        newest = next(iter(store.journal(limit=1)), None)
        intents = intents_in_force(store.intents(), mark=FreezeFiles.of(access.freeze_file).mark(), now=now)
    written_at = None if newest is None else newest.at
    if json:
        print_json({"kept": len(desktops), "written_at": written_at, "intents": intents})
        return
    kept = plural("{count} desktop is kept in the store", "{count} desktops are kept in the store", len(desktops))
    age = duration(None if written_at is None else max(0.0, now - written_at))
    say(_("{kept}; the last line of its journal is of {age} ago", kept=kept, age=age) if written_at is not None else kept)
    for short in disk_lines(free_mib(access.store)):
        say(short)
    for line in intent_lines(intents):
        say(line)


def disk_lines(left_mib: float | None) -> Iterator[Reason]:
    """Why there may be no daemon, or one that waits: the disk is full. `left_mib`: None, not known."""
    if left_mib is not None and left_mib < DISK_MIB:
        yield DISK_SHORT(left_mib=left_mib)


def intent_lines(intents: Iterable[Intent]) -> Iterator[str]:
    """A line for each order of a person."""
    for intent in intents:
        target = "" if is_of_file(intent) else intent.target
        until = None if intent.until is None else clock(intent.until, seconds=True)
        yield order_in_words(
            intent.kind, target=target, by=intent.by, at=clock(intent.at, seconds=True), why=intent.reason, until=until
        )
