"""Brokers: what leads a person to a desktop in the person's browser. Connections that are kept up, and who is connected."""

import enum
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Protocol

from provisioner.extensions import Part
from provisioner.model.bounds import Length
from provisioner.model.ids import DesktopName, Instant
from provisioner.reasons.reason import NONE, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerRules:
    """Which connections of a broker are ours, and how they are kept up."""

    group: str = "Bascule"
    """The group of connections that is for Bascule: made at the root if it is not there. What others put there stays."""
    create_people: bool = False
    """Whether a person whom the broker does not know is entered there, without a password: for brokers whose people log on by
    LDAP or OpenID. Otherwise their connection waits until somebody enters them."""
    interval_s: float = 300.0
    """From one reading of all connections to the next while no desktop comes or goes: after this time a change by hand is
    noticed."""
    remove_after_s: Length = 3_600.0
    """How long a desktop has to be gone before its connection is removed: what a mistake has taken away may be back by then."""
    dry_run: bool = False
    """Read, compare and report only; nothing is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerConnection:
    """A connection to a person's own desktop."""

    desktop: DesktopName
    login: str
    host: str
    port: int
    parameters: tuple[tuple[str, str], ...] = ()
    """All others, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldConnection:
    """A connection that stands in our group."""

    identifier: str
    name: str
    content: BrokerConnection | None
    """None: it has no mark of ours, and is somebody else's."""


class StepKind(enum.StrEnum):
    """What is done for one desktop. Each may be done again without harm."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    ALLOW = "allow"
    DISALLOW = "disallow"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerStep:
    """One request."""

    kind: StepKind
    identifier: str = ""
    """Of the connection; empty: it is the one that the step before has made."""
    connection: BrokerConnection | None = None
    """What is to stand there; None: of a removal or a permission."""
    login: str = ""
    """Of the person whose permission it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveConnection:
    """Somebody is connected through the broker."""

    connection: str
    """The identifier of the connection that is used."""
    login: str
    began_at: Instant
    """Its begin, by the broker's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerUse:
    """Somebody is connected to a desktop through the broker."""

    desktop: DesktopName
    login: str
    began_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerState:
    """How far one broker is, after its last round."""

    broker: str
    wanted: int = 0
    """Connections that are to stand there."""
    published: int = 0
    """Of them, those that do, with the permission of their person."""
    waiting: int = 0
    """Desktops whose connection is not yet as it is to be: in a dry run and under a freeze all of these."""
    foreign: tuple[DesktopName, ...] = ()
    """Desktops whose name in our group is somebody else's connection: it stays as it is."""
    unknown_people: int = 0
    """People with a desktop whom the broker does not know."""
    unknown_person: str = ""
    """The first of them, by login."""
    refused: Reason = NONE
    """Why a request for a desktop failed in the last round, while others went well; empty: none failed."""
    read_at: Instant | None = None
    """When a whole round last succeeded; None: never in this life of the daemon."""
    failing: Reason = NONE
    """Why the last round failed; empty: it did not."""
    dry_run: bool = False
    uses: tuple[BrokerUse, ...] = ()
    """Who is connected to which desktop, as read last."""
    disagreements: int = 0
    """Desktops that say that nobody is logged on, while somebody has been connected for long."""
    uses_at: Instant | None = None
    """When that was read; None: it is not known."""


class ConnectionServer(Protocol):
    """A broker's connections and permissions. Every method raises PublishingError; after it nothing is known of what was done.

    Each write may be repeated without harm. Connections outside our group are neither read nor written.
    """

    @property
    def broker(self) -> str:
        """`guacamole`."""

    def listed(self) -> Mapping[str, str]:
        """The names of all connections in our group, by identifier."""

    def details(self, identifier: str) -> HeldConnection | None:
        """What stands there; None: it is gone."""

    def usable(self, login: str) -> Set[str] | None:
        """The identifiers of the connections that a person may use; None: the broker does not know the person."""

    def add_person(self, login: str) -> None:
        """Enter a person, without a password."""

    def add(self, connection: BrokerConnection) -> str:
        """Make a connection in our group, which is made first if it is not there; returns its identifier."""

    def change(self, identifier: str, connection: BrokerConnection) -> None:
        """Have this stand there."""

    def remove(self, identifier: str) -> None:
        """Remove it, with all permissions to use it."""

    def allow(self, identifier: str, login: str) -> None:
        """Let the person use it, and find it in our group."""

    def disallow(self, identifier: str, login: str) -> None:
        """Let the person no longer use it."""

    def active(self) -> Sequence[ActiveConnection]:
        """Who is connected, to any connection."""


STATES = Part[tuple[BrokerState, ...]]("brokers", ())
"""In a status: brokers that connections are kept up at, as their own thread last found them."""
