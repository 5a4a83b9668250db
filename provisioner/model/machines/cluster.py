"""The clusters as Proxmox VE shows them at one moment: nodes, storages, guests and tasks."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from provisioner.model.capacity import Votes, VotesLeft, losses_of_quorum
from provisioner.model.ids import ClusterId, GuestKey, Instant, LockDomain, NodeKey, NodeName, StorageId, Upid, Vmid, node_key

_UNSAID = Votes(guessed=True)


class Power(enum.StrEnum):
    """Proxmox VE's status of a guest; `unknown` until pvestatd has seen it, up to 10 s."""

    RUNNING = "running"
    STOPPED = "stopped"
    PAUSED = "paused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node of a cluster."""

    key: NodeKey
    online: bool
    cores: int
    memory_mib: int
    memory_used_mib: int = 0
    maintenance: bool = False
    """In the HA manager's maintenance mode: its guests should leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """A storage as one node sees it; a shared one appears once for each node."""

    node: NodeKey
    storage: StorageId
    shared: bool
    total_gib: float
    used_gib: float
    available: bool = True
    content: frozenset[str] = frozenset()
    """The content types that it may hold: images, rootdir, backup, …; empty: unknown."""
    kind: str = ""
    """Proxmox VE's plugin: dir, lvmthin, zfspool, rbd, nfs, …; empty: unknown."""

    lock_domain: LockDomain = field(init=False, repr=False, compare=False)
    """The scope of its storage lock (PVE-pve-storage: per node if node-local, cluster-wide per id if shared). Computed once:
    each placement reads it several times for each template."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "lock_domain", lock_domain(self.node, self.storage, shared=self.shared))


def lock_domain(node: NodeKey, storage: StorageId, *, shared: bool) -> LockDomain:
    """The name of the lock that a disk operation on this storage takes."""
    return LockDomain(f"{node.cluster}/{storage}" if shared else f"{node.cluster}/{node.node}/{storage}")


def membership_domain(cluster: ClusterId) -> LockDomain:
    """The cluster-wide lock that a clone into a pool takes at its end. No storage's domain has this form."""
    return LockDomain(f"{cluster}/priv/lock/file-user_cfg")


HA_ERROR = "error"
"""The HA manager has given a guest up: it does nothing with it until an operator has set it to `disabled`."""
_HA_STAYS = frozenset({HA_ERROR, "ignored", "disabled"})
"""States of HA resources that are not recovered when their node dies. One that is to be `disabled` is listed as `stopped` once
it is off, like one that is to be `stopped` and is recovered: it is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A VM or container on a cluster, ours or foreign. None: not known to Proxmox VE yet."""

    key: GuestKey
    node: NodeName
    power: Power
    name: str | None = None
    lock: str | None = None
    tags: frozenset[str] = frozenset()
    pool: str | None = None
    template: bool = False
    container: bool = False
    vcpus: float | None = None
    memory_mib: int | None = None
    disk_gib: float | None = None
    ha: str | None = None
    """The state of its HA resource: started, recovery, error, …; None: it is not HA's."""
    node_key: NodeKey = field(init=False, repr=False, compare=False)
    """Its node. Computed once: every cycle needs it several times for each guest."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "node_key", node_key(self.key.cluster, self.node))

    @property
    def ha_recovers(self) -> bool:
        """Whether Proxmox VE's HA brings it up on another node after its node has died. An unknown state counts as yes."""
        return self.ha is not None and self.ha not in _HA_STAYS

    @property
    def ha_managed(self) -> bool:
        """Whether its starts and stops are only requests to the HA manager, which carries them out in its own way."""
        return self.ha is not None and self.ha != "ignored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An entry of a node's task list. `guest` of a clone is the template's VMID."""

    upid: Upid
    node: NodeKey
    kind: str
    """qmclone, qmstart, vzdump, …"""
    guest: Vmid | None
    user: str
    started_at: Instant
    ended_at: Instant | None = None
    status: str | None = None
    """The exit status; None while it runs."""

    @property
    def succeeded(self) -> bool:
        """`OK` and `WARNINGS: n` are success."""
        return self.status is not None and (self.status == "OK" or self.status.startswith("WARNINGS"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterView:
    """One observation of one cluster. `tasks` are the tasks, finished and running, of the nodes in `tasks_of`."""

    cluster: ClusterId
    taken_at: Instant
    quorate: bool | None = None
    """Whether it had its quorum when it was asked last; None: it did not say."""
    quorum_asked_at: Instant | None = None
    """When it was asked last, as far as is known."""
    votes: Votes = _UNSAID
    """Asked with the quorum."""
    nodes: Mapping[NodeName, Node] = field(default_factory=dict)
    storages: tuple[Storage, ...] = ()
    guests: Mapping[Vmid, Guest] = field(default_factory=dict)
    uptimes_s: Mapping[Vmid, int] = field(default_factory=dict)
    """Uptimes of guests, as far as known. Kept apart: nothing else of most guests changes from one view to the next."""
    tasks_of: frozenset[NodeName] = frozenset()
    tasks: tuple[Task, ...] = ()
    existence: Mapping[Vmid, bool] = field(default_factory=dict)
    """For VMIDs that were asked about and are not listed: whether a VM exists, visible to the token or not."""
    boots: Mapping[Vmid, Instant] = field(default_factory=dict, compare=False)
    """The latest possible beginning of a guest's present boot, if earlier observations limit it more than this one."""
    half_made: frozenset[Vmid] = field(default=frozenset(), compare=False)
    """Guests that are locked by a clone that does not go on: it takes two observations to see that."""

    def complete_on(self, node: NodeName) -> bool:
        """Whether the listing of this node is complete: the guests of an offline node are unknown."""
        return node in self.nodes and self.nodes[node].online

    @property
    def losses_of_quorum(self) -> dict[NodeKey, VotesLeft]:
        """The online nodes without which it has no quorum."""
        lost = losses_of_quorum({name: node.online for name, node in self.nodes.items()}, self.votes)
        return {self.nodes[name].key: left for name, left in lost}

    def booted_at(self, vmid: Vmid) -> Instant:
        """The latest possible beginning of its present boot: uptimes are as old as the last run of pvestatd on its node.

        `taken_at` without an uptime.
        """
        return self.boots.get(vmid, self.taken_at - self.uptimes_s.get(vmid, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The last observation of every cluster that has answered so far."""

    revision: int = 0
    clusters: Mapping[ClusterId, ClusterView] = field(default_factory=dict)

    def guest(self, key: GuestKey) -> Guest | None:
        """The guest with this key, when its cluster has shown it."""
        view = self.clusters.get(key.cluster)
        return view.guests.get(key.vmid) if view else None

    def with_view(self, view: ClusterView) -> "Snapshot":
        """This snapshot with one cluster's newer observation."""
        last = self.clusters.get(view.cluster)
        if last is not None:
            view = replace(view, boots=_known_boots(view, last), half_made=_half_made(view, last))
            if view.quorum_asked_at is None:
                view = replace(view, quorate=last.quorate, quorum_asked_at=last.quorum_asked_at)
            if view.votes.guessed:
                view = replace(view, votes=last.votes)
        return Snapshot(revision=self.revision + 1, clusters={**self.clusters, view.cluster: view})


_CLONE = "qmclone"
_APART_S = 2.0
"""A lock is gone on every node of a cluster so soon after the clone's end."""
_WATCHED_S = 25.0
"""The longest gap between two observations for which boots are compared: in a longer one anything may have happened."""
_WHOLE_SECONDS_S = 2.0
"""Uptimes are rounded to seconds, and the listing takes a moment."""


def _known_boots(view: ClusterView, last: ClusterView) -> dict[Vmid, Instant]:
    """Boots that began earlier than this view's uptimes show: pvestatd may hang while the guest runs on. Three cases:

    1. the same uptime: pvestatd has not run since, the known boot goes on;
    2. a longer uptime: read since the last view; the same boot, if its beginning fits;
    3. a shorter uptime: another boot.
    """
    gap_s = view.taken_at - last.taken_at
    if gap_s > _WATCHED_S:
        return {}
    known: dict[Vmid, Instant] = {}
    before, boots, earlier, now = last.uptimes_s, last.boots, last.taken_at, view.taken_at  # a pass over all guests: no calls
    for vmid, uptime_s in view.uptimes_s.items():
        before_s, latest = before.get(vmid), now - uptime_s
        if before_s is None or uptime_s < before_s:
            continue
        began = boots.get(vmid)
        if began is None:
            began = earlier - before_s
        if began >= latest:
            continue
        if uptime_s == before_s or began >= latest - gap_s - _WHOLE_SECONDS_S:
            known[vmid] = began
    return known


def _half_made(view: ClusterView, last: ClusterView) -> frozenset[Vmid]:
    """Guests that are still locked, after an observation that had read that no clone ran on their node; and none has since.

    A task list is read after its listing, which may still show the lock of a clone that has just ended. No time of a node is
    compared with one of ours: its clock may be another.
    """
    if view.taken_at < last.taken_at + _APART_S:
        return frozenset()
    quiet = {node for node in view.tasks_of & last.tasks_of if _clones_on(view, node) == _ended(_clones_on(last, node))}
    locked = (guest for guest in view.guests.values() if guest.lock == "clone" and guest.node in quiet) if quiet else ()
    return frozenset(guest.key.vmid for guest in locked if last.guests.get(guest.key.vmid) == guest)


def _clones_on(view: ClusterView, node: NodeName) -> dict[Upid, Task]:
    return {task.upid: task for task in view.tasks if task.kind == _CLONE and task.node.node == node}


def _ended(clones: Mapping[Upid, Task]) -> Mapping[Upid, Task] | None:
    """They; None: one of them runs."""
    return clones if all(task.ended_at is not None for task in clones.values()) else None
