"""Capacity in words: how many more desktops fit, what would add most, and what a lost node leaves."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from provisioner.reasons.reason import NONE, Reason
from provisioner.texts.translate import _, headings, term, titled, translated

if TYPE_CHECKING:  # `status` needs the words alone
    from provisioner.model.capacity import Capacity, Outlook
    from provisioner.model.ids import ProfileName

COLUMNS = headings("profile", "room for more", "runs out first", "would add most", "with a node lost")


def capacity_rows(
    capacity: "Mapping[ProfileName, Capacity]", outlooks: "Mapping[ProfileName, Outlook]"
) -> Iterator[tuple[object, ...]]:
    """A row for each profile."""
    for name, room in sorted(capacity.items()):
        outlook = outlooks.get(name)
        gain = gain_in_words(*outlook.gains[0]) if outlook is not None and outlook.gains else ""
        worst = None if outlook is None else outlook.worst
        loss = loss_in_words(str(worst.node), worst.at_least, worst.at_most, worst.because) if worst else ""
        yield (name, room.free, term("binds", room.binds), gain, loss)


def gain_in_words(resource: str, more: int, place: str | None, there: int) -> str:
    """`memory: +375 (pve/pve19: +23)`: without a limit of memory anywhere, and in that place alone."""
    everywhere = titled(term("binds", resource), f"+{more}")
    return everywhere if place is None or there in (0, more) else f"{everywhere} ({titled(place, f'+{there}')})"


def loss_in_words(node: str, at_least: int, at_most: int, because: Reason = NONE) -> str:
    """`349 (pve/pve03)`: what is left when that node is lost; or how many of its desktops are too many for the others.

    `because`: why they are not made again, however much room there is.
    """
    left = _("{count} too many", count=_between(-at_most, -at_least)) if at_most < 0 else _between(at_least, at_most)
    return titled(f"{left} ({node})", translated(because)) if because else f"{left} ({node})"


def _between(least: int, most: int) -> str:
    return str(least) if least == most else f"{least}…{most}"
