"""`bascule report drift`: compares store and clusters, and changes neither."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, complain, pairs, print_json, print_table, say
from provisioner.cli.site import settings_of
from provisioner.daemon.composition import outside_of
from provisioner.daemon.drift import Comparison, compare
from provisioner.model.machines.drift import Difference, DifferenceKind
from provisioner.texts.translate import _, headings, plural, word

NotesOption = Annotated[
    bool, typer.Option("--notes", help="Read every desktop's note, one call each; by default only the notes of doubtful VMs.")
]


def drift(config: ConfigOption = CONFIG, notes: NotesOption = False, json: JsonOption = False) -> None:
    """Where the clusters differ from the store, and what the daemon does about it. Changes nothing.

    Exit code 1 when a person has to look at something.
    """
    settings = settings_of(config)
    clock = clock_of_commands()
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        comparison = compare(settings, outside, now=clock.now(), all_notes=notes)
    if json:
        print_json(comparison_document(comparison))
    else:
        show_comparison(comparison)
    for line in _unobserved(comparison):
        complain(line)
    raise typer.Exit(exit_code_of(comparison))


def exit_code_of(comparison: Comparison) -> int:
    """3: the view is not complete; 1: something for a person; 0: nothing to do."""
    if comparison.unseen or comparison.unread:
        return 3
    return 1 if any(difference.person for difference in comparison.differences) else 0


def comparison_document(comparison: Comparison) -> dict[str, object]:
    """The document of `--json`."""
    return {
        "differences": [
            {
                "kind": difference.kind,
                "subject": difference.subject,
                "vm": str(difference.key),
                **dict(pairs("seen", difference.seen)),
                **dict(pairs("does", difference.does)),
                "person": difference.person,
            }
            for difference in comparison.differences
        ],
        "notes_read": comparison.notes_read,
        "unseen": comparison.unseen,
        "unread": comparison.unread,
    }


def show_comparison(comparison: Comparison) -> None:
    """Print for each kind of difference what is done about it, then its cases."""
    kinds: dict[DifferenceKind, list[Difference]] = {}
    for difference in comparison.differences:
        kinds.setdefault(difference.kind, []).append(difference)
    for kind, cases in kinds.items():
        _show_kind(kind, cases)
    if not comparison.differences and comparison.unseen:
        say(_("what could be seen is as the store has it"))
    elif not comparison.differences:
        say(_("the clusters are as the store has them"))
    say(plural("{count} note read", "{count} notes read", comparison.notes_read))


def _show_kind(kind: DifferenceKind, cases: Sequence[Difference]) -> None:
    name = word(kind).replace("_", " ")
    say(_("{difference} ({count}): Bascule {does}", difference=name, count=len(cases), does=cases[0].does))
    if cases[0].person:
        say(_("  to do: {action}", action=cases[0].person))
    print_table("", headings("subject", "VM", "seen"), list(_rows(cases)))
    say("")


def _rows(cases: Sequence[Difference]) -> Iterator[tuple[object, object, object]]:
    """One line for all that have moved from one node to another, as an evacuation moves them: `--json` has each."""
    alike: dict[tuple[str, str], list[Difference]] = {}
    for case in cases:
        alike.setdefault(("" if case.kind is DifferenceKind.MOVED else case.subject, case.seen), []).append(case)
    for first, *others in alike.values():
        more = len(others)
        subject = (
            plural("{name} and {count} more", "{name} and {count} more", more, name=first.subject) if more else first.subject
        )
        yield subject, first.key, first.seen


def _unobserved(comparison: Comparison) -> Iterator[str]:
    for cluster, reason in sorted(comparison.unseen.items()):
        yield _("cluster {cluster} cannot be observed: {reason}", cluster=cluster, reason=reason)
    for vm, reason in sorted(comparison.unread.items()):
        yield _("the note of VM {vm} cannot be read: {reason}", vm=vm, reason=reason)
