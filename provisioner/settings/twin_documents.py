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
from provisioner.settings.checking import Document
from provisioner.settings.fields import Identifier, Matches, NodeId, Seconds, SomeSeconds, StorageName, Text, VmidNumber, like
from provisioner.settings.profile import AbsolutePath, Bridge
from provisioner.settings.twin_faults import FaultDocument

ROLE = "Bascule"
"""A role with exactly what Bascule needs, on every twin."""

NodeRange = Annotated[
    str,
    Matches(
        r"[A-Za-z][A-Za-z0-9-]*(?:\[\d{1,4}-\d{1,4}\])?",
        "must be a node's name or a range of names such as pve[01-16]",
    ),
]
Share = Annotated[float, Field(ge=0, le=1)]


class NodesDocument(Document):
    """Nodes of one make."""

    names: NodeRange
    """A node's name, or a range such as `pve[01-16]`."""
    cores: int = like(NodeSpec, "cores", ge=1, le=4096)
    memory_gib: int = Field(default=768, ge=1, le=65_536)
    """A node's memory."""


class StorageDocument(Document):
    """A storage id."""

    storage: StorageName
    """The storage's id."""
    shared: bool
    """Whether it is one for all nodes; otherwise each node has one of its own."""
    size_gib: float = like(StorageSpec, "size_gib", gt=0)
    used_gib: float = like(StorageSpec, "used_gib", ge=0)
    nodes: NodeRange | None = Field(default=None)
    """Where it is available; left out: everywhere."""
    kind: Text = like(StorageSpec, "kind")
    content: Text = like(StorageSpec, "content")
    image_operation: SomeSeconds = like(StorageSpec, "image_operation_s")


class TemplatesDocument(Document):
    """One template, or a replica of it on each of several nodes."""

    storage: StorageName
    """Where its disks lie."""
    nodes: NodeRange
    """Where it is; of a range, each node has one."""
    vmid: VmidNumber
    """Of the first; further ones count up."""
    name: Text = like(TemplateSpec, "name")
    vcpus: int = like(TemplateSpec, "vcpus", ge=1, le=128)
    memory_mib: int = like(TemplateSpec, "memory_mib", ge=16)
    disk_gib: int = like(TemplateSpec, "disk_gib", ge=1)
    cloud_init: bool = like(TemplateSpec, "cloud_init")
    cloud_init_storage: StorageName | None = like(TemplateSpec, "cloud_init_storage")
    efi: bool = like(TemplateSpec, "efi")
    tpm: bool = like(TemplateSpec, "tpm")
    data_disks: int = like(TemplateSpec, "data_disks", ge=0, le=13)
    tags: str = like(TemplateSpec, "tags")


class GuestDocument(Document):
    """A foreign VM."""

    vmid: VmidNumber
    node: NodeId
    name: Text
    storage: StorageName
    vcpus: int = like(GuestSpec, "vcpus", ge=1, le=128)
    memory_mib: int = like(GuestSpec, "memory_mib", ge=0)
    disk_gib: int = like(GuestSpec, "disk_gib", ge=0)
    running: bool = like(GuestSpec, "running")
    tags: str = like(GuestSpec, "tags")
    description: str = like(GuestSpec, "description")
    lock: str = like(GuestSpec, "lock")


class DurationsDocument(Document):
    """Durations of operations: log-normal, around these medians."""

    sigma: float = like(Durations, "sigma", ge=0, le=2)
    clone_outside_lock: Seconds = like(Durations, "clone_outside_lock_s")
    configure: Seconds = like(Durations, "configure_s")
    start_task: Seconds = like(Durations, "start_task_s")
    stop_task: Seconds = like(Durations, "stop_task_s")
    shutdown: Seconds = like(Durations, "shutdown_s")
    delete_outside_lock: Seconds = like(Durations, "delete_outside_lock_s")
    free_share: Share = like(Durations, "free_share")
    boot: SomeSeconds = like(Durations, "boot_s")
    first_boot: Seconds = like(Durations, "first_boot_s")
    upgrade: Seconds = like(Durations, "upgrade_s")
    boots_width: int = like(Durations, "boots_width", ge=1)
    boots_before_loss: int = like(Durations, "boots_before_loss", ge=0)
    boots_loss: Share = like(Durations, "boots_loss")


class ApiDocument(Document):
    """Proxmox VE's API daemons."""

    workers: int = like(ApiSpec, "workers", ge=1, le=64)
    write: Seconds = like(ApiSpec, "write_s")
    read: Seconds = like(ApiSpec, "read_s")
    proxy_timeout: SomeSeconds = like(ApiSpec, "proxy_timeout_s")
    unauthorised: Seconds = like(ApiSpec, "unauthorised_s")
    agent_timeout: Seconds = like(ApiSpec, "agent_timeout_s")


class StatusDocument(Document):
    """How old what the cluster says of itself is."""

    period: SomeSeconds = like(StatusSpec, "period_s")
    node_offline: Seconds = like(StatusSpec, "node_offline_s")
    guests_unknown: Seconds = like(StatusSpec, "guests_unknown_s")
    quorum_lost: Seconds = like(StatusSpec, "quorum_lost_s")


class LogOnsDocument(Document):
    """The agents at the desktops."""

    concurrent: int = like(LogOns, "concurrent", ge=0)
    spread: Seconds = like(LogOns, "spread_s")
    log_on: Seconds = like(LogOns, "log_on_s")
    stay: SomeSeconds | None = like(LogOns, "stay_s")


class ReportDocument(Document):
    """The status document that each desktop writes of itself."""

    files: tuple[AbsolutePath, ...] = like(ReportSpec, "files", min_length=1)
    period: SomeSeconds = like(ReportSpec, "period_s")
    holds: bool = like(ReportSpec, "holds")


class TokenDocument(Document):
    """An API token, with the rights Bascule needs; its secret is made up when the twin starts."""

    user: Annotated[str, Matches(r"[^\s:/!@]+@[a-z]+", "must be a user with its realm, such as bascule@pve")]
    name: Annotated[str, Matches(r"[A-Za-z][A-Za-z0-9._-]+", "must be the name of an API token")]
    acl: dict[str, Text] = Field(default_factory=lambda: {"/": ROLE})
    """Path -> role."""


class RandomFaultsDocument(Document):
    """Operations that fail by chance."""

    share: Share = like(RandomFaults, "share")
    lock_timeouts: Share = like(RandomFaults, "lock_timeouts")
    start_failures: Share = like(RandomFaults, "start_failures")
    lost_answers: Share = like(RandomFaults, "lost_answers")

    @model_validator(mode="after")
    def _parts(self) -> Self:
        if self.lock_timeouts + self.start_failures + self.lost_answers > 1.000_001:
            raise ValueError("lock_timeouts, start_failures and lost_answers are parts of the share: together at most 1")
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
