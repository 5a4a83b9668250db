"""Boots that were under way when the twin began: how far each of them has come, by what was on its node since."""

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from math import exp, inf, log
from statistics import NormalDist

from provisioner.model.twin_spec import GuestSpec
from provisioner.twin.api.endpoints.booting import go_on_after_boot, go_on_booting, work_of
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.boots import BootPool
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.model.setup import setup_of

_NORMAL = NormalDist()
_MOST = 0.999
"""Whatever is slower is no chance."""


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
                go_on_after_boot(self._cluster, guest, self._since_up_s(guest, now - self._up_at[guest.vmid]))
            elif ticket is None:  # its start task has not ended
                go_on_booting(self._cluster, guest, work_of(self._cluster, guest))
            else:
                go_on_booting(self._cluster, guest, self._pool.left_s(ticket))

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
        work = work_of(self._cluster, guest)
        self._tickets[guest.vmid] = self._pool.begin(work, lambda: self._up_at.update({guest.vmid: self._events.now}))

    def _during(self, began: float, ended: float) -> None:
        """A boot that has ended took its share of the node."""
        if ended > max(began, self._events.now):
            self._events.at(began, lambda: self._events.at(ended, partial(self._pool.leave, self._pool.begin(inf, _never))))


def _never() -> None:
    """It leaves before it has done so much work."""
