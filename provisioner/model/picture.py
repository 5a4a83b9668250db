"""What Bascule knows at the end of a cycle: all that metrics, `status` and `plan` show. They compute nothing new from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.model.actions import Plan
from provisioner.model.agents import Roster
from provisioner.model.cluster import Snapshot
from provisioner.model.demand import Demand
from provisioner.model.desktops import Phase, Reservation, Session
from provisioner.model.ids import ClusterId, DesktopName, Instant, NodeName, ProfileName
from provisioner.model.intents import Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopState:
    """One desktop, in words."""

    reservation: Reservation
    phase: Phase
    because: str
    node: NodeName
    since: Instant
    """When this phase was first seen."""
    wanted: bool
    sessions: tuple[Session, ...] | None = None
    """None: unknown, never 'none'."""
    agent_login: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many more desktops of a profile there is room for, and what runs out first."""

    free: int
    binds: str
    """`memory`, `cores`, `storage`, `vmids`, `addresses`, `templates` or `nodes`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything at one moment."""

    at: Instant
    snapshot: Snapshot = Snapshot()
    roster: Roster | None = None
    demand: Demand = Demand()
    plan: Plan = Plan()
    desktops: Mapping[DesktopName, DesktopState] = field(default_factory=dict)
    capacity: Mapping[ProfileName, Capacity] = field(default_factory=dict)
    in_flight: Mapping[str, int] = field(default_factory=dict)
    """Actions under way, by kind."""
    queued: Mapping[str, int] = field(default_factory=dict)
    """Actions ordered that wait for a slot, by kind."""
    oldest_queued_at: Instant | None = None
    paused: Mapping[ClusterId, str] = field(default_factory=dict)
    """Clusters on which nothing is written now, and why."""
    blocked: tuple[str, ...] = ()
    """What the safety gate stopped, with the arithmetic."""
    intents: tuple[Intent, ...] = ()
    directory_error: str = ""
    """Why the last reading was not accepted; empty: it was."""
    baseline_accepted: bool = True
    cycle_seconds: float = 0.0
    """CPU-side length of the last cycle, by the clock."""
