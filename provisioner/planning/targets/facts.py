"""The inputs of the sources."""

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
    """The situation, its survey, and facts that several sources need. Lives for one plan."""

    def __init__(self, situation: Situation, survey: Survey) -> None:
        self.situation, self.survey, self.now = situation, survey, situation.now
        intents = situation.records.intents
        self.ordered = frozenset(intent.kind for intent in intents)
        """The kinds of all intents."""
        self.stop_orders: Mapping[DesktopName, Intent] = {
            DesktopName(intent.target): intent for intent in intents if intent.kind is IntentKind.STOP
        }
        cordons = cordons_of(intents, situation.snapshot)
        self.drained: Mapping[NodeKey, Cordon] = {key: cordon for key, cordon in cordons.items() if cordon.drained}
        """Nodes that an operator drains, and why."""

    def phase(self, desktop: Reservation) -> Phase:
        """The desktop's phase."""
        return self.survey.phases[desktop.name][0]

    def is_running(self, desktop: Reservation) -> bool:
        """Whether the desktop can have a session."""
        return self.phase(desktop) in _RUNNING

    def own_guest(self, desktop: Reservation) -> Guest | None:
        """The desktop's VM, if it is seen and proven ours."""
        return self.situation.snapshot.guest(desktop.key) if desktop.proven else None

    @cached_property
    def departures(self) -> Mapping[DesktopName, Departure]:
        """The departure to store for each leaver's desktop. Before a roster was accepted, no agent counts as departed."""
        records = self.situation.records
        if records.roster is None or records.provisional:
            return {}
        leavers = (records.desktops[name].reservation for name in self.survey.leavers)
        return {
            desktop.name: departure_of(records.desktops[desktop.name].departure, self.own_guest(desktop), self.now)
            for desktop in leavers
        }  # fmt: skip
