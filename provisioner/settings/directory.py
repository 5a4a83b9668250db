"""The section `directory:` as frozen values: where the agents are listed, and how it is read. Times in seconds."""

import enum
from dataclasses import dataclass
from pathlib import Path

from provisioner.model.guarding import Guard
from provisioner.settings.secret import Secret


class Tls(enum.StrEnum):
    """How the way to the directory is protected."""

    LDAPS = "ldaps"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryAttributes:
    """Which directory attribute says what. The defaults are those of OpenLDAP's inetOrgPerson; empty: not read."""

    agent_id: str = "entryUUID"
    """A UUID that survives renames; `objectGUID` on Active Directory."""
    login: str = "uid"
    """What the agent logs on with; `sAMAccountName` on Active Directory."""
    display_name: str = "displayName"
    """The name as people write it."""
    mail: str = "mail"
    """The mail address."""
    department: str = "departmentNumber"
    """The service the agent works in; `department` on Active Directory."""
    site: str = "l"
    """Where the agent works."""
    groups: str = "memberOf"
    """Groups, by DN or name; only the name (cn) is compared. Nested groups are not followed."""
    enabled: str = ""
    """`userAccountControl` on Active Directory (its bit 2 disables), `nsAccountLock` (true disables), or one that enables
    when true."""
    extra: tuple[str, ...] = ()
    """Further attributes that entitlements and waves select by."""


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
    bind_dn: str = ""
    """The account that reads; empty: anonymous."""
    password: Secret | None = None
    """Its password."""
    base: str
    """The DN below which the agents are."""
    filter: str = "(objectClass=person)"
    """Which entries are agents; `(&(objectCategory=person)(objectClass=user))` on Active Directory."""
    attributes: DirectoryAttributes = DirectoryAttributes()
    page_size: int = 500
    """Entries an answer: half of the 1,000 that Active Directory gives at most."""
    connect_timeout_s: float = 5.0
    """A server in reach answers in milliseconds; the rest of the time is the next one's."""
    receive_timeout_s: float = 30.0
    """For each page: it takes well under a second, a busy server a few."""
    interval_s: float = 300.0
    """From one reading to the next: a newcomer has a desktop wanted within five minutes; a reading of 1,700 costs a second."""
    guard: Guard = Guard()
    """How much of a change is believed without an operator."""
