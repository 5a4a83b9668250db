"""Commands that a capability adds: verbs of the core's nouns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from provisioner.extensions import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedCommand:
    """One command: a function with the signature that typer reads."""

    run: Callable[..., None]
    noun: str
    """A group of the core (`grammar`), in which it stands after the core's own."""
    verb: str


COMMANDS: Point[tuple[AddedCommand, ...]] = Point("commands", "COMMANDS", tuple)


def added_to(noun: str) -> Iterator[AddedCommand]:
    """Of all capabilities. Loads them: only what writes the table of commands asks."""
    yield from (each for several in COMMANDS.found() for each in several if each.noun == noun)


__all__ = ["COMMANDS", "AddedCommand", "added_to"]
