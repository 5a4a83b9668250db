"""The resources of the HA manager and their states, as pve-ha-manager names them.

A state is the manager's own, not what was requested: a resource that is to be `started` may be in `fence`.
"""

from dataclasses import dataclass

from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest

NOT_RECOVERED = frozenset({"error", "ignored", "disabled"})
"""States in which a resource stays where it is when its node dies."""


@dataclass(slots=True, kw_only=True)
class HaResource:
    """A guest under HA, as configured."""

    state: str = "started"
    """As requested."""
    max_restart: int | None = None
    max_relocate: int | None = None
    comment: str | None = None


def resources_of(cluster: Cluster) -> dict[str, HaResource]:
    """All resources, by service id (`vm:101`)."""
    resources: dict[str, HaResource] = cluster.attached.setdefault("ha", {})
    return resources


def resource_of(cluster: Cluster, guest: TwinGuest) -> HaResource | None:
    """The guest's resource; None: it is not under HA."""
    return resources_of(cluster).get(f"vm:{guest.vmid}")


def join(cluster: Cluster, guest: TwinGuest) -> None:
    """Add a guest that is running."""
    resources_of(cluster).setdefault(f"vm:{guest.vmid}", HaResource())
    show(guest, "started")


def leave(cluster: Cluster, guest: TwinGuest) -> None:
    """Remove a guest's resource, if it has one."""
    if resources_of(cluster).pop(f"vm:{guest.vmid}", None) is not None:
        show(guest, None)


def show(guest: TwinGuest, state: str | None) -> None:
    """The manager's state of a guest, which listings show at once; None: not under HA."""
    if guest.ha != state:
        guest.ha = state
        guest.touch()


def recoverable(guest: TwinGuest) -> bool:
    """Whether the manager brings the guest to another node if its node dies."""
    return guest.ha is not None and guest.ha not in NOT_RECOVERED
