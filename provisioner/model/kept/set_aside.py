"""Orders and other rows of the store that cannot be read, or carried out: each is set aside, and costs nothing but itself."""

from dataclasses import dataclass

from provisioner.model.ids import Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.reasons.reason import reason_of

SHOWN_S = 86_400.0
"""For so long an order that was set aside is in the list of what is wrong; the journal has it longer."""
MOST_SHOWN = 50
"""More orders than these are counted in the journal alone."""
SURGE = "surge"
"""The kind of a run of a scenario."""
_CLOSE_A_NODE = frozenset({IntentKind.CORDON, IntentKind.DRAIN, IntentKind.EVACUATE})
PROTECTING = frozenset({IntentKind.FREEZE, IntentKind.HOLD, IntentKind.QUARANTINE, *_CLOSE_A_NODE})
"""Kinds without which something could be written, stopped or deleted that is not to be."""
_ENDED_BY = {
    IntentKind.FREEZE: "bascule thaw",
    IntentKind.HOLD: "bascule hold end",
    IntentKind.CORDON: "bascule node uncordon {target}",
    IntentKind.QUARANTINE: "bascule desktop release {target}",
}
_OF_A_RUN = "bascule surge status"
_SHOWN_BY = "bascule report journal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A row of the store that is not an order any more, or another that can be done without."""

    kind: str
    """As it is kept, for people."""
    target: str
    by: str
    why: str
    """The exception, by its type and words: no more is known."""
    row: tuple[object, ...] | None
    """Its key in the store; None: the store has no row of it that could be removed."""
    stands_for: Intent | None
    """What is in force instead, because the order may have protected something; None: it can have protected nothing."""
    table: str = ""
    """Which the row is in; empty: it is an order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """An order that does nothing, as people are shown it."""

    kind: str
    target: str
    by: str
    why: str
    at: Instant
    """When it was set aside."""
    stands_for: IntentKind | None = None
    """What is in force instead; None: nothing is."""
    table: str = ""
    """Of the store, whose row it was; empty: it was an order."""
    command: str = _SHOWN_BY
    """What removes it; where nothing is in force any more, what shows it."""


def stand_in(kind: str, target: object, *, giver: str, at: Instant, why: str) -> Intent | None:
    """What is in force in place of an order that cannot be read: unknown counts as what protects most; None: nothing.

    A freeze stays a freeze. A closed node stays closed, and nothing is shut down or moved for it. A quarantine stays. What is
    of no known kind, or about nothing that can be read, may have been a hold: nothing is stopped, released or deleted.
    """
    known = next((each for each in IntentKind if each.value == kind), None)
    about = target if isinstance(target, str) else ""
    if known is not None and known not in PROTECTING:
        return None
    if known in _CLOSE_A_NODE and "/" in about:
        stands, about = IntentKind.CORDON, about
    elif known is IntentKind.QUARANTINE and about:
        stands = IntentKind.QUARANTINE
    else:
        stands, about = IntentKind.FREEZE if known is IntentKind.FREEZE else IntentKind.HOLD, ""
    return Intent(kind=stands, by=giver, at=at, reason=why, target=about)


def shown(order: Unreadable, at: Instant) -> SetAside:
    """As people are shown it."""
    stands = order.stands_for
    command = _OF_A_RUN if order.kind == SURGE else _SHOWN_BY
    if stands is not None:
        command = _ENDED_BY.get(stands.kind, _ENDED_BY[IntentKind.CORDON]).format(target=stands.target)
    return SetAside(
        kind=order.kind,
        target=order.target,
        by=order.by,
        why=order.why,
        at=at,
        stands_for=None if stands is None else stands.kind,
        table=order.table,
        command=command,
    )


def words_of(error: BaseException) -> str:
    """Its type, and our own words. Those of others may quote the order, and a message to a person is in no log."""
    said = reason_of(error)
    return f"{type(error).__name__}: {said}" if said.code else type(error).__name__


__all__ = ["MOST_SHOWN", "PROTECTING", "SHOWN_S", "SURGE", "SetAside", "Unreadable", "shown", "stand_in", "words_of"]
