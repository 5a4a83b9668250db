"""Orders to lend a desktop of a pool and to give it back, and their answers."""

from dataclasses import dataclass

from provisioner.model.grants import GrantTerms
from provisioner.model.ids import DesktopName, DesktopPoolName, Instant
from provisioner.reasons.reason import NONE, Reason


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
