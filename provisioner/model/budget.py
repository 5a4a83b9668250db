"""What is configured: the most that may be done at once, and the share of the hardware that desktops may take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from provisioner.model.bounds import Bounds, Count, Length, Number, Percent, Share
from provisioner.model.ids import ClusterId, Vmid


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Ceilings; each default with its reason."""

    clones_per_local_domain: Count = 32
    """The most clones in flight at once on a node-local storage; how many there are follows from measurement, and only storage
    of less than 0.1 s an image operation is worth so many. Fifty at once succeeded on a fast one, right at the edge."""
    clones_per_shared_domain: Count = 32
    """The same on a shared storage id. On storage of 0.5 s an image operation measurement allows five, and twelve failed."""
    boots_per_node: Count = 24
    """From the start order to ready, as far as is expected; how many there are follows from measurement: eighteen at most as a
    rule, and so many only when the last desktops of a switch are started together."""
    configures_per_node: Count = 4
    """In flight until seen in the next observation. Each holds one of three API workers for 0.1 s."""
    checks_per_node: Count = 2
    """Guest readings at once: a dead agent holds one of three API workers for 3 s."""
    memory_share: Share = 0.8
    """Of a node's memory for desktops and foreign guests together: host memory ≤ 80 %."""
    storage_share: Share = 0.9
    """Of a storage's size; a thin pool that fills up stops every guest on it."""
    thin_share: Share = 0.5
    """Of a linked clone's nominal disk that it is expected to fill."""
    max_attempts: Count = 5
    """Failures in a row before a desktop is given up as failed."""
    retry_base_s: float = 10.0
    """First retry within this time (full jitter), doubled each time: Proxmox VE's own lock wait is 10 s."""
    retry_cap_s: float = 300.0
    """No retry waits longer than this: what an operator has put right is found within five minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Where VMIDs and names come from."""

    prefix: str = "vd-"
    """A desktop is called prefix + VMID: at most 15 characters, unique while VMID ranges are disjoint."""
    vmids: Mapping[ClusterId, tuple[Vmid, Vmid]] = field(default_factory=dict)
    """First and last VMID of each cluster's range; ranges do not overlap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """When a plan is stopped instead of run."""

    max_deletes: Number = 0
    """Deletes a plan may hold; 0: none without an operator."""
    max_stops_percent: Percent = 5.0
    """Share of the ready desktops that may be on their way down at once; at least one may, unless it is 0."""
    rebuild_settle_s: Length = 40.0
    """With an empty store nothing new is cloned for this long after the first observation: a clone ordered just before the
    store was lost may still be on its way (Proxmox VE's own proxy time-out is 30 s), and would come out a double."""
    replace_after_s: float = 120.0
    """An agent whose desktop lies on a node that has been offline for this long gets another, where there is room; `never`: the
    agent waits for the node. A node that restarts is back within minutes; in a surge nobody waits for a repair, and a linked
    clone's disk holds nobody's data. A site that keeps data there says never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often things are looked at. Seconds."""

    observe_busy_s: Annotated[float, Bounds(le=8)] = 2.5
    """While work is in flight: one call a cluster; Proxmox VE itself refreshes power every 10 s but locks at once. At most 8 s:
    a desktop is shut down only on a reading of the last 10 s, which would be older by the next look."""
    observe_cloning_s: float = 1.0
    """While clones are in flight on four lock domains or fewer: then each end seen late is time that the whole switch loses."""
    observe_idle_s: float = 10.0
    """At rest: the period of pvestatd, nothing newer is to be had."""
    session_first_s: Length = 120.0
    """From ready to the first session reading: an agent who was called logs on within minutes."""
    session_interval_s: float = 900.0
    """From one session reading of a desktop to the next: 1,700 desktops cost 2 calls a second."""
    check_retry_s: float = 8.0
    """From a readiness check that found the guest still booting to the next."""
    task_lookup_s: float = 15.0
    """A start not seen running by now is looked up in the task list: 2.5 s of task and 10 s of staleness have passed."""
