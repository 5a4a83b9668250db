"""Apache Guacamole, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.capabilities.brokers.model import BrokerRules
from provisioner.model.bounds import Length
from provisioner.model.grants import GrantRules
from provisioner.settings.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantSettings:
    """Grants: a lent desktop is opened by a signed and encrypted text (extension `guacamole-auth-json`)."""

    key: Secret
    """`json-secret-key` of guacamole.properties: 32 hexadecimal digits."""
    rules: GrantRules


@dataclass(frozen=True, slots=True, kw_only=True)
class GuacamoleAccess:
    """Connections of people's own desktops, kept up in Guacamole's database by its REST API."""

    user: str
    """An account of Guacamole that may administer the system."""
    password: Secret
    data_source: str = "mysql"
    """As the database extension is called: `mysql` (MariaDB, too), `postgresql` or `sqlserver`."""
    rules: BrokerRules


@dataclass(frozen=True, slots=True, kw_only=True)
class GuacamoleSettings:
    """Apache Guacamole: people use their desktops in a browser."""

    url: str
    """The address of Guacamole's pages, such as `https://bureau.dep.example/guacamole`. Without TLS only on this machine."""
    ca_file: Path | None = None
    """The certificate authority of the server, in PEM. Left out: those of this machine."""
    timeout_s: Length = 10.0
    """For a connection, and for each answer: a list of thousands of connections takes seconds."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """More parameters of every connection, as Guacamole's manual names them: `security`, `ignore-cert`, `server-layout`."""
    grants: GrantSettings | None = None
    """None: no grants."""
    connections: GuacamoleAccess | None = None
    """None: no connections are kept up."""
