"""What happens inside a guest from power on: its boot, its setup, and the log-on port. And boots that were under way when
the twin began: how far each of them has come, by what was on its node since."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from math import exp, inf, log
from statistics import NormalDist

from provisioner.model.machines.twin_spec import GuestSpec
from provisioner.twin.api.endpoints.ha_manager import join
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.first_boot import end_setup_part, setup_of, upgrades
from provisioner.twin.model.guests import GuestBoot, TwinGuest
from provisioner.twin.model.nodes import BootPool

_SOONEST_S = 1.0
"""What was not over when the twin began is over a second later at the soonest: reports count in seconds."""
_NORMAL = NormalDist()
_MOST = 0.999
"""Whatever is slower is not by chance."""


def begin_boot(cluster: Cluster, guest: TwinGuest) -> None:
    """Boot the guest's system. How long it takes depends on the node's other boots."""
    _go_on_booting(cluster, guest, _work_of(cluster, guest))


def _work_of(cluster: Cluster, guest: TwinGuest) -> float:
    """Seconds that its next boot takes alone."""
    return cluster.draw_duration(cluster.spec.durations.boot_s, guest.vmid, "boot")


def _go_on_booting(cluster: Cluster, guest: TwinGuest, work: float) -> None:
    """So many seconds of work are left."""
    guest.boots += 1
    guest.boot = GuestBoot(began_at=cluster.events.now, number=guest.boots, ticket=_begin(cluster, guest, work))


def boot_here(cluster: Cluster, guest: TwinGuest, came_from: BootPool) -> None:
    """Go on with a boot that is under way where the guest is now, with the work that was left where it came from."""
    if guest.boot is not None and guest.boot.ticket is not None:
        work = came_from.left_s(guest.boot.ticket)
        came_from.leave(guest.boot.ticket)
        guest.boot = replace(guest.boot, ticket=_begin(cluster, guest, work))


def _begin(cluster: Cluster, guest: TwinGuest, work: float) -> int:
    boot = guest.boots
    return cluster.nodes[guest.node].boots.begin(work, lambda: _agent_up(cluster, guest, boot))


def _go_on_after_boot(cluster: Cluster, guest: TwinGuest, ago_s: float) -> None:
    """Its guest agent came up so long ago."""
    guest.boots += 1
    guest.boot = GuestBoot(began_at=cluster.events.now, number=guest.boots)
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


def resume_boots(cluster: Cluster) -> None:
    """Go on with them: on each node the time since the first of them was ordered is gone through once more."""
    under_way: defaultdict[str, list[TwinGuest]] = defaultdict(list)
    for guest in cluster.guests.values():
        if guest.desktop and guest.running and guest.boot is None:
            under_way[guest.node].append(guest)
    ended: defaultdict[str, list[GuestSpec]] = defaultdict(list)
    for spec in cluster.spec.guests:
        if spec.booting_for_s is not None and spec.ready_for_s is not None:
            ended[spec.node].append(spec)
    for node, guests in under_way.items():
        _Past(cluster, guests, ended[node], speed=cluster.nodes[node].speed).resume()


class _Past:
    """What has happened on one node."""

    def __init__(self, cluster: Cluster, guests: list[TwinGuest], ended: Iterable[GuestSpec], *, speed: float) -> None:
        self._cluster, self._guests = cluster, guests
        self._unasked = {spec.vmid for spec in cluster.spec.guests if spec.unasked}
        self._events = EventHeap(min(guest.started_at for guest in guests))
        self._pool = BootPool(self._events, cluster.spec.durations, speed=speed)
        self._tickets: dict[int, int] = {}
        self._up_at: dict[int, float] = {}
        """When guest agents came up, by VMID."""
        durations = cluster.spec.durations
        for guest in guests:
            self._events.at(guest.started_at + durations.start_task_s, partial(self._begin, guest))
        for spec in ended:
            began, ready = (cluster.events.now - (ago_s or 0.0) for ago_s in (spec.booting_for_s, spec.ready_for_s))
            self._during(began + durations.start_task_s, ready - durations.first_boot_s)

    def resume(self) -> None:
        """Go on with each boot from where it is."""
        now = self._cluster.events.now
        self._events.advance(now)
        for guest in self._guests:
            ticket = self._tickets.get(guest.vmid)
            if guest.vmid in self._up_at:
                _go_on_after_boot(self._cluster, guest, self._since_up_s(guest, now - self._up_at[guest.vmid]))
            elif ticket is None:  # its start task has not ended
                _go_on_booting(self._cluster, guest, _work_of(self._cluster, guest))
            else:
                _go_on_booting(self._cluster, guest, self._pool.left_s(ticket))

    def _since_up_s(self, guest: TwinGuest, ago_s: float) -> float:
        """Since its guest agent came up. What should be over, and is not, is one of the slow ones; who was not asked may be."""
        cluster, durations = self._cluster, self._cluster.spec.durations
        rest_s, sigma = durations.first_boot_s, durations.sigma
        if ago_s <= rest_s or sigma == 0.0 or setup_of(cluster, guest):
            return ago_s
        took_s = cluster.events.now - guest.started_at
        middle_s = took_s - ago_s + rest_s
        slower = 0.0 if guest.vmid in self._unasked else min(_MOST, _NORMAL.cdf(log(took_s / middle_s) / sigma))
        share = slower + (1.0 - slower) * cluster.draws.share(guest.vmid, "slow boot")
        return rest_s - (middle_s * exp(sigma * _NORMAL.inv_cdf(share)) - took_s)

    def _begin(self, guest: TwinGuest) -> None:
        work = _work_of(self._cluster, guest)
        self._tickets[guest.vmid] = self._pool.begin(work, lambda: self._up_at.update({guest.vmid: self._events.now}))

    def _during(self, began: float, ended: float) -> None:
        """A boot that has ended took its share of the node."""
        if ended > max(began, self._events.now):
            self._events.at(began, lambda: self._events.at(ended, partial(self._pool.leave, self._pool.begin(inf, _never))))


def _never() -> None:
    """It leaves before it has done so much work."""
