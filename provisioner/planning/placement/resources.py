"""What is free on every node and storage. What is on its way is already taken off."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import inf
from types import MappingProxyType

from provisioner.model.actions import Action, Clone
from provisioner.model.budget import Budget
from provisioner.model.cluster import Guest, Power, Snapshot, Storage, membership_domain
from provisioner.model.cordons import Cordon
from provisioner.model.ids import ClusterId, GuestKey, LockDomain, NodeKey, ProfileName, StorageId
from provisioner.model.profiles import Profile, Template
from provisioner.model.vm_marks import configured_tag, is_configured
from provisioner.model.words import WaitsFor
from provisioner.planning.placement.claims import Claim
from provisioner.planning.placement.hidden import hidden_mib
from provisioner.planning.placement.refusal import Refusal
from provisioner.reasons import placement as reasons
from provisioner.reasons.reason import Reason


class FreeResources:
    """What is free on every node and storage, less what each placement takes. Lives for one plan."""

    def __init__(
        self,
        *,
        snapshot: Snapshot,
        budget: Budget,
        limits: Mapping[LockDomain, int],
        cordons: Mapping[NodeKey, Cordon] = MappingProxyType({}),
        full: Mapping[LockDomain, Reason] = MappingProxyType({}),
        closed: Mapping[tuple[ClusterId, ProfileName], Reason] = MappingProxyType({}),
        installation: str = "",
    ) -> None:
        self.snapshot = snapshot
        self._budget, self._limits, self._cordons, self._full = budget, limits, cordons, full
        self._closed, self._installation = closed, installation
        self._memory: dict[NodeKey, float] = {}
        self._vcpus: Counter[NodeKey] = Counter()
        self._running: Counter[NodeKey] = Counter()
        """MiB booked for the guests that are listed and not switched off."""
        self._disk: dict[LockDomain, float] = {}
        self.cloning: Counter[LockDomain] = Counter()
        """Clones in flight, by lock domain."""
        self._storages: dict[tuple[NodeKey, StorageId], Storage] = {}
        self._filling: defaultdict[LockDomain, float] = defaultdict(float)
        """GiB claimed by desktops that are there: part of what their storage says is used."""
        for view in snapshot.clusters.values():
            for node in view.nodes.values():
                self._memory[node.key] = node.memory_mib * budget.memory_share
            # Of a shared storage the last entry counts: a dead node's shows what was, and after minutes nothing at all.
            for storage in sorted(view.storages, key=lambda one: one.available):
                self._storages[storage.node, storage.storage] = storage
                self._disk[storage.lock_domain] = storage.total_gib * budget.storage_share

    @classmethod
    def of(
        cls,
        *,
        snapshot: Snapshot,
        claims: Mapping[Claim, int],
        strangers: Sequence[Guest],
        unprofiled: Sequence[Guest] = (),
        profiles: Mapping[ProfileName, Profile],
        in_flight: Mapping[GuestKey, Action],
        budget: Budget,
        limits: Mapping[LockDomain, int] | None = None,
        cordons: Mapping[NodeKey, Cordon] | None = None,
        full: Mapping[LockDomain, Reason] | None = None,
        closed: Mapping[tuple[ClusterId, ProfileName], Reason] = MappingProxyType({}),
        installation: str = "",
    ) -> "FreeResources":
        """The room left by foreign guests, by every desktop reserved so far, and by clones in flight, of whichever life.

        `unprofiled` are desktops of profiles that are not configured any more: what they are made of shows once they are there.
        """
        room = cls(
            snapshot=snapshot,
            budget=budget,
            limits=limits or {},
            cordons=cordons or {},
            full=full or {},
            closed=closed,
            installation=installation,
        )
        clones = {key: one for key, one in in_flight.items() if isinstance(one, Clone)}
        templates = {name: _by_cluster(profile.templates) for name, profile in profiles.items()}
        for claim, count in claims.items():
            if profile := profiles.get(claim.profile):
                domains = room._domains_on(claim.node, templates[claim.profile].get(claim.node.cluster, ()))
                room._take_claims(claim, count, profile, domains)
        for guest in (*strangers, *unprofiled):
            room._take_foreign(guest)
        room._take_hidden()
        room._take_others_disk(strangers)
        there = (one for one in clones.values() if room._works_at(one.reservation.node_key))
        room.cloning.update(domain for one in there for domain in one.lock_domains)
        return room

    def take(self, profile: Profile, template: Template) -> None:
        """Take off what one more desktop from the template uses: memory, vCPUs, disk, and a slot of its lock domain."""
        self._take(template.node_key, profile.memory_mib, profile.vcpus)
        self._take_disk((self.domain_of(template),), profile, 1)
        self.take_slot(template)

    def take_slot(self, template: Template) -> None:
        """Take a slot of its lock domains alone: the rest was taken when it was reserved."""
        self.cloning[self.domain_of(template)] += 1
        self.cloning[membership_domain(template.cluster)] += 1  # limited only where clones go into a pool

    def slot_refusal(self, profile: Profile, template: Template) -> Refusal | None:
        """Why no clone of the profile may be added in the template's lock domain, or on its cluster; None: one may."""
        if why := self._closed.get((template.cluster, profile.name)):
            return Refusal(WaitsFor.SAFETY, why)
        members = membership_domain(template.cluster)
        if self.cloning[members] >= (most := self._limits.get(members, inf)):
            return Refusal(WaitsFor.LOCK, reasons.MEMBERS_BUSY(limit=most))
        ceiling = self.clone_ceiling(template)
        if self.cloning[self.domain_of(template)] < ceiling:
            return None
        return Refusal(WaitsFor.LOCK, reasons.LOCK_BUSY(limit=ceiling))

    def lacking(self, profile: Profile, template: Template) -> Refusal | None:
        """What runs short there for one more desktop; None: nothing."""
        if absent := self.absence(template):
            return absent
        key = template.node_key
        storage = self._storages[key, template.storage]
        if 0 < self._cores(key) < profile.vcpus:  # whatever the ratio
            return Refusal(WaitsFor.CORES, reasons.CORES_FEW(vcpus=profile.vcpus, cores=self._cores(key)))
        if self._memory[key] < profile.memory_mib:
            return Refusal(WaitsFor.MEMORY, reasons.MEMORY(memory_mib=profile.memory_mib))
        if self.vcpus_left(key, profile) < profile.vcpus:
            return Refusal(WaitsFor.CORES, reasons.CORES(ratio=profile.cpu_ratio))
        if self._disk[storage.lock_domain] < self.claim_gib(profile):
            short = reasons.STORAGE(storage=template.storage, disk_gib=self.claim_gib(profile))
            return Refusal(WaitsFor.STORAGE, short)
        return self._told_full(template)

    def overdrawn(self, template: Template) -> Refusal | None:
        """Why a desktop that is reserved there has no room on its storage any more; None: it has."""
        if self.disk_left(self.domain_of(template)) >= 0:
            return self._told_full(template)
        return Refusal(WaitsFor.STORAGE, reasons.STORAGE_OVER(storage=template.storage))

    def _told_full(self, template: Template) -> Refusal | None:
        """Whatever the listing says, which is behind: it refused a clone a moment ago."""
        if self.domain_of(template) not in self._full:
            return None
        return Refusal(WaitsFor.STORAGE, reasons.STORAGE_FULL(storage=template.storage))

    def domain_of(self, template: Template) -> LockDomain:
        """The lock that a clone from this template takes."""
        return self._storages[template.node_key, template.storage].lock_domain

    def clone_ceiling(self, template: Template) -> int:
        """Clones at once in the template's lock domain: the budget, or the limit where it is lower."""
        storage = self._storages[template.node_key, template.storage]
        budget = self._budget.clones_per_shared_domain if storage.shared else self._budget.clones_per_local_domain
        return min(budget, self._limits.get(storage.lock_domain, budget))

    def memory_left(self, node: NodeKey) -> float:
        """MiB left for desktops."""
        return self._memory.get(node, 0.0)

    def disk_left(self, domain: LockDomain) -> float:
        """GiB left for desktops."""
        return self._disk.get(domain, 0.0)

    def vcpus_left(self, node: NodeKey, profile: Profile) -> float:
        """vCPUs left at the profile's ratio."""
        return self._cores(node) * profile.cpu_ratio - self._vcpus[node]

    def claim_gib(self, profile: Profile) -> float:
        """What a linked clone is expected to fill."""
        return profile.disk_gib * self._budget.thin_share

    def absence(self, template: Template) -> Refusal | None:
        """Why nothing can be cloned from the template, however much room there is; None: something can."""
        view = self.snapshot.clusters.get(template.cluster)
        if view is None or not view.complete_on(template.node):
            return Refusal(WaitsFor.NODES, reasons.NODE_AWAY(node=template.node))
        if cordon := self._cordons.get(template.node_key):
            return Refusal(WaitsFor.NODES, cordon.reason)
        found = view.guests.get(template.vmid)
        if found is None or found.node != template.node or not found.template:
            return Refusal(WaitsFor.TEMPLATES, reasons.TEMPLATE_AWAY(template=template.vmid, node=template.node))
        if self._installation and is_configured(found, self._installation):
            tag = configured_tag(self._installation)
            tagged = reasons.TEMPLATE_TAGGED(template=template.vmid, node=template.node, tag=tag)
            return Refusal(WaitsFor.TEMPLATES, tagged)
        storage = self._storages.get((template.node_key, template.storage))
        if storage is None or not storage.available:
            return Refusal(WaitsFor.STORAGE, reasons.STORAGE_AWAY(storage=template.storage, node=template.node))
        return None

    def _cores(self, node: NodeKey) -> int:
        view = self.snapshot.clusters.get(node.cluster)
        seen = view.nodes.get(node.node) if view else None
        return seen.cores if seen else 0

    def _take_foreign(self, guest: Guest) -> None:
        """Running or not: an admin may start it at any time."""
        if not guest.template:
            self._take(guest.node_key, guest.memory_mib or 0, guest.vcpus or 0.0)
            self._running[guest.node_key] += (guest.memory_mib or 0) * (guest.power is not Power.STOPPED)

    def _take_hidden(self) -> None:
        """What no listing explains of the memory in use."""
        nodes = (node for view in self.snapshot.clusters.values() for node in view.nodes.values())
        for node, memory_mib in hidden_mib(nodes, self._running, memory_share=self._budget.memory_share).items():
            self._take(node, memory_mib, 0)

    def _take_claims(self, claim: Claim, count: int, profile: Profile, domains: Collection[LockDomain]) -> None:
        memory_mib, vcpus = claim.booked(profile)
        self._take(claim.node, count * memory_mib, count * vcpus)
        self._running[claim.node] += count * memory_mib * (claim.there and not claim.off)
        self._take_disk(domains, profile, count)
        for domain in domains if claim.there else ():
            self._filling[domain] += count * self.claim_gib(profile) / len(domains)
            if claim.cloning:  # a clone of an earlier life of the daemon holds its storage's lock, whichever it is
                self.cloning[domain] += count * self._works_at(claim.node)

    def _works_at(self, node: NodeKey) -> bool:
        """Whether a clone there holds its lock: one on a dead node never ends, and a shared storage is not to wait for it."""
        view = self.snapshot.clusters.get(node.cluster)
        return view is not None and view.complete_on(node.node)

    def _take_others_disk(self, others: Iterable[Guest]) -> None:
        """What is used, and not by desktops.

        A listing does not say by whom: at least what exceeds the desktops' claims, and all of it where the disks of foreign
        guests on the storage's nodes could explain it.
        """
        used = {storage.lock_domain: storage.used_gib for storage in self._storages.values()}
        foreign: defaultdict[NodeKey, float] = defaultdict(float)
        for guest in others:
            foreign[guest.node_key] += guest.disk_gib or 0.0
        nominal: defaultdict[LockDomain, float] = defaultdict(float)
        for storage in self._storages.values():
            nominal[storage.lock_domain] += foreign[storage.node]
        for domain, gib in used.items():
            self._disk[domain] -= max(gib - self._filling[domain], min(gib, nominal[domain]))

    def _take(self, node: NodeKey, memory_mib: float, vcpus: float) -> None:
        if node in self._memory:
            self._memory[node] -= memory_mib
            self._vcpus[node] += round(vcpus)

    def _take_disk(self, domains: Collection[LockDomain], profile: Profile, count: int) -> None:
        for domain in domains:
            self._disk[domain] -= count * self.claim_gib(profile) / len(domains)

    def _domains_on(self, node: NodeKey, templates: Iterable[Template]) -> Collection[LockDomain]:
        """Where a desktop's disk may lie, which is in no listing: each storage is taken to hold as much of it.

        Those that the node's own templates clone to; of a desktop that was moved to a node without any, every shared one.
        """
        there = [(one, self._storages[node, one.storage]) for one in templates if (node, one.storage) in self._storages]
        own = {storage.lock_domain for template, storage in there if template.node == node.node}
        return own or {storage.lock_domain for _, storage in there if storage.shared}


def _by_cluster(templates: Iterable[Template]) -> Mapping[ClusterId, Sequence[Template]]:
    found: defaultdict[ClusterId, list[Template]] = defaultdict(list)
    for template in templates:
        found[template.cluster].append(template)
    return found
