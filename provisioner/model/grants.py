"""Grants: each opens one lent desktop once, for its person. Who makes them knows who reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from provisioner.model.bounds import Bounds, Length
from provisioner.model.ids import DesktopName, Instant

MOST_GRANT_S = 60.0
"""A grant is used by the page that has asked for it, at once: a minute is enough for a slow browser."""


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
    """By the daemon's clock."""


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
