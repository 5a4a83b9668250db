"""What a capability does beside the loop."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from provisioner.extensions import Part, Parts, Point
from provisioner.model.lending import Grant, GrantTerms
from provisioner.model.machines.first_boot import DomainJoin, FirstBootGrant
from provisioner.model.status import Status
from provisioner.ports import Clock, Store
from provisioner.settings.values import Settings

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCommand:
    """How this Bascule's own commands are started, about this site."""

    words: Sequence[str]
    """What begins each of them; empty: none can be started, and nothing is asked."""
    options: Sequence[str] = ()
    """What ends each of them: which site is meant."""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a worker may use. `settings` and `store` are asked at each use: a reload and a clock set back replace them."""

    settings: Callable[[], Settings]
    store: Callable[[], Store]
    reader: Store
    """Not the owner's: whoever reads it keeps the control thread from nothing."""
    command: OwnCommand
    """For what takes minutes, in a process of its own."""
    clock: Clock
    rate: float
    """Seconds of the clock per real second."""
    frozen: Callable[[], bool]
    """While it is true, nothing is written outside."""
    notice: Callable[[str, str], None]
    """For the log: of what, and what is new about it."""


class Worker(Protocol[T_co]):
    """Has a thread of its own: what fails there holds up nothing."""

    name: str
    """As the log and the list of what is wrong call it."""

    @property
    def fault(self) -> str:
        """What its last round failed of, though nobody has foreseen it; empty: it did not. Any thread may ask."""

    def open(self) -> None:
        """Begin."""

    def offer(self, status: Status) -> None:
        """The last status. Called by the control thread: takes a reference, and returns."""

    def now(self) -> T_co:
        """How it stands. Any thread may ask."""

    def close(self) -> None:
        """End."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideWork(Generic[T]):
    """What is made when the daemon begins."""

    part: Part[T]
    """Of the status: how it stands."""
    make: Callable[[Surroundings], Worker[T] | None]
    """The worker; None: it is not configured. Loads vendors' libraries only if it is."""
    services: Callable[[Surroundings, Any], Parts] = lambda _around, _worker: Parts()
    """What it does for the core, by the keys of services: with its worker, or with None if it has none."""


JOIN = Part[Callable[[FirstBootGrant], DomainJoin | None]]("join", lambda _: None)
"""A service: what a desktop joins its domain with at its first boot. Raises DirectoryError."""
GRANT = Part[Callable[[GrantTerms], Grant] | None]("grant", None)
"""A service: makes a grant that opens a lent desktop, a new one each time, which is good once and allows nothing else. Asks
nobody; any thread may call. None: nothing does."""

WORK: Point[SideWork[Any]] = Point("work", "WORK", SideWork)


__all__ = ["GRANT", "JOIN", "WORK", "OwnCommand", "SideWork", "Surroundings", "Worker"]
