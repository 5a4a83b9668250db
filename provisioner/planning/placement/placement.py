"""Where a new desktop goes: filters, each with a reason, then weights."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from provisioner.model.ids import NodeKey, ProfileName, StorageId
from provisioner.model.people.profiles import Profile
from provisioner.model.words import TURNS, WaitsFor
from provisioner.planning.placement.balance import BUSY, Balance
from provisioner.planning.placement.candidates import Candidate
from provisioner.planning.placement.refusal import Refusal, is_shortage
from provisioner.planning.placement.resources import FreeResources
from provisioner.reasons.placement import COUNTED, NO_TEMPLATE
from provisioner.reasons.reason import join_reasons

_NOWHERE: Mapping[NodeKey, Refusal] = MappingProxyType({})
_NONE = Refusal(WaitsFor.TEMPLATES, NO_TEMPLATE())


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Node, storage and template for a desktop; or none, with a reason for each refused candidate."""

    candidate: Candidate | None
    refusals: tuple[Refusal, ...] = ()

    @property
    def why_not(self) -> Refusal:
        """The refusals, the most frequent first, each with its number of candidates; and the word of the most frequent.

        Where its turn comes somewhere, it waits for that, however many other places have no room.
        """
        counted = Counter(self.refusals)
        ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        texts = [COUNTED(why=refusal.text, times=times, of=len(self.refusals)) for refusal, times in ranked[:3]]
        if len(ranked) == 1:  # everywhere the same: a second figure beside the reason's own would only puzzle
            texts = [ranked[0][0].text]
        words = [refusal.binds for refusal, _ in ranked]
        binds = next((word for word in words if word in TURNS), next(iter(words), WaitsFor.NOTHING))
        return Refusal(binds=binds, text=join_reasons(texts), short=is_shortage(self.refusals))


class PlacementSearch:
    """Chooses candidates, and takes their resources from the free resources. Lives for one plan."""

    def __init__(self, resources: FreeResources, balance: Balance) -> None:
        self._resources, self._balance = resources, balance
        self._done_after: dict[tuple[ProfileName, tuple[NodeKey, ...]], float] = {}

    def place(
        self,
        profile: Profile,
        *,
        avoid: Mapping[NodeKey, Refusal] = _NOWHERE,
        leaves: Callable[[Candidate], Refusal | None] = lambda _: None,
        boots: bool = True,
    ) -> Placement:
        """The best candidate for one more desktop, not on a node to `avoid`, or why there is none. Takes nothing yet.

        `leaves`: why a desktop there would leave too little room for something else; `boots`: it is to be booted now.
        """
        refusals: list[Refusal] = []
        quick, late = self._by_time(profile, avoid, refusals, boots=boots)
        found = self._first(profile, quick, leaves, refusals)
        if found is None and quick and all(leaves(candidate) for candidate in quick):  # to wait for them would be in vain
            found = self._first(profile, late, leaves, refusals)
        else:
            refusals.extend(self._resources.slot_refusal(profile, candidate) or BUSY for candidate in late)
        return Placement(candidate=found, refusals=tuple(refusals) or (_NONE,))

    def _by_time(
        self, profile: Profile, avoid: Mapping[NodeKey, Refusal], refusals: list[Refusal], *, boots: bool
    ) -> tuple[list[Candidate], list[Candidate]]:  # fmt: skip
        """Candidates where one more desktop is ready before the last of all others, and those where it would be later."""
        usable = list(self._usable(profile, avoid, refusals))
        done_after_s = self._done_after_s(profile, avoid, usable)
        quick: list[Candidate] = []
        late: list[Candidate] = []
        for candidate in usable:
            why = self._balance.refusal(candidate.node, profile.name, done_after_s=done_after_s)
            if why is None or why is BUSY or not boots:
                (late if why is BUSY else quick).append(candidate)
            else:
                refusals.append(why)
        return quick, late

    def _first(
        self,
        profile: Profile,
        candidates: Iterable[Candidate],
        leaves: Callable[[Candidate], Refusal | None],
        refusals: list[Refusal],
    ) -> Candidate | None:
        for candidate in sorted(candidates, key=self._weight):
            if (why := self._resources.slot_refusal(profile, candidate) or leaves(candidate)) is None:
                return candidate
            refusals.append(why)
        return None

    def take(self, profile: Profile, candidate: Candidate) -> None:
        """Take the resources of one more desktop there."""
        self._resources.take(profile, candidate)
        self._balance.take(candidate.node, profile.name)

    def _usable(
        self, profile: Profile, avoid: Mapping[NodeKey, Refusal], refusals: list[Refusal]
    ) -> Iterator[Candidate]:  # fmt: skip
        """Candidates with room for one more desktop; the reasons of the others are added to `refusals`."""
        for candidate in self._resources.candidates.of(profile):
            if reason := (
                avoid.get(candidate.node)
                or self._resources.closure(profile, candidate.node.cluster)
                or self._resources.lacking(profile, candidate)
            ):
                refusals.append(reason)
            else:
                yield candidate

    def _done_after_s(self, profile: Profile, avoid: Mapping[NodeKey, Refusal], usable: Iterable[Candidate]) -> float:
        """Computed once per profile: a desktop placed where it is done first does not delay the others."""
        which = (profile.name, tuple(avoid))
        if which not in self._done_after:
            places = ((each.node, each.domain, self._resources.room(profile, each.node)) for each in usable)
            self._done_after[which] = self._balance.done_after_s(places, self._resources.cloning)
        return self._done_after[which]

    def _weight(self, candidate: Candidate) -> tuple[float, int, float, NodeKey, StorageId]:
        """First the node that will have booted its desktops first, then the idlest lock, then the most free memory."""
        key = candidate.node
        return (
            self._balance.busy_s(key),
            self._resources.cloning[candidate.domain],
            -self._resources.memory_left(key),
            key,
            candidate.storage,
        )
