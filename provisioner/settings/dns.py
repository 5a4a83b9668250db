"""The server of the zones, as a value."""

from dataclasses import dataclass
from typing import Annotated

from provisioner.model.bounds import Bounds
from provisioner.model.zones import ZoneRules
from provisioner.settings.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsKey:
    """The TSIG key that signs every request."""

    name: str
    """As the server knows it."""
    algorithm: str = "hmac-sha256"
    """`hmac-sha256`, `hmac-sha384` or `hmac-sha512`: those that RFC 8945 does not call unsafe."""
    secret: Secret
    """In base64, as `tsig-keygen` prints it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsSettings:
    """Where the desktops' names and addresses are published."""

    server: str
    """The IP address of the zones' primary server."""
    port: Annotated[int, Bounds(ge=1, le=65_535)] = 53
    """Its TCP port."""
    timeout_s: float = 5.0
    """For each answer; a zone of thousands of names is transferred in a fraction of it."""
    key: DnsKey
    zones: ZoneRules
