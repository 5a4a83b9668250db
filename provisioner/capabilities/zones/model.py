"""DNS zones: what is to stand in them, what stands in them, and how far a zone is."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

from provisioner.extensions import Part
from provisioner.model.bounds import Bounds
from provisioner.model.ids import DesktopName, Instant
from provisioner.reasons.reason import NONE, Reason


class RecordKind(enum.StrEnum):
    """Kinds of records that Bascule writes, besides the TXT that owns them."""

    A = "A"
    AAAA = "AAAA"
    PTR = "PTR"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ZoneRecord:
    """One desktop's record in one zone. Names are whole, in small letters, without a dot at the end."""

    name: str
    kind: RecordKind
    value: str
    """The address; of a PTR the desktop's whole name."""
    desktop: DesktopName


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What stands under one name."""

    values: frozenset[tuple[str, str]] = frozenset()
    """Kind and value of each record, without TXT."""
    texts: frozenset[str] = frozenset()
    """Its TXT records."""


ZoneContent = Mapping[str, Held]
"""By name: a whole zone."""


class ChangeKind(enum.StrEnum):
    """What becomes of a name."""

    ADD = "add"
    REPLACE = "replace"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneChange:
    """One name's change. It is made only if the name is still as it was read: nothing there, or owned by `owner_before`."""

    kind: ChangeKind
    name: str
    record: ZoneRecord | None = None
    """What is to stand there; None: nothing."""
    owner: str = ""
    """The text that owns it from now on; empty: nothing is to stand there."""
    owner_before: str = ""
    """The only text that stands there; empty: the name is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneState:
    """How far one zone is, after its last round."""

    zone: str
    wanted: int = 0
    """Records that are to stand in it."""
    published: int = 0
    """Of them, those that do."""
    waiting: int = 0
    """Changes that the last round did not make: in a dry run all of them."""
    foreign: tuple[str, ...] = ()
    """Names that are wanted, and belong to somebody else: they stay as they are."""
    read_at: Instant | None = None
    """When a whole round last succeeded; None: never in this life of the daemon."""
    failing: Reason = NONE
    """Why the last round failed; empty: it did not."""
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneRules:
    """What is published, and where."""

    forward: str
    """The zone of the desktops' names, which are `<desktop>.<zone>`. Whole, in small letters."""
    reverse: tuple[str, ...] = ()
    """Zones of their addresses; an address in none of them gets no reverse record."""
    ttl_s: Annotated[float, Bounds(ge=1, le=86_400)] = 300.0
    """How long others may keep an answer. A desktop keeps its address for life: only answers about deleted desktops are
    old."""
    interval_s: float = 300.0
    """From one reading of a zone to the next while no desktop comes or goes: after this time a change by hand is seen."""
    remove_after_s: float = 3_600.0
    """How long a desktop has to be gone before its records are removed: what a mistake has taken away may be back by then."""
    dry_run: bool = False
    """Read, compare and report only; nothing is written to a zone."""


class ZoneServer(Protocol):
    """One DNS zone, on its primary server. Every method raises PublishingError."""

    @property
    def zone(self) -> str:
        """Its name, in small letters, without a dot at the end."""

    def read(self) -> ZoneContent:
        """The whole zone, as it is now."""

    def apply(self, changes: Sequence[ZoneChange]) -> Sequence[ZoneChange]:
        """Make the changes; returns those that were not made because their name is not as they say.

        After PublishingError some may have been made, and some not.
        """


STATES = Part[tuple[ZoneState, ...]]("zones", ())
"""In a status: zones that names are published in, as their own thread last found them."""
