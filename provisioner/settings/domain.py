"""The domain that desktops join, as a value."""

from dataclasses import dataclass
from pathlib import Path

from provisioner.model.domain import DomainRules
from provisioner.settings.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainSettings:
    """The Active Directory domain that desktops join at their first boot, each with an account that Bascule makes for it."""

    realm: str
    """The domain's Kerberos realm, in capitals: DEP.EXAMPLE."""
    urls: tuple[str, ...]
    """Its domain controllers, as `ldaps://name[:port]`: passwords of accounts are taken over TLS alone. The next is tried if
    one does not answer."""
    ca_file: Path | None = None
    """PEM certificates of the authorities to trust; none: the system's."""
    bind_dn: str
    """The account that makes computer accounts: one with the right to create and delete them in `ou`, and no other."""
    password: Secret
    """The password of that account."""
    ou: str
    """The DN of the container that holds all accounts of desktops; nothing above it is ever written to."""
    timeout_s: float = 4.0
    """For connecting, and for each answer. The desktop waits for 15 s, and asks again."""
    rules: DomainRules = DomainRules()
