"""Configured limits: how much may run at once, how much hardware desktops may use, and how often things are observed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from provisioner.model.bounds import Bounds, Count, Length, Number, Percent, Share
from provisioner.model.ids import ClusterId, Vmid


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Upper limits, each default with its reason."""

    clones_per_local_domain: Count = 32
    """The most clones at once on a node-local storage. The actual number follows from measurements; only storage with less than
    0.1 s per image operation can use so many. Fifty at once succeeded on a fast storage, at its limit."""
    clones_per_shared_domain: Count = 32
    """The same for a shared storage. With 0.5 s per image operation the measurements allow five; twelve failed."""
    boots_per_node: Count = 24
    """The most desktops between start order and ready on a node. The actual number follows from measurements: ten at first,
    then a few more than the node boots at full speed."""
    configures_per_node: Count = 4
    """Configurations at once, until the next observation shows them. Each uses one of three API workers for 0.1 s."""
    checks_per_node: Count = 2
    """Questions to guests at once: a dead agent blocks one of three API workers for 3 s."""
    memory_share: Share = 0.8
    """Of a node's memory, for desktops and foreign guests together."""
    storage_share: Share = 0.9
    """Of a storage's size; a thin pool that fills up stops every guest on it."""
    thin_share: Share = 0.5
    """Of a linked clone's nominal disk: how much it is expected to fill."""
    max_attempts: Count = 5
    """Failures in a row before a desktop is given up as failed."""
    retry_base_s: float = 10.0
    """The first retry comes within this time (full jitter); it doubles each time. Proxmox VE's own lock wait is 10 s."""
    retry_cap_s: float = 300.0
    """The longest wait before a retry: after a repair, desktops go on within five minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """VMIDs and names of desktops."""

    prefix: str = "vd-"
    """A desktop's name is prefix + VMID: at most 15 characters, unique if the VMID ranges do not overlap."""
    address_rest_s: float = 600.0
    """How long the address of a desktop that is gone is given to nobody else: twice the `ttl` of its name in DNS, so that no
    cache leads to another's desktop. Counted in one life of the daemon."""
    vmids: Mapping[ClusterId, tuple[Vmid, Vmid]] = field(default_factory=dict)
    """First and last VMID of each cluster's range; ranges do not overlap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """Limits of the safety gate."""

    max_deletes: Number = 0
    """Deletes in a plan; 0: none without an operator."""
    max_stops_percent: Percent = 5.0
    """Share of the ready desktops that may be stopping at once; at least one may, unless it is 0."""
    rebuild_settle_s: Length = 40.0
    """With an empty store nothing is cloned for this long after the first observation: a clone ordered just before the store
    was lost may still be under way (Proxmox VE's own proxy time-out is 30 s), and its agent would get two desktops."""
    replace_after_s: float = 120.0
    """An agent whose desktop is on a node that has been offline for this long gets another one, if resources are free; `never`:
    the agent waits for the node. A node that restarts is back within minutes, a repair takes too long in a surge, and a linked
    clone's disk holds no user data. A site that keeps user data there sets `never`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Intervals of observations and questions, in seconds."""

    observe_busy_s: Annotated[float, Bounds(le=8)] = 2.5
    """While actions are in flight: one call per cluster. Proxmox VE refreshes the power state every 10 s, locks at once. At
    most 8 s: a desktop is shut down only on a report of the last 10 s, which would be too old at the next observation."""
    observe_cloning_s: float = 1.0
    """While clones are in flight on at most four lock domains: then the whole switch waits for each clone observed late."""
    observe_idle_s: float = 10.0
    """At rest: the period of pvestatd; Proxmox VE has nothing newer."""
    session_first_s: Length = 60.0
    """From ready to the first session reading, if that is less than `session_interval`: people log on soon."""
    session_interval_s: float = 60.0
    """From one session reading of a desktop to the next: 1,700 desktops on 16 nodes cost 2 calls a second and node. On a twin
    with one in ten hung that was a tenth of a node's three API workers. A node that answers slowly is asked less often."""
    check_retry_s: float = 8.0
    """From a readiness check of a guest that is still booting to the next check."""
    task_lookup_s: float = 15.0
    """A start that is not observed running after this time is looked up in the task list: the task takes 2.5 s, and the listing
    is up to 10 s old."""
