"""The people: agents, and the roster as last read from the directory."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.model.ids import AgentId, Instant
from provisioner.model.machines.desktops import is_same_person
from provisioner.reasons.reason import Reason

MADE_BY_SERVERS = frozenset({"entryuuid", "objectguid", "guid", "nsuniqueid", "ipauniqueid", "ms-ds-consistencyguid"})
"""Attributes, in lower case, whose values servers make, unique and never used again: another name under the same value is a
rename. Any other attribute is typed, and may be another person's tomorrow."""


class AccountStatus(enum.StrEnum):
    """An account's status in the directory. Locked is not a departure: wrong passwords lock an account for a while."""

    ACTIVE = "active"
    LOCKED = "locked"
    DISABLED = "disabled"
    EXPIRED = "expired"


class NoPerson(enum.StrEnum):
    """Kinds of entries that are not people."""

    COMPUTER = "computer"
    SERVICE_ACCOUNT = "managed service account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One person, from the directory's configured attributes."""

    agent_id: AgentId
    login: str
    display_name: str
    mail: str = ""
    department: str = ""
    site: str = ""
    groups: frozenset[str] = frozenset()
    """Names (cn) of the person's groups; also the DNs (`distinguished_names.group_key`) of groups that entitlements or waves
    name by DN."""
    standing: AccountStatus = AccountStatus.ACTIVE
    unit: str = ""
    """DN of the entry's parent, as the server wrote it: where in the tree the person is."""
    rdn: str = ""
    """The first part of the entry's DN: with `unit` it identifies the entry if its id cannot be read."""
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Further configured directory attributes by lower-case name, for entitlements and selections."""

    @property
    def entry(self) -> str:
        """The DN of the person's entry; empty: unknown."""
        return f"{self.rdn},{self.unit}" if self.rdn else ""

    @property
    def enabled(self) -> bool:
        """Whether the account allows a desktop."""
        return self.standing in (AccountStatus.ACTIVE, AccountStatus.LOCKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A directory entry that cannot be used as an agent, and why."""

    entry: str
    """The entry's DN."""
    reason: Reason
    agent_id: AgentId | None = None
    """Its agent, if the id can be read or was known before: an agent with an unusable entry has not left."""
    login: str = ""
    """Empty: it could not be read."""
    same_as: tuple[AgentId, ...] = ()
    """Agents in force who may be the same person under an old id; several: unclear which. The entry's own id: it seems to be
    another person than the agent who is in force, or owns a desktop, under that id."""

    @property
    def is_other_person(self) -> bool:
        """Whether the entry seems to be another person than the agent who has its id."""
        return self.agent_id in self.same_as


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncMark:
    """How far a server's changes were read. Only this server understands it."""

    server: str
    """The server's id, which changes when it is restored from a backup."""
    value: str
    """A number or a cookie from the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerState:
    """What a server of the directory had when its reading was last in force."""

    mark: SyncMark | None = None
    latest: Mapping[AgentId, str] = field(default_factory=dict, hash=False)
    """The entries that were changed last, and when (year to second, UTC); some, of listed agents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """All agents of one complete reading of the directory."""

    read_at: Instant
    agents: Mapping[AgentId, Agent]
    rejected: tuple[Rejected, ...] = ()
    departed: Mapping[AgentId, Agent] = field(default_factory=dict, hash=False)
    """Agents who have left but still have a desktop, as last accepted: commands show their names instead of ids."""
    left_out: Mapping[NoPerson, int] = field(default_factory=dict, hash=False)
    """How many entries are not people, by kind."""
    source: str = ""
    """The server that was read."""
    mark: SyncMark | None = None
    """Where the next reading of changes begins; None: the next reading has to be a full one."""
    entries: int = 0
    """Entries of people, usable or not, in the last full reading."""
    having: Mapping[str, int] = field(default_factory=dict, hash=False)
    """How many of these entries had each attribute."""
    group_count: int = 0
    """Groups in the last full reading; fewer than before: a group was deleted."""
    servers: Mapping[str, ServerState] = field(default_factory=dict, hash=False)
    """By address: each server that was read, in this reading or before."""
    passed_over: tuple[str, ...] = ()
    """Other servers of the directory that gave no complete answer when they were last asked: address and reason."""
    full_at: Instant = 0.0
    """When every entry was last read: `read_at` of a full reading, earlier after a reading of changes."""


def agent_named(text: str, roster: Roster | None) -> AgentId | None:
    """The agent with this id, or this login; None: there is none, or several."""
    agents = roster.agents if roster is not None else {}
    if text in agents:
        return AgentId(text)
    found = [agent_id for agent_id, agent in agents.items() if is_same_person(agent.login, text)]
    return found[0] if len(found) == 1 else None
