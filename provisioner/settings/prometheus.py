"""Where the figures of other systems come from, as a value."""

from dataclasses import dataclass
from pathlib import Path

from provisioner.model.bounds import Length
from provisioner.settings.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusSettings:
    """The Prometheus server that the ceilings of scenarios ask (`in_use`)."""

    url: str
    """Its address, with the path in front of `/api`, if there is one. Without TLS only on this machine."""
    ca_file: Path | None = None
    """The certificate authority of the server, in PEM. Left out: those of this machine."""
    username: str = ""
    """For HTTP basic authentication; left out: none."""
    password: Secret | None = None
    """The user's password."""
    timeout_s: Length = 5.0
    """For a connection, and for a whole answer: a query of one number takes a fraction of it."""
    interval_s: Length = 60.0
    """Between two questions. Prometheus itself looks at its sources every 15 s to 60 s."""
