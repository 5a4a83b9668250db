"""The setup of a clone during its first boot: how long it takes, how often the clone restarts, and whether it fails.

Only clones are set up, and only once: a part that a power cycle interrupts is repeated, a finished part is not.
"""

from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest


def setup_of(cluster: Cluster, guest: TwinGuest) -> list[float]:
    """Seconds of each part of the setup still to come; empty: there is none, or it is over."""
    if guest.setup_left_s is None:
        guest.setup_left_s = _parts_s(cluster, guest) if guest.desktop else []
    return guest.setup_left_s


def end_setup_part(cluster: Cluster, guest: TwinGuest) -> bool:
    """End the current part; true: the guest restarts for the next. The last part decides whether the setup fails."""
    left_s = setup_of(cluster, guest)
    del left_s[0]
    if not left_s and _share(cluster, guest, "setup failure") < cluster.spec.durations.setup_failures:
        guest.setup_failed = True
        cluster.log_event(f"guest {guest.vmid} on {guest.node}: setup failed")
    return bool(left_s)


def _parts_s(cluster: Cluster, guest: TwinGuest) -> list[float]:
    """All parts last the same."""
    durations = cluster.spec.durations
    whole_s = durations.setup_s + durations.setup_spread_s * _share(cluster, guest, "setup")
    if not whole_s and not durations.setup_restarts and not durations.setup_failures:
        return []
    restarts = min(1 + int(durations.setup_restarts * _share(cluster, guest, "setup restarts")), durations.setup_restarts)
    return [whole_s / (restarts + 1)] * (restarts + 1)


def _share(cluster: Cluster, guest: TwinGuest, what: str) -> float:
    """Another draw for each clone, also for a later clone with the same VMID."""
    return cluster.draws.share(guest.vmid, what, cluster.attempt(guest.vmid, what))
