"""The specification of a twin: hardware, templates, durations, faults, people. Field docstrings give the source of figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from provisioner.model.bounds import Bounds, Count, Length, Number, Part, Vcpus
from provisioner.model.capacity import Votes


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSpec:
    """A node's hardware."""

    name: str
    cores: Annotated[int, Bounds(ge=1, le=4096)] = 64
    memory_mib: int = 768 * 1024
    speed: Annotated[float, Bounds(ge=0.01, le=100)] = 1.0
    """Image operations and boots on this node take 1/speed as long: 0.5 is half as fast as the durations say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageSpec:
    """A storage. Node-local: one of this size on each of its nodes; shared: one for all."""

    storage: str
    shared: bool
    size_gib: Annotated[float, Bounds(gt=0)] = 4096.0
    """Each; a node's LVM-thin pool of the reference twins is 4 TiB."""
    used_gib: Annotated[float, Bounds(ge=0)] = 0.0
    """Used from the start, by other things than guests."""
    nodes: tuple[str, ...] = ()
    """Where it is available; empty: everywhere."""
    kind: str = "lvmthin"
    """Proxmox VE's storage type."""
    content: str = "images,rootdir"
    image_operation_s: float = 0.60
    """One image operation under the storage's lock."""
    copy_gib_per_second: Annotated[float, Bounds(gt=0)] = 0.5
    """GiB of whole images that full clones read or write here in one second, outside the lock: all that run at once share it.
    *Assumed*."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSpec:
    """A template, on one node; on node-local storage, one replica for each node."""

    vmid: int
    node: str
    storage: str
    name: str = "golden"
    vcpus: Vcpus = 2
    memory_mib: Annotated[int, Bounds(ge=16)] = 4096
    disk_gib: Count = 32
    cloud_init: bool = True
    """A cloud-init drive costs a clone a second image operation."""
    cloud_init_storage: str | None = None
    """The storage of the cloud-init drive, also of the clones; None: the disk's."""
    efi: bool = False
    """An EFI volume beside the disk: one more image operation."""
    tpm: bool = False
    """A TPM volume beside the disk: one more image operation."""
    data_disks: Annotated[int, Bounds(ge=0, le=13)] = 0
    """Further disks of 1 GiB: one more image operation each."""
    iso: str = ""
    """An ISO image left in a drive, `local:iso/installer.iso`: unless its storage is shared, clones stay on the template's
    node."""
    ha: bool = False
    """Its clones become HA resources once they are ready for the first time, as by an administrator's script."""
    tags: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestSpec:
    """A foreign VM that exists from the start."""

    vmid: int
    node: str
    name: str
    storage: str
    vcpus: Vcpus = 4
    memory_mib: Number = 8192
    disk_gib: Number = 64
    running: bool = True
    tags: str = ""
    description: str = ""
    lock: str = ""
    desktop: bool = False
    """A clone of a template that was made before the twin began."""
    set_up: bool = False
    """A desktop whose first boot was finished once; with `running` it is ready, unless it is booting."""
    booting_for_s: float | None = None
    """A running desktop's boot was ordered so long before the twin; None: it is not booting, or when is not known."""
    ready_for_s: float | None = None
    """A desktop that is ready became so this long before the twin; None: it is not, or when is not known."""
    unasked: bool = False
    """Nobody has asked it since its boot was ordered: it may be ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Log-normal medians, in seconds."""

    sigma: Annotated[float, Bounds(ge=0, le=2)] = 0.15
    """Of the logarithm; 0: always the median."""
    clone_outside_lock_s: Length = 0.2
    """The clone task's time outside the storage lock."""
    configure_s: Length = 0.1
    """A config PUT under the VM's lock; the API service time is not added."""
    start_task_s: Length = 2.5
    stop_task_s: Length = 1.0
    shutdown_s: Length = 10.0
    """From the request to power off, of a guest that obeys."""
    delete_outside_lock_s: Length = 0.2
    free_share: Part = 0.25
    """Of an image operation: how long freeing an image holds the storage's lock (modelled, not observed)."""
    migrate_mib: Annotated[float, Bounds(gt=0, le=100_000)] = 1000.0
    """Memory that a node sends in each second while it moves running guests, MiB; several share it. *Assumed*: 10 Gbit/s with
    Proxmox VE's encryption."""
    boot_s: float = 40.0
    """From the start task's end to the guest agent, alone on its node."""
    first_boot_s: Length = 8.0
    """From the guest agent to first boot finished and log-on port open."""
    upgrade_s: Length = 300.0
    """How much longer the first boot takes if cloud-init upgrades all packages. *Assumed*: an image of some weeks, a mirror on
    the site. Many at once would take longer still, which is not modelled."""
    setup_s: Length = 0.0
    """How much longer the first boot of a clone takes for the system's own setup, from the guest agent on, such as Windows
    joining its domain. Restarts come on top."""
    setup_spread_s: Length = 0.0
    """By up to this much longer still: uniform, drawn for each desktop."""
    setup_restarts: Annotated[int, Bounds(ge=0, le=8)] = 0
    """During the setup a clone restarts at least once and at most this often: further boots, inside the same QEMU process."""
    setup_failures: Part = 0.0
    """Share of clones whose setup fails at its end: they report a failed first boot for good, and never get ready."""
    boots_width: Count = 8
    """A node does the work of this many boots at a time (processor sharing beyond)."""
    boots_before_loss: Number = 16
    boots_loss: Part = 0.01
    """Share of the throughput lost per boot beyond `boots_before_loss`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSpec:
    """Proxmox VE's API daemons."""

    workers: Annotated[int, Bounds(ge=1, le=64)] = 3
    """pvedaemon's, a node."""
    write_s: Length = 0.05
    read_s: Length = 0.01
    proxy_timeout_s: float = 30.0
    """From pveproxy to pvedaemon or another node: then 596, and the operation runs on."""
    unauthorised_s: Length = 3.0
    """Every 401 takes this long."""
    agent_timeout_s: Length = 3.0
    """How long a guest agent that does not answer blocks a worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSpec:
    """How old the cluster's own status is."""

    period_s: float = 10.0
    """pvestatd's; the phase is random per node."""
    node_offline_s: Length = 6.7
    """From a node's death to `offline`."""
    guests_unknown_s: Length = 300.0
    """From a node's death until its guests stop being listed with their last status."""
    quorum_lost_s: Length = 6.5
    """From the cut to the first answer that shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOns:
    """The agents at the desktops."""

    concurrent: Number = 0
    """How many desktops get a session: the first ones to be ready."""
    spread_s: Length = 60.0
    """The log-on comes within this time after the desktop is ready (uniform)."""
    log_on_s: Length = 0.0
    """From the connection to the session: the agent is at the log-on mask."""
    stay_s: float | None = None
    """From log-on to log-off; None: stays."""
    away_after_s: float | None = None
    """From log-on to the end of the connection, without a log-off: the session stays open; None: stays connected."""
    away_s: Length = 300.0
    """From the end of the connection to the next one, in the same session."""
    visitors: Part = 0.0
    """Until `concurrent` are there at once: share of the agents who log off again after `visit_s`, so that others come."""
    visit_s: Length = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSpec:
    """The status document that each desktop writes of itself."""

    files: tuple[str, ...] = ("/run/bascule/status.json",)
    """Its paths; no other file exists."""
    period_s: float = 10.0
    """From one writing to the next: bascule-guest's. One comes at once when first boot has finished."""
    holds: bool = False
    """Images with config/guest/bascule-hold: a session, or a log-on in progress, delays a shutdown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSpec:
    """What desktops send by themselves: at each log-on, log-off, connect and disconnect, and at rest each `every_s`."""

    share: Part = 0.0
    """Share of the desktops whose image pushes; the others are only read."""
    every_s: Annotated[float, Bounds(ge=1, le=3600)] = 60.0
    """Seconds at rest: bascule-guest's `EVERY_S`."""
    jitter: Part = 0.1
    """Part of `every_s` that it is longer or shorter (uniform): bascule-guest's."""
    delay_s: Length = 1.25
    """A push takes up to this long from the desktop to the daemon (uniform): bascule-guest looks once a second, and the
    receiver hands over each quarter of a second."""
    lost: Part = 0.0
    """Share of the pushes that never arrive."""
    doubled: Part = 0.0
    """Share of the pushes that arrive twice, the second time up to `doubled_within_s` later."""
    doubled_within_s: Length = 30.0
    skew_s: Length = 0.0
    """Clocks of desktops are wrong by up to this, ahead or behind (uniform)."""
    obeys: bool = False
    """Whether the desktops that push ask what to do with their sessions, and do so. Those of a served twin ask at `url`."""
    url: str = ""
    """Where a served twin sends pushes: the receiver's https address on this machine. Empty: it sends none."""
    ca_file: str = ""
    """PEM file of the authority that signed the receiver's certificate; empty: the twin's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSpec:
    """An API token, with its own and its user's rights."""

    user: str
    """user@realm"""
    name: str
    secret: str = field(repr=False, compare=False)
    privsep: bool = True
    acl: tuple[tuple[str, str], ...] = (("/", "Administrator"),)
    """(path, role), propagated; given to the user and, with `privsep`, to the token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomFaults:
    """Operations that fail by chance (by hash, like durations). An operation is a clone or a start; only clones meet storage
    locks and only starts fail to start, so that the shares below hold over as many clones as starts."""

    share: Part = 0.0
    """The share of all operations."""
    lock_timeouts: Part = 0.5
    """Of the failures: a clone fails as if a rival client had held its lock for the 10 s."""
    start_failures: Part = 0.25
    lost_answers: Part = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class KillNode:
    """A node loses power, for good or for `back_after_s`."""

    node: str
    at_s: float | None = None
    """Seconds from the twin's start."""
    when_ready_share: float | None = None
    """When this share of `of_desktops` is ready."""
    of_desktops: int = 0
    back_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoseAnswer:
    """The nth request (from 1) that matches is lost."""

    method: str
    endpoint: str
    """The route's pattern, for instance `/nodes/{node}/qemu/{vmid}/clone`."""
    nth: int
    after_effect: bool = True
    """False: the request itself is lost, and nothing happens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteTemplate:
    """An administrator deletes a template."""

    vmid: int
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CutQuorum:
    """The cluster loses its quorum for a while."""

    at_s: float
    for_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FillStorage:
    """A storage fills up."""

    storage: str
    at_s: float
    node: str = ""
    """Of a node-local storage; empty: all nodes."""
    for_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalLocks:
    """A rival client (another admin, a backup) takes a storage's lock again and again."""

    storage: str
    hold_s: float
    every_s: float
    at_s: float = 0.0
    for_s: float = 3600.0
    node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VzdumpTask:
    """A foreign vzdump task that locks its guests one after the other (lock `backup`)."""

    node: str
    vmids: tuple[int, ...]
    at_s: float
    each_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadGuestAgents:
    """A share of the desktops whose guest agent never answers."""

    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HangDesktops:
    """A share of the desktops that are up hang, for good: no guest agent, no pushes, no log-ons. Their sessions stay open."""

    share: float
    at_s: float = 0.0
    """Seconds from the twin's start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """A node enters the HA manager's maintenance mode, for good or for `for_s`. Guests that HA does not manage stay there."""

    node: str
    at_s: float
    for_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenQemu:
    """No VM starts on a node any more: QEMU exits at once. Clones and running VMs go on."""

    node: str
    at_s: float = 0.0
    """Seconds from the twin's start."""
    for_s: float | None = None
    """None: for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDaemon:
    """pvedaemon stops on a running node: listings go on, and requests that need root there are refused (595)."""

    node: str
    at_s: float = 0.0
    """Seconds from the twin's start."""
    for_s: float | None = None
    """None: for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StallStatus:
    """pvestatd hangs on a node, as with a storage that does not answer: its listing gets old, except tags and locks."""

    node: str
    at_s: float
    for_s: float


Fault = (
    KillNode | LoseAnswer | DeleteTemplate | CutQuorum | FillStorage | RivalLocks | VzdumpTask | DeadGuestAgents | HangDesktops
    | Maintenance
    | BrokenQemu | StopDaemon | StallStatus
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinSpec:
    """One twin: a cluster, its seed, and what happens to it."""

    name: str
    nodes: tuple[NodeSpec, ...]
    storages: tuple[StorageSpec, ...]
    templates: tuple[TemplateSpec, ...]
    guests: tuple[GuestSpec, ...] = ()
    seed: Number = 1
    release: str = "9.2.11"
    durations: Durations = Durations()
    api: ApiSpec = ApiSpec()
    status: StatusSpec = StatusSpec()
    log_ons: LogOns = LogOns()
    report: ReportSpec = ReportSpec()
    push: PushSpec = PushSpec()
    tokens: tuple[TokenSpec, ...] = ()
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    """Roles besides the built-in ones: name -> privileges."""
    bridges: tuple[str, ...] = ("vmbr0",)
    """Bridges on every node; a guest with another bridge does not start."""
    pools: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Pool id -> comment."""
    votes: Votes = Votes()
    """As a real cluster has said them, of which this is a copy. No key of a twin's file."""
    leftovers: tuple[str, ...] = ()
    """Volume ids of images left by interrupted deletes: clones to their VMIDs fail."""
    random_faults: RandomFaults = RandomFaults()
    faults: tuple[Fault, ...] = ()
