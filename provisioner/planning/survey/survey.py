"""What the situation is, desktop by desktop: phases, who counts for whom, who is served, whose sessions are to be read."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from types import MappingProxyType

from provisioner.actions.causes import refusing_nodes
from provisioner.model.cluster import Guest
from provisioner.model.cordons import cordons_of
from provisioner.model.demand import Want
from provisioner.model.desktops import Phase, Reservation
from provisioner.model.ids import ClusterId, DesktopName, NodeKey, ProfileName, Seat
from provisioner.planning.inputs import Situation
from provisioner.planning.placement.allocation import AllocatedIds
from provisioner.planning.placement.claims import Claim
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.survey.queues import Queues
from provisioner.reasons.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the situation is, desktop by desktop. A view of what the surveyor knows: it holds until the next look."""

    phases: Mapping[DesktopName, tuple[Phase, Reason]]
    not_ready: Mapping[Phase, Mapping[DesktopName, Reservation]]
    """Those in each other phase, of which most sites have few: nobody needs to go over all desktops to find them."""
    of_seat: Mapping[Seat, Reservation]
    """The one desktop that counts for each seat; a second one is kept, reported and not planned for."""
    doubled: tuple[Reservation, ...]
    superseded: Mapping[DesktopName, DesktopName]
    """Desktops given up for another, and the one that counts instead."""
    unserved: Mapping[Seat, Want]
    """Whoever is wanted now and has not all that is wanted: a ready desktop that is theirs."""
    queues: Queues
    """The same wants by what they need next."""
    due: Set[DesktopName]
    """Ready desktops whose sessions are due to be read."""
    leavers: Mapping[DesktopName, Reason]
    """Desktops whose agent is not wanted any more, and why."""
    departed: Set[DesktopName]
    """Desktops of which a departure is kept, or which tell of one by their tags."""
    unmarked: Set[DesktopName]
    """Desktops that have served, and have lost the tag that says they are configured."""
    misnoted: Set[DesktopName]
    """Desktops whose note may name an earlier id of their agent."""
    unfit: Set[tuple[NodeKey, ProfileName]]
    """Where desktops of a profile fail and none is ready: no place for another."""
    claims: Mapping[Claim, int]
    """What desktops take, of which node: how many of each kind."""
    strangers: tuple[Guest, ...]
    """Guests that are no desktop of ours, templates among them."""
    unprofiled: tuple[Guest, ...]
    """Desktops of profiles that are not configured any more."""
    unidentified: tuple[Guest, ...]
    """VMs in our VMID range that no reservation and no retirement explains."""
    used: AllocatedIds
    """What no new desktop can be given."""
    by_hand: Mapping[DesktopName, Phase] = field(default_factory=dict)
    """Desktops that went a way which is in no edge of the lifecycle since the last look, and the phase that they were in."""
    fresh: Set[DesktopName] | None = None
    """Desktops looked at anew for it; None: all."""

    @property
    def ready(self) -> int:
        """Desktops that are ready."""
        return len(self.phases) - sum(map(len, self.not_ready.values()))

    def superseded_by(self, name: DesktopName) -> list[DesktopName]:
        """The desktops that this one counts instead of, by name."""
        return sorted(one for one, other in self.superseded.items() if other == name)


def free_resources(
    situation: Situation, seen: Survey, closed: Mapping[tuple[ClusterId, ProfileName], Reason] = MappingProxyType({})
) -> FreeResources:
    """What is free; the plan takes its placements off it. `closed`: where nothing of a profile is cloned now, and why."""
    return FreeResources.of(
        snapshot=situation.snapshot,
        claims=seen.claims,
        strangers=seen.strangers,
        unprofiled=seen.unprofiled,
        profiles=situation.config.profiles,
        in_flight=situation.in_flight,
        budget=situation.config.budget,
        limits=situation.limits,
        full=situation.full,
        cordons={
            **refusing_nodes(situation.causes, situation.now, situation.in_flight.values()),
            **cordons_of(situation.memory.intents, situation.snapshot),
        },
        closed=closed,
        installation=situation.config.installation,
    )
