"""The keys of a twin's file, `config/twins/*.yaml`. The defaults are those of the reference twins."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from provisioner.model.machines.twin_spec import (
    ApiSpec,
    Durations,
    GuestSpec,
    LogOns,
    NodeSpec,
    PushSpec,
    RandomFaults,
    ReportSpec,
    StatusSpec,
    StorageSpec,
    TemplateSpec,
    TwinSpec,
)
from provisioner.reasons.files import MUST_BE_NODES, MUST_BE_REALM_USER, MUST_BE_RECEIVER, MUST_BE_TOKEN_NAME
from provisioner.reasons.settings import FAULT_PARTS
from provisioner.settings.checking import Document
from provisioner.settings.fields import Identifier, Matches, NodeId, SomeSeconds, StorageName, Text, VmidNumber, like
from provisioner.settings.profile import AbsolutePath, Bridge
from provisioner.settings.twin_faults import FaultKeys

ROLE = "Bascule"
"""A role with exactly the privileges that Bascule needs; every twin has it."""
MOVING_ROLE = "BasculeMoves"
"""That role, and the privilege that `bascule node evacuate` needs besides; every twin has it."""

NodeRange = Annotated[
    str,
    Matches(
        r"[A-Za-z][A-Za-z0-9-]*(?:\[\d{1,4}-\d{1,4}\])?",
        MUST_BE_NODES(),
    ),
]


class NodesKeys(Document):
    """Nodes with the same hardware."""

    names: NodeRange
    """A node's name, or a range such as `pve[01-16]`."""
    cores: int = like(NodeSpec, "cores")
    memory_gib: int = Field(default=768, ge=1, le=65_536)
    """The memory of each node."""
    speed: float = like(NodeSpec, "speed")


class StorageKeys(Document, of=StorageSpec):
    """A storage of the cluster."""

    storage: StorageName
    """The storage's id."""
    shared: bool
    """Whether all nodes share it; otherwise each node has its own."""
    nodes: NodeRange | None = Field(default=None)
    """The nodes that have it; left out: all nodes."""
    kind: Text = like(StorageSpec, "kind")
    content: Text = like(StorageSpec, "content")


class TemplatesKeys(Document, of=TemplateSpec):
    """A template, or a replica of it on each of several nodes."""

    storage: StorageName
    """The storage of its disks."""
    nodes: NodeRange
    """The node that has it; for a range, each node has a replica."""
    vmid: VmidNumber
    """The VMID of the first replica; the others count up from it."""
    name: Text = like(TemplateSpec, "name")
    cloud_init_storage: StorageName | None = like(TemplateSpec, "cloud_init_storage")
    iso: str = like(TemplateSpec, "iso")
    tags: str = like(TemplateSpec, "tags")


class GuestKeys(Document, of=GuestSpec):
    """A foreign VM."""

    vmid: VmidNumber
    node: NodeId
    name: Text
    storage: StorageName
    tags: str = like(GuestSpec, "tags")
    description: str = like(GuestSpec, "description")
    lock: str = like(GuestSpec, "lock")


class DurationsKeys(Document, of=Durations):
    """Durations of operations: log-normal with these medians."""


class ApiKeys(Document, of=ApiSpec):
    """Proxmox VE's API daemons."""


class StatusKeys(Document, of=StatusSpec):
    """How old the reported state of the cluster is."""


class LogOnsKeys(Document, of=LogOns):
    """How agents log on to desktops."""

    stay: SomeSeconds | None = like(LogOns, "stay_s")
    away_after: SomeSeconds | None = like(LogOns, "away_after_s")


class ReportKeys(Document, of=ReportSpec):
    """The status document that each desktop writes."""

    files: tuple[AbsolutePath, ...] = like(ReportSpec, "files", min_length=1)


class PushKeys(Document, of=PushSpec):
    """What desktops send by themselves."""

    url: Annotated[str, Matches(r"(?:https://[!-~]+)?", MUST_BE_RECEIVER())] = like(PushSpec, "url")
    ca_file: str = like(PushSpec, "ca_file")


class TokenKeys(Document):
    """An API token with the privileges that Bascule needs; its secret is random at each start of the twin."""

    user: Annotated[str, Matches(r"[^\s:/!@]+@[a-z]+", MUST_BE_REALM_USER())]
    name: Annotated[str, Matches(r"[A-Za-z][A-Za-z0-9._-]+", MUST_BE_TOKEN_NAME())]
    acl: dict[str, Text] = Field(default_factory=lambda: {"/": ROLE})
    """Path -> role."""


class RandomFaultsKeys(Document, of=RandomFaults):
    """Random failures of operations."""

    lock_timeouts: float = like(RandomFaults, "lock_timeouts")
    start_failures: float = like(RandomFaults, "start_failures")
    lost_answers: float = like(RandomFaults, "lost_answers")

    @model_validator(mode="after")
    def _parts(self) -> Self:
        if self.lock_timeouts + self.start_failures + self.lost_answers > 1.000_001:
            raise ValueError(FAULT_PARTS())
        return self


class TwinKeys(Document):
    """A twin of a Proxmox VE cluster."""

    name: Identifier
    """The name of the twin and of its cluster."""
    seed: int = like(TwinSpec, "seed", ge=0)
    release: Text = like(TwinSpec, "release")
    nodes: list[NodesKeys] = Field(min_length=1)
    """The hardware."""
    storages: list[StorageKeys] = Field(min_length=1)
    """The storages."""
    templates: list[TemplatesKeys] = Field(min_length=1)
    """The templates that desktops are cloned from."""
    guests: list[GuestKeys] = Field(default_factory=list)
    """Foreign VMs that exist from the start."""
    bridges: list[Bridge] = Field(default_factory=lambda: ["vmbr0"], min_length=1)
    """The bridges of every node; a guest on another bridge does not start."""
    pools: dict[str, str] = Field(default_factory=dict)
    """Pool -> comment."""
    durations: DurationsKeys = Field(default_factory=DurationsKeys)
    api: ApiKeys = Field(default_factory=ApiKeys)
    status: StatusKeys = Field(default_factory=StatusKeys)
    log_ons: LogOnsKeys = Field(default_factory=LogOnsKeys)
    report: ReportKeys = Field(default_factory=ReportKeys)
    push: PushKeys = Field(default_factory=PushKeys)
    tokens: list[TokenKeys] = Field(default_factory=lambda: [TokenKeys(user="bascule@pve", name="daemon")])
    """The API tokens."""
    random_faults: RandomFaultsKeys = Field(default_factory=RandomFaultsKeys)
    faults: list[FaultKeys] = Field(default_factory=list)
    """Scripted faults."""
