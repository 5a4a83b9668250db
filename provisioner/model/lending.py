"""Desktops of pools that are lent: orders and their answers; leases, which say who has one, and what is left of the last person
in one that nobody has; grants, each of which opens one of them once, for its person.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from provisioner.model.bounds import Bounds, Length
from provisioner.model.ids import AgentId, DesktopName, DesktopPoolName, Instant
from provisioner.reasons.reason import NONE, Reason

MOST_GRANT_S = 60.0
"""A grant is used by the page that has asked for it, at once: a minute is enough for a slow browser."""


class LeaseState(enum.StrEnum):
    """What a lease says of its desktop. Without a lease a desktop of a pool is free."""

    LENT = "lent"
    """Somebody has it."""
    KEPT = "kept"
    """Nobody has it now; it waits for the person who had it last, and for nobody else."""
    TO_RESET = "to_reset"
    """Nobody has it, and nobody gets it before what the last person left in it is gone."""
    IN_DOUBT = "in_doubt"
    """The store is an older copy: who has had it since is not known. Nobody gets it before the desktop, or a person, says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """One desktop of a pool, lent or not yet free again."""

    state: LeaseState
    since: Instant
    """When this state began."""
    agent_id: AgentId | None = None
    """For whom it is, and at most one desktop is for one person; None: for nobody, it is to be reset."""
    key: str = ""
    """The idempotency key of the order that lent it; empty: it had none, or is not known."""


def in_doubt(before: Lease | None, at: Instant) -> Lease:
    """Of a desktop of a pool after a backup was restored: the copy may know who had it then, and not who has it now."""
    return Lease(state=LeaseState.IN_DOUBT, since=at, agent_id=None if before is None else before.agent_id)


def unknown_past(at: Instant) -> Lease:
    """Of a desktop of a pool that is known from its note alone: somebody may have used it."""
    return Lease(state=LeaseState.TO_RESET, since=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRules:
    """How long a grant is good, and how far the clock of who reads it may be wrong."""

    lifetime_s: Annotated[float, Bounds(gt=0, le=MOST_GRANT_S)] = MOST_GRANT_S
    """How long a grant is good, by the daemon's clock: at most a minute."""
    clocks_apart_s: Length = 300.0
    """How far the broker's clock may be behind the daemon's. 5 minutes is what Kerberos and TSIG allow."""

    @property
    def hold_s(self) -> float:
        """So long after a lease has ended the last grant for it may still be good: before, nobody else gets the desktop."""
        return self.lifetime_s + self.clocks_apart_s


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantTerms:
    """What a grant allows: this person, this desktop, once, until then."""

    login: str
    desktop: DesktopName
    host: str
    """Its address; by DHCP its name."""
    port: int
    expires_at: Instant
    """Its end, by the daemon's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A grant, for the system that opens desktops to read. Whoever has it can use it: it belongs in no log."""

    terms: GrantTerms
    reader: str
    """The system that opens desktops by it."""
    data: str
    """Opaque: signed and encrypted."""
    url: str
    """A page of that system that uses it."""

    def __repr__(self) -> str:
        return f"Grant({self.terms.desktop}, …)"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantCounts:
    """Grants since the daemon started."""

    given: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    """Those that were wanted and not given, by the code of the reason; `not_ready`: nobody can log on there yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LendOrder:
    """A person is to have a desktop of a pool."""

    who: str
    """Login or id."""
    by: str
    at: Instant
    pool: DesktopPoolName | None = None
    """None: any pool, by name."""
    desktop: DesktopName | None = None
    """The person's own, whatever the store says: only of a desktop that is in doubt since a backup was restored."""
    grant: bool = False
    """Whether a grant that opens it is wanted, too."""
    key: str = ""
    """The idempotency key; empty: none."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBackOrder:
    """A person has done with the desktop."""

    who: str
    """Login or id."""
    by: str
    at: Instant
    reason: str = ""


LendingOrder = LendOrder | GiveBackOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class LendingAnswer:
    """What came of such an order."""

    login: str
    desktop: DesktopName | None = None
    """The person's desktop, or the one that was given back; None: there is none."""
    pool: DesktopPoolName | None = None
    address: str = ""
    """The desktop's reserved address; empty: by DHCP."""
    ready: bool = False
    """Whether the person can log on now."""
    existing: bool = False
    """Whether the person had it already."""
    expected_s: float | None = None
    """Refused: when there may be a free desktop; not ready: when it may be ready. In seconds; None: not foreseen."""
    grant: GrantTerms | None = None
    """What a grant for it may allow; None: none was wanted, or nobody can log on yet."""
    refused: Reason = NONE
    """Why there is no desktop; empty: there is one, or it is given back."""
    for_now: bool = False
    """Whether the same order may be taken later."""
