"""Free resources of every node and storage. Work under way is already deducted."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from math import inf
from types import MappingProxyType

from provisioner.model.actions import Action, Clone, Migrate
from provisioner.model.budget import Budget
from provisioner.model.ids import ClusterId, GuestKey, LockDomain, NodeKey, ProfileName
from provisioner.model.machines.cluster import Guest, Power, Snapshot, membership_domain
from provisioner.model.people.profiles import Profile
from provisioner.model.words import WaitsFor
from provisioner.planning.placement.candidates import Candidate, Candidates, Closures
from provisioner.planning.placement.claims import Claim, claim_gib
from provisioner.planning.placement.hidden import hidden_mib
from provisioner.planning.placement.refusal import Refusal
from provisioner.reasons import placement as reasons
from provisioner.reasons.reason import Reason

_NO_CLOSURES = Closures()
_Domains = tuple[Mapping[NodeKey, Set[LockDomain]], Mapping[ClusterId, Set[LockDomain]]]


class FreeResources:
    """Free resources of every node and storage; each placement deducts its own. Lives for one plan."""

    def __init__(
        self,
        *,
        snapshot: Snapshot,
        budget: Budget,
        limits: Mapping[LockDomain, int],
        full: Mapping[LockDomain, Reason] = MappingProxyType({}),
        closed: Mapping[tuple[ClusterId, ProfileName], Reason] = MappingProxyType({}),
        closures: Closures = _NO_CLOSURES,
    ) -> None:
        self.snapshot = snapshot
        self.candidates = Candidates(snapshot, closures)
        """Where desktops of each profile can be made."""
        self._budget, self._limits, self._full, self._closed = budget, limits, full, closed
        self._memory: dict[NodeKey, float] = {}
        self._vcpus: Counter[NodeKey] = Counter()
        self._running: Counter[NodeKey] = Counter()
        """MiB booked for listed guests that are not off."""
        self._disk: dict[LockDomain, float] = {}
        self._domains: dict[ProfileName, _Domains] = {}
        self.cloning: Counter[LockDomain] = Counter()
        """Clones in flight, by lock domain."""
        self._filling: defaultdict[LockDomain, float] = defaultdict(float)
        """GiB claimed by existing desktops: part of the used space that their storage reports."""
        for view in snapshot.clusters.values():
            for node in view.nodes.values():
                self._memory[node.key] = node.memory_mib * budget.memory_share
        for storage in self.candidates.storages.values():
            self._disk[storage.lock_domain] = storage.total_gib * budget.storage_share

    @classmethod
    def of(
        cls,
        *,
        snapshot: Snapshot,
        claims: Mapping[Claim, int],
        foreign: Sequence[Guest],
        unprofiled: Sequence[Guest] = (),
        profiles: Mapping[ProfileName, Profile],
        in_flight: Mapping[GuestKey, Action],
        budget: Budget,
        limits: Mapping[LockDomain, int] | None = None,
        full: Mapping[LockDomain, Reason] | None = None,
        closed: Mapping[tuple[ClusterId, ProfileName], Reason] = MappingProxyType({}),
        closures: Closures = _NO_CLOSURES,
    ) -> "FreeResources":
        """The resources left by foreign guests, by all desktops reserved so far, and by clones in flight.

        This includes clones ordered before a restart. `unprofiled` are desktops whose profiles are no longer configured: their
        size is only known from their VMs.
        """
        resources = cls(
            snapshot=snapshot, budget=budget, limits=limits or {}, full=full or {}, closed=closed, closures=closures
        )
        for claim, count in claims.items():
            if profile := profiles.get(claim.profile):
                resources._take_claims(claim, count, profile, resources._domains_on(claim.node, profile))
        for guest in (*foreign, *unprofiled):
            resources._take_foreign(guest)
        resources._take_hidden()
        resources._take_others_disk(foreign)
        for action in in_flight.values():
            if isinstance(action, Migrate):
                resources.take_move(action)
        clones = (action for action in in_flight.values() if isinstance(action, Clone))
        working = (clone for clone in clones if resources._is_reachable(clone.template.node_key))
        resources.cloning.update(domain for clone in working for domain in clone.lock_domains)
        return resources

    def take(self, profile: Profile, candidate: Candidate) -> None:
        """Take the resources of one more desktop there: memory, vCPUs, disk, and a slot of its lock domain."""
        self._take(candidate.node, profile.memory_mib, profile.vcpus)
        self._take_disk((candidate.domain,), profile, 1)
        self.take_slot(candidate)

    def take_move(self, move: Migrate) -> None:
        """Take memory and vCPUs where a desktop is moved to. It keeps those that it has until it is there."""
        self._take(move.target_key, move.memory_mib, move.vcpus)

    def take_slot(self, candidate: Candidate) -> None:
        """Take only a slot of its lock domains: the rest was taken when the desktop was reserved."""
        self.cloning[candidate.domain] += 1
        self.cloning[membership_domain(candidate.node.cluster)] += 1  # limited only where clones go into a pool

    def closure(self, profile: Profile, cluster: ClusterId) -> Refusal | None:
        """Why nothing of the profile is cloned in the cluster until an operator or time allows it; None: it is."""
        why = self._closed.get((cluster, profile.name))
        return Refusal(WaitsFor.SAFETY, why) if why else None

    def slot_refusal(self, profile: Profile, candidate: Candidate) -> Refusal | None:
        """Why the candidate's lock domain or cluster cannot take one more clone of the profile; None: it can."""
        if closed := self.closure(profile, candidate.node.cluster):
            return closed
        members = membership_domain(candidate.node.cluster)
        if self.cloning[members] >= (most := self._limits.get(members, inf)):
            return Refusal(WaitsFor.LOCK, reasons.MEMBERS_BUSY(limit=most))
        ceiling = self.clone_ceiling(candidate)
        if self.cloning[candidate.domain] < ceiling:
            return None
        return Refusal(WaitsFor.LOCK, reasons.LOCK_BUSY(limit=ceiling))

    def lacking(self, profile: Profile, candidate: Candidate) -> Refusal | None:
        """Which resource is short there for one more desktop; None: none."""
        if absent := self.candidates.absence(candidate):
            return absent
        key = candidate.node
        if 0 < self.cores(key) < profile.vcpus:  # whatever the ratio
            return Refusal(WaitsFor.CORES, reasons.CORES_FEW(vcpus=profile.vcpus, cores=self.cores(key)))
        if self._memory[key] < profile.memory_mib:
            return Refusal(WaitsFor.MEMORY, reasons.MEMORY(memory_mib=profile.memory_mib))
        if self.vcpus_left(key, profile) < profile.vcpus:
            return Refusal(WaitsFor.CORES, reasons.CORES(ratio=profile.cpu_ratio))
        if self._disk[candidate.domain] < self.claim_gib(profile):
            short = reasons.STORAGE(storage=candidate.storage, disk_gib=self.claim_gib(profile))
            return Refusal(WaitsFor.STORAGE, short)
        return self._reported_full(candidate)

    def overdrawn(self, candidate: Candidate) -> Refusal | None:
        """Why a desktop that is reserved there no longer fits on its storage; None: it fits."""
        if self.disk_left(candidate.domain) >= 0:
            return self._reported_full(candidate)
        return Refusal(WaitsFor.STORAGE, reasons.STORAGE_OVER(storage=candidate.storage))

    def _reported_full(self, candidate: Candidate) -> Refusal | None:
        """Whether the storage refused a clone a moment ago: this is newer than its listing."""
        if candidate.domain not in self._full:
            return None
        return Refusal(WaitsFor.STORAGE, reasons.STORAGE_FULL(storage=candidate.storage))

    def clone_ceiling(self, candidate: Candidate) -> int:
        """Clones at once in the candidate's lock domain: the budget, or the measured limit if that is lower."""
        budget = self._budget.clones_per_shared_domain if candidate.shared else self._budget.clones_per_local_domain
        return min(budget, self._limits.get(candidate.domain, budget))

    def memory_left(self, node: NodeKey) -> float:
        """MiB left for desktops."""
        return self._memory.get(node, 0.0)

    def room(self, profile: Profile, node: NodeKey) -> int:
        """Desktops more of this profile that the node has memory and vCPUs for."""
        vcpus = self.vcpus_left(node, profile) / profile.vcpus
        return max(0, int(min(self.memory_left(node) / profile.memory_mib, vcpus)))

    def disk_left(self, domain: LockDomain) -> float:
        """GiB left for desktops."""
        return self._disk.get(domain, 0.0)

    def usable_gib(self, domain: LockDomain) -> float:
        """GiB left for desktops, none if the storage refused a clone a moment ago."""
        return 0.0 if domain in self._full else self.disk_left(domain)

    def cores(self, node: NodeKey) -> int:
        """Physical cores of the node."""
        view = self.snapshot.clusters.get(node.cluster)
        listed = view.nodes.get(node.node) if view else None
        return listed.cores if listed else 0

    def vcpus_booked(self, node: NodeKey) -> int:
        """vCPUs of all guests there."""
        return self._vcpus[node]

    def vcpus_left(self, node: NodeKey, profile: Profile) -> float:
        """vCPUs left at the profile's ratio."""
        return self.cores(node) * profile.cpu_ratio - self._vcpus[node]

    def claim_gib(self, profile: Profile) -> float:
        """GiB that a desktop is expected to fill."""
        return claim_gib(profile, self._budget)

    def _take_foreign(self, guest: Guest) -> None:
        """Take a foreign guest's resources, running or not: an admin may start it at any time."""
        if not guest.template:
            self._take(guest.node_key, guest.memory_mib or 0, guest.vcpus or 0.0)
            self._running[guest.node_key] += (guest.memory_mib or 0) * (guest.power is not Power.STOPPED)

    def _take_hidden(self) -> None:
        """Take the memory in use that no listing explains."""
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
            if claim.cloning:  # a clone from before a restart holds its storage's lock, whichever of them it is
                self.cloning[domain] += count * self._is_reachable(claim.node)

    def _is_reachable(self, node: NodeKey) -> bool:
        """Whether a clone there holds its lock: on a dead node it never ends, and a shared storage must not wait for it."""
        view = self.snapshot.clusters.get(node.cluster)
        return view is not None and view.complete_on(node.node)

    def _take_others_disk(self, others: Iterable[Guest]) -> None:
        """Take the used space that is not the desktops' own.

        A listing does not say who uses it. It is at least the space beyond the desktops' claims, and all of it where the disks
        of foreign guests on the storage's nodes could explain it.
        """
        used = {storage.lock_domain: storage.used_gib for storage in self.candidates.storages.values()}
        foreign: defaultdict[NodeKey, float] = defaultdict(float)
        for guest in others:
            foreign[guest.node_key] += guest.disk_gib or 0.0
        nominal: defaultdict[LockDomain, float] = defaultdict(float)
        for storage in self.candidates.storages.values():
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

    def _domains_on(self, node: NodeKey, profile: Profile) -> Collection[LockDomain]:
        """Storages where a desktop's disk may be, which is in no listing: its size is divided equally among them.

        The storages of the profile's candidates on its node; for a desktop moved to another node, all shared ones.
        """
        if profile.name not in self._domains:
            self._domains[profile.name] = self._domains_of(profile)
        on_node, shared = self._domains[profile.name]
        return on_node.get(node) or shared.get(node.cluster, frozenset())

    def _domains_of(self, profile: Profile) -> _Domains:
        """Of each node, and the shared ones of each cluster: one pass over the candidates, for a site has hundreds of nodes."""
        storages = self.candidates.storages
        on_node: defaultdict[NodeKey, set[LockDomain]] = defaultdict(set)
        shared: defaultdict[ClusterId, set[LockDomain]] = defaultdict(set)
        for each in self.candidates.of(profile):
            if (each.node, each.storage) in storages:
                on_node[each.node].add(each.domain)
                if each.shared:
                    shared[each.node.cluster].add(each.domain)
        return on_node, shared
