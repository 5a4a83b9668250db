"""What is true of a twin at one moment, counted from the twin alone: the wall's panels are compared with it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.model.ids import AgentId, Instant
from provisioner.twin.twin import Truth, Twin
from tests.builders.rehearsal import FIRST_VMID


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One moment, seconds from the surge's beginning."""

    at_s: float
    truth: Truth
    ready: frozenset[AgentId]
    """People who have a desktop that is ready, on a node that lives."""
    has: frozenset[AgentId]
    """People for whom a VM is there, wherever and in whatever state."""
    away: frozenset[AgentId]
    """People whose VM is on a node without power, and nowhere else."""
    on: Mapping[str, int]
    """VMs of desktops on each node, those half made and those of dead nodes included."""
    booting: int
    """Desktops between start and ready."""
    dead: frozenset[str]
    """Nodes without power."""
    frozen: bool
    """Somebody has said that nothing is to be written."""
    roster_age_s: float
    look_age_s: float
    """Since the last answer that listed the cluster."""


class Noting:
    """Looks at a twin, moment by moment."""

    def __init__(self, twin: Twin, began: Instant) -> None:
        self._twin, self._began = twin, began
        self._people: dict[int, AgentId] = {}
        """Of each VM whose note was read."""
        self.frozen = False
        self.roster_read_at = self.listed_at = began

    def moment(self) -> Moment:
        """Now."""
        cluster, now = self._twin.cluster, self._twin.events.now
        made = [guest for guest in cluster.guests.values() if guest.vmid >= FIRST_VMID]
        desktops = [guest for guest in made if guest.desktop]
        dead = frozenset(name for name, node in cluster.nodes.items() if not node.alive)
        living = [guest for guest in desktops if guest.node not in dead]
        has, here = (frozenset(self._person(guest.vmid) for guest in guests) for guests in (desktops, living))
        return Moment(
            at_s=now - self._began,
            truth=self._twin.truth(),
            ready=frozenset(self._person(guest.vmid) for guest in living if guest.ready),
            has=has,
            away=has - here,
            on=Counter(guest.node for guest in made),
            booting=sum(guest.running and not guest.ready for guest in living),
            dead=dead,
            frozen=self.frozen,
            roster_age_s=now - self.roster_read_at,
            look_age_s=now - self.listed_at,
        )

    def _person(self, vmid: int) -> AgentId:
        if vmid not in self._people:
            note = self._twin.cluster.guests[vmid].config.get("description", "")
            self._people[vmid] = AgentId(next(part[6:] for part in note.split("|") if part.startswith("agent:")))
        return self._people[vmid]


__all__ = ["Moment", "Noting"]
