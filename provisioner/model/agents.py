"""The people: agents and the roster last read of them."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.model.ids import AgentId, Instant
from provisioner.reasons.reason import Reason


class AccountStatus(enum.StrEnum):
    """What the directory says of an account. A locked one is no leaver's: wrong passwords lock it, and it opens again."""

    ACTIVE = "active"
    LOCKED = "locked"
    DISABLED = "disabled"
    EXPIRED = "expired"


class NoPerson(enum.StrEnum):
    """What an entry is that no person logs on with."""

    COMPUTER = "computer"
    SERVICE_ACCOUNT = "managed service account"


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
    """Names (cn) of the groups the person is a member of; of groups that entitlements or waves name by DN also the DN
    (`distinguished_names.group_key`)."""
    standing: AccountStatus = AccountStatus.ACTIVE
    unit: str = ""
    """DN of the entry's parent, as the server wrote it: where in the tree the person is."""
    rdn: str = ""
    """The entry's own part of its DN: with `unit` it finds the entry again when its id cannot be read."""
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Further configured directory attributes by lower-case name, for entitlements and selections."""

    @property
    def entry(self) -> str:
        """The DN of the person's entry; empty: it was not kept."""
        return f"{self.rdn},{self.unit}" if self.rdn else ""

    @property
    def enabled(self) -> bool:
        """Whether the person may have a desktop as far as the account goes."""
        return self.standing in (AccountStatus.ACTIVE, AccountStatus.LOCKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A directory entry that is no usable agent, and why."""

    entry: str
    """The entry's DN."""
    reason: Reason
    agent_id: AgentId | None = None
    """Whose entry it is, where that can be read or was known before: who is there but unusable has not left."""
    login: str = ""
    """As far as it can be read."""
    same_as: tuple[AgentId, ...] = ()
    """Agents in force one of whom this is under a new id, as far as can be seen; several: nobody can say which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncMark:
    """How far a server's changes were read. It means something to that server alone."""

    server: str
    """The server's own lasting name, which also changes when it is restored from a backup."""
    value: str
    """A number or a cookie, as the server gave it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """All agents of one complete reading of the directory."""

    read_at: Instant
    agents: Mapping[AgentId, Agent]
    rejected: tuple[Rejected, ...] = ()
    departed: Mapping[AgentId, Agent] = field(default_factory=dict, hash=False)
    """Who is not listed any more and whose desktop is there still, as last accepted: so that people see a name, not an id."""
    left_out: Mapping[NoPerson, int] = field(default_factory=dict, hash=False)
    """Entries that are not people, by what they are."""
    source: str = ""
    """The server that was read."""
    mark: SyncMark | None = None
    """Up to where it was read; None: nothing can be read on from here."""
    entries: int = 0
    """Entries of people, usable or not, when every entry was last read."""
    having: Mapping[str, int] = field(default_factory=dict, hash=False)
    """How many of them had each attribute that was asked for."""
    group_count: int = 0
    """Groups that there were when every entry was last read: fewer, and one was deleted."""
    passed_over: tuple[str, ...] = ()
    """Other servers of the directory that gave no whole answer when they were last asked: each address with the reason."""
    full_at: Instant = 0.0
    """When every entry was last read; `read_at` of a full reading, earlier after readings of changes alone."""
