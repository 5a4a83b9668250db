"""What stands for an order that cannot be read, and the command that ends it."""

import pytest

from provisioner.cli.command_table import command_table
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.set_aside import PROTECTING, Unreadable, shown, stand_in


def unreadable(kind: str, target: object) -> Unreadable:
    stands = stand_in(kind, target, giver="claire", at=1.0, why="ValueError")
    return Unreadable(kind=kind, target=str(target), by="claire", why="ValueError", row=None, stands_for=stands)


@pytest.mark.parametrize("kind", [*(kind.value for kind in IntentKind), "surge", "of tomorrow"])
@pytest.mark.parametrize("target", ["", "vd-1", "pve/n1"])
def test_the_command_that_ends_it_is_one_of_ours(kind: str, target: str):
    """H1: each entry names a command."""
    order = shown(unreadable(kind, target), 2.0)

    program, word, *more = order.command.split()
    entry = command_table()[word]
    assert program == "bascule"
    assert not more or more[0] in entry["commands"]


@pytest.mark.parametrize("kind", IntentKind)
def test_what_protects_has_a_stand_in_and_nothing_else_has(kind: IntentKind):
    """H1: what an order protected is not lost in silence."""
    stands = [stand_in(kind.value, target, giver="x", at=1.0, why="?") for target in ("", "pve/n1", b"\0")]

    assert all(isinstance(each, Intent) for each in stands) == (kind in PROTECTING)
    assert {each.kind for each in stands if each is not None} <= {*PROTECTING} - {IntentKind.DRAIN, IntentKind.EVACUATE}
