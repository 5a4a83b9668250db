"""What is true in the hostile recording at one moment, counted from the twin alone. No metric is named or read here."""

from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.model.ids import AgentId, Instant
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.twin import Twin
from tests.builders.rehearsal import FIRST_VMID
from tests.builders.twin import STORAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One moment, seconds from the beginning."""

    at_s: float
    answers: bool
    """Whether there is a daemon."""
    dead: frozenset[str]
    """Nodes without power."""
    full: frozenset[str]
    """Nodes whose storage is full."""
    quorate: bool
    unread: bool
    """Whether the last reading of the directory has failed."""
    hang: int
    """Desktops that hang, on nodes that live."""
    sessions: int
    """Open on nodes that live."""
    working: frozenset[AgentId]
    """People with a desktop of their own on which they can work."""
    has: frozenset[AgentId]
    """People for whom there is a VM, wherever and in whatever state."""


class Looking:
    """Looks at a twin, moment by moment."""

    def __init__(self, twin: Twin, began: Instant) -> None:
        self._twin, self._began = twin, began

    def now(self, *, answers: bool, unread: bool) -> Truth:
        """At this moment."""
        cluster = self._twin.cluster
        desktops = [guest for guest in cluster.guests.values() if guest.vmid >= FIRST_VMID and guest.desktop]
        living = [guest for guest in desktops if cluster.nodes[guest.node].alive]
        return Truth(
            at_s=self._twin.events.now - self._began,
            answers=answers,
            dead=frozenset(name for name, node in cluster.nodes.items() if not node.alive),
            full=frozenset(node for (node, storage), domain in cluster.domains.items() if storage == STORAGE and domain.full),
            quorate=cluster.quorate,
            unread=unread,
            hang=sum(guest.hung for guest in living),
            sessions=sum(len(guest.sessions) for guest in living),
            working=_people(guest for guest in living if guest.ready and not guest.hung),
            has=_people(desktops),
        )


def _people(desktops: Iterable[TwinGuest]) -> frozenset[AgentId]:
    """Those whom the notes name; desktops of pools are nobody's."""
    parts = (part for guest in desktops for part in guest.config.get("description", "").split("|"))
    return frozenset(AgentId(part.removeprefix("agent:")) for part in parts if part.startswith("agent:"))


__all__ = ["Looking", "Truth"]
