"""What a twin's file may say: `config/twins/*.yaml`. What it leaves out is as the reference twins have it."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from provisioner.model.twin_spec import (
    ApiSpec,
    Durations,
    GuestSpec,
    LogOns,
    NodeSpec,
    RandomFaults,
    ReportSpec,
    StatusSpec,
    StorageSpec,
    TemplateSpec,
    TwinSpec,
)
from provisioner.reasons.forms import MUST_BE_NODES, MUST_BE_REALM_USER, MUST_BE_TOKEN_NAME
from provisioner.reasons.settings import FAULT_PARTS
from provisioner.settings.checking import Document
from provisioner.settings.fields import Identifier, Matches, NodeId, SomeSeconds, StorageName, Text, VmidNumber, like
from provisioner.settings.profile import AbsolutePath, Bridge
from provisioner.settings.twin_faults import FaultDocument

ROLE = "Bascule"
"""A role with exactly what Bascule needs, on every twin."""

NodeRange = Annotated[
    str,
    Matches(
        r"[A-Za-z][A-Za-z0-9-]*(?:\[\d{1,4}-\d{1,4}\])?",
        MUST_BE_NODES(),
    ),
]


class NodesDocument(Document):
    """Nodes of one make."""

    names: NodeRange
    """A node's name, or a range such as `pve[01-16]`."""
    cores: int = like(NodeSpec, "cores")
    memory_gib: int = Field(default=768, ge=1, le=65_536)
    """A node's memory."""


class StorageDocument(Document, of=StorageSpec):
    """A storage id."""

    storage: StorageName
    """The storage's id."""
    shared: bool
    """Whether it is one for all nodes; otherwise each node has one of its own."""
    nodes: NodeRange | None = Field(default=None)
    """Where it is available; left out: everywhere."""
    kind: Text = like(StorageSpec, "kind")
    content: Text = like(StorageSpec, "content")


class TemplatesDocument(Document, of=TemplateSpec):
    """One template, or a replica of it on each of several nodes."""

    storage: StorageName
    """Where its disks lie."""
    nodes: NodeRange
    """Where it is; of a range, each node has one."""
    vmid: VmidNumber
    """Of the first; further ones count up."""
    name: Text = like(TemplateSpec, "name")
    cloud_init_storage: StorageName | None = like(TemplateSpec, "cloud_init_storage")
    tags: str = like(TemplateSpec, "tags")


class GuestDocument(Document, of=GuestSpec):
    """A foreign VM."""

    vmid: VmidNumber
    node: NodeId
    name: Text
    storage: StorageName
    tags: str = like(GuestSpec, "tags")
    description: str = like(GuestSpec, "description")
    lock: str = like(GuestSpec, "lock")


class DurationsDocument(Document, of=Durations):
    """Durations of operations: log-normal, around these medians."""


class ApiDocument(Document, of=ApiSpec):
    """Proxmox VE's API daemons."""


class StatusDocument(Document, of=StatusSpec):
    """How old what the cluster says of itself is."""


class LogOnsDocument(Document, of=LogOns):
    """The agents at the desktops."""

    stay: SomeSeconds | None = like(LogOns, "stay_s")


class ReportDocument(Document, of=ReportSpec):
    """The status document that each desktop writes of itself."""

    files: tuple[AbsolutePath, ...] = like(ReportSpec, "files", min_length=1)


class TokenDocument(Document):
    """An API token, with the rights Bascule needs; its secret is made up when the twin starts."""

    user: Annotated[str, Matches(r"[^\s:/!@]+@[a-z]+", MUST_BE_REALM_USER())]
    name: Annotated[str, Matches(r"[A-Za-z][A-Za-z0-9._-]+", MUST_BE_TOKEN_NAME())]
    acl: dict[str, Text] = Field(default_factory=lambda: {"/": ROLE})
    """Path -> role."""


class RandomFaultsDocument(Document, of=RandomFaults):
    """Operations that fail by chance."""

    lock_timeouts: float = like(RandomFaults, "lock_timeouts")
    start_failures: float = like(RandomFaults, "start_failures")
    lost_answers: float = like(RandomFaults, "lost_answers")

    @model_validator(mode="after")
    def _parts(self) -> Self:
        if self.lock_timeouts + self.start_failures + self.lost_answers > 1.000_001:
            raise ValueError(FAULT_PARTS())
        return self


class TwinDocument(Document):
    """One twin of a Proxmox VE cluster."""

    name: Identifier
    """What the twin is called; also its cluster's name."""
    seed: int = like(TwinSpec, "seed", ge=0)
    release: Text = like(TwinSpec, "release")
    nodes: list[NodesDocument] = Field(min_length=1)
    """The hardware."""
    storages: list[StorageDocument] = Field(min_length=1)
    """The storages."""
    templates: list[TemplatesDocument] = Field(min_length=1)
    """What desktops are cloned from."""
    guests: list[GuestDocument] = Field(default_factory=list)
    """Foreign VMs that are there from the start."""
    bridges: list[Bridge] = Field(default_factory=lambda: ["vmbr0"], min_length=1)
    """On every node; a guest on another one does not start."""
    pools: dict[str, str] = Field(default_factory=dict)
    """Pool -> comment."""
    durations: DurationsDocument = Field(default_factory=DurationsDocument)
    api: ApiDocument = Field(default_factory=ApiDocument)
    status: StatusDocument = Field(default_factory=StatusDocument)
    log_ons: LogOnsDocument = Field(default_factory=LogOnsDocument)
    report: ReportDocument = Field(default_factory=ReportDocument)
    tokens: list[TokenDocument] = Field(default_factory=lambda: [TokenDocument(user="bascule@pve", name="daemon")])
    """Who may use the API."""
    random_faults: RandomFaultsDocument = Field(default_factory=RandomFaultsDocument)
    faults: list[FaultDocument] = Field(default_factory=list)
    """What happens, by script."""
