"""The state of one virtual cluster, and what every operation on it needs. Handlers and tasks are in their own files."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from provisioner.model.machines.twin_spec import GuestSpec, TemplateSpec, TwinSpec
from provisioner.twin.engine.draws import Chance, Draws
from provisioner.twin.engine.events import EventHeap, Process, Running, Wait, pause
from provisioner.twin.model import storages
from provisioner.twin.model.datacenter import Datacenter
from provisioner.twin.model.guests import GuestBoot, TwinGuest
from provisioner.twin.model.listed import LastList
from provisioner.twin.model.locks import CfsLock
from provisioner.twin.model.nodes import TwinNode
from provisioner.twin.model.people import PeopleAtWork
from provisioner.twin.model.storages import Copies, Domain, Volume
from provisioner.twin.model.tasks import TaskList
from provisioner.twin.protocol import ApiFault, refuse

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class TwinPool:
    """A pool and its guests."""

    comment: str = ""
    members: set[int] = field(default_factory=set)


class Cluster:
    """One cluster. `attached` holds state that files of endpoints keep."""

    def __init__(self, spec: TwinSpec, events: EventHeap) -> None:
        self.spec = spec
        self.events = events
        self.began_at = events.now
        self.draws = Draws(spec.seed, sigma=spec.durations.sigma)
        self.quorate = True
        self.nodes = {node.name: TwinNode(node, spec, events=events, draws=self.draws) for node in spec.nodes}
        self.tasks = {name: TaskList() for name in self.nodes}
        self.guests: dict[int, TwinGuest] = {}
        self.listed = LastList()
        self.pools = {name: TwinPool(comment=comment) for name, comment in spec.pools.items()}
        self.pool_of: dict[int, str] = {}
        self.user_cfg = CfsLock(events, name="file-user_cfg", quorate=lambda: self.quorate)
        self.domains = _domains(self)
        self.copies = Copies(events)
        self.datacenter = Datacenter()
        self.leftovers = set(spec.leftovers)
        self.people = PeopleAtWork(spec.log_ons, events=events, draws=self.draws)
        self.on_news: list[Callable[[TwinGuest], None]] = []
        """Called whenever a desktop's status document has changed by more than its time."""
        self.on_ready: list[Callable[[], None]] = []
        """Called whenever a desktop has become ready."""
        self.chance = Chance(spec.random_faults, self.draws)
        self.clones = 0
        self.ready = 0
        """Desktops that became ready; every boot counts."""
        self.cut = 0
        """Sessions that a shutdown ended."""
        self.dead_agents = 0.0
        """Share of desktops whose guest agent never answers."""
        self.log: list[str] = []
        self.attached: dict[str, Any] = {}
        self._attempts: dict[tuple[object, str], int] = {}
        _populate(self)

    def node(self, name: str) -> TwinNode:
        """The node of this name; raises Proxmox VE's ApiFault for a name it cannot look up."""
        if name not in self.nodes:
            why = "Temporary failure in name resolution"
            raise refuse(f"hostname lookup '{name}' failed - failed to get address info for: {name}: {why}")
        return self.nodes[name]

    def has_bridge(self, node: str, bridge: str) -> bool:
        """Whether guests can be connected to it there."""
        return bridge in self.spec.bridges and (node, bridge) not in self.datacenter.without_bridge

    def guest(self, vmid: int, node: str) -> TwinGuest:
        """The guest; raises ApiFault when it is not on this node."""
        guest = self.guests.get(vmid)
        if guest is None or guest.node != node:
            raise refuse(f"Configuration file 'nodes/{node}/qemu-server/{vmid}.conf' does not exist")
        return guest

    def domain(self, storage: str, node: str) -> Domain:
        """The lock domain of a storage on a node; raises ApiFault when there is none."""
        domain = self.domains.get((node, storage))
        if domain is not None:
            return domain
        if any(spec.storage == storage for spec in self.spec.storages):
            raise refuse(f"storage '{storage}' is not available on node '{node}'")
        raise refuse(f"storage '{storage}' does not exist")

    def require_quorum(self) -> None:
        """Raise ApiFault when the cluster has no quorum."""
        if not self.quorate:
            raise refuse("cluster not ready - no quorum?")

    def check_writable(self, vmid: int, node: str) -> None:
        """Raise ApiFault when configurations cannot be written."""
        if not self.quorate:
            number = self.nodes[node].next_pid()
            raise refuse(
                f"unable to open file '/etc/pve/nodes/{node}/qemu-server/{vmid}.conf.tmp.{number}' - Permission denied"
            )

    def attempt(self, who: object, operation: str) -> int:
        """How often this operation was done before for `who`; makes the draws of a repetition differ."""
        count = self._attempts.get((who, operation), 0)
        self._attempts[(who, operation)] = count + 1
        return count

    def draw_duration(self, median: float, who: object, operation: str) -> float:
        """How long this operation lasts this time, in seconds."""
        return self.draws.around(median, who, operation, self.attempt(who, operation))

    def sleep(self, seconds: float) -> Wait:
        """Wait this many seconds."""
        return pause(self.events, seconds)

    def spawn_on(
        self, node: TwinNode, process: Process[T], *, done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> Running[T]:
        """Run a process that dies with its node."""

        def finish(value: T) -> None:
            node.running.pop(running, None)
            done(value)

        def fail(error: Exception) -> None:
            node.running.pop(running, None)
            failed(error)

        running = Running(process, done=finish, failed=fail)
        node.running[running] = None
        self.events.after(0.0, running.start)
        return running

    def log_event(self, line: str) -> None:
        """Log an event, to compare one run with another."""
        self.log.append(f"{self.events.now - self.began_at:.3f} {line}")

    def put_in_pool(self, vmid: int, pool: str) -> None:
        """Move a guest into a pool. A guest has at most one."""
        self.take_from_pool(vmid)
        self.pools[pool].members.add(vmid)
        self.pool_of[vmid] = pool
        self.listed.touched[vmid] = None

    def take_from_pool(self, vmid: int) -> None:
        """Remove a guest from its pool, if it has one."""
        pool = self.pool_of.pop(vmid, None)
        if pool is not None:
            self.pools[pool].members.discard(vmid)
            self.listed.touched[vmid] = None

    def add_guest(self, vmid: int, node: str) -> TwinGuest:
        """Add a new guest without settings or disks."""
        guest = self.guests[vmid] = TwinGuest(vmid, node, events=self.events, touched=self.listed.touched)
        guest.on_news = self._news_of
        if self.spec.push.share:
            guest.pushes = self.draws.share(vmid, "pushes") < self.spec.push.share
        if self.spec.push.skew_s:
            guest.skew_s = self.spec.push.skew_s * (2.0 * self.draws.share(vmid, "skew") - 1.0)
        guest.touch()
        return guest

    def _news_of(self, guest: TwinGuest) -> None:
        for callback in self.on_news:
            callback(guest)

    def drop_guest(self, guest: TwinGuest) -> None:
        """Remove a guest: its configuration and its remaining images."""
        for key in list(guest.volumes):
            self.remove_image(guest, key)
        self.take_from_pool(guest.vmid)
        if self.guests.get(guest.vmid) is guest:
            del self.guests[guest.vmid]
            self.listed.forget(guest.vmid)

    def add_image(self, guest: TwinGuest, key: str, *, volume: Volume) -> None:
        """Record an image that was made."""
        guest.volumes[key] = volume
        self.domain(volume.storage, guest.node).filled_gib += volume.fills_gib

    def remove_image(self, guest: TwinGuest, key: str) -> None:
        """Record an image that was removed."""
        volume = guest.volumes.pop(key)
        self.domain(volume.storage, guest.node).filled_gib -= volume.fills_gib

    def abandon_image(self, guest: TwinGuest, key: str) -> None:
        """Leave an image behind on its storage; it keeps using space."""
        self.leftovers.add(guest.volumes.pop(key).volid)

    def replace_image(self, guest: TwinGuest, key: str, *, volume: Volume) -> None:
        """Record an image that was renamed or has grown."""
        self.remove_image(guest, key)
        self.add_image(guest, key, volume=volume)

    def any_node(self) -> TwinNode:
        """The node a client is connected to: the first living node; raises ApiFault when all are dead."""
        for node in self.nodes.values():
            if node.alive:
                return node
        raise ApiFault(595, "Connection refused")


def _domains(cluster: Cluster) -> dict[tuple[str, str], Domain]:
    domains: dict[tuple[str, str], Domain] = {}
    for spec in cluster.spec.storages:
        places = [name for name in cluster.nodes if not spec.nodes or name in spec.nodes]
        for name in places:
            first = domains.get((places[0], spec.storage)) if spec.shared else None
            domains[(name, spec.storage)] = first or Domain(
                spec, name, events=cluster.events, quorate=lambda: cluster.quorate
            )  # fmt: skip
    return domains


def _populate(cluster: Cluster) -> None:
    for template in cluster.spec.templates:
        _add_template(cluster, template)
    for guest in cluster.spec.guests:
        _add_foreign(cluster, guest)


def _add_template(cluster: Cluster, spec: TemplateSpec) -> None:
    guest = cluster.add_guest(spec.vmid, spec.node)
    storage = cluster.domain(spec.storage, spec.node).spec
    guest.config = _base_config(cluster, spec.vmid, name=spec.name, vcpus=spec.vcpus, memory_mib=spec.memory_mib)
    guest.config |= {"template": "1"} | ({"tags": spec.tags} if spec.tags else {})
    guest.config |= {"ide0": f"{spec.iso},media=cdrom"} if spec.iso else {}
    disks = {"scsi0": float(spec.disk_gib)} | {f"scsi{number}": 1.0 for number in range(1, spec.data_disks + 1)}
    disks |= {"efidisk0": storages.FIRMWARE_GIB} if spec.efi else {}
    disks |= {"tpmstate0": storages.FIRMWARE_GIB} if spec.tpm else {}
    for number, (key, size_gib) in enumerate(disks.items()):
        guest.volumes[key] = storages.disk(storage, spec.vmid, number, size_gib=size_gib, template=True)
    if spec.cloud_init:
        drive_on = cluster.domain(spec.cloud_init_storage or spec.storage, spec.node).spec
        guest.volumes["ide2"] = storages.cloud_init(drive_on, spec.vmid)
    guest.joins_ha = spec.ha
    _add_known(cluster, guest)


def _add_foreign(cluster: Cluster, spec: GuestSpec) -> None:
    guest = cluster.add_guest(spec.vmid, spec.node)
    storage = cluster.domain(spec.storage, spec.node).spec
    guest.config = _base_config(cluster, spec.vmid, name=spec.name, vcpus=spec.vcpus, memory_mib=spec.memory_mib)
    extra = {"tags": spec.tags, "description": spec.description, "lock": spec.lock}
    guest.config |= {key: value for key, value in extra.items() if value}
    guest.volumes["scsi0"] = storages.disk(storage, spec.vmid, 0, size_gib=spec.disk_gib)
    guest.changed()
    if spec.running:
        guest.power = "running"
        guest.started_at = cluster.events.now - 86_400.0
        cluster.nodes[spec.node].guests_mib += guest.memory_mib
    if spec.desktop:
        _make_desktop(cluster, guest, spec)
    _add_known(cluster, guest)


def _make_desktop(cluster: Cluster, guest: TwinGuest, spec: GuestSpec) -> None:
    """A clone of before: ready, off, or in a boot that `resume_boots` goes on with."""
    guest.desktop = True
    if spec.set_up:
        guest.boots, guest.setup_left_s = 1, []
    if not spec.running:
        return
    if spec.booting_for_s is not None:
        guest.started_at = cluster.events.now - spec.booting_for_s
    if spec.set_up and (spec.booting_for_s is None or spec.ready_for_s is not None):
        ready_at = cluster.events.now - (spec.ready_for_s or 0.0)
        guest.boot = GuestBoot(began_at=guest.started_at, number=1, agent_up=True, ready_at=ready_at)


def _add_known(cluster: Cluster, guest: TwinGuest) -> None:
    """Record a guest that existed before the twin began: pvestatd already knows it."""
    for volume in guest.volumes.values():
        cluster.domain(volume.storage, guest.node).filled_gib += volume.fills_gib
    guest.changed()
    guest.known_for_long()


def _base_config(cluster: Cluster, vmid: int, *, name: str, vcpus: int, memory_mib: int) -> dict[str, str]:
    return {
        "name": name,
        "cores": str(vcpus),
        "memory": str(memory_mib),
        "agent": "1",
        "boot": "order=scsi0",
        "ostype": "l26",
        "scsihw": "virtio-scsi-pci",
        "serial0": "socket",
        "vga": "serial0",
        "net0": f"virtio={mac(cluster, vmid, 'net0')},bridge={cluster.spec.bridges[0]}",
        "smbios1": f"uuid={uuid(cluster, vmid, 'smbios')}",
        "vmgenid": uuid(cluster, vmid, "vmgenid"),
        "meta": f"creation-qemu=10.0.13,ctime={int(cluster.began_at)}",
    }


def mac(cluster: Cluster, vmid: int, what: str) -> str:
    """A MAC address with Proxmox VE's prefix."""
    return "BC:24:11:" + ":".join(f"{byte:02X}" for byte in cluster.draws.token(vmid, what, "mac", size=3))


def uuid(cluster: Cluster, vmid: int, what: str) -> str:
    """A UUID's text."""
    text = cluster.draws.token(vmid, what, "uuid").hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
