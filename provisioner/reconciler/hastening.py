"""An order to empty a node also has what failed there tried at once: also if it is the same order again."""

from collections.abc import Iterable

from provisioner.model.ids import DesktopName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import Snapshot
from provisioner.planning.inputs import node_of
from provisioner.reconciler.orders import Order

_EMPTYING = frozenset({IntentKind.DRAIN, IntentKind.EVACUATE})


class Hastening:
    """The orders that were heeded in this life of the daemon: after a restart each is heeded once more."""

    def __init__(self) -> None:
        self._heeded: frozenset[Intent] = frozenset()

    def heard(self, order: Order) -> None:
        """Somebody has given it, perhaps not for the first time: it is heeded by the next cycle."""
        self._heeded = frozenset(other for other in self._heeded if (other.kind, other.target) != (order.kind, order.target))

    def take_up(self, in_force: Iterable[Intent], records: Records, snapshot: Snapshot) -> tuple[DesktopName, ...]:
        """The desktops on nodes that somebody has just ordered to be emptied."""
        orders = frozenset(intent for intent in in_force if intent.kind in _EMPTYING)
        nodes = {intent.node for intent in orders - self._heeded}
        self._heeded = orders
        if not nodes:
            return ()
        return tuple(desktop.name for desktop in records.reservations if node_of(desktop, snapshot) in nodes)


__all__ = ["Hastening"]
