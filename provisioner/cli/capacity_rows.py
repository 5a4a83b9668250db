"""Capacity in words: how many more desktops fit, what would add most, and what a lost node leaves."""

from collections.abc import Iterator, Mapping

from provisioner.model.capacity import Capacity, Gain, NodeLoss, Outlook
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
        gain = gain_in_words(outlook.gains[0]) if outlook.gains else ""
        loss = loss_in_words(outlook.worst) if outlook.worst else ""
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


def gain_in_words(gain: Gain) -> str:
    """`memory: +375 (pve/pve19: +23)`: without a limit of memory anywhere, and on that node alone."""
    everywhere = f"{term('binds', gain.kind)}: +{gain.more}"
    return everywhere if not gain.there or gain.there == gain.more else f"{everywhere} ({gain.place}: +{gain.there})"


def loss_in_words(loss: NodeLoss) -> str:
    """`349 (pve/pve03)`: what is left when that node is lost; or how many of its desktops are too many for the others."""
    if loss.at_most < 0:
        left = _("{count} too many", count=_between(-loss.at_most, -loss.at_least))
    else:
        left = _between(loss.at_least, loss.at_most)
    return f"{left} ({loss.node})"


def _between(least: int, most: int) -> str:
    return str(least) if least == most else f"{least}…{most}"
