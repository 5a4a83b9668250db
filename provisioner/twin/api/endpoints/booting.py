"""What happens inside a guest from power on: its boot, its setup, and the log-on port."""

from collections import Counter
from dataclasses import replace

from provisioner.twin.model.cloud_init import upgrades
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import Boot, TwinGuest
from provisioner.twin.model.ha import join
from provisioner.twin.model.setup import end_setup_part, setup_of


def begin_boot(cluster: Cluster, guest: TwinGuest, *, done_s: float = 0.0) -> None:
    """Boot the guest's system. How long it takes depends on the node's other boots; `done_s` of its work is done already."""
    work = max(0.0, cluster.draw_duration(cluster.spec.durations.boot_s, guest.vmid, "boot") - done_s)
    guest.boots += 1
    boot = guest.boots
    ticket = cluster.nodes[guest.node].boots.begin(work, lambda: _agent_up(cluster, guest, boot))
    guest.boot = Boot(began_at=cluster.events.now, number=boot, ticket=ticket)


def resume_boots(cluster: Cluster) -> None:
    """Go on with the boots that were under way when the twin began. Those of a node have shared it."""
    booting = [guest for guest in cluster.guests.values() if guest.desktop and guest.running and guest.boot is None]
    on_node = Counter(guest.node for guest in booting)
    for guest in booting:
        share = min(1.0, cluster.spec.durations.boots_width / on_node[guest.node])
        begin_boot(cluster, guest, done_s=(cluster.events.now - guest.started_at) * share)


def _agent_up(cluster: Cluster, guest: TwinGuest, boot: int) -> None:
    if guest.boot is None or guest.boot.number != boot:
        return
    guest.boot = replace(guest.boot, agent_up=True, ticket=None)
    if parts := setup_of(cluster, guest):
        cluster.events.after(parts[0], lambda: _setup_part_done(cluster, guest, boot))
    elif not guest.setup_failed:
        _open_log_on(cluster, guest, boot)


def _setup_part_done(cluster: Cluster, guest: TwinGuest, boot: int) -> None:
    """A power cycle before this repeats the part."""
    if guest.boot is None or guest.boot.number != boot or not cluster.nodes[guest.node].alive:
        return
    if end_setup_part(cluster, guest):
        begin_boot(cluster, guest)
    elif not guest.setup_failed:
        _open_log_on(cluster, guest, boot)


def _open_log_on(cluster: Cluster, guest: TwinGuest, boot: int) -> None:
    rest = cluster.draw_duration(cluster.spec.durations.first_boot_s, guest.vmid, "first boot")
    if boot == 1 and upgrades(guest):
        rest += cluster.draw_duration(cluster.spec.durations.upgrade_s, guest.vmid, "upgrade")
    cluster.events.after(rest, lambda: _ready(cluster, guest, boot))


def _ready(cluster: Cluster, guest: TwinGuest, boot: int) -> None:
    if guest.boot is None or guest.boot.number != boot or not cluster.nodes[guest.node].alive:
        return
    guest.boot = replace(guest.boot, ready_at=cluster.events.now)
    cluster.log_event(f"guest {guest.vmid} on {guest.node}: ready")
    if guest.desktop:
        cluster.ready += 1
        if guest.joins_ha:
            guest.joins_ha = False
            join(cluster, guest)
        cluster.people.desktop_ready(guest)
        for callback in cluster.on_ready:
            callback()
