"""Capacity in words: how many more desktops fit, what would add most, and what a lost node leaves."""

from collections.abc import Iterator

from provisioner.model.capacity import Gain, NodeLoss, Outlook
from provisioner.model.status import Status
from provisioner.texts.translate import _, headings, term

COLUMNS = headings("profile", "room for more", "runs out first", "would add most", "with a node lost")
_NOTHING = Outlook()


def capacity_rows(status: Status) -> Iterator[tuple[object, ...]]:
    """A row for each profile."""
    for name, room in sorted(status.capacity.items()):
        outlook = status.outlook.get(name, _NOTHING)
        gain = gain_in_words(outlook.gains[0]) if outlook.gains else ""
        loss = loss_in_words(outlook.worst) if outlook.worst else ""
        yield (name, room.free, term("binds", room.binds), gain, loss)


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
