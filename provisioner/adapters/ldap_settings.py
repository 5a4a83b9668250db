"""What has to be known to read a directory over LDAP."""

import enum
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.adapters.ldap_entries import LdapAttributes

GROUP_FILTER = "(|(objectClass=group)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))"
"""Active Directory's groups, and the usual ones of the others."""


class TlsMode(enum.StrEnum):
    """How the way to the server is protected; `ldaps://` addresses are always protected."""

    LDAPS = "ldaps"
    STARTTLS = "starttls"
    NONE = "none"
    """In clear, password included: for a server on this machine alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapBase:
    """One part of the tree where people are."""

    base: str
    filter: str = ""
    """Which entries there are people; empty: the directory's own filter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapGroups:
    """Where groups are read, so that whoever is in one through another group is in it too."""

    base: str
    filter: str = GROUP_FILTER
    nested: bool = True
    """False: only direct members count."""
    members: str = ""
    """The attribute of groups that lists members: DNs, or logins where it is `memberUid`. Empty: memberOf says it all."""
    names: frozenset[str] = frozenset()
    """Active Directory alone is asked group by group, for these: those that entitlements and waves name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapSettings:
    """Where the agents are listed. Times in seconds."""

    urls: tuple[str, ...] = ()
    """`ldaps://name[:port]` or `ldap://name[:port]`; the next is asked when one gives no answer."""
    ldif: Path | None = None
    """Instead of urls: a file that is served from memory."""
    tls: TlsMode = TlsMode.LDAPS
    ca_file: Path | None = None
    """PEM certificates of the authorities to trust; None: the system's."""
    certificate: Path | None = None
    """Our own certificate (PEM), shown to the server; without a bind_dn it is also who we are (SASL EXTERNAL)."""
    key: Path | None = None
    """The certificate's key (PEM)."""
    bind_dn: str = ""
    """Empty: by certificate where there is one, else anonymous."""
    password: str = field(default="", repr=False)
    base: str = ""
    filter: str = "(objectClass=person)"
    bases: tuple[LdapBase, ...] = ()
    """Instead of base: several parts of the tree. An entry below two of them counts once."""
    attributes: LdapAttributes = LdapAttributes()
    groups: LdapGroups | None = None
    """None: the groups are those that a person's own entry lists."""
    ignore_referrals: bool = False
    """Leave out the parts of the tree that other servers hold, instead of refusing the reading as incomplete."""
    changes: bool = True
    """Whether readings may go on from an earlier one: then each notes how far the server's changes went."""
    page_size: int = 500
    """Entries an answer: below the 1,000 that Active Directory allows."""
    connect_timeout_s: float = 5.0
    """A server in reach answers in milliseconds; the rest is for the next one."""
    receive_timeout_s: float = 30.0
    """For each part of an answer; a page of 500 takes well under a second."""
    dead_for_s: float = 900.0
    """How long a server that gave no whole answer is asked after the others: three readings at their usual interval."""

    @property
    def places(self) -> tuple[LdapBase, ...]:
        """Every base with the filter that holds there."""
        bases = self.bases or (LdapBase(base=self.base),)
        return tuple(LdapBase(base=one.base, filter=one.filter or self.filter) for one in bases)
