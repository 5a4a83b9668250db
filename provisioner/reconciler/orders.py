"""Orders that come from outside while the daemon runs: refused if nothing could come of them. Pure.

An order about a mistyped name would silently do nothing. What an order may do is decided by planning, as for every intent.
"""

from dataclasses import replace

from provisioner.model.bounds import LONGEST_NAME
from provisioner.model.budget import Naming
from provisioner.model.departures import DAY_S
from provisioner.model.ids import AgentId, Instant, NodeKey
from provisioner.model.intents import OF_PERSONS, OF_SESSIONS, Intent, IntentKind, Withdrawal
from provisioner.planning.orders.desktops import OrderFacts, why_not_evacuated, why_refused_for_desktop
from provisioner.planning.orders.restorations import why_not_restored_now
from provisioner.planning.orders.sessions import is_of_others, why_not_to_sessions
from provisioner.reasons.commands import NO_CLUSTER, NO_NODE, OUTSIDE_RANGE, SAY_WHICH_VM
from provisioner.reasons.orders import (
    ENDS_BEFORE,
    ENDS_WITHIN,
    HAS_NO_END,
    NAMES_NOBODY,
    NAMES_PEOPLE,
    NAMES_SHOWN,
    NODE_WANTED,
    NOTHING_TO_ACCEPT,
    OTHER_TERMS,
    TARGET_WANTED,
    WITHOUT_TARGET,
)
from provisioner.reasons.reason import ALSO, NONE, Reason, join_reasons
from provisioner.reconciler.trials import why_no_trial

Order = Intent | Withdrawal
_OF_DESKTOPS = frozenset(
    {
        IntentKind.STOP,
        IntentKind.RESTART,
        IntentKind.REBUILD,
        IntentKind.QUARANTINE,
        IntentKind.REASSIGN,
        IntentKind.RETRY,
        IntentKind.RECONFIGURE,
    }
)
_OF_NODES = frozenset({IntentKind.CORDON, IntentKind.DRAIN, IntentKind.EVACUATE})
_OF_EVERYTHING = frozenset({IntentKind.FREEZE, IntentKind.HOLD, IntentKind.ACCEPT_BASELINE})
_WITHOUT_TARGET_TOO = frozenset({IntentKind.RECONFIGURE, IntentKind.RETRY})
_OF_PEOPLE = frozenset({IntentKind.ACCEPT_DIRECTORY, IntentKind.REKEY, IntentKind.DISTINCT})
_WITH_END = frozenset({IntentKind.HOLD, IntentKind.ACCEPT_DIRECTORY, IntentKind.TRIAL})
MAX_ACCEPT_S = 7 * 86_400.0
"""A forgotten order would let an accident through. A merger that takes longer needs another order each week."""


def why_refused(order: Order, facts: OrderFacts) -> Reason:
    """Why nothing could come of the order; empty: it can be given. A withdrawal needs no target that is still there."""
    if isinstance(order, Withdrawal):
        return NONE
    if order.until is not None and (refused := _end(order, order.until, facts.now)):
        return refused
    if order.kind is IntentKind.ACCEPT_BASELINE and facts.records.baseline_accepted:
        return NOTHING_TO_ACCEPT()
    if order.kind not in _OF_PEOPLE and (order.allows is not None or order.rekeys):
        return NAMES_NOBODY(kind=order.kind.value)
    if is_of_others(order) or (order.terms.shown and order.kind not in OF_PERSONS):
        return OTHER_TERMS(kind=order.kind.value)
    if order.kind in _OF_EVERYTHING:
        return WITHOUT_TARGET(kind=order.kind.value) if order.target else NONE
    if order.kind in _OF_PEOPLE:
        return _people(order, facts.now)
    if not order.target and order.kind not in _WITHOUT_TARGET_TOO:
        return TARGET_WANTED(kind=order.kind.value)
    if order.kind in OF_SESSIONS:
        return why_not_to_sessions(order, facts)
    if order.kind in _OF_DESKTOPS:
        return why_refused_for_desktop(order, facts)
    if order.kind is IntentKind.RESTORE:
        return why_not_restored_now(order, facts)
    if order.kind in _OF_NODES:
        refused = _node(order.node, facts)
        return refused if order.kind is not IntentKind.EVACUATE or refused else why_not_evacuated(order.node, facts)
    if order.kind is IntentKind.TRIAL:
        return why_no_trial(order, facts.records, facts.config)
    return _vm(order, facts.config.naming)


def with_whole_target(order: Order, facts: OrderFacts) -> Order:
    """With the cluster of a node that is named alone, if it can be in one cluster only."""
    if order.kind not in _OF_NODES or not order.target or "/" in order.target:
        return order
    having = [cluster for cluster, view in facts.snapshot.clusters.items() if order.target in view.nodes]
    clusters = having or list(facts.config.naming.vmids)
    whole = f"{clusters[0]}/{order.target}" if len(clusters) == 1 else order.target
    return replace(order, target=whole) if len(whole) <= LONGEST_NAME else order


def _end(order: Intent, until: Instant, now: Instant) -> Reason:
    if order.kind not in _WITH_END:
        return HAS_NO_END(kind=order.kind.value)
    return ENDS_BEFORE() if until <= now else NONE


def _people(order: Intent, now: Instant) -> Reason:
    """An order about people names each of them: nobody else may come in their place."""
    if order.kind is IntentKind.DISTINCT and not order.target:
        return TARGET_WANTED(kind=order.kind.value)
    if order.is_of_person or order.target or order.terms.shown:
        return _person(order)
    named = bool(order.rekeys) if order.kind is IntentKind.REKEY else order.allows is not None
    if not named:
        return NAMES_PEOPLE(kind=order.kind.value)
    if order.kind is IntentKind.REKEY or (order.until is not None and order.until <= now + MAX_ACCEPT_S):
        return NONE
    return ENDS_WITHIN(kind=order.kind.value, days=round(MAX_ACCEPT_S / DAY_S))


def _person(order: Intent) -> Reason:
    """An order about one id holds the person who was shown under it; a rekey has the id go on, for one more id at most."""
    if order.kind is IntentKind.ACCEPT_DIRECTORY:
        return WITHOUT_TARGET(kind=order.kind.value)
    stays = (AgentId(order.target), AgentId(order.target)) in order.rekeys
    is_whole = stays == (order.kind is IntentKind.REKEY) and all(new == order.target for _, new in order.rekeys)
    return NONE if order.terms.shown and is_whole else NAMES_SHOWN(kind=order.kind.value)


def _node(key: NodeKey, facts: OrderFacts) -> Reason:
    if not key.node:
        return NODE_WANTED(name=key.cluster)
    if key.cluster not in facts.config.naming.vmids:
        return NO_CLUSTER(cluster=key.cluster, clusters=join_reasons(sorted(facts.config.naming.vmids), ALSO))
    view = facts.snapshot.clusters.get(key.cluster)
    if view is not None and key.node not in view.nodes:
        return NO_NODE(cluster=key.cluster, node=key.node, nodes=join_reasons(sorted(view.nodes), ALSO))
    return NONE


def _vm(order: Intent, naming: Naming) -> Reason:
    key = order.guest
    ends = naming.vmids.get(key.cluster) if key is not None else None
    if key is None or ends is None:
        return SAY_WHICH_VM(clusters=join_reasons(sorted(naming.vmids), ALSO))
    first, last = ends
    within = first <= key.vmid <= last
    return NONE if within else OUTSIDE_RANGE(vmid=str(key.vmid), cluster=key.cluster, first=first, last=last)


__all__ = ["Order", "OrderFacts", "why_refused", "with_whole_target"]
