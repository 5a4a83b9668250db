"""The inputs of a plan, and facts about a desktop that follow from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from provisioner.actions.causes import CommonCause
from provisioner.model.actions import Action
from provisioner.model.demand import Demand
from provisioner.model.ids import DesktopName, GuestKey, Instant, LockDomain, NodeKey
from provisioner.model.intents import Intent
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import ClusterView, Guest, Snapshot
from provisioner.model.machines.desktops import Reservation
from provisioner.model.site_config import SiteConfig
from provisioner.model.words import GuestWord
from provisioner.pacing.limits import Limits, MeasuredLimits
from provisioner.pacing.probe_timing import LATELY_S
from provisioner.reasons.reason import Reason
from provisioner.reasons.targets import QUARANTINED, QUARANTINED_WHY


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything a plan is made from."""

    now: Instant
    config: SiteConfig
    snapshot: Snapshot
    records: Records
    demand: Demand
    in_flight: Mapping[GuestKey, Action] = field(default_factory=dict)
    limits: Limits = MeasuredLimits()
    full: Mapping[LockDomain, Reason] = field(default_factory=dict)
    """Storages that refused a clone a moment ago because they are full, in their own words."""
    tied: Mapping[GuestKey, Reason] = field(default_factory=dict)
    """Templates that could not be cloned to another node a moment ago, in Proxmox VE's own words."""
    causes: tuple[CommonCause, ...] = ()
    """Failures that several desktops share: one desktop tries for all."""
    unanswered: Mapping[NodeKey, int] = field(default_factory=dict)
    """Calls that each node has not answered yet."""
    in_use: Mapping[DesktopName, Reason] = field(default_factory=dict)
    """Desktops that somebody uses, whatever they say themselves, and how that is known. Not being here says nothing."""
    offline_since: Mapping[NodeKey, Instant] = field(default_factory=dict)
    """When each node that is away was first seen away, since the daemon started."""
    moved: Mapping[tuple[GuestKey, NodeKey], Sequence[Instant]] = field(default_factory=dict)
    """When each desktop was last moved away from each node, since the daemon started."""


def node_of(reservation: Reservation, snapshot: Snapshot) -> NodeKey:
    """The node where a desktop was last seen; until its clone has ended, the node that it was ordered for.

    During a clone to another node, Proxmox VE lists the VM on the template's node.
    """
    view = snapshot.clusters.get(reservation.cluster)
    guest = view.guests.get(reservation.vmid) if view else None
    return reservation.node_key if guest is None or guest.lock == "clone" else guest.node_key


def where(situation: Situation, reservation: Reservation) -> NodeKey:
    """The node where a desktop was last seen."""
    return node_of(reservation, situation.snapshot)


def asked_lately(situation: Situation, name: DesktopName) -> bool:
    """Whether it was asked for a report not long ago: that it does not become ready rests on that."""
    checked_at, unheard = situation.records.checked.get(name), situation.records.desktops[name].unheard
    if unheard is not None and unheard.word is GuestWord.NOT_ASKED:
        return False
    return checked_at is not None and situation.now - checked_at <= LATELY_S


def started_at(situation: Situation, reservation: Reservation) -> Instant:
    """When the present boot began: by our start order, else by its uptime, else now."""
    ordered = situation.records.desktops[reservation.name].started_at
    if ordered is not None:
        return ordered
    view = situation.snapshot.clusters.get(reservation.cluster)
    return view.booted_at(reservation.vmid) if view and reservation.vmid in view.guests else situation.now


def is_leftover(guest: Guest, view: ClusterView) -> bool:
    """Whether a VM is a half-made clone: locked 'clone', and no clone task works on it any more."""
    return guest.key.vmid in view.half_made


def why_quarantined(order: Intent) -> Reason:
    """Who keeps a desktop in quarantine, and why."""
    name, by, why = order.target, order.by, order.reason
    return QUARANTINED_WHY(name=name, by=by, why=why) if why else QUARANTINED(name=name, by=by)
