"""Extension points: what a capability adds to the core, and how the core finds it without knowing it.

A capability is a folder of `provisioner/capabilities/`. An extension point is a file of a fixed name in it, and a value of a
fixed name and type in that file. Only the files that are asked for are loaded: no command loads settings, and no settings a
vendor's library. Statically nothing below `capabilities` imports it; the values are typed where they are made and where they
are used.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")
_FOLDER = f"{__package__}.capabilities"


@cache
def modules_of(file: str) -> tuple[ModuleType, ...]:
    """The files of this name, of every capability that has one, in the order of the list."""
    places = (f"{_FOLDER}.{name}.{file}" for name in import_module(_FOLDER).NAMES)
    return tuple(import_module(place) for place in places if find_spec(place) is not None)


@dataclass(frozen=True, slots=True)
class Point(Generic[T]):
    """An extension point."""

    file: str
    name: str
    kind: type[T]

    def found(self) -> Iterator[T]:
        """What each capability adds, in the order of the list. Raises TypeError if that is something else."""
        for module in modules_of(self.file):
            value = getattr(module, self.name)
            if not isinstance(value, self.kind):
                raise TypeError(f"{module.__name__}.{self.name} is not a {self.kind.__name__}")
            yield value


@dataclass(frozen=True)
class Part(Generic[T]):
    """The key of what a capability keeps in a value of the core, with the type of it. Its name alone counts: values are pickled
    for other processes."""

    name: str
    absent: T = field(compare=False)
    """What is found where nobody has put anything."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What capabilities keep in a value of the core, by key: the core hands it on, and only its owner reads it."""

    _held: Mapping[Part[Any], object] = field(default_factory=dict)

    def __getitem__(self, part: Part[T]) -> T:
        return cast("T", self._held.get(part, part.absent))

    def having(self, part: Part[T], value: T) -> "Parts":
        """With this one, too, or instead."""
        return Parts({**self._held, part: value})

    def items(self) -> Iterator[tuple[Part[Any], object]]:
        """In the order in which they were put there."""
        return iter(self._held.items())


def joined(several: Iterable[Parts]) -> Parts:
    """All of them in one."""
    return Parts({part: value for parts in several for part, value in parts.items()})


def with_added(core: Mapping[str, T], added: Iterable[tuple[str, str, T]]) -> dict[str, T]:
    """The core's entries, each followed by what is added after it: (the core's key, its own key, its value). Several after the
    same one stand in the order of the list. Raises ValueError for a key that the core does not have: a capability stands after
    no other, which may be gone.
    """
    entries = list(added)
    for after, key, _ in entries:
        if after not in core:
            raise ValueError(f"{key!r} is to stand after {after!r}, which the core does not have")
    placed: dict[str, T] = {}
    for name, value in core.items():
        placed[name] = value
        placed |= {key: mine for after, key, mine in entries if after == name}
    return placed


__all__ = ["Part", "Parts", "Point", "joined", "modules_of", "with_added"]
