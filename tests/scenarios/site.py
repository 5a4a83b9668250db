"""The model of a scenario folder's `site.yaml`: agents, profiles, happenings and the required end."""

from typing import Literal, Self

from pydantic import Field, model_validator

from provisioner.model.people.profiles import Profile
from provisioner.settings.checking import Document
from provisioner.settings.directory_documents import GuardKeys
from provisioner.settings.documents import BudgetKeys, LeaversKeys, PaceKeys, SafetyKeys, VmidsKeys
from provisioner.settings.fields import Identifier, NodeId, Seconds, SomeSeconds, Text, VmidNumber, like
from provisioner.settings.profile import AddressingKeys, Bridge


class ProfileChangesDocument(Document):
    """The one profile is what the templates are; these differ."""

    vcpus: int | None = Field(default=None, ge=1, le=128)
    memory_mib: int | None = Field(default=None, ge=256)
    cpu_ratio: float = like(Profile, "cpu_ratio", gt=0, le=64)
    bridge: Bridge | None = None
    vlan: int | None = Field(default=None, ge=1, le=4094)
    addressing: AddressingKeys | None = None
    clone_timeout: SomeSeconds = like(Profile, "clone_timeout_s")
    start_timeout: SomeSeconds = like(Profile, "start_timeout_s")
    ready_timeout: SomeSeconds = like(Profile, "ready_timeout_s")
    expected_ready: SomeSeconds = like(Profile, "expected_ready_s")


class ForeignVmDocument(Document):
    """Somebody makes a VM of their own."""

    vmid: VmidNumber
    node: NodeId
    name: Text = Field(default="someone-elses")
    description: str = Field(default="")
    """`note of <VMID>` copies the ownership note of that desktop."""


class ChangedDocument(Document):
    """Somebody changes a VM's configuration by hand; of the tags, takes some off."""

    vmid: VmidNumber
    name: Text | None = None
    description: str | None = None
    without_tags: list[Text] = Field(default_factory=list)


class PutInPoolDocument(Document):
    """Somebody puts a VM in a pool."""

    vmid: VmidNumber
    pool: Text


class MovedDocument(Document):
    """Somebody migrates a VM, running or not."""

    vmid: VmidNumber
    node: NodeId


class HappeningDocument(Document):
    """One thing that happens: when (`at`, or right before the nth clone request is served), and exactly one of the others."""

    at: Seconds | None = None
    before_clone: int | None = Field(default=None, ge=1)
    daemon: Literal["killed", "started"] | None = None
    store: Literal["lost"] | None = None
    operator: Literal["freeze", "thaw", "hold", "accept_baseline"] | None = None
    profile: ProfileChangesDocument | None = None
    """The profile is edited, and the daemon reloads it; it differs from the templates in these values alone."""
    reconfigure: VmidNumber | Literal["all stopped"] | None = None
    """An operator orders a desktop to be configured again."""
    restart: VmidNumber | None = None
    """A help desk restarts a desktop."""
    trial: int | None = Field(default=None, ge=1)
    """An operator orders the trial of this number."""
    cordon: NodeId | None = None
    drain: NodeId | None = None
    evacuate: NodeId | None = None
    uncordon: NodeId | None = None
    leaves: int | None = Field(default=None, ge=1)
    """The agent of this number leaves the directory."""
    returns: int | None = Field(default=None, ge=1)
    """And is back."""
    directory: Literal["unreachable", "empty", "back"] | None = None
    powered_off: VmidNumber | None = None
    powered_on: VmidNumber | None = None
    deleted: VmidNumber | None = None
    foreign_vm: ForeignVmDocument | None = None
    changed: ChangedDocument | None = None
    put_in_pool: PutInPoolDocument | None = None
    moved: MovedDocument | None = None
    restored: VmidNumber | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = self.model_fields_set - {"at", "before_clone"}
        if len(given) != 1 or (self.at is None) == (self.before_clone is None):
            raise ValueError("must say when (at, or before_clone) and hold exactly one thing that happens")
        return self

    @property
    def kind(self) -> str:
        """What happens."""
        return next(iter(self.model_fields_set - {"at", "before_clone"}))


class EndDocument(Document):
    """The required end, by the twin's hidden truth and by the last status. A figure left out is zero."""

    ready: int = Field(ge=0)
    """Desktops really ready."""
    desktops: int = Field(ge=0)
    """Desktops there are."""
    clones: int = Field(ge=0)
    """Clones ordered, in all lives of the daemon together."""
    writes: int = Field(ge=0)
    """Requests that change something: three a desktop where nothing goes wrong."""
    phases: dict[str, int]
    """In the last status."""
    leaving: dict[str, int] = Field(default_factory=dict)
    """By step of the leavers' ladder, in the last status."""
    waiting: dict[str, int] = Field(default_factory=dict)
    """Deferred in the last status, by what they wait for; `other`: none of the words."""
    retired: int = 0
    """VMIDs that are never handed out again."""
    differences: dict[str, int] = Field(default_factory=dict)
    """Between store and cluster, by kind, in the last status that counted them: once a minute."""
    orphans: list[int] = Field(default_factory=list)
    """Half-made VMs without a task: Bascule reports them and leaves them alone."""
    lock_timeouts: int = 0
    sessions: int = 0
    """Really open."""
    cut: int = 0
    """Really ended by a shutdown: never anything but none."""
    counted_sessions: int = 0
    """Open by the last status."""
    unknown_sessions: int = 0
    """Wanted desktops with unknown sessions."""


class SiteDocument(Document):
    """The rest of a scenario: `cluster.yaml` is the twin with its faults, `scenario.yaml` the surge."""

    agents: int = Field(ge=1)
    groups: dict[str, int] = Field(default_factory=dict)
    """Group -> how many agents, the first, are in it."""
    runs: SomeSeconds
    """Virtual time from the beginning to the end."""
    vmids: VmidsKeys = VmidsKeys(first=5001, last=5999)
    profile: ProfileChangesDocument = ProfileChangesDocument()
    installation: Identifier = "lab"
    budget: BudgetKeys = BudgetKeys()
    safety: SafetyKeys = SafetyKeys(rebuild_settle=0)
    """No other person writes to a new twin: where a store is lost, say 40s."""
    leavers: LeaversKeys = LeaversKeys()
    guard: GuardKeys = GuardKeys()
    pace: PaceKeys = PaceKeys()
    directory_every: SomeSeconds = 300.0
    happenings: list[HappeningDocument] = Field(default_factory=list)
    end: EndDocument
