"""`bascule reconcile`: store and clusters side by side, without changing either."""

import os
from collections.abc import Iterator
from contextlib import closing
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, complain, counted, pairs, print_json, print_table, say
from provisioner.daemon.composition import outside_of
from provisioner.daemon.drift import Comparison, compare
from provisioner.model.drift import Difference
from provisioner.settings.bascule import load_settings

NotesOption = Annotated[
    bool, typer.Option("--notes", help="Read every desktop's note, one call each; else only those of doubtful VMs.")
]


def reconcile(config: ConfigOption = CONFIG, notes: NotesOption = False, json: JsonOption = False) -> None:
    """What is not on the clusters as the store has it, and what the daemon does about it. Nothing is changed.

    Exit code 1 when there is something that a person has to look at.
    """
    settings = load_settings(config, environment=os.environ)
    clock = clock_of_commands()
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        seen = compare(settings, outside, now=clock.now(), all_notes=notes)
    if json:
        print_json(comparison_document(seen))
    else:
        show_comparison(seen)
    for line in _unlooked(seen):
        complain(line)
    raise typer.Exit(exit_code_of(seen))


def exit_code_of(seen: Comparison) -> int:
    """3: half a view; 1: something for a person; 0: nothing to do."""
    if seen.unseen or seen.unread:
        return 3
    return 1 if any(one.person for one in seen.differences) else 0


def comparison_document(seen: Comparison) -> dict[str, object]:
    """Of `--json`."""
    return {
        "differences": [
            {
                "kind": one.kind,
                "subject": one.subject,
                "vm": str(one.key),
                **dict(pairs("seen", one.seen)),
                **dict(pairs("does", one.does)),
                "person": one.person,
            }
            for one in seen.differences
        ],
        "notes_read": seen.notes_read,
        "unseen": seen.unseen,
        "unread": seen.unread,
    }


def show_comparison(seen: Comparison) -> None:
    """For people: what is done about a kind once, then each case of it."""
    kinds: dict[str, list[Difference]] = {}
    for one in seen.differences:
        kinds.setdefault(one.kind.value, []).append(one)
    for kind, found in kinds.items():
        say(f"{kind.replace('_', ' ')} ({len(found)}): Bascule {found[0].does}")
        if found[0].person:
            say(f"  to do: {found[0].person}")
        print_table("", ("what", "VM", "seen"), [(one.subject, one.key, one.seen) for one in found])
        say("")
    if not seen.differences:
        say("what could be seen is as the store has it" if seen.unseen else "the clusters are as the store has them")
    say(f"{counted(seen.notes_read, 'note')} read")


def _unlooked(seen: Comparison) -> Iterator[str]:
    for cluster, reason in sorted(seen.unseen.items()):
        yield f"cluster {cluster} cannot be observed: {reason}"
    for vm, reason in sorted(seen.unread.items()):
        yield f"the note of VM {vm} cannot be read: {reason}"
