"""Storages: how full each is, its lock, and the names of its volumes. And the copying of whole images by full clones,
outside the locks: copies at the same time share a storage's bandwidth."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from provisioner.model.machines.twin_spec import StorageSpec
from provisioner.twin.engine.events import EventHeap, Process, Resume, Wait
from provisioner.twin.model.locks import CfsLock, Flock, StorageLock

LINKED_FILL = 0.25
"""Share of its nominal size that a linked clone fills in the end (modelled; the planner assumes a larger share)."""
CLOUD_INIT_GIB = 4 / 1024
FIRST_CLONES = 20
"""Number of clones of a lock domain during which failures are accepted: its speed is being measured."""
FIRMWARE_GIB = 4 / 1024
"""An EFI or a TPM volume; Proxmox VE makes both with 4 MiB."""
_FILES = frozenset({"dir", "nfs", "cifs", "btrfs"})
_BASE_IN_NAME = frozenset({"rbd", "zfspool"})
_NO_TIME_S = 1e-6
"""A copy that would take less has ended: today's dates are floats with steps of 0.2 µs, and the heap would stand still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """One image of a guest."""

    storage: str
    volid: str
    size_gib: float
    fills_gib: float
    base: str | None = None
    """The template's image a linked clone depends on."""
    cloud_init: bool = False
    cdrom: bool = False

    @property
    def size(self) -> str:
        """The size in the configuration: `32G`, `4M`."""
        return f"{self.size_gib:g}G" if self.size_gib >= 1 else f"{round(self.size_gib * 1024)}M"

    @property
    def setting(self) -> str:
        """Its value in the configuration."""
        return f"{self.volid},media=cdrom,size={self.size}" if self.cdrom else f"{self.volid},size={self.size}"


class Domain:
    """A lock domain: a node's own storage, or a shared storage."""

    def __init__(self, spec: StorageSpec, node: str, *, events: EventHeap, quorate: Callable[[], bool]) -> None:
        self.spec = spec
        self.name = spec.storage if spec.shared else f"{node}/{spec.storage}"
        self.filled_gib = spec.used_gib
        self.full = False
        self.copies = 0
        """Copies of whole images in progress that read or write here."""
        self.copying_s = 0.0
        """Total seconds with at least one of them."""
        self._clones = 0
        self._first_timeouts = 0
        self.lock: StorageLock = (
            CfsLock(events, name=f"storage-{spec.storage}", quorate=quorate)
            if spec.shared
            else Flock(events, path=f"/var/lock/pve-manager/pve-storage-{spec.storage}")
        )

    @property
    def used_gib(self) -> float:
        """The used space Proxmox VE reports."""
        return self.spec.size_gib if self.full else min(self.filled_gib, self.spec.size_gib)

    @property
    def late_timeouts(self) -> int:
        """Waits for the lock that timed out after the first 20 clones."""
        return self.lock.timeouts - self._first_timeouts if self._clones >= FIRST_CLONES else 0

    def note_clone(self) -> None:
        """Count a successful clone with an image here."""
        self._clones += 1
        if self._clones == FIRST_CLONES:
            self._first_timeouts = self.lock.timeouts

    def room_for(self, volume: Volume) -> bool:
        """Whether the volume still fits."""
        return not self.full and self.filled_gib + volume.fills_gib <= self.spec.size_gib


def disk(spec: StorageSpec, vmid: int, number: int, *, size_gib: float, template: bool = False) -> Volume:
    """A full disk."""
    name = f"{'base' if template else 'vm'}-{vmid}-disk-{number}"
    return Volume(
        storage=spec.storage, volid=_volid(spec, vmid, name), size_gib=size_gib, fills_gib=size_gib * LINKED_FILL
    )  # fmt: skip


def linked(spec: StorageSpec, vmid: int, number: int, *, base: Volume) -> Volume:
    """A linked clone's disk."""
    own = disk(spec, vmid, number, size_gib=base.size_gib)
    volid = own.volid
    if spec.kind in _FILES or spec.kind in _BASE_IN_NAME:
        volid = f"{base.volid}/{own.volid.partition(':')[2]}"
    return Volume(
        storage=spec.storage, volid=volid, size_gib=base.size_gib, fills_gib=own.fills_gib, base=base.volid
    )  # fmt: skip


def cloud_init(spec: StorageSpec, vmid: int) -> Volume:
    """A cloud-init drive."""
    return Volume(
        storage=spec.storage,
        volid=_volid(spec, vmid, f"vm-{vmid}-cloudinit"),
        size_gib=CLOUD_INIT_GIB,
        fills_gib=CLOUD_INIT_GIB,
        cloud_init=True,
        cdrom=True,
    )


def is_file_based(spec: StorageSpec) -> bool:
    """Whether its volumes are qcow2 files."""
    return spec.kind in _FILES


def _volid(spec: StorageSpec, vmid: int, name: str) -> str:
    return f"{spec.storage}:{vmid}/{name}.qcow2" if spec.kind in _FILES else f"{spec.storage}:{name}"


@dataclass(slots=True, kw_only=True, eq=False)
class _Copy:
    left_gib: float
    domains: frozenset[Domain]
    """Where it reads and writes."""
    resume: Resume | None = None

    @property
    def rate(self) -> float:
        """GiB a second: the smaller of its shares."""
        return min(domain.spec.copy_gib_per_second / domain.copies for domain in self.domains)


class Copies:
    """All copies of one cluster. Processor sharing: a storage's bandwidth is divided equally; a copy between two storages is as
    fast as its smaller share, and does not give the rest of the larger share away (*assumed*)."""

    def __init__(self, events: EventHeap) -> None:
        self._events = events
        self._updated = events.now
        self._running: dict[_Copy, None] = {}
        self._alarm = 0

    def copy(self, size_gib: float, domains: Iterable[Domain]) -> Process[None]:
        """Copy this much from and to storages; returns at the end."""
        copy = _Copy(left_gib=size_gib, domains=frozenset(domains))
        self._catch_up()
        self._join(copy)
        self._schedule()
        try:
            yield _end_of(copy)
        finally:
            if copy in self._running:  # interrupted, or its node died
                self._catch_up()
                self._leave(copy)
                self._schedule()

    def _join(self, copy: _Copy) -> None:
        self._running[copy] = None
        for domain in copy.domains:
            domain.copies += 1

    def _leave(self, copy: _Copy) -> None:
        del self._running[copy]
        for domain in copy.domains:
            domain.copies -= 1

    def _catch_up(self) -> None:
        passed_s = self._events.now - self._updated
        self._updated = self._events.now
        for copy in self._running:
            copy.left_gib -= copy.rate * passed_s
        for domain in {domain for copy in self._running for domain in copy.domains}:
            domain.copying_s += passed_s

    def _schedule(self) -> None:
        self._alarm += 1
        if self._running:
            alarm = self._alarm
            next_s = min(max(0.0, copy.left_gib) / copy.rate for copy in self._running)
            self._events.after(next_s, lambda: self._ring(alarm))

    def _ring(self, alarm: int) -> None:
        if alarm != self._alarm:
            return
        self._catch_up()
        ended = [copy for copy in self._running if copy.left_gib <= _NO_TIME_S * copy.rate]
        for copy in ended:
            self._leave(copy)
        self._schedule()
        for copy in ended:
            if copy.resume is not None:
                copy.resume(None)


def _end_of(copy: _Copy) -> Wait:
    def arrange(resume: Resume) -> None:
        copy.resume = resume

    return arrange
