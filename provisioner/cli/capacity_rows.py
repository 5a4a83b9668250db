"""Capacity in words: how many more desktops fit, what would add most, and what a lost node leaves."""

from collections.abc import Iterator, Mapping

from provisioner.model.capacity import Capacity, Outlook
from provisioner.model.ids import ProfileName
from provisioner.texts.translate import _, headings, term
from provisioner.views.capacity import gain_document, loss_document

COLUMNS = headings("profile", "room for more", "runs out first", "would add most", "with a node lost")
_NOTHING = Outlook()


def capacity_rows(
    capacity: Mapping[ProfileName, Capacity], outlooks: Mapping[ProfileName, Outlook]
) -> Iterator[tuple[object, ...]]:
    """A row for each profile."""
    for name, room in sorted(capacity.items()):
        outlook = outlooks.get(name, _NOTHING)
        gain = gain_in_words(*outlook.gains[0]) if outlook.gains else ""
        worst = outlook.worst
        loss = loss_in_words(str(worst.node), worst.at_least, worst.at_most) if worst else ""
        yield (name, room.free, term("binds", room.binds), gain, loss)


def capacity_figures(capacity: Mapping[ProfileName, Capacity], outlooks: Mapping[ProfileName, Outlook]) -> dict[str, object]:
    """Of `--json`, by profile."""
    return {
        name: {
            "free": room.free,
            "binds": room.binds,
            "after_loss": tuple(map(loss_document, outlooks.get(name, _NOTHING).losses)),
            "gains": tuple(map(gain_document, outlooks.get(name, _NOTHING).gains)),
        }
        for name, room in capacity.items()
    }


def gain_in_words(resource: str, more: int, place: str | None, there: int) -> str:
    """`memory: +375 (pve/pve19: +23)`: without a limit of memory anywhere, and in that place alone."""
    everywhere = f"{term('binds', resource)}: +{more}"
    return everywhere if not there or there == more else f"{everywhere} ({place}: +{there})"


def loss_in_words(node: str, at_least: int, at_most: int) -> str:
    """`349 (pve/pve03)`: what is left when that node is lost; or how many of its desktops are too many for the others."""
    left = _("{count} too many", count=_between(-at_most, -at_least)) if at_most < 0 else _between(at_least, at_most)
    return f"{left} ({node})"


def _between(least: int, most: int) -> str:
    return str(least) if least == most else f"{least}…{most}"
