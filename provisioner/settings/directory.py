"""The section `directory:` as frozen values: where agents are listed, and how the directory is read. Times in seconds."""

import enum
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from provisioner.model.bounds import Bounds, Length
from provisioner.model.guard import Guard
from provisioner.settings.secret import Secret

GROUP_FILTER = "(|(objectClass=group)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup)\
(objectClass=groupOfURLs))"
"""Groups of Active Directory and the usual group classes of other servers, including dynamic groups (memberURL)."""


class Tls(enum.StrEnum):
    """How the connection to the directory is encrypted."""

    LDAPS = "ldaps"
    STARTTLS = "starttls"
    NONE = "none"
    """In clear, password included, unless the address is `ldaps://`: only for a server on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryAttributes:
    """The directory attributes to read. The defaults are those of OpenLDAP's inetOrgPerson; empty: not read."""

    agent_id: str = "entryUUID"
    """The permanent identifier of a person, unchanged by a rename: `objectGUID` on Active Directory, or any stable attribute
    with a single value, such as `employeeNumber` or `supannEmpId`. A change gives every agent a new id: see `bascule
    directory rekey`."""
    login: str = "uid"
    """The log-on name of the agent; `sAMAccountName` on Active Directory."""
    login_pattern: str = ""
    """A regular expression that the whole login matches, for entries with several values. Without it, or if several values
    match, the login is the value in the entry's RDN (`uid=jdupont,…`); if there is none, the entry is rejected."""
    display_name: str = "displayName"
    """The full name."""
    mail: str = "mail"
    """The mail address."""
    department: str = "departmentNumber"
    """The department of the agent; `department` on Active Directory."""
    site: str = "l"
    """The place of work."""
    groups: str = "memberOf"
    """Groups, by DN or name. Groups within groups: see `directory.groups`."""
    enabled: str = ""
    """A site-specific attribute; the account is enabled when it is true."""
    end_date: str = ""
    """A site-specific attribute with the agent's last day; the day counts to its end (UTC)."""
    end_date_format: str = "generalized"
    """The format of `end_date`: `generalized` (20261231235959Z), `filetime` (as accountExpires), `days` or `seconds` since
    1970, or a pattern such as `%d/%m/%Y`."""
    account_state: tuple[str, ...] | None = None
    """Attributes that disable, lock or expire an account; the most restrictive applies. Left out: `userAccountControl`,
    `accountExpires` and `lockoutTime` where agent_id is `objectGUID` or login `sAMAccountName`; `pwdAccountLockedTime`,
    `shadowExpire`, `nsAccountLock`, `krbPrincipalExpiration`, `supannRessourceEtat` and `supannRessourceEtatDate` where
    agent_id is another UUID; else all of them. A locked account keeps its desktop."""
    extra: tuple[str, ...] = ()
    """Further attributes for the criteria of entitlements and waves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryBase:
    """A part of the directory tree that holds agents."""

    base: str
    """The DN to search below."""
    filter: str = ""
    """The filter for agents there; left out: `directory.filter`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryGroups:
    """Where groups are read, for groups within groups."""

    base: str
    """The DN to search below, nested groups included."""
    filter: str = GROUP_FILTER
    """The filter for groups."""
    nested: bool = True
    """Whether members of nested groups count. Active Directory gets one query for each group named in entitlements and waves;
    from other servers all groups are read."""
    members: tuple[str, ...] = ()
    """The attributes of groups that list their members, if the agents' entries do not list their groups: `member`,
    `uniqueMember`, `memberUid`, or several of them; none: the agents' entries list their groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectorySettings:
    """Where the agents are listed: servers, or one LDIF file served from memory."""

    urls: tuple[str, ...] = ()
    """`ldaps://name[:port]`, or `ldap://` with starttls; the next is tried if a server does not answer."""
    ldif: Path | None = None
    """Instead of urls: a file, for demonstrations and rehearsals."""
    tls: Tls = Tls.LDAPS
    """`ldaps`, `starttls` or `none`; certificates are always checked. `none` sends the password in clear and needs
    `insecure: true`."""
    ca_file: Path | None = None
    """PEM certificates of the authorities to trust; none: the system's."""
    certificate: Path | None = None
    """Bascule's client certificate (PEM), for servers that require it; without `bind_dn` it also identifies the reader (SASL
    EXTERNAL)."""
    key: Path | None = None
    """The certificate's key (PEM)."""
    bind_dn: str = ""
    """The account for reading; empty: `certificate`, or anonymous."""
    password: Secret | None = None
    """The password of that account."""
    base: str = ""
    """The DN to search below."""
    filter: str = "(objectClass=person)"
    """The filter for agents; `(&(objectCategory=person)(objectClass=user))` on Active Directory."""
    bases: tuple[DirectoryBase, ...] = ()
    """Instead of `base`: several parts of the tree; an agent found in two of them counts once."""
    attributes: DirectoryAttributes = DirectoryAttributes()
    groups: DirectoryGroups | None = None
    """Where groups are read; left out: the groups listed in each agent's entry count."""
    ignore_referrals: bool = False
    """Leave out the parts of the tree on other servers; otherwise such a reading is refused as incomplete. Referrals are
    never followed: that would send the password to any server they name."""
    page_size: Annotated[int, Bounds(ge=1, le=10_000)] = 500
    """Entries per page: half of the maximum of Active Directory, 1,000."""
    connect_timeout_s: float = 5.0
    """A reachable server answers in milliseconds; the rest of the time is left for the next server."""
    receive_timeout_s: float = 30.0
    """For each page: well under a second is usual, a few seconds on a busy server."""
    reading_timeout_s: float = 120.0
    """For a whole reading from a server, without connecting; after that the next server is tried. Two such readings fit into
    an interval. 4,700 people cost a second of processor time; 100,000, the maximum, some twenty seconds."""
    dead_for_s: Length = 900.0
    """How long a server that failed is tried last: three readings at their usual interval."""
    interval_s: float = 300.0
    """Between readings: a new agent is known within five minutes; a reading of 1,700 agents costs a second."""
    full_interval_s: float = 3_600.0
    """Between full readings. The readings in between fetch only changes, if the server offers that: Active Directory, and
    OpenLDAP with its syncprov overlay. Only a full reading shows who has left the directory."""
    guard: Guard = Guard()
    """How large a change may be without an operator's consent."""

    @property
    def places(self) -> tuple[DirectoryBase, ...]:
        """Every base with its filter."""
        bases = self.bases or (DirectoryBase(base=self.base),)
        return tuple(DirectoryBase(base=part.base, filter=part.filter or self.filter) for part in bases)

    @property
    def reads_changes(self) -> bool:
        """Whether a reading may fetch only the changes since an earlier reading."""
        return self.full_interval_s > self.interval_s
