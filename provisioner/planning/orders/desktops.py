"""Orders about one desktop, refused while somebody is at work there, or if nothing could come of them; and about a node, which
is evacuated if the others can hold its desktops. Pure."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from provisioner.model.cordons import cordons_of
from provisioner.model.demand import Demand
from provisioner.model.ids import DesktopName, GuestKey, Instant, NodeKey, StorageId
from provisioner.model.intents import NO_TERMS, Intent, IntentKind
from provisioner.model.kept.absence import is_missing
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.machines.cluster import Snapshot, Storage
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.seats import seat_of
from provisioner.model.people.agents import agent_named
from provisioner.model.people.profiles import CloneKind, Profile
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import DesktopState
from provisioner.planning.inputs import node_of
from provisioner.planning.orders.reassignments import why_not_reassigned
from provisioner.planning.placement.moves import fitting
from provisioner.planning.targets.session import known_sessions
from provisioner.reasons import steps as reasons
from provisioner.reasons.commands import NOT_THE_DESKTOP_IN_USE, NOTHING_GIVEN_UP, NOTHING_WRONG, UNKNOWN_DESKTOP
from provisioner.reasons.orders import (
    AGENT_HAS_LEFT,
    DELETES_FORBIDDEN,
    HAS_ANOTHER_PROFILE,
    IN_QUARANTINE_BY,
    IN_USE_NOW,
    NO_SUCH_TERMS,
    NODE_DRAINED,
    NOT_ENTITLED,
    NOT_MADE_YET,
    REASON_WANTED,
    STILL_STARTING,
    WORKED_ON,
)
from provisioner.reasons.reason import NONE, Reason

_OF_PEOPLE = frozenset({IntentKind.STOP, IntentKind.RESTART, IntentKind.REBUILD, IntentKind.QUARANTINE, IntentKind.REASSIGN})
"""Orders that end the sessions of whoever is logged on, or take the desktop from its agent."""
_OF_MADE = frozenset({IntentKind.REBUILD, IntentKind.QUARANTINE})
_OF_USED = frozenset({IntentKind.RESTART, IntentKind.REBUILD})
_NOT_MADE = frozenset({Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED, Phase.DELETING})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What an order is compared with."""

    records: Records
    snapshot: Snapshot
    config: SiteConfig
    now: Instant
    desktops: Mapping[DesktopName, DesktopState] = field(default_factory=dict)
    """As the last cycle found them; empty before the first."""
    demand: Demand = Demand()
    """As of the last cycle."""
    room: Mapping[NodeKey, float] = field(default_factory=dict)
    """MiB left on each node for desktops, as of the last cycle."""
    busy: Set[GuestKey] = frozenset()
    """VMs that are being changed."""
    pushing: Set[DesktopName] = frozenset()
    """Desktops whose last report came by push."""


def why_refused_for_desktop(order: Intent, facts: OrderFacts) -> Reason:
    """Why nothing could come of the order, or why it may not be given now; empty: it can be given."""
    if order.terms != NO_TERMS and order.kind not in _OF_PEOPLE:
        return NO_SUCH_TERMS(kind=order.kind.value)
    if order.terms.even_with_session and not order.reason.strip():
        return REASON_WANTED()
    if not order.target:
        return NOTHING_GIVEN_UP() if order.kind is IntentKind.RETRY and not given_up(facts.records) else NONE
    record = facts.records.desktops.get(DesktopName(order.target))
    if record is None:
        return UNKNOWN_DESKTOP(name=order.target)
    standing = facts.records.quarantines.get(record.reservation.name)
    if standing is not None and order.kind is not IntentKind.QUARANTINE:  # the same order again: its answer was lost
        return IN_QUARANTINE_BY(name=order.target, by=standing.by)
    if order.kind is IntentKind.RETRY:
        wrong = bool(record.attempts) or is_missing(record.attempts)
        return NONE if wrong else NOTHING_WRONG(name=order.target)
    return (
        _session(order, record, facts)
        or _not_made(order, facts)
        or _unused(order, record)
        or _undeletable(order, facts)
        or _reassign(order, record, facts)
        or _restart(order, record, facts)
    )


def given_up(records: Records) -> list[DesktopName]:
    """The desktops that were given up, or whose VM is not listed any more: what an order to retry without a target means."""
    return sorted(name for name, record in records.desktops.items() if record.attempts.gave_up or is_missing(record.attempts))


def _session(order: Intent, record: DesktopRecord, facts: OrderFacts) -> Reason:
    """A person at work is not cut off unless that is ordered in words. Unknown sessions refuse nothing: see ARCHITECTURE."""
    sessions = known_sessions(record, facts.config.pace, facts.now)
    overridden = order.terms.even_with_session and order.kind is not IntentKind.REASSIGN
    if order.kind not in _OF_PEOPLE or overridden or not sessions:
        return NONE
    return IN_USE_NOW(name=order.target, sessions=sessions)


def _not_made(order: Intent, facts: OrderFacts) -> Reason:
    """A desktop that is only being made has nothing to be kept."""
    state = facts.desktops.get(DesktopName(order.target))
    if order.kind not in _OF_MADE or state is None or state.phase not in _NOT_MADE:
        return NONE
    return NOT_MADE_YET(name=order.target, phase=state.phase.value)


def _unused(order: Intent, record: DesktopRecord) -> Reason:
    """A desktop that nobody uses is neither started nor made anew, nor is it configured again."""
    if record.superseded_by is not None and order.kind in (*_OF_USED, IntentKind.RECONFIGURE):
        return NOT_THE_DESKTOP_IN_USE(name=order.target, other=record.superseded_by)
    if order.kind not in _OF_USED:
        return NONE
    left = record.departure is not None and not record.departure.ended
    return AGENT_HAS_LEFT(name=order.target) if left else NONE


def _reassign(order: Intent, record: DesktopRecord, facts: OrderFacts) -> Reason:
    if order.kind is not IntentKind.REASSIGN:
        return NONE
    if refused := why_not_reassigned(order, facts.records):
        return refused
    if record.reservation.key in facts.busy:
        return WORKED_ON(name=order.target)
    return _unfit_for(order, record, facts)


def _unfit_for(order: Intent, record: DesktopRecord, facts: OrderFacts) -> Reason:
    """Whether the agent is to have a desktop like this one."""
    agent_id = agent_named(order.terms.agent or "", facts.records.roster)
    if agent_id is None:
        return NONE
    demand, seat = facts.demand, seat_of(agent_id)
    entry = next((entry for entry in demand.not_wanted if entry.agent_id == agent_id), None)
    if entry is not None and not entry.entitled:
        return NOT_ENTITLED(login=entry.login)
    want = demand.want_of(seat) or (entry.then if entry is not None else None)
    profile = record.reservation.profile
    if want is None or want.profile == profile:
        return NONE
    return HAS_ANOTHER_PROFILE(name=order.target, profile=profile, login=want.login, wanted=want.profile)


def _undeletable(order: Intent, facts: OrderFacts) -> Reason:
    forbidden = order.kind is IntentKind.REBUILD and facts.config.safety.max_deletes <= 0
    return DELETES_FORBIDDEN() if forbidden else NONE


def _restart(order: Intent, record: DesktopRecord, facts: OrderFacts) -> Reason:
    """Why a desktop would not be started again."""
    if order.kind is not IntentKind.RESTART:
        return NONE
    node = node_of(record.reservation, facts.snapshot)
    cordon = cordons_of(facts.records.intents, facts.snapshot).get(node)
    if cordon is not None and cordon.drained:
        return NODE_DRAINED(name=order.target, why=cordon.reason)
    return _still_starting(record, facts)


def _still_starting(record: DesktopRecord, facts: OrderFacts) -> Reason:
    """A boot that is under way, and not late, would only begin anew."""
    name = record.reservation.name
    state, profile = facts.desktops.get(name), facts.config.profiles.get(record.reservation.profile)
    if state is None or state.phase is not Phase.STARTING or profile is None:
        return NONE
    length_s = facts.now - (record.started_at or state.since)
    within_s = profile.ready_timeout_s
    return NONE if length_s > within_s else STILL_STARTING(name=name, since_s=round(length_s), within_s=round(within_s))


def why_not_evacuated(node: NodeKey, facts: OrderFacts) -> Reason:
    """Why nothing could come of it, or why it may not be ordered now; empty: it can be.

    Before the first observation nothing is known that stands against it.
    """
    view = facts.snapshot.clusters.get(node.cluster)
    if view is None:
        return NONE
    if not view.complete_on(node.node):
        return reasons.NODE_AWAY(node=node.node)
    closed = cordons_of(facts.records.intents, facts.snapshot)
    others = [other.key for other in view.nodes.values() if other.online and other.key not in closed and other.key != node]
    if not others:
        return reasons.NO_OTHER_NODE(cluster=node.cluster)
    return _too_much(node, others, facts, view.storages)


def _too_much(node: NodeKey, others: list[NodeKey], facts: OrderFacts, storages: tuple[Storage, ...]) -> Reason:
    there = [state.reservation for state in facts.desktops.values() if (state.reservation.cluster, state.node) == node]
    shared = {storage.storage for storage in storages if storage.shared and storage.node == node}
    profiles = [profile for desktop in there if (profile := facts.config.profiles.get(desktop.profile)) is not None]
    sizes = [profile.memory_mib for profile in profiles if _storages_of(profile, node) <= shared]
    if there and not sizes:
        return reasons.NONE_CAN_MOVE(count=len(there), node=node.node)
    fit = fitting(sizes, {other: facts.room.get(other, 0.0) for other in others})
    return NONE if fit == len(sizes) else reasons.TOO_MUCH(fit=fit, count=len(sizes), node=node.node)


def _storages_of(profile: Profile, node: NodeKey) -> set[StorageId]:
    """Where the disks of the profile's desktops may be."""
    if profile.clone is CloneKind.FULL and profile.storage is not None:
        return {profile.storage}
    return {template.storage for template in profile.templates if template.cluster == node.cluster}


__all__ = ["OrderFacts", "given_up", "why_refused_for_desktop"]
