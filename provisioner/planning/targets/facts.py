"""The inputs of the sources."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from provisioner.model.cordons import Cordon, cordons_of
from provisioner.model.departures import Departure
from provisioner.model.ids import DesktopName, NodeKey
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.lending import Lease, LeaseState
from provisioner.model.machines.cluster import Guest
from provisioner.model.machines.desktops import RUNNING, Phase, Reservation
from provisioner.model.machines.seats import is_agents, is_trial, pool_of, seat_of
from provisioner.planning.inputs import Situation
from provisioner.planning.survey.leaver_ladder import departure_of
from provisioner.planning.survey.survey import Survey
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.targets import RECONFIGURE_ORDERED, RECONFIGURE_ORDERED_WHY


class TargetFacts:
    """The situation, its survey, and facts that several sources need. Lives for one plan."""

    def __init__(self, situation: Situation, survey: Survey) -> None:
        self.situation, self.survey, self.now = situation, survey, situation.now
        intents = situation.records.intents
        self.ordered = frozenset(intent.kind for intent in intents)
        """The kinds of all intents."""
        restarts = _about_desktops(intents, IntentKind.RESTART)
        self.restart_orders = {name: order for name, order in restarts.items() if self._is_used(name)}
        """Desktops that an operator restarts, until they are ready again; an order ends if another one is used instead."""
        rebuilds = _about_desktops(intents, IntentKind.REBUILD)
        self.rebuild_orders = {name: order for name, order in rebuilds.items() if self._is_there_still(name, order)}
        """Desktops that an operator has deleted and made anew, as long as they are there."""
        self.rebuilt_seats = tuple(
            seat_of(order.terms.agent)
            for name, order in rebuilds.items()
            if name not in self.rebuild_orders and order.terms.agent is not None
        )
        """Seats whose desktop was deleted by such an order, the oldest order first."""
        self.stop_orders: Mapping[DesktopName, Intent] = {
            **self.rebuild_orders,
            **{name: order for name, order in self.restart_orders.items() if not self._is_restarted(name, order)},
            **_about_desktops(intents, IntentKind.STOP),
        }
        """Desktops that are to be off once, by an operator's order."""
        self.quarantines = situation.records.quarantines
        """Desktops that an operator keeps as they are."""
        self.reconfigure_orders: Mapping[DesktopName, Intent] = {
            DesktopName(intent.target): intent for intent in intents if _is_open(intent, situation) and intent.target
        }
        self.reconfigures_all = any(intent.kind is IntentKind.RECONFIGURE and not intent.target for intent in intents)
        """Whether all desktops that are off are to follow their profiles now."""
        cordons = cordons_of(intents, situation.snapshot)
        self.drained: Mapping[NodeKey, Cordon] = {key: cordon for key, cordon in cordons.items() if cordon.drained}
        """Nodes that an operator drains, and why."""
        self.evacuated: Mapping[NodeKey, Cordon] = {key: cordon for key, cordon in cordons.items() if cordon.evacuated}
        """Nodes whose desktops an operator has moved away, and why."""

    @cached_property
    def trials_over(self) -> Mapping[DesktopName, Reservation]:
        """Desktops of trials that no order wants any more, by name."""
        return {desktop.name: desktop for desktop in self._unwanted_in_common if is_trial(desktop.seat)}

    @cached_property
    def to_reset(self) -> Mapping[DesktopName, Reservation]:
        """Desktops of pools that are reset after a person, the longest given back first."""
        if not self.situation.config.desktop_pools:
            return {}
        records = self.situation.records.desktops.values()
        ended = [(record.lease.since, record.reservation) for record in records if record.lease and _is_to_reset(record.lease)]
        return {desktop.name: desktop for _, desktop in sorted(ended, key=lambda entry: (entry[0], entry[1].name))}

    @cached_property
    def surplus(self) -> Mapping[DesktopName, Reservation]:
        """Desktops that their pool has no use for, by name."""
        return {desktop.name: desktop for desktop in self._unwanted_in_common if pool_of(desktop.seat) is not None}

    @cached_property
    def _unwanted_in_common(self) -> Sequence[Reservation]:
        """Desktops of no single agent that nothing wants, by name."""
        demand = self.situation.demand
        seats = (seat for seat in self.survey.of_seat if not is_agents(seat) and seat not in demand.ahead)
        desktops = (self.survey.of_seat[seat] for seat in seats if seat not in demand.wants)
        return sorted(desktops, key=lambda desktop: desktop.name)

    def _is_used(self, name: DesktopName) -> bool:
        """Whether it is the one that its agent, its pool or its trial has."""
        record = self.situation.records.desktops.get(name)
        seat = None if record is None else record.reservation.seat
        return record is not None and seat is not None and self.survey.of_seat.get(seat) is record.reservation

    def _is_restarted(self, name: DesktopName, order: Intent) -> bool:
        record = self.situation.records.desktops.get(name)
        return record is not None and record.was_started_since(order.at)

    def _is_there_still(self, name: DesktopName, order: Intent) -> bool:
        """Whether it is the desktop that was meant: the new one may have its name."""
        record = self.situation.records.desktops.get(name)
        return record is not None and record.reservation.reserved_at < order.at

    def phase(self, desktop: Reservation) -> Phase:
        """The desktop's phase."""
        return self.survey.phases[desktop.name][0]

    def is_running(self, desktop: Reservation) -> bool:
        """Whether the desktop can have a session."""
        return self.phase(desktop) in RUNNING

    def is_to_be_off(self, desktop: Reservation) -> bool:
        """Whether an operator has ordered it to be shut down, and it runs."""
        return desktop.name in self.stop_orders and self.is_running(desktop)

    def why_reconfigured(self, desktop: Reservation) -> Reason:
        """Why an operator has this desktop configured again; empty: no order names it, or it is done."""
        order = self.reconfigure_orders.get(desktop.name)
        if order is None:
            return NONE
        words = {"by": order.by, "why": order.reason}
        return RECONFIGURE_ORDERED_WHY(**words) if order.reason else RECONFIGURE_ORDERED(by=order.by)

    def own_guest(self, desktop: Reservation) -> Guest | None:
        """The desktop's VM, if it is seen and proven ours."""
        return self.situation.snapshot.guest(desktop.key) if desktop.proven else None

    @cached_property
    def departures(self) -> Mapping[DesktopName, Departure]:
        """The departure to store for each leaver's desktop. Before a roster was accepted, no agent counts as departed."""
        records = self.situation.records
        if records.roster is None or records.provisional:
            return {}
        names = (name for name in self.survey.leavers if name not in self.quarantines)
        leavers = (records.desktops[name].reservation for name in names)
        return {
            desktop.name: departure_of(records.desktops[desktop.name].departure, self.own_guest(desktop), self.now)
            for desktop in leavers
        }  # fmt: skip


def _is_to_reset(lease: Lease) -> bool:
    return lease.state is LeaseState.TO_RESET


def _about_desktops(intents: Iterable[Intent], kind: IntentKind) -> dict[DesktopName, Intent]:
    return {DesktopName(intent.target): intent for intent in intents if intent.kind is kind}


def _is_open(intent: Intent, situation: Situation) -> bool:
    """Whether it orders a desktop to be configured again, and that was not tried since."""
    tried = situation.records.reconfigured.get(DesktopName(intent.target))
    return intent.kind is IntentKind.RECONFIGURE and (tried is None or tried.at < intent.at)
