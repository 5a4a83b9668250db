"""What has to be known to read a directory over LDAP: what is configured of it, and what the daemon adds."""

from dataclasses import dataclass, field
from pathlib import Path

from provisioner.adapters.ldap.entries import LdapAttributes
from provisioner.settings.directory import DirectoryBase, DirectoryGroups, Tls


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapSettings:
    """Where the agents are listed. Times in seconds.

    Of `DirectorySettings` what a reading needs, with its password revealed; when to read and what to believe stay there.
    """

    urls: tuple[str, ...] = ()
    """`ldaps://name[:port]` or `ldap://name[:port]`; the next is asked when one gives no answer."""
    ldif: Path | None = None
    """Instead of urls: a file that is served from memory."""
    tls: Tls = Tls.LDAPS
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
    bases: tuple[DirectoryBase, ...] = ()
    """Instead of base: several parts of the tree. An entry below two of them counts once."""
    attributes: LdapAttributes = LdapAttributes()
    groups: DirectoryGroups | None = None
    """None: the groups are those that a person's own entry lists."""
    group_names: frozenset[str] = frozenset()
    """Those that entitlements and waves name, by name or DN (`distinguished_names.group_key`): no two groups may have one of
    these names, and Active Directory is asked for them one by one."""
    ignore_referrals: bool = False
    """Leave out the parts of the tree that other servers hold, instead of refusing the reading as incomplete."""
    changes: bool = True
    """Whether readings may go on from an earlier one."""
    page_size: int = 500
    """Entries an answer: below the 1,000 that Active Directory allows."""
    connect_timeout_s: float = 5.0
    """A server in reach answers in milliseconds; the rest is for the next one."""
    receive_timeout_s: float = 30.0
    """For each part of an answer; a page of 500 takes well under a second."""
    reading_timeout_s: float = 120.0
    """For everything that one server is asked in one reading, from the first byte to the last."""
    dead_for_s: float = 900.0
    """How long a server that gave no whole answer is asked after the others: three readings at their usual interval."""

    @property
    def places(self) -> tuple[DirectoryBase, ...]:
        """Every base with the filter that holds there."""
        bases = self.bases or (DirectoryBase(base=self.base),)
        return tuple(DirectoryBase(base=one.base, filter=one.filter or self.filter) for one in bases)
