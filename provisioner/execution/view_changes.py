"""What was seen of clusters, as it changes the store. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from provisioner.errors import Unseen
from provisioner.execution.order_changes import void_unheard
from provisioner.model.absence import MANY, is_absent, is_doubtful, is_missing, was_made, why_missing
from provisioner.model.actions import (
    Action,
    Clone,
    Configure,
    Delete,
    Tag,
)
from provisioner.model.cluster import ClusterView, Guest, Power
from provisioner.model.desktops import Attempts, Reservation
from provisioner.model.ids import ClusterId, DesktopName, GuestKey, Instant
from provisioner.model.records import Memory
from provisioner.model.vm_marks import is_configured
from provisioner.ports import Changes

_STALE_S = 15.0
"""A listing may show a guest as stopped this long after its start: pvestatd passes every 10 s."""

_NEVER = float("inf")
_UNTRIED = Attempts()
_PROOF_HOLDS_S = 30.0
"""A cloned desktop is configured within this time after it was proven ours, or proven again: its VMID may change hands."""


def of_views(
    views: Iterable[ClusterView],
    memory: Memory,
    in_flight: Mapping[GuestKey, Action],
    *,
    installation: str,
    proved: Mapping[DesktopName, Instant] | None = None,
    among: Iterable[DesktopName] | None = None,
) -> Changes:
    """What was seen, of one or more clusters. A desktop seen powered off has no boot: what its last one reported is void.

    The proof is void of a desktop that is gone, or without our tag unless it was `proved` just now: another VM may stand there.
    One that the listing lacks is gone once Proxmox VE says that its number is free, and only where few are absent at once.
    Looked at are all desktops, or those `among` which alone something may be seen: a ready one that is as it was tells nothing.
    """
    seen = {view.cluster: view for view in views}
    void: list[DesktopName] = []
    unproven: list[DesktopName] = []
    absent: dict[ClusterId, list[Reservation]] = {}
    attempts: dict[DesktopName, Attempts | None] = {}
    proved, started = proved or {}, memory.started
    for name in memory.reservations if among is None else among:
        one = memory.reservations.get(name)
        view = seen.get(one.cluster) if one is not None else None
        if one is None or view is None:
            continue
        guest, order = view.guests.get(one.vmid), in_flight.get(one.key)
        tried = memory.attempts.get(name, _UNTRIED)
        if guest is None and was_made(one, tried) and is_absent(one, view) and not isinstance(order, Clone | Delete):
            absent.setdefault(one.cluster, []).append(one)
        elif guest is not None and is_missing(tried):
            attempts[name] = None
        is_off = guest is not None and guest.power is Power.STOPPED and (name in started or name in memory.reports)
        if is_off and order is None and view.taken_at > started.get(name, _NEVER) + _STALE_S:
            void.append(name)
        if one.proven and _doubtful(guest, order, installation) and not _is_fresh(proved, name, guest, view):
            unproven.append(name)
    for cluster, those in absent.items():
        gone, missing = _judged_absent(those, seen[cluster], memory)
        unproven += gone
        attempts |= dict.fromkeys((name for name in gone if name in memory.attempts), None) | missing
    seen_off = Changes(reports=dict.fromkeys(void, None), started=dict.fromkeys(void, None), unheard=void_unheard(void, memory))
    return replace(seen_off, unproven=tuple(unproven), attempts=attempts)


def _judged_absent(
    absent: list[Reservation], view: ClusterView, memory: Memory
) -> tuple[list[DesktopName], dict[DesktopName, Attempts | None]]:
    """Of what a listing lacks: what is gone, and what an operator has to look at first."""
    on_cluster = sum(one.cluster == view.cluster for one in memory.reservations.values()) if len(absent) >= MANY else 0
    if not is_doubtful(len(absent), on_cluster):
        return [one.name for one in absent if view.existence.get(one.vmid) is False], {}
    tried = {one.name: memory.attempts.get(one.name, _UNTRIED) for one in absent}
    missing = {
        name: replace(before, made=True, error=Unseen.word.value, reason=why_missing(len(absent)))
        for name, before in tried.items()
        if not is_missing(before)
    }
    return [], {**missing}


def _is_fresh(proved: Mapping[DesktopName, Instant], name: DesktopName, guest: Guest | None, view: ClusterView) -> bool:
    return guest is not None and abs(view.taken_at - proved.get(name, 0.0)) < _PROOF_HOLDS_S


def _doubtful(guest: Guest | None, order: Action | None, installation: str) -> bool:
    """Somebody may delete a desktop and make a VM of their own under its VMID: it must not be configured as ours."""
    if guest is None:
        return False
    return not (is_configured(guest, installation) or isinstance(order, Clone | Configure | Tag))
