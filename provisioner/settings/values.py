"""The settings as frozen values: paths absolute, secrets read, references resolved. Times in seconds."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Protocol, runtime_checkable
from urllib.parse import quote, urlsplit

from provisioner.extensions import Parts
from provisioner.model.bounds import Bounds
from provisioner.model.budget import Budget, Naming, Pace, Safety
from provisioner.model.departures import LeaverRules
from provisioner.model.ids import ClusterId, DesktopPoolName, PoolName, ProfileName
from provisioner.model.lending import GrantRules
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.people.profiles import Entitlement, Profile
from provisioner.model.pools import DesktopPool
from provisioner.model.scenario.scenarios import Scenario
from provisioner.settings.directory import DirectorySettings
from provisioner.settings.prometheus import PrometheusSettings
from provisioner.settings.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSettings:
    """A Proxmox VE cluster and how to reach it."""

    cluster: ClusterId
    endpoints: tuple[str, ...]
    """`https://name[:port]` of two or three of its nodes, by default port 8006; the next is tried if a node does not
    answer."""
    token_id: str
    """An API token, `user@realm!name`; passwords are not supported, because requests were lost with them."""
    token_secret: Secret
    ca_file: Path | None = None
    """PEM certificates of the authority of the nodes (`/etc/pve/pve-root-ca.pem` of the cluster); none: the system's."""
    pool: PoolName | None = None
    """A Proxmox VE pool for all desktops, so that the token needs privileges on that pool only and not on all VMs; left out:
    none. The pool must exist."""
    connections: Annotated[int, Bounds(ge=2, le=512)] = 32
    """Concurrent requests to the cluster, guest probes included: two per node on sixteen nodes, because each node has three
    API workers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Where Bascule stores what Proxmox VE does not know."""

    url: str = "sqlite:////var/lib/bascule/bascule.db"
    """`sqlite:///file` (relative to this file) or `postgresql+psycopg://user@host/database`. SQLite needs no
    maintenance, and is enough for a site."""
    password: Secret | None = None
    """The password of PostgreSQL; it is never part of the url."""
    journal_keep_s: float = 180 * 86_400.0
    """How long journal lines are kept; `never`: they are not deleted. Lines name operators, and people if an error text
    does. Half a year is enough to investigate most incidents."""

    def connection_url(self) -> Secret:
        """The url with the password, for the database driver."""
        parts = urlsplit(self.url)
        if self.password is None or not parts.hostname:
            return Secret(self.url)
        user, _, host = parts.netloc.rpartition("@")
        return Secret(parts._replace(netloc=f"{user}:{quote(self.password.reveal(), safe='')}@{host}").geturl())


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpositionSettings:
    """Where /metrics, /healthz and /readyz are served."""

    address: str = "127.0.0.1"
    """Only this machine by default. Any other address needs a certificate: the pages name clusters and their problems."""
    port: Annotated[int, Bounds(ge=0, le=65_535)] = 9817
    """No registered exporter uses this port. 0: any free port; the log names it."""
    certificate: Path | None = None
    """PEM certificate (chain) for HTTPS; none: HTTP, on this machine only."""
    key: Path | None = None
    """PEM key of the certificate."""
    client_ca: Path | None = None
    """Serve only clients with a certificate of this authority."""
    user: str = ""
    """For basic authentication; empty: none."""
    password: Secret | None = None
    """The password of that user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """Where the daemon answers commands and other software, and who may ask what."""

    socket: Path = Path("/run/bascule/api.sock")
    """A Unix socket; its folder is created. Commands find it here, by `--socket`, or by the variable BASCULE_SOCKET."""
    group: str = ""
    """The group of this machine that may use the socket; the daemon's account has to be in it. Empty: the account's own."""
    board: tuple[str, ...] = ()
    """Groups of this machine that may read numbers without people."""
    viewer: tuple[str, ...] = ()
    """Groups that may read everything: who has which desktop, and who is logged on."""
    helpdesk: tuple[str, ...] = ()
    """Groups that may also give orders about one desktop at a time."""
    operator: tuple[str, ...] = ()
    """Groups that may give every order. Root and the daemon's own account always may."""
    address: str | None = None
    """Where it answers over TCP too, with TLS and tokens; left out: nowhere."""
    port: Annotated[int, Bounds(ge=1, le=65_535)] = 9818
    """Next to that of the metrics; no registered service uses it."""
    certificate: Path | None = None
    """PEM certificate (chain) for TCP."""
    key: Path | None = None
    """PEM key of the certificate."""
    tokens: Path | None = None
    """A file with a line for each token: name, role, hash. `bascule config token` makes it. Read again when it changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverSettings:
    """Where desktops push what they say of their sessions (`bascule guest receiver`), and how that reaches the daemon."""

    address: str
    """Where `bascule guest receiver` listens, with TLS; the desktops have to reach it."""
    port: Annotated[int, Bounds(ge=1, le=65_535)] = 9819
    """Next to that of the API; no registered service uses it."""
    certificate: Path
    """PEM certificate (chain), with the name in the desktops' guest.conf. Only the receiver reads it."""
    key: Path | None = None
    """PEM key of the certificate; left out: it is in the same file. Only the receiver reads it."""
    socket: Path = Path("/run/bascule-receiver/daemon.sock")
    """A Unix socket on which the daemon takes pushes, and nothing else; its folder is created."""
    group: str = ""
    """The group of the receiver's account; the daemon's account has to be in it. Empty: the daemon's own."""
    name: str = ""
    """The name or address by which desktops reach it: in its certificate, and in the golden image."""
    authority: Path | None = None
    """PEM certificate of the authority that vouches for it, for the golden image. Left out: the system's authorities do."""
    authority_key: Path | None = None
    """PEM key of that authority, of this site alone: `bascule guest receiver --renew` renews the certificate with it. Left out:
    it is renewed by hand. Neither the receiver nor the daemon reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSettings:
    """Who signs the connection files that `bascule agent connections` makes; without it they cannot be made."""

    certificate: Path
    """PEM certificate (chain) of the publisher. People's computers trust its SHA-1 thumbprint, by group policy."""
    key: Path
    """PEM key of the certificate, RSA (Windows' own tool signs with no other), without a passphrase."""


class LogFormat(enum.StrEnum):
    """The format of log lines: for people, or for a log collector."""

    CONSOLE = "console"
    JSON = "json"


class LogLevel(enum.StrEnum):
    """The least severe level that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogNames(enum.StrEnum):
    """How the log names people."""

    PLAIN = "plain"
    PSEUDONYM = "pseudonym"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """How the daemon writes its log, to standard error."""

    format: LogFormat = LogFormat.JSON
    """`json`, an object per line, or `console`. The journal and every collector read JSON."""
    level: LogLevel = LogLevel.INFO
    """`debug`, `info`, `warning` or `error`. At info, a surge writes some six lines per desktop."""
    names: LogNames = LogNames.PLAIN
    """`plain`, or `pseudonym`: logins, names, mail addresses and directory entries of people are replaced, always by the same
    pseudonym for a person. `bascule agent who` names the person behind a pseudonym."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SshSettings:
    """How desktops with `probe: ssh` in their profile are probed."""

    user: str = "bascule"
    """An account with a forced command that only reports."""
    key_file: Path
    """The private key in OpenSSH format, without a passphrase; preferably ed25519 (some ECDSA keys without a comment are
    misread)."""
    known_hosts_file: Path
    """The host keys of the desktops, with `*` and `?` for desktops that share the key of their image. A desktop with another
    key is not trusted. Read again when it changes."""
    port: Annotated[int, Bounds(ge=1, le=65_535)] = 22
    """The port of the desktops' sshd."""
    connect_timeout_s: float = 5.0
    """A desktop in the same network answers in milliseconds; a dead desktop must not block a worker."""
    banner_timeout_s: float = 10.0
    """A booting desktop takes seconds to send its banner."""
    auth_timeout_s: float = 10.0
    """Key authentication takes 0.1 s, and seconds if the name service hangs."""
    channel_timeout_s: float = 10.0
    """For the answer: the report is a few lines."""


class Reload(enum.StrEnum):
    """What a reload (SIGHUP) does with a changed field of Settings."""

    LIVE = "live"
    """The running daemon applies it."""
    RESTART = "restart"
    """It is reported as waiting for a restart, and the old value stays in force until then."""
    EACH = "each"
    """Each capability's section says it for itself."""


_LIVE = {"reload": Reload.LIVE}
_RESTART = {"reload": Reload.RESTART}
_EACH = {"reload": Reload.EACH}


@runtime_checkable
class NamesDesktops(Protocol):
    """A section by which desktops get names that others can ask."""

    @property
    def desktop_zone(self) -> str:
        """The zone of the names."""


@runtime_checkable
class OpensDesktops(Protocol):
    """A section by which lent desktops are opened."""

    @property
    def grant_rules(self) -> GrantRules | None:
        """Of grants that open them; None: it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that is configured. Each field says whether a reload applies it (settings/reload.py)."""

    installation: str = field(metadata=_RESTART)
    """The name of this Bascule; part of every ownership note and tag."""
    note_key: NoteKey = field(metadata=_RESTART)
    clusters: Mapping[ClusterId, ClusterSettings] = field(metadata=_RESTART)
    directory: DirectorySettings = field(metadata=_LIVE)
    profiles: Mapping[ProfileName, Profile] = field(metadata=_LIVE)
    entitlements: tuple[Entitlement, ...] = field(metadata=_LIVE)
    """In order: the first entry that matches an agent counts."""
    naming: Naming = field(metadata=_RESTART)
    pools: Mapping[DesktopPoolName, DesktopPool] = field(default_factory=dict, metadata=_LIVE)
    """Pools of desktops that are lent."""
    budget: Budget = field(default=Budget(), metadata=_LIVE)
    safety: Safety = field(default=Safety(), metadata=_LIVE)
    leavers: LeaverRules = field(default=LeaverRules(), metadata=_LIVE)
    pace: Pace = field(default=Pace(), metadata=_LIVE)
    store: StoreSettings = field(default=StoreSettings(), metadata=_RESTART)
    exposition: ExpositionSettings = field(default=ExpositionSettings(), metadata=_RESTART)
    api: ApiSettings = field(default=ApiSettings(), metadata=_RESTART)
    receiver: ReceiverSettings | None = field(default=None, metadata=_RESTART)
    """None: desktops push nothing, and are read."""
    connections: ConnectionSettings | None = field(default=None, metadata=_LIVE)
    """None: no connection files."""
    prometheus: PrometheusSettings | None = field(default=None, metadata=_RESTART)
    """None: no ceiling asks how many are in use."""
    log: LogSettings = field(default=LogSettings(), metadata=_RESTART)
    freeze_file: Path = field(default=Path("/var/lib/bascule/freeze"), metadata=_RESTART)
    """While this file exists, nothing is written to any cluster. Not below /run: a freeze must survive a restart of the
    machine. The default is watched in any case, so that `bascule freeze` works without a readable configuration."""
    ssh: SshSettings | None = field(default=None, metadata=_RESTART)
    scenario: Scenario | None = field(default=None, metadata=_LIVE)
    """The current surge; None: none is configured."""
    scenario_file: Path | None = field(default=None, metadata=_LIVE)
    """The file of the scenario."""
    timezone: str | None = field(default=None, metadata=_LIVE)
    """People read and write every time by this clock; None: by the machine's (settings.site_zone)."""
    sections: Parts = field(default=Parts(), metadata=_EACH)
    """Those of capabilities."""

    @property
    def desktop_zone(self) -> str:
        """The zone that the desktops' names stand in; empty: in none that others can ask."""
        found = (value.desktop_zone for _, value in self.sections.items() if isinstance(value, NamesDesktops))
        return next(found, "")

    @property
    def grants(self) -> GrantRules | None:
        """Of grants that open lent desktops; None: there are none."""
        found = (value.grant_rules for _, value in self.sections.items() if isinstance(value, OpensDesktops))
        return next((rules for rules in found if rules is not None), None)
