"""The keys of bascule.yaml, section by section. Defaults and descriptions come from the values."""

from typing import Annotated, Any, Self

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from provisioner.model.budget import Budget, Naming, Pace, Safety
from provisioner.model.departures import LeaverRules
from provisioner.reasons.certificates import AUTHORITY_NEEDS
from provisioner.reasons.files import MUST_BE_ACCOUNT, MUST_BE_GROUP, MUST_BE_USER
from provisioner.reasons.settings import (
    ALL_OR_NONE,
    BACKWARDS,
    BOTH_OR_NEITHER,
    CLIENT_CA_ALONE,
    LEAVERS_ORDER,
    RETRY_BACKWARDS,
)
from provisioner.settings.addresses import (
    Endpoint,
    ListenAddress,
    StoreUrl,
    TokenId,
)
from provisioner.settings.calendar import Zone
from provisioner.settings.checking import Document
from provisioner.settings.directory_documents import DirectoryKeys
from provisioner.settings.fields import (
    Identifier,
    Matches,
    PoolId,
    Prefix,
    Seconds,
    SecondsOrNever,
    SomeSeconds,
    Text,
    VmidNumber,
    like,
)
from provisioner.settings.pool_documents import PoolKeys
from provisioner.settings.profile import ProfileKeys
from provisioner.settings.prometheus_documents import PrometheusKeys
from provisioner.settings.secret import SecretKeys
from provisioner.settings.sections import SECTIONS
from provisioner.settings.values import (
    ApiSettings,
    ClusterSettings,
    ConnectionSettings,
    ExpositionSettings,
    LogSettings,
    ReceiverSettings,
    Settings,
    SshSettings,
    StoreSettings,
)
from provisioner.settings.who import Who

REQUIRED = ("installation", "note_key", "clusters", "directory", "profiles", "entitlements")
"""Required sections. The model accepts their absence, so that the rest is checked anyway; `config_files` reports them."""


class VmidsKeys(Document):
    """A range of VMIDs that only Bascule uses."""

    first: VmidNumber
    """The first VMID."""
    last: VmidNumber
    """The last VMID, included."""

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.last < self.first:
            raise ValueError(BACKWARDS())
        return self


class ClusterKeys(Document, of=ClusterSettings):
    """A Proxmox VE cluster and how to reach it."""

    endpoints: list[Endpoint] = like(ClusterSettings, "endpoints", min_length=1)
    token_id: TokenId = like(ClusterSettings, "token_id")
    token_secret: SecretKeys
    """Where to read the secret of the token."""
    ca_file: Text | None = like(ClusterSettings, "ca_file")
    vmids: VmidsKeys
    """The range of VMIDs for desktops. The ranges of all clusters are disjoint, because desktops are named by their VMIDs."""
    pool: PoolId | None = like(ClusterSettings, "pool")


def _kind(value: object) -> str:
    return "file" if isinstance(value, str) else "inline"


ProfileEntry = Annotated[Annotated[Text, Tag("file")] | Annotated[ProfileKeys, Tag("inline")], Discriminator(_kind)]


class EntitlementKeys(Document):
    """Which agents get which profile."""

    profile: Text
    """A key of `profiles`."""
    who: Who
    """`everyone`, or criteria: groups, departments, sites, logins, attributes."""


class NamingKeys(Document):
    """The names of desktops."""

    prefix: Prefix = like(Naming, "prefix")
    address_rest: Seconds = like(Naming, "address_rest_s")


class BudgetKeys(Document, of=Budget):
    """Limits of concurrent work, and the share of the hardware that desktops may use."""

    retry_base: SomeSeconds = like(Budget, "retry_base_s")
    retry_cap: SomeSeconds = like(Budget, "retry_cap_s")

    @model_validator(mode="after")
    def _waits(self) -> Self:
        if self.retry_cap < self.retry_base:
            raise ValueError(RETRY_BACKWARDS())
        return self


class SafetyKeys(Document, of=Safety):
    """When a plan is held back instead of run."""

    replace_after: SecondsOrNever = like(Safety, "replace_after_s")


class LeaversKeys(Document, of=LeaverRules):
    """What happens to the desktop of an agent who has left, counted from when that was first observed."""

    stop_after: SomeSeconds = like(LeaverRules, "stop_after_s")
    recycle_after: SomeSeconds = like(LeaverRules, "recycle_after_s")
    delete_after: SomeSeconds = like(LeaverRules, "delete_after_s")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.stop_after < self.recycle_after < self.delete_after:
            raise ValueError(LEAVERS_ORDER())
        return self


class PaceKeys(Document, of=Pace):
    """How often Bascule observes."""


class StoreKeys(Document):
    """Where Bascule stores what Proxmox VE does not know."""

    url: StoreUrl = like(StoreSettings, "url")
    password: SecretKeys | None = like(StoreSettings, "password")
    journal_keep: SecondsOrNever = like(StoreSettings, "journal_keep_s")


class ExpositionKeys(Document, of=ExpositionSettings):
    """Where /metrics, /healthz and /readyz are served."""

    address: ListenAddress = like(ExpositionSettings, "address")
    certificate: Text | None = like(ExpositionSettings, "certificate")
    key: Text | None = like(ExpositionSettings, "key")
    client_ca: Text | None = like(ExpositionSettings, "client_ca")
    user: Annotated[str, Matches(r"[^:\s]*", MUST_BE_USER())] = like(ExpositionSettings, "user")
    password: SecretKeys | None = like(ExpositionSettings, "password")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError(BOTH_OR_NEITHER(first="certificate", second="key"))
        if self.client_ca is not None and self.certificate is None:
            raise ValueError(CLIENT_CA_ALONE())
        if bool(self.user) != (self.password is not None):
            raise ValueError(BOTH_OR_NEITHER(first="user", second="password"))
        return self


GroupName = Annotated[str, Matches(r"[a-z_][a-z0-9_.-]{0,31}", MUST_BE_GROUP())]


class DaemonApiKeys(Document, of=ApiSettings):
    """Where the daemon answers commands and other software, and who may ask what."""

    socket: Text = like(ApiSettings, "socket")
    group: GroupName | None = like(ApiSettings, "group", default=None)
    board: list[GroupName] = like(ApiSettings, "board", default=[])
    viewer: list[GroupName] = like(ApiSettings, "viewer", default=[])
    helpdesk: list[GroupName] = like(ApiSettings, "helpdesk", default=[])
    operator: list[GroupName] = like(ApiSettings, "operator", default=[])
    address: ListenAddress | None = like(ApiSettings, "address")
    certificate: Text | None = like(ApiSettings, "certificate")
    key: Text | None = like(ApiSettings, "key")
    tokens: Text | None = like(ApiSettings, "tokens")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = {value is not None for value in (self.address, self.certificate, self.key, self.tokens)}
        if len(given) > 1 or ("port" in self.model_fields_set and given == {False}):  # a port alone would not be listened on
            raise ValueError(ALL_OR_NONE(names="address, certificate, key, tokens"))
        return self


class ReceiverKeys(Document, of=ReceiverSettings):
    """Where desktops push what they say of their sessions (`bascule guest receiver`), and how that reaches the daemon."""

    address: ListenAddress = like(ReceiverSettings, "address")
    certificate: Text = like(ReceiverSettings, "certificate")
    key: Text | None = like(ReceiverSettings, "key")
    socket: Text = like(ReceiverSettings, "socket")
    group: GroupName | None = like(ReceiverSettings, "group", default=None)
    name: ListenAddress | None = like(ReceiverSettings, "name", default=None)
    authority: Text | None = like(ReceiverSettings, "authority")
    authority_key: Text | None = like(ReceiverSettings, "authority_key")

    @model_validator(mode="after")
    def _can_renew(self) -> Self:
        if self.authority_key is not None and None in (self.name, self.authority, self.key):
            raise ValueError(AUTHORITY_NEEDS())
        return self


class ConnectionsKeys(Document):
    """Who signs the connection files that `bascule agent connections` makes."""

    certificate: Text = like(ConnectionSettings, "certificate")
    key: Text = like(ConnectionSettings, "key")


class LogKeys(Document, of=LogSettings):
    """How the daemon writes its log, to standard error."""


class SshKeys(Document, of=SshSettings):
    """How desktops with `probe: ssh` in their profile are probed."""

    user: Annotated[str, Matches(r"[a-z_][a-z0-9_-]{0,31}", MUST_BE_ACCOUNT())] = like(SshSettings, "user")
    key_file: Text = like(SshSettings, "key_file")
    known_hosts_file: Text = like(SshSettings, "known_hosts_file")


def _required(schema: dict[str, Any]) -> None:
    """For editors: mark the required sections, which the model accepts as absent."""
    schema["required"] = list(REQUIRED)


class BasculeKeys(Document, more=((section.after, *section.field()) for section in SECTIONS.found())):
    """The keys of bascule.yaml. Relative paths start at the folder of the file that holds them."""

    model_config = ConfigDict(json_schema_extra=_required)

    installation: Identifier | None = like(Settings, "installation", default=None)
    timezone: Zone | None = Field(default=None)
    """The site's time zone: all times that people read and write are by its clock. Left out: this machine's."""
    note_key: SecretKeys | None = Field(default=None)
    """Where to read the secret that signs ownership notes: at least 16 characters.
    Keep a copy: it proves which desktops belong to Bascule."""
    clusters: dict[Identifier, ClusterKeys] = Field(default={}, min_length=1)
    """Proxmox VE clusters by name; choose the name freely, and never change it."""
    directory: DirectoryKeys | None = Field(default=None)
    """Where the agents are listed."""
    profiles: dict[Identifier, ProfileEntry] = Field(default={}, min_length=1)
    """Kinds of desktops by name: a file, or its keys in place."""
    entitlements: list[EntitlementKeys] = Field(default=[], min_length=1)
    """Which agents get which profile; the first entry that matches an agent counts."""
    pools: dict[Identifier, PoolKeys] = Field(default={})
    """Pools of desktops that are lent, by name."""
    naming: NamingKeys = Field(default=NamingKeys())
    """The names of desktops."""
    budget: BudgetKeys = Field(default=BudgetKeys())
    """Limits of concurrent work, and the share of the hardware that desktops may use."""
    safety: SafetyKeys = Field(default=SafetyKeys())
    """When a plan is held back instead of run."""
    leavers: LeaversKeys = Field(default=LeaversKeys())
    """What happens to the desktop of an agent who has left."""
    pace: PaceKeys = Field(default=PaceKeys())
    """How often Bascule observes."""
    store: StoreKeys = Field(default=StoreKeys())
    """Where Bascule stores what Proxmox VE does not know."""
    exposition: ExpositionKeys = Field(default=ExpositionKeys())
    """Where /metrics, /healthz and /readyz are served."""
    api: DaemonApiKeys = Field(default=DaemonApiKeys())
    """Where the daemon answers commands and other software."""
    receiver: ReceiverKeys | None = Field(default=None)
    """Where desktops push what they say of their sessions."""
    connections: ConnectionsKeys | None = Field(default=None)
    """Who signs the connection files (`.rdp`) that `bascule agent connections` makes."""
    prometheus: PrometheusKeys | None = Field(default=None)
    """Whom the ceilings of scenarios ask how many seats or licences are in use (`in_use`)."""
    log: LogKeys = Field(default=LogKeys())
    """How the daemon writes its log."""
    freeze_file: Text = like(Settings, "freeze_file")
    ssh: SshKeys | None = Field(default=None)
    """How desktops with `probe: ssh` in their profile are probed."""
    scenario: Text | None = Field(default=None)
    """The scenario file of the current surge, or `everyone`: every entitled agent gets a desktop at once. Left out: on a new
    installation the same; after a scenario was in force, the desktops that exist are kept and nobody new gets one."""
