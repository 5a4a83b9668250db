"""The section `directory:` as frozen values: where the agents are listed, and how it is read. Times in seconds."""

import enum
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from provisioner.model.bounds import Bounds, Length
from provisioner.model.guard import Guard
from provisioner.settings.secret import Secret

GROUP_FILTER = "(|(objectClass=group)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup)\
(objectClass=groupOfURLs))"
"""Active Directory's groups, and the usual ones of the others, those that are found by a memberURL among them."""


class Tls(enum.StrEnum):
    """How the way to the directory is protected."""

    LDAPS = "ldaps"
    STARTTLS = "starttls"
    NONE = "none"
    """In clear, password included, unless the address is `ldaps://`: for a server on this machine alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryAttributes:
    """Which directory attribute says what. The defaults are those of OpenLDAP's inetOrgPerson; empty: not read."""

    agent_id: str = "entryUUID"
    """What tells a person from all others for good, renames included: `objectGUID` on Active Directory, or any stable
    attribute with one value, such as `employeeNumber` or `supannEmpId`. Changing it gives everybody a new id: `bascule
    directory rekey`."""
    login: str = "uid"
    """What the agent logs on with; `sAMAccountName` on Active Directory."""
    login_pattern: str = ""
    """A regular expression that the login matches as a whole, where entries list several; without it, or where several match,
    the login is what the entry is named by (`uid=jdupont,…`), else the entry is rejected."""
    display_name: str = "displayName"
    """The name as people write it."""
    mail: str = "mail"
    """The mail address."""
    department: str = "departmentNumber"
    """The service the agent works in; `department` on Active Directory."""
    site: str = "l"
    """Where the agent works."""
    groups: str = "memberOf"
    """Groups, by DN or name. Groups within groups: see `directory.groups`."""
    enabled: str = ""
    """An attribute of your own that enables the account when true."""
    end_date: str = ""
    """An attribute of your own that says until when somebody is there; a day counts to its end (UTC)."""
    end_date_format: str = "generalized"
    """How `end_date` is written: `generalized` (20261231235959Z), `filetime` (as accountExpires), `days` or `seconds` since
    1970, or a pattern such as `%d/%m/%Y`."""
    account_state: tuple[str, ...] | None = None
    """Attributes that disable, lock or expire an account; the worst holds. Left out: `userAccountControl`, `accountExpires`
    and `lockoutTime` where agent_id is `objectGUID` or login `sAMAccountName`; `pwdAccountLockedTime`, `shadowExpire`,
    `nsAccountLock`, `krbPrincipalExpiration`, `supannRessourceEtat` and `supannRessourceEtatDate` where agent_id is another
    UUID; else all of them. A locked account keeps its desktop."""
    extra: tuple[str, ...] = ()
    """Further attributes that entitlements and waves select by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryBase:
    """One part of the tree where agents are."""

    base: str
    """The DN below which they are."""
    filter: str = ""
    """Which entries there are agents; left out: `directory.filter`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryGroups:
    """Where groups are read, for groups within groups."""

    base: str
    """The DN below which the groups are, those within other groups too."""
    filter: str = GROUP_FILTER
    """Which entries there are groups."""
    nested: bool = True
    """Whether members of a group within a group count. Active Directory is asked once for each group that entitlements and
    waves name; elsewhere all groups are read."""
    members: tuple[str, ...] = ()
    """The attributes of groups that list their members, where agents' own entries do not tell: `member`, `uniqueMember`,
    `memberUid`, or several of them; none: agents' entries tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectorySettings:
    """Where the agents are listed: servers, or one LDIF file served from memory."""

    urls: tuple[str, ...] = ()
    """`ldaps://name[:port]`, or `ldap://` with starttls; the next is asked when one gives no answer."""
    ldif: Path | None = None
    """Instead of urls: a file, for demonstrations and rehearsals."""
    tls: Tls = Tls.LDAPS
    """`ldaps`, `starttls` or `none`; certificates are always checked. `none` sends the password in clear and needs
    `insecure: true`."""
    ca_file: Path | None = None
    """PEM certificates of the authorities to trust; none: the system's."""
    certificate: Path | None = None
    """Bascule's own certificate (PEM), for servers that ask for one; without `bind_dn` it is also who reads (SASL
    EXTERNAL)."""
    key: Path | None = None
    """The certificate's key (PEM)."""
    bind_dn: str = ""
    """The account that reads; empty: by `certificate`, or anonymous."""
    password: Secret | None = None
    """Its password."""
    base: str = ""
    """The DN below which the agents are."""
    filter: str = "(objectClass=person)"
    """Which entries are agents; `(&(objectCategory=person)(objectClass=user))` on Active Directory."""
    bases: tuple[DirectoryBase, ...] = ()
    """Instead of `base`: several parts of the tree; an agent below two of them counts once."""
    attributes: DirectoryAttributes = DirectoryAttributes()
    groups: DirectoryGroups | None = None
    """Where groups are read; left out: the groups are those that each agent's own entry lists."""
    ignore_referrals: bool = False
    """Leave out the parts of the tree that other servers hold; else such a reading is refused as incomplete. They are
    never followed: that would carry the password to whichever server is named."""
    page_size: Annotated[int, Bounds(ge=1, le=10_000)] = 500
    """Entries an answer: half of the 1,000 that Active Directory gives at most."""
    connect_timeout_s: float = 5.0
    """A server in reach answers in milliseconds; the rest of the time is the next one's."""
    receive_timeout_s: float = 30.0
    """For each page: it takes well under a second, a busy server a few."""
    reading_timeout_s: float = 120.0
    """For a whole reading of one server, connecting apart; then it has failed, and the next server is asked. Two fit into
    an interval. 4,700 people cost a second of processor time; 100,000, the most that are read, some twenty."""
    dead_for_s: Length = 900.0
    """How long a server that gave no whole answer is asked after the others: three readings at their usual interval."""
    interval_s: float = 300.0
    """From one reading to the next: a newcomer has a desktop wanted within five minutes; a reading of 1,700 costs a second."""
    full_interval_s: float = 3_600.0
    """From one reading of everything to the next. Those in between take in only what has changed, where the server tells:
    Active Directory, and OpenLDAP with its syncprov overlay. Who has left the directory shows in the full ones alone."""
    guard: Guard = Guard()
    """How much of a change is believed without an operator."""

    @property
    def places(self) -> tuple[DirectoryBase, ...]:
        """Every base with the filter that holds there."""
        bases = self.bases or (DirectoryBase(base=self.base),)
        return tuple(DirectoryBase(base=one.base, filter=one.filter or self.filter) for one in bases)

    @property
    def reads_changes(self) -> bool:
        """Whether readings may go on from an earlier one."""
        return self.full_interval_s > self.interval_s
