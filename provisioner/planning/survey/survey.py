"""The result of a look at all desktops: phases, primary desktops, unserved agents, due session readings, resources taken."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from types import MappingProxyType

from provisioner.actions.causes import refusing_nodes
from provisioner.model.cordons import cordons_of
from provisioner.model.demand import Want
from provisioner.model.ids import ClusterId, DesktopName, NodeKey, ProfileName, Seat
from provisioner.model.machines.cluster import Guest
from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.planning.inputs import Situation
from provisioner.planning.placement.allocation import AllocatedIds
from provisioner.planning.placement.candidates import Closures
from provisioner.planning.placement.claims import Claim
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.survey.queues import Queues
from provisioner.pve.desktop_settings import Aspect
from provisioner.reasons.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The state of every desktop. A view of the surveyor's own data: it holds until the next look."""

    phases: Mapping[DesktopName, tuple[Phase, Reason]]
    not_ready: Mapping[Phase, Mapping[DesktopName, Reservation]]
    """Desktops by phase, without the ready ones: few on most sites, so that going over all desktops is rarely needed."""
    of_seat: Mapping[Seat, Reservation]
    """The primary desktop of each seat."""
    doubled: tuple[Reservation, ...]
    """Further desktops of a seat, never superseded: kept and reported, but not planned for."""
    superseded: Mapping[DesktopName, DesktopName]
    """Superseded desktops, each with the primary desktop."""
    quarantined: Set[DesktopName]
    """Desktops that an operator keeps as they are: none of a seat's primary, superseded or further desktops."""
    unserved: Mapping[Seat, Want]
    """Wants of open batches without a ready desktop that is assigned to the agent."""
    queues: Queues
    """The same wants by their next step."""
    due: Set[DesktopName]
    """Ready desktops whose sessions are due to be read."""
    leavers: Mapping[DesktopName, Reason]
    """Desktops whose agent has left, and why."""
    departed: Set[DesktopName]
    """Desktops with a stored departure, or with tags of a departure."""
    unmarked: Set[DesktopName]
    """Configured desktops that have lost our tag."""
    outdated: Mapping[DesktopName, tuple[Aspect, ...]]
    """Configured desktops that were not given what their profile says now, each with the aspects that differ."""
    misnoted: Set[DesktopName]
    """Desktops whose note may name an earlier id of their agent."""
    unfit: Set[tuple[NodeKey, ProfileName]]
    """Nodes where desktops of a profile have failed and none is ready: nothing more is placed there."""
    claims: Mapping[Claim, int]
    """Resources taken by desktops: the number of each claim."""
    foreign: tuple[Guest, ...]
    """Guests that are not our desktops, templates included."""
    unprofiled: tuple[Guest, ...]
    """Desktops whose profile is no longer configured."""
    unidentified: tuple[Guest, ...]
    """VMs in our VMID range that are neither reserved nor retired."""
    used: AllocatedIds
    """VMIDs and addresses that are taken."""
    by_hand: Mapping[DesktopName, Phase] = field(default_factory=dict)
    """Desktops whose phase changed by no known transition since the last look, each with its former phase."""
    fresh: Set[DesktopName] | None = None
    """Desktops that were surveyed again in this look; None: all."""

    @property
    def ready(self) -> int:
        """Desktops that are ready."""
        return len(self.phases) - sum(map(len, self.not_ready.values()))

    def superseded_by(self, name: DesktopName) -> list[DesktopName]:
        """Desktops that are superseded by this one, by name."""
        return sorted(former for former, primary in self.superseded.items() if primary == name)


def free_resources(
    situation: Situation, survey: Survey, closed: Mapping[tuple[ClusterId, ProfileName], Reason] = MappingProxyType({})
) -> FreeResources:
    """The free resources, for one plan. `closed`: where a profile is not cloned now, and why."""
    refusing = refusing_nodes(situation.causes, situation.now, situation.in_flight.values())
    return FreeResources.of(
        snapshot=situation.snapshot,
        claims=survey.claims,
        foreign=survey.foreign,
        unprofiled=survey.unprofiled,
        profiles=situation.config.profiles,
        in_flight=situation.in_flight,
        budget=situation.config.budget,
        limits=situation.limits.clones,
        full=situation.full,
        closed=closed,
        closures=Closures(
            cordons={**refusing, **cordons_of(situation.records.intents, situation.snapshot)},
            refusing=refusing,
            tied=situation.tied,
            installation=situation.config.installation,
        ),
    )
