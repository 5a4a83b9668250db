"""What really is on a twin: each node, storage and desktop, with who is logged on. A daemon's answers are compared with it."""

import enum
from collections import Counter
from dataclasses import dataclass

from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.model.storages import Domain


class DesktopTruth(enum.StrEnum):
    """How a desktop is."""

    AWAY = "away"
    """Its node has no power."""
    OFF = "off"
    BOOTING = "booting"
    HUNG = "hung"
    """Nothing in it goes on; its sessions stay open."""
    READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueNode:
    """A node, and the desktops on it."""

    name: str
    alive: bool
    desktops: int
    ready: int
    hung: int
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueStorage:
    """A storage; of one that each node has, `name` is `NODE/STORAGE`."""

    name: str
    full: bool
    used_gib: float
    size_gib: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueDesktop:
    """A clone of a template."""

    name: str
    vmid: int
    node: str
    state: DesktopTruth
    logins: tuple[str, ...]
    """Of every open session, connected or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueSite:
    """All of it, at one instant."""

    now: float
    """Seconds since the epoch, of the twin's time."""
    quorum: bool
    ready: int
    hung: int
    sessions: int
    nodes: tuple[TrueNode, ...]
    storages: tuple[TrueStorage, ...]
    desktops: tuple[TrueDesktop, ...]


def inventory_of(cluster: Cluster) -> TrueSite:
    """The inventory as it is now."""
    guests = sorted(cluster.guests.values(), key=lambda guest: guest.vmid)
    desktops = tuple(_desktop(cluster, guest) for guest in guests if guest.desktop)
    states = Counter(desktop.state for desktop in desktops)
    domains = {id(domain): domain for domain in cluster.domains.values()}.values()
    return TrueSite(
        now=cluster.events.now,
        quorum=cluster.quorate,
        ready=states[DesktopTruth.READY],
        hung=states[DesktopTruth.HUNG],
        sessions=sum(len(desktop.logins) for desktop in desktops),
        nodes=tuple(_node(cluster, name, desktops) for name in cluster.nodes),
        storages=tuple(map(_storage, sorted(domains, key=lambda domain: domain.name))),
        desktops=desktops,
    )


def _desktop(cluster: Cluster, guest: TwinGuest) -> TrueDesktop:
    return TrueDesktop(
        name=guest.name,
        vmid=guest.vmid,
        node=guest.node,
        state=_state(cluster, guest),
        logins=tuple(session.login for session in guest.sessions),
    )


def _state(cluster: Cluster, guest: TwinGuest) -> DesktopTruth:
    if not cluster.nodes[guest.node].alive:
        return DesktopTruth.AWAY
    if not guest.running:
        return DesktopTruth.OFF
    if guest.hung:
        return DesktopTruth.HUNG
    return DesktopTruth.READY if guest.ready else DesktopTruth.BOOTING


def _node(cluster: Cluster, name: str, desktops: tuple[TrueDesktop, ...]) -> TrueNode:
    here = [desktop for desktop in desktops if desktop.node == name]
    states = Counter(desktop.state for desktop in here)
    return TrueNode(
        name=name,
        alive=cluster.nodes[name].alive,
        desktops=len(here),
        ready=states[DesktopTruth.READY],
        hung=states[DesktopTruth.HUNG],
        sessions=sum(len(desktop.logins) for desktop in here),
    )


def _storage(domain: Domain) -> TrueStorage:
    return TrueStorage(
        name=domain.name, full=domain.full, used_gib=round(domain.used_gib, 1), size_gib=round(domain.spec.size_gib, 1)
    )


__all__ = ["DesktopTruth", "TrueSite", "inventory_of"]
