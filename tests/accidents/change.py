"""Legitimate changes to a town and their results: the rows of the tables."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from provisioner.model.ids import AgentId
from tests.accidents.town import Town

PEOPLE_THERE, OTHERS = 30, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change, and its result two days later."""

    happens: Callable[[Town], None]
    clones: int = 0
    """Desktops made for it."""
    wanted: int = PEOPLE_THERE
    """Desktops wanted in the end."""
    says: str = ""
    check: Callable[[Town], bool] = lambda _: True
    left: Iterable[int] = ()
    """Who has left, and is on the ladder: less than a day later the desktop runs on, and says since when."""


def same_desktop(number: int) -> Callable[[Town], bool]:
    """Whether the person has the desktop that was theirs from the start."""
    key = AgentId(f"id-{number:04}")
    return lambda town: town.owners[town.desktop_of(number)] == key  # type: ignore[index]
