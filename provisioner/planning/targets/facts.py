"""What the sources weigh."""

from collections.abc import Mapping
from functools import cached_property

from provisioner.model.cluster import Guest
from provisioner.model.cordons import Cordon, cordons_of
from provisioner.model.departures import Departure
from provisioner.model.desktops import Phase, Reservation
from provisioner.model.ids import DesktopName, NodeKey
from provisioner.model.intents import Intent, IntentKind
from provisioner.planning.inputs import Situation
from provisioner.planning.survey.leaver_ladder import departure_of
from provisioner.planning.survey.survey import Survey

_RUNNING = frozenset({Phase.STARTING, Phase.READY})


class TargetFacts:
    """The situation and its survey, and what several sources ask of them. Lives for one plan."""

    def __init__(self, situation: Situation, seen: Survey) -> None:
        self.situation, self.seen, self.now = situation, seen, situation.now
        intents = situation.records.intents
        self.ordered = frozenset(one.kind for one in intents)
        """The kinds of what operators have ordered."""
        self.stop_orders: Mapping[DesktopName, Intent] = {
            DesktopName(one.target): one for one in intents if one.kind is IntentKind.STOP
        }
        cordons = cordons_of(intents, situation.snapshot)
        self.drained: Mapping[NodeKey, Cordon] = {key: one for key, one in cordons.items() if one.drained}
        """Nodes that are to be emptied, and why."""

    def phase(self, desktop: Reservation) -> Phase:
        """Where the desktop is in its life."""
        return self.seen.phases[desktop.name][0]

    def is_running(self, desktop: Reservation) -> bool:
        """Whether it can have a session."""
        return self.phase(desktop) in _RUNNING

    def own_guest(self, desktop: Reservation) -> Guest | None:
        """Its VM, where it is seen and proven ours."""
        return self.situation.snapshot.guest(desktop.key) if desktop.proven else None

    @cached_property
    def departures(self) -> Mapping[DesktopName, Departure]:
        """Of each leaver's desktop, as it is to be kept. Before a roster was accepted no agent is known to have left."""
        records = self.situation.records
        if records.roster is None or records.provisional:
            return {}
        leavers = (records.desktops[name].reservation for name in self.seen.leavers)
        return {
            one.name: departure_of(records.desktops[one.name].departure, self.own_guest(one), self.now) for one in leavers
        }  # fmt: skip
