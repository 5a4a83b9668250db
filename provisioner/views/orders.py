"""Orders: what operators have ordered, and what stands."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from provisioner.model.freeze import is_of_file
from provisioner.model.intents import Intent, Withdrawal
from provisioner.model.status import Status
from provisioner.views.published import Published
from provisioner.views.times import stamp, stamp_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDocument:
    """One order in force."""

    kind: str
    """`freeze`, `hold`, `drain`, …"""
    target: str | None
    """A node as `cluster/node`, a VM as `cluster/vmid`, a desktop's name, an agent's id; `freeze file`: a freeze that this file
    orders; None: everything."""
    by: str
    at: str
    reason: str | None
    until: str | None
    """When it ends by itself; None: when it is done or withdrawn."""
    leavers: int | None
    """How many named people it lets leave; None: it is not about the directory."""
    joiners: int | None
    """How many named people it lets join; None: it is not about the directory."""
    even_with_session: bool
    """Whether it is carried out even while somebody is logged on."""
    by_force: bool
    """Whether the desktop is powered off if it does not shut down."""
    rekeys: int | None
    """How many people it carries over to new ids; None: it is not about ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersDocument:
    """Every order in force, oldest first."""

    at: str
    planned_at: str | None
    """When the last cycle ended that has decided anything. What this order changes is seen from the next on. None: none has."""
    intents: tuple[OrderDocument, ...]


def orders_document(status: Status) -> OrdersDocument:
    """Every order in force."""
    planned_at = stamp_or_none(status.planned_at)
    return OrdersDocument(at=stamp(status.at), planned_at=planned_at, intents=order_documents(status.intents))


def orders_in_force(last: Published | None, order: Intent | Withdrawal) -> OrdersDocument:
    """After this order was taken: what the daemon has published, or before its first cycle the order alone."""
    if last is not None and last.status.store_away and isinstance(order, Intent):  # a freeze: it is published with the next try
        standing = tuple(intent for intent in last.status.intents if not is_of_file(intent))
        return orders_document(replace(last.status, intents=(*standing, order)))
    if last is not None:
        return orders_document(last.status)
    intents = (order_document(order),) if isinstance(order, Intent) else ()
    return OrdersDocument(at=stamp(order.at), planned_at=None, intents=intents)


def order_documents(intents: Iterable[Intent]) -> tuple[OrderDocument, ...]:
    """Each order of a person."""
    return tuple(map(order_document, intents))


def order_document(intent: Intent) -> OrderDocument:
    """One order. The people whom it names are only counted."""
    return OrderDocument(
        kind=intent.kind.value,
        target=intent.target or None,
        by=intent.by,
        at=stamp(intent.at),
        reason=intent.reason or None,
        until=stamp_or_none(intent.until),
        leavers=len(intent.allows.leavers) if intent.allows is not None else None,
        joiners=len(intent.allows.joiners) if intent.allows is not None else None,
        even_with_session=intent.terms.even_with_session,
        by_force=intent.terms.by_force,
        rekeys=len(intent.rekeys) or None,
    )
