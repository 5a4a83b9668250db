"""Where a desktop of a profile can be made: every node, with the storage for its disks and the template to clone. Pure.

On node-local storage a template serves its own node. On shared storage one template serves every node that sees the storage:
Proxmox VE clones it on the template's node, and moves the new VM to the `target` node at the end (qemu-server, clone_vm).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from provisioner.model.cordons import Cordon
from provisioner.model.ids import ClusterId, GuestKey, LockDomain, NodeKey, ProfileName, StorageId, Vmid
from provisioner.model.machines.cluster import Snapshot, Storage, lock_domain
from provisioner.model.people.profiles import Profile, Template
from provisioner.model.vm_marks import configured_tag, is_configured
from provisioner.model.words import WaitsFor
from provisioner.planning.placement.refusal import Refusal
from provisioner.reasons import placement as reasons
from provisioner.reasons.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidate:
    """A node and a storage for a desktop, and the template that it would be cloned from. Compared by identity, for speed."""

    template: Template
    node: NodeKey
    """Where the desktop would be."""
    storage: StorageId
    """Where its disks would be."""
    domain: LockDomain
    """The lock that its clone would take."""
    shared: bool
    """Whether the storage is shared."""
    others: tuple[Template, ...] = ()
    """Further templates that would do."""

    @property
    def is_remote(self) -> bool:
        """Whether its node is not the template's: the clone goes with `target`."""
        return self.node != self.template.node_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Closures:
    """Why templates or nodes cannot be used, although the snapshot shows nothing wrong with them."""

    cordons: Mapping[NodeKey, Cordon] = field(default_factory=dict)
    """Nodes where nothing new is placed."""
    refusing: Mapping[NodeKey, Cordon] = field(default_factory=dict)
    """Of these, nodes whose API refuses orders: nothing is cloned *from* their templates, either."""
    tied: Mapping[GuestKey, Reason] = field(default_factory=dict)
    """Templates that Proxmox VE clones to their own nodes only: one of their drives is on node-local storage."""
    installation: str = ""


class Candidates:
    """The candidates of each profile. Lives for one plan: neither storages nor templates change within it."""

    def __init__(self, snapshot: Snapshot, closures: Closures) -> None:
        self._snapshot, self._closures = snapshot, closures
        self._storages: dict[tuple[NodeKey, StorageId], Storage] = {}
        self._seen_by: defaultdict[tuple[ClusterId, StorageId], dict[NodeKey, None]] = defaultdict(dict)
        """Shared storages, with the nodes that list them."""
        for view in snapshot.clusters.values():
            # Of a shared storage the last entry counts: a dead node's entry is out of date, and empty after minutes.
            for storage in sorted(view.storages, key=lambda storage: storage.available):
                self._storages[storage.node, storage.storage] = storage
                if storage.shared:
                    self._seen_by[view.cluster, storage.storage][storage.node] = None
        self._of_profile: dict[ProfileName, tuple[Candidate, ...]] = {}
        self._absences: dict[Candidate, Refusal | None] = {}
        self._of_template: dict[tuple[ClusterId, Vmid, StorageId], Refusal | None] = {}

    @property
    def cordons(self) -> Mapping[NodeKey, Cordon]:
        """Nodes that nothing is placed on."""
        return self._closures.cordons

    @property
    def storages(self) -> Mapping[tuple[NodeKey, StorageId], Storage]:
        """Every storage, as each node lists it."""
        return MappingProxyType(self._storages)

    def of(self, profile: Profile) -> tuple[Candidate, ...]:
        """All candidates of a profile, usable or not, by node and storage."""
        if profile.name not in self._of_profile:
            self._of_profile[profile.name] = tuple(self._found(profile))
        return self._of_profile[profile.name]

    def absence(self, candidate: Candidate) -> Refusal | None:
        """Why nothing can be cloned there, whatever is free; None: it can."""
        if candidate not in self._absences:
            self._absences[candidate] = self._absence(candidate)
        return self._absences[candidate]

    def host_refusal(self, candidate: Candidate) -> Refusal | None:
        """Why no desktop can be there, wherever it comes from; None: it can."""
        if not self._is_online(candidate.node):
            return Refusal(WaitsFor.NODES, reasons.NODE_AWAY(node=candidate.node.node))
        if cordon := self._closures.cordons.get(candidate.node):
            return Refusal(WaitsFor.NODES, cordon.reason)
        return self._storage_refusal(candidate.node, candidate.storage)

    def sources(self, candidate: Candidate) -> Iterator[NodeKey]:
        """The nodes with templates that can be cloned for it: its own template's, and others."""
        templates = (candidate.template, *candidate.others)
        return (template.node_key for template in templates if self._serves(template, candidate.node))

    def _found(self, profile: Profile) -> Iterator[Candidate]:
        faultless = not self._closures.tied and not any(map(self._source_refusal, profile.templates))
        serving: defaultdict[tuple[NodeKey, StorageId], list[Template]] = defaultdict(list)
        for template in profile.templates:
            storage = profile.storage or template.storage
            for node in self._reached(template, storage):
                serving[node, storage].append(template)
        for position, (node, storage) in enumerate(sorted(serving)):
            templates = serving[node, storage]
            if not faultless:
                templates = [template for template in templates if self._serves(template, node)] or templates
            template = _best(templates, node, position)
            entry = self._storages.get((node, storage))
            shared = entry is not None and entry.shared
            domain = entry.lock_domain if entry else lock_domain(node, storage, shared=False)
            others = tuple(other for other in serving[node, storage] if other is not template)
            yield Candidate(template=template, node=node, storage=storage, domain=domain, shared=shared, others=others)

    def _reached(self, template: Template, storage: StorageId) -> Iterable[NodeKey]:
        """Nodes where a clone of the template can be: with a shared template and a shared storage, all that see the storage."""
        others = self._seen_by.get((template.cluster, storage), ())
        if not others or (template.cluster, template.storage) not in self._seen_by:
            return (template.node_key,)
        return others if template.node_key in others else (template.node_key, *others)

    def _absence(self, candidate: Candidate) -> Refusal | None:
        template, node = candidate.template, candidate.node
        if (refusal := self.host_refusal(candidate)) and refusal.binds is WaitsFor.NODES:
            return refusal
        if gone := self._source_refusal(template):
            return gone
        if self._is_tied(template, node):
            return Refusal(WaitsFor.TEMPLATES, reasons.TEMPLATE_TIED(template=template.vmid, node=template.node))
        return refusal

    def _serves(self, template: Template, node: NodeKey) -> bool:
        return self._source_refusal(template) is None and not self._is_tied(template, node)

    def _is_tied(self, template: Template, node: NodeKey) -> bool:
        tied = self._closures.tied
        return bool(tied) and node != template.node_key and GuestKey(template.cluster, template.vmid) in tied

    def _source_refusal(self, template: Template) -> Refusal | None:
        """Why the template cannot be cloned, wherever to. Computed once for each template."""
        key = (template.cluster, template.vmid, template.storage)
        if key not in self._of_template:
            self._of_template[key] = self._refusal_of(template)
        return self._of_template[key]

    def _refusal_of(self, template: Template) -> Refusal | None:
        key = template.node_key
        if not self._is_online(key):
            return Refusal(WaitsFor.NODES, reasons.SOURCE_AWAY(template=template.vmid, node=template.node))
        if cordon := self._closures.refusing.get(key):
            return Refusal(WaitsFor.NODES, cordon.reason)
        guest = self._snapshot.clusters[template.cluster].guests.get(template.vmid)
        if guest is None or guest.node != template.node or not guest.template:
            return Refusal(WaitsFor.TEMPLATES, reasons.TEMPLATE_AWAY(template=template.vmid, node=template.node))
        installation = self._closures.installation
        if installation and is_configured(guest, installation):
            tag = configured_tag(installation)
            tagged = reasons.TEMPLATE_TAGGED(template=template.vmid, node=template.node, tag=tag)
            return Refusal(WaitsFor.TEMPLATES, tagged)
        return self._storage_refusal(key, template.storage)

    def _storage_refusal(self, node: NodeKey, name: StorageId) -> Refusal | None:
        storage = self._storages.get((node, name))
        if storage is not None and storage.available:
            return None
        return Refusal(WaitsFor.STORAGE, reasons.STORAGE_AWAY(storage=name, node=node.node))

    def _is_online(self, node: NodeKey) -> bool:
        view = self._snapshot.clusters.get(node.cluster)
        return view is not None and view.complete_on(node.node)


def _best(templates: Sequence[Template], node: NodeKey, position: int) -> Template:
    """The node's own template, if it is among them; otherwise the nodes share the templates evenly."""
    own = (template for template in templates if template.node_key == node)
    return next(own, templates[position % len(templates)])
