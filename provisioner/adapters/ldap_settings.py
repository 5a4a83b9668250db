"""What has to be known to read a directory over LDAP."""

import enum
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.adapters.ldap_entries import LdapAttributes


class TlsMode(enum.StrEnum):
    """How the way to the server is protected; `ldaps://` addresses are always protected."""

    LDAPS = "ldaps"
    STARTTLS = "starttls"
    NONE = "none"
    """In clear, password included: for a server on this machine alone."""


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
    bind_dn: str = ""
    """Empty: anonymous."""
    password: str = field(default="", repr=False)
    base: str
    filter: str = "(objectClass=person)"
    attributes: LdapAttributes = LdapAttributes()
    page_size: int = 500
    """Entries an answer: below the 1,000 that Active Directory allows."""
    connect_timeout_s: float = 5.0
    """A server in reach answers in milliseconds; the rest is for the next one."""
    receive_timeout_s: float = 30.0
    """For each part of an answer; a page of 500 takes well under a second."""
