"""What a capability adds to the command line: verbs of the core's nouns, and notes on the sheet for those who decide."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from provisioner.extensions import Point
from provisioner.ports import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedCommand:
    """One command: a function with the signature that typer reads."""

    run: Callable[..., None]
    noun: str
    """A group of the core (`grammar`)."""
    verb: str
    first: bool = False
    """Whether it stands before the core's own, and not after them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetNote:
    """What is said at the end of a sheet."""

    title: str
    lines: tuple[str, ...]
    key: str
    """The key in the sheet's document."""
    document: object
    """The same, for programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedNote:
    """How it is made."""

    note: Callable[[Store, str, Path | None], SheetNote]
    """By what the store keeps of the scenario of this name, or by the file of a drill that is named instead."""


NOTES = Point("sheet", "NOTE", AddedNote)
COMMANDS: Point[tuple[AddedCommand, ...]] = Point("commands", "COMMANDS", tuple)


def added_to(noun: str) -> Iterator[AddedCommand]:
    """Of all capabilities. Loads them: only what writes the table of commands asks."""
    yield from (each for several in COMMANDS.found() for each in several if each.noun == noun)


__all__ = ["COMMANDS", "NOTES", "AddedCommand", "AddedNote", "SheetNote", "added_to"]
