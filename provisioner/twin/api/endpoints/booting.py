"""What happens inside a guest from power on: its boot, its setup, and the log-on port."""

from dataclasses import replace

from provisioner.twin.model.boots import BootPool
from provisioner.twin.model.cloud_init import upgrades
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import Boot, TwinGuest
from provisioner.twin.model.ha import join
from provisioner.twin.model.setup import end_setup_part, setup_of

_SOONEST_S = 1.0
"""What was not over when the twin began is over a second later at the soonest: reports count in seconds."""


def begin_boot(cluster: Cluster, guest: TwinGuest) -> None:
    """Boot the guest's system. How long it takes depends on the node's other boots."""
    go_on_booting(cluster, guest, work_of(cluster, guest))


def work_of(cluster: Cluster, guest: TwinGuest) -> float:
    """Seconds that its next boot takes alone."""
    return cluster.draw_duration(cluster.spec.durations.boot_s, guest.vmid, "boot")


def go_on_booting(cluster: Cluster, guest: TwinGuest, work: float) -> None:
    """So many seconds of work are left."""
    guest.boots += 1
    guest.boot = Boot(began_at=cluster.events.now, number=guest.boots, ticket=_begin(cluster, guest, work))


def boot_here(cluster: Cluster, guest: TwinGuest, came_from: BootPool) -> None:
    """Go on with a boot that is under way where the guest is now, with the work that was left where it came from."""
    if guest.boot is not None and guest.boot.ticket is not None:
        work = came_from.left_s(guest.boot.ticket)
        came_from.leave(guest.boot.ticket)
        guest.boot = replace(guest.boot, ticket=_begin(cluster, guest, work))


def _begin(cluster: Cluster, guest: TwinGuest, work: float) -> int:
    boot = guest.boots
    return cluster.nodes[guest.node].boots.begin(work, lambda: _agent_up(cluster, guest, boot))


def go_on_after_boot(cluster: Cluster, guest: TwinGuest, ago_s: float) -> None:
    """Its guest agent came up so long ago."""
    guest.boots += 1
    guest.boot = Boot(began_at=cluster.events.now, number=guest.boots)
    _agent_up(cluster, guest, guest.boots, ago_s=ago_s)


def _agent_up(cluster: Cluster, guest: TwinGuest, boot: int, *, ago_s: float = 0.0) -> None:
    if guest.boot is None or guest.boot.number != boot:
        return
    guest.boot = replace(guest.boot, agent_up=True, ticket=None)
    guest.news()
    if parts := setup_of(cluster, guest):
        cluster.events.after(_left_s(parts[0], ago_s), lambda: _setup_part_done(cluster, guest, boot))
    elif not guest.setup_failed:
        _open_log_on(cluster, guest, boot, ago_s=ago_s)


def _left_s(seconds: float, ago_s: float) -> float:
    """Of what began so long ago and was not over just now."""
    return max(_SOONEST_S, seconds - ago_s) if ago_s else seconds


def _setup_part_done(cluster: Cluster, guest: TwinGuest, boot: int) -> None:
    """A power cycle before this repeats the part."""
    if guest.boot is None or guest.boot.number != boot or not cluster.nodes[guest.node].alive:
        return
    if end_setup_part(cluster, guest):
        begin_boot(cluster, guest)
    elif not guest.setup_failed:
        _open_log_on(cluster, guest, boot)


def _open_log_on(cluster: Cluster, guest: TwinGuest, boot: int, *, ago_s: float = 0.0) -> None:
    rest = cluster.draw_duration(cluster.spec.durations.first_boot_s, guest.vmid, "first boot")
    if boot == 1 and upgrades(guest):
        rest += cluster.draw_duration(cluster.spec.durations.upgrade_s, guest.vmid, "upgrade")
    cluster.events.after(_left_s(rest, ago_s), lambda: _ready(cluster, guest, boot))


def _ready(cluster: Cluster, guest: TwinGuest, boot: int) -> None:
    if guest.boot is None or guest.boot.number != boot or not cluster.nodes[guest.node].alive:
        return
    guest.boot = replace(guest.boot, ready_at=cluster.events.now)
    guest.news()
    cluster.log_event(f"guest {guest.vmid} on {guest.node}: ready")
    if guest.desktop:
        cluster.ready += 1
        if guest.joins_ha:
            guest.joins_ha = False
            join(cluster, guest)
        cluster.people.desktop_ready(guest)
        for callback in cluster.on_ready:
            callback()
