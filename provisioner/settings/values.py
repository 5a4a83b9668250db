"""What bascule.yaml comes to: frozen values, paths absolute, secrets read, references resolved. Times in seconds."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlsplit

from provisioner.model.bounds import Bounds
from provisioner.model.budget import Budget, Naming, Pace, Safety
from provisioner.model.departures import LeaverRules
from provisioner.model.ids import ClusterId, PoolName, ProfileName
from provisioner.model.ownership import NoteKey
from provisioner.model.profiles import Entitlement, Profile
from provisioner.model.scenarios import Scenario
from provisioner.settings.directory import DirectorySettings
from provisioner.settings.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSettings:
    """One Proxmox VE cluster and how to reach it."""

    cluster: ClusterId
    endpoints: tuple[str, ...]
    """`https://name[:port]` of two or three of its nodes, port 8006 if none is given; the next is asked when one gives
    no answer."""
    token_id: str
    """An API token, `user@realm!name`: with passwords, requests were lost."""
    token_secret: Secret
    ca_file: Path | None = None
    """PEM certificates that signed the nodes' certificates (`/etc/pve/pve-root-ca.pem` of the cluster); none: the system's."""
    pool: PoolName | None = None
    """A pool of Proxmox VE that every desktop is cloned into, so that the token needs its rights on that pool and not on all
    VMs; left out: none. The pool must exist."""
    connections: Annotated[int, Bounds(ge=2, le=512)] = 32
    """Requests to the cluster at once, guests' readings included: two a node on sixteen nodes, for each node has three API
    workers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Where Bascule keeps what Proxmox VE cannot tell."""

    url: str = "sqlite:////var/lib/bascule/bascule.db"
    """`sqlite:///file` (relative to this file) or `postgresql+psycopg://user@host/database`. SQLite serves one
    site without upkeep."""
    password: Secret | None = None
    """PostgreSQL's; it never stands in the url."""
    journal_keep_s: float = 180 * 86_400.0
    """How long the journal's lines are kept; `never`: for ever. They name operators, and people where an error text does: half
    a year is what most incidents are looked into within."""

    def connection_url(self) -> Secret:
        """The url with the password in it, as the database driver wants it."""
        parts = urlsplit(self.url)
        if self.password is None or not parts.hostname:
            return Secret(self.url)
        user, _, host = parts.netloc.rpartition("@")
        return Secret(parts._replace(netloc=f"{user}:{quote(self.password.reveal(), safe='')}@{host}").geturl())


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpositionSettings:
    """Where /metrics, /healthz and /readyz are served."""

    address: str = "127.0.0.1"
    """This machine alone. Any other address needs a certificate: pages name clusters and say what stands still."""
    port: Annotated[int, Bounds(ge=0, le=65_535)] = 9817
    """No exporter is registered under this port. 0: any that is free; the log says which."""
    certificate: Path | None = None
    """PEM certificate (chain) for HTTPS; none: HTTP, for this machine alone."""
    key: Path | None = None
    """PEM key of the certificate."""
    client_ca: Path | None = None
    """Only clients with a certificate of this authority are served."""
    user: str = ""
    """For basic authentication; empty: none."""
    password: Secret | None = None
    """Of that user."""


class LogFormat(enum.StrEnum):
    """For people, or for a log collector."""

    CONSOLE = "console"
    JSON = "json"


class LogLevel(enum.StrEnum):
    """The least that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogNames(enum.StrEnum):
    """How people are named in the log."""

    PLAIN = "plain"
    PSEUDONYM = "pseudonym"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """How the daemon writes its log, to standard error."""

    format: LogFormat = LogFormat.JSON
    """`json`, one object a line, or `console`. The journal and every collector take JSON."""
    level: LogLevel = LogLevel.INFO
    """`debug`, `info`, `warning` or `error`. At info, a switch writes some six lines a desktop."""
    names: LogNames = LogNames.PLAIN
    """`plain`, or `pseudonym`: logins, names, mail addresses and directory entries of people are replaced, the same for one
    person always. `bascule agents who` says whose a pseudonym is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SshSettings:
    """How desktops whose profile says `probe: ssh` are asked."""

    user: str = "bascule"
    """An account whose forced command only reports."""
    key_file: Path
    """The private key, without a passphrase, in OpenSSH's format; best ed25519 (some ECDSA keys without a comment are
    misread)."""
    known_hosts_file: Path
    """The desktops' host keys, `*` and `?` for desktops that share their image's; a desktop that shows another is not
    believed. Read again when it changes."""
    port: Annotated[int, Bounds(ge=1, le=65_535)] = 22
    """Where the desktops' sshd listens."""
    connect_timeout_s: float = 5.0
    """A desktop in the same network answers in milliseconds; a dead one must not hold a worker."""
    banner_timeout_s: float = 10.0
    """A desktop that boots takes seconds to greet."""
    auth_timeout_s: float = 10.0
    """Key authentication takes 0.1 s; a hanging name service, seconds."""
    channel_timeout_s: float = 10.0
    """For the answer: the report is a few lines."""


class Reload(enum.StrEnum):
    """What a reload (SIGHUP) does with a changed field of Settings."""

    LIVE = "live"
    """The running daemon takes it up."""
    RESTART = "restart"
    """It is named as waiting for a restart, and the old one stays in force until then."""


_LIVE = {"reload": Reload.LIVE}
_RESTART = {"reload": Reload.RESTART}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that is configured. Each field says whether a reload takes it up (settings/reload.py)."""

    installation: str = field(metadata=_RESTART)
    """Which Bascule this is: stands in every ownership note and tag."""
    note_key: NoteKey = field(metadata=_RESTART)
    clusters: Mapping[ClusterId, ClusterSettings] = field(metadata=_RESTART)
    directory: DirectorySettings = field(metadata=_RESTART)
    profiles: Mapping[ProfileName, Profile] = field(metadata=_LIVE)
    entitlements: tuple[Entitlement, ...] = field(metadata=_LIVE)
    """In order: the first that matches an agent decides."""
    naming: Naming = field(metadata=_RESTART)
    budget: Budget = field(default=Budget(), metadata=_LIVE)
    safety: Safety = field(default=Safety(), metadata=_LIVE)
    leavers: LeaverRules = field(default=LeaverRules(), metadata=_LIVE)
    pace: Pace = field(default=Pace(), metadata=_LIVE)
    store: StoreSettings = field(default=StoreSettings(), metadata=_RESTART)
    exposition: ExpositionSettings = field(default=ExpositionSettings(), metadata=_RESTART)
    log: LogSettings = field(default=LogSettings(), metadata=_RESTART)
    freeze_file: Path = field(default=Path("/var/lib/bascule/freeze"), metadata=_RESTART)
    """While this file exists nothing is written to any cluster; not below /run, for a freeze must outlive a restart of
    the machine."""
    ssh: SshSettings | None = field(default=None, metadata=_RESTART)
    scenario: Scenario | None = field(default=None, metadata=_LIVE)
    """The surge under way; None: every entitled agent at once."""
    scenario_file: Path | None = field(default=None, metadata=_LIVE)
    """Where it was read from."""
