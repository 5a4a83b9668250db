"""Where a new desktop goes: filters, each with a reason, then weights."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from provisioner.model.ids import LockDomain, NodeKey, ProfileName
from provisioner.model.profiles import Profile, Template
from provisioner.model.words import WaitsFor
from provisioner.planning.placement.balance import Balance
from provisioner.planning.placement.refusal import Refusal
from provisioner.planning.placement.resources import FreeResources
from provisioner.reasons.placement import COUNTED, NO_TEMPLATE
from provisioner.reasons.reason import join_reasons

_NOWHERE: Mapping[NodeKey, Refusal] = MappingProxyType({})
_NONE = Refusal(WaitsFor.TEMPLATES, NO_TEMPLATE())


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A template to clone from, which determines node and storage; or none, with a reason for each refused template."""

    template: Template | None
    lock_domain: LockDomain | None = None
    refusals: tuple[Refusal, ...] = ()

    @property
    def why_not(self) -> Refusal:
        """The refusals, the most frequent first, each with its number of templates; and the word of the most frequent."""
        counted = Counter(self.refusals)
        ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        texts = (COUNTED(why=refusal.text, times=times, of=len(self.refusals)) for refusal, times in ranked[:3])
        return Refusal(binds=ranked[0][0].binds if ranked else WaitsFor.NOTHING, text=join_reasons(texts))


class PlacementSearch:
    """Chooses templates, and takes their resources from the free resources. Lives for one plan."""

    def __init__(self, resources: FreeResources, balance: Balance) -> None:
        self._resources, self._balance = resources, balance
        self._cloned_after: dict[tuple[ProfileName, tuple[NodeKey, ...]], float] = {}

    def place(self, profile: Profile, *, avoid: Mapping[NodeKey, Refusal] = _NOWHERE) -> Placement:
        """The best template for one more desktop, not on a node to `avoid`, or why there is none. Takes nothing yet."""
        refusals: list[Refusal] = []
        usable = list(self._usable(profile, avoid, refusals))
        cloned_after_s = self._cloned_after_s(profile, avoid, usable)
        fitting: list[Template] = []
        for template in usable:
            if reason := self._resources.slot_refusal(profile, template) or self._late_refusal(
                profile, template, cloned_after_s
            ):
                refusals.append(reason)
            else:
                fitting.append(template)
        if not fitting:
            return Placement(template=None, refusals=tuple(refusals) or (_NONE,))
        best = min(fitting, key=self._weight)
        return Placement(template=best, lock_domain=self._resources.domain_of(best), refusals=tuple(refusals))

    def take(self, profile: Profile, template: Template) -> None:
        """Take the resources of one more desktop from the template."""
        self._resources.take(profile, template)
        self._balance.take(template.node_key)

    def _usable(
        self, profile: Profile, avoid: Mapping[NodeKey, Refusal], refusals: list[Refusal]
    ) -> Iterator[Template]:  # fmt: skip
        """Templates with room for one more desktop; the reasons of the others are added to `refusals`."""
        for template in profile.templates:
            if reason := avoid.get(template.node_key) or self._resources.lacking(profile, template):
                refusals.append(reason)
            else:
                yield template

    def _cloned_after_s(self, profile: Profile, avoid: Mapping[NodeKey, Refusal], usable: Iterable[Template]) -> float:
        """Computed once per profile: a desktop placed where it is done first does not delay the others."""
        which = (profile.name, tuple(avoid))
        if which not in self._cloned_after:
            places = ((template.node_key, self._resources.domain_of(template)) for template in usable)
            self._cloned_after[which] = self._balance.cloned_after_s(places, self._resources.cloning)
        return self._cloned_after[which]

    def _late_refusal(self, profile: Profile, template: Template, cloned_after_s: float) -> Refusal | None:
        domain, nodes = self._resources.domain_of(template), len(profile.templates)
        return self._balance.refusal(
            template.node_key, domain, cloning=self._resources.cloning[domain], nodes=nodes, cloned_after_s=cloned_after_s
        )

    def _weight(self, template: Template) -> tuple[float, int, float, str]:
        """First the node that will have booted its desktops first, then the idlest lock, then the most free memory."""
        key = template.node_key
        return (
            self._balance.busy_s(key),
            self._resources.cloning[self._resources.domain_of(template)],
            -self._resources.memory_left(key),
            str(key),
        )
