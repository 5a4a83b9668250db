"""The people: agents and the roster last read of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.model.ids import AgentId, Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One person, as the directory's configured attributes say."""

    agent_id: AgentId
    login: str
    display_name: str
    mail: str = ""
    department: str = ""
    site: str = ""
    groups: frozenset[str] = frozenset()
    """Names (cn) of the groups the person is a member of."""
    enabled: bool = True
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Further configured directory attributes by lower-case name, for entitlements and selections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A directory entry that is no usable agent, and why."""

    entry: str
    """The entry's DN."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """All agents of one complete reading of the directory."""

    read_at: Instant
    agents: Mapping[AgentId, Agent]
    rejected: tuple[Rejected, ...] = ()
