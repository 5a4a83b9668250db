"""Breakdowns at somebody's word: each lasts until it is mended. For whoever wants to see what a site does then."""

import enum
from collections.abc import Iterable

from provisioner.model.twin_spec import KillNode
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.script import Script


class Breakable(enum.StrEnum):
    """What a twin can break."""

    NODE = "node"
    """It loses its power, and all that runs there."""
    DESKTOP = "desktop"
    """It hangs, as one with a broken disk: no guest agent, no pushes, no log-ons, whatever is done to it."""
    STORAGE = "storage"
    """It is full."""
    QUORUM = "quorum"
    """The cluster writes nothing."""


class NoSuchPart(Exception):
    """The twin has nothing of this name; `known`: what it has, unless that is many."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(name)
        self.known = tuple(known)


class Breakdowns(Script):
    """A script of its own beside that of the twin's file: the faults of both happen."""

    def change(self, what: Breakable, name: str, *, broken: bool) -> bool:
        """Break it or mend it now; whether that changed anything.

        `name`: of a node; of a desktop, or its VMID; of a storage, or `NODE/STORAGE`; the quorum has none. Raises NoSuchPart.
        """
        match what:
            case Breakable.NODE:
                return self._node(name, broken)
            case Breakable.DESKTOP:
                return self._desktop(name, broken)
            case Breakable.STORAGE:
                return self._storage(name, broken)
            case Breakable.QUORUM:
                return self._quorum(name, broken)

    def _node(self, name: str, broken: bool) -> bool:
        nodes = self._cluster.nodes
        if name not in nodes:
            raise NoSuchPart(name, nodes)
        if nodes[name].alive is not broken:
            return False
        if broken:
            self._kill(KillNode(node=name))
        else:
            self._bring_back(name)
        return True

    def _desktop(self, name: str, broken: bool) -> bool:
        guest = self._desktop_named(name)
        if guest.hung is broken:
            return False
        guest.hung = broken
        people = self._cluster.people
        if broken:
            people.desktop_closes(guest)
        elif guest.ready and not guest.sessions and self._cluster.nodes[guest.node].alive:
            people.desktop_ready(guest)
        self._cluster.log_event(f"{guest.name}: {'hangs' if broken else 'goes on'}")
        return True

    def _desktop_named(self, name: str) -> TwinGuest:
        desktops = [guest for guest in self._cluster.guests.values() if guest.desktop]
        found = next((guest for guest in desktops if name in (guest.name, str(guest.vmid))), None)
        if found is None:
            raise NoSuchPart(name, ())
        return found

    def _storage(self, name: str, broken: bool) -> bool:
        node, _, storage = name.rpartition("/")
        domains = self._domains(storage, node)
        if not domains:
            raise NoSuchPart(name, sorted({storage for _, storage in self._cluster.domains}))
        changed = [domain for domain in domains if domain.full is not broken]
        for domain in changed:
            domain.full = broken
            self._cluster.log_event(f"storage {domain.name}: {'full' if broken else 'has room again'}")
        return bool(changed)

    def _quorum(self, name: str, broken: bool) -> bool:
        if name:
            raise NoSuchPart(name, ())
        if self._cluster.quorate is not broken:
            return False
        self._set_quorum(not broken)
        return True


__all__ = ["Breakable", "Breakdowns", "NoSuchPart"]
