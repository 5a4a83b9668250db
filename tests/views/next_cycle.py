"""A listener that holds what is published after a cycle against what the daemon does then."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random

from provisioner.actions.registry import spec_of
from provisioner.actions.spec import EndSignal
from provisioner.model.actions import Action, CheckGuest, Clone, Outcome, Plan
from provisioner.model.commands import Command, Observe, ReadDirectory, ReadTaskLog
from provisioner.model.ids import GuestKey
from provisioner.model.machines.cluster import Power
from provisioner.model.machines.seats import seat_of
from provisioner.model.status import Status
from provisioner.model.words import WaitsFor
from provisioner.planning.demand.runs import demand_under
from provisioner.planning.safety import circumstances_of, is_write, judge_plan
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.survey.closures import closed_places
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from provisioner.ports import JournalEntry
from provisioner.reconciler import Reconciler
from provisioner.views.agents import AgentDocument, agents_document
from provisioner.views.plan import plan_document
from provisioner.views.published import Published, began_of
from provisioner.views.status import status_document
from provisioner.views.times import stamp
from provisioner.views.waves import waves_document
from provisioner.views.why.document import why_document
from provisioner.views.why.holds import HoldDocument
from provisioner.views.why.seat import SeatWhy
from tests.builders.reconciler import Listener

_OF_A_NODE = frozenset({"drain", "cordon", "maintenance"})
_OF_THE_DESKTOP = frozenset({"failed", "unknown"})
_RAISES = frozenset({"clone", "start"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is published after one cycle, and what the next would do if nothing changed."""

    status: Status
    published: Published
    seats: dict[str, SeatWhy]
    """The answers of `why`: by desktop, or by login where there is none."""
    again: Plan
    """Of a cycle that follows at once."""


class NextCycle(Listener):
    """Looks after some cycles at everything that is published, and compares it with the next cycle."""

    def __init__(
        self,
        reconciler: Callable[[], Reconciler],
        journal: Callable[[str], Iterable[JournalEntry]],
        *,
        chance: Random,
        looks_at: float = 1.0,
    ) -> None:
        """`looks_at`: which share of cycles."""
        super().__init__()
        self._reconciler, self._journal, self._chance, self._looks_at = reconciler, journal, chance, looks_at
        self.wrong: list[str] = []
        self.compared = Counter[str | None]()
        """What was compared: writes, places in queues, and writes after each source of a hold."""
        self._last: Said | None = None
        self._before: Status | None = None
        self._sent: list[Action] = []
        self._under_way: dict[GuestKey, str] = {}
        self._planned: Plan | None = None

    # -- what is heard -------------------------------------------------------------------------------------------------

    def submitted(self, command: Command) -> None:
        """The daemon sends this."""
        if not isinstance(command, Observe | ReadDirectory | ReadTaskLog):
            self._sent.append(command)
            if is_write(command):
                self._under_way[command.key] = command.word

    def outcome(self, outcome: Outcome) -> None:
        if self._under_way.get(outcome.key) == outcome.action:
            del self._under_way[outcome.key]

    def status(self, status: Status) -> None:
        if self._before is not None:
            self._compare_sent(self._before)
        self._before, self._sent = status, []
        if self._last is not None and self._last.status.plan is not status.plan:  # None is new if it could not observe
            self._compare(self._last, status)
            self._last = None
        self._compare_counts(status)
        if self._last is None and self._chance.random() < self._looks_at:
            self._last = self._look(status)

    def _wrong(self, status: Status, text: str) -> None:
        self.wrong.append(f"{stamp(status.at)}: {text}")

    # -- what is published ---------------------------------------------------------------------------------------------

    def _look(self, status: Status) -> Said:
        reconciler = self._reconciler()
        scenario = reconciler.config.scenario
        began_at = began_of(status.surge, scenario)
        records = dict(reconciler.records.desktops)
        published = Published(status=status, records=records, scenario=scenario, began_at=began_at)
        again = self._again(status, reconciler)
        return Said(status=status, published=published, seats=dict(self._seats(published)), again=again)

    def _seats(self, published: Published) -> Iterator[tuple[str, SeatWhy]]:
        status = published.status
        logins = [agent.login for agent in status.roster.agents.values()] if status.roster else []
        for name in (*logins, *status.desktops):
            seat = why_document(published, name, self._journal).seat
            assert seat is not None, name
            yield seat.desktop.name if seat.desktop else name, seat

    @staticmethod
    def _again(status: Status, reconciler: Reconciler) -> Plan:
        """What is planned if nothing has changed but what the cycle itself has ordered."""
        config, records, now = reconciler.config, reconciler.records, status.at
        demand = demand_under(records, config.rules, now=now)
        situation = reconciler.flight.situation(config, records, demand, now=now)
        found = survey(situation)
        plan = make_plan(situation, found, free_resources(situation, found, closed_places(situation, found)))
        paused = reconciler.flight.executor.paused(now)
        trials = {cluster: action for cluster, action in reconciler.flight.trials.items() if cluster not in paused}
        return judge_plan(plan, circumstances_of(situation, found, paused=paused, trials=trials), config.safety).plan

    # -- the next cycle ------------------------------------------------------------------------------------------------

    def _compare_sent(self, before: Status) -> None:
        """What the plan's document says was ordered is what was sent."""
        stored = (action for action in before.plan.actions if spec_of(action).ends is EndSignal.STORED)
        said = Counter((action.action, action.vmid) for action in plan_document(before).actions)
        said -= Counter((action.word, action.key.vmid) for action in stored)
        sent = Counter((action.word, action.key.vmid) for action in self._sent)
        queued = Counter((action.word, action.key.vmid) for action in self._sent if isinstance(action, CheckGuest))
        sent -= queued - said  # readings that a plan has left for later are sent between two cycles
        if sent and said != sent:
            self._wrong(before, f"said to be ordered: {said}; sent: {sent}")

    def _compare(self, before: Said, status: Status) -> None:
        for action in filter(is_write, before.again.actions):
            holds = _holds(before, action)
            if not any(hold.binds == WaitsFor.SAFETY for hold in holds):  # the daemon's own next step, which is not an action
                self._wrong(before.status, f"would {_words(action)} if nothing changed, and said {_texts(holds)}")
        for action in filter(is_write, status.plan.actions):
            self._compare_write(before, status, action)
        self._compare_places(before, status)

    def _compare_write(self, before: Said, status: Status, action: Action) -> None:
        self.compared["write"] += 1
        seat = _seat_of(before, action)
        if seat is not None and seat.next_try_at is not None and stamp(status.at) < seat.next_try_at:
            self._wrong(status, f"{_words(action)}, and the next try was to be at {seat.next_try_at}")
        instead = seat is not None and seat.desktop is not None and seat.desktop.name != action.desktop
        for hold in _holds(before, action):
            self.compared[hold.source] += 1
            if instead and hold.source in _OF_A_NODE:
                continue  # another desktop stood there
            if stands(hold, before.status, status, action):
                self._wrong(status, f"{_words(action)}, which was held by {hold.source}: {hold.because.text}")

    def _compare_places(self, before: Said, status: Status) -> None:
        """Nobody is served before those who come first and go on waiting for the same."""
        ordered = {action.desktop for action in status.plan.actions if is_write(action)}
        ordered |= {action.reservation.seat for action in status.plan.actions if isinstance(action, Clone)}
        waiting = {(deferral.seat or deferral.what, deferral.reason) for deferral in status.plan.deferred}
        for reason, places in _queues(before).items():
            served = [place for place, names in enumerate(places) if ordered & names]
            self.compared["queue"] += len(served)
            for place, names in enumerate(places[: max(served, default=0)]):
                if not ordered & names and any((name, reason) in waiting for name in names):
                    self._wrong(status, f"{names} still waits at place {place}, others were served: {reason}")

    # -- the counts ----------------------------------------------------------------------------------------------------

    def _compare_counts(self, status: Status) -> None:
        reconciler = self._reconciler()
        published = Published(status=status)
        document, agents = status_document(published), agents_document(published).agents or ()
        wanted = {want.login for want in status.demand.wants.values()}
        ready = [agent for agent in agents if agent.phase == "ready" and agent.login in wanted]
        waiting = sum(document.figures.waiting.values()), sum(group.count for group in document.waiting)
        counts = {
            "ready": (document.figures.ready, len(ready)),
            "wanted": (document.figures.wanted, len(wanted & {agent.login for agent in agents})),
            "waiting": (waiting, (len(status.plan.deferred),) * 2),
            "desktops": (sum(document.figures.desktops.values()), len(status.desktops)),
        }
        published = Published(status=status, scenario=reconciler.config.scenario)
        for wave in waves_document(published).waves:
            within = sum(agent.wave == wave.wave for agent in ready), sum(agent.wave == wave.wave for agent in agents)
            counts[f"wave {wave.wave}"] = (wave.ready, wave.wanted + wave.ahead), within
        for what, (said, counted) in counts.items():
            if said != counted:
                self._wrong(status, f"{what}: said {said}, counted {counted}")
        for agent in ready:
            self._compare_ready(status, agent)
        self._compare_under_way(status)

    def _compare_ready(self, status: Status, agent: AgentDocument) -> None:
        """A ready desktop runs, on a node that is there."""
        state = next(state for name, state in status.desktops.items() if name == agent.desktop)
        guest = status.snapshot.guest(state.reservation.key)
        node = None if guest is None else status.snapshot.clusters[guest.key.cluster].nodes.get(guest.node)
        if guest is None or guest.power is not Power.RUNNING or node is None or not node.online:
            self._wrong(status, f"{agent.desktop} is said to be ready: {guest} on {node}")

    def _compare_under_way(self, status: Status) -> None:
        if self._planned is status.plan:
            return  # shown again, because somebody has come or gone
        self._planned = status.plan
        new = (action for action in status.plan.actions if is_write(action) and spec_of(action).ends is not EndSignal.STORED)
        counted = Counter(self._under_way.values()) + Counter(action.word for action in new)
        writes = {word for word in status.in_flight if word not in ("checkguest", "verify")}
        if counted != {word: status.in_flight[word] for word in writes}:
            self._wrong(status, f"under way: said {status.in_flight}, counted {counted}")


def stands(hold: HoldDocument, before: Status, now: Status, action: Action) -> bool:
    """Whether a hold forbids the action, and nothing has changed of it."""
    source, same_orders = hold.source, before.intents == now.intents
    if hold.retry_at is not None and stamp(now.at) < hold.retry_at:
        return True
    if source in _OF_A_NODE:
        return action.word in _RAISES and same_orders and before.cordons == now.cordons
    if source in ("leaver", "superseded"):
        return action.word in _RAISES and before.roster == now.roster
    if source == "session":
        return action.word in ("stop", "delete") and _sessions(before, action) == _sessions(now, action)
    if source == "pause":
        return before.paused == now.paused and now.paused != {}
    if source in _OF_THE_DESKTOP:
        return same_orders and _seen(before, action) == _seen(now, action)
    return same_orders and (source in ("freeze", "operator") or (source == "hold" and spec_of(action).destroys))


def _sessions(status: Status, action: Action) -> object:
    state = status.desktops.get(action.desktop)
    return None if state is None else state.sessions


def _seen(status: Status, action: Action) -> object:
    view = status.snapshot.clusters[action.key.cluster]
    return status.snapshot.guest(action.key), view.existence, {key: node.online for key, node in view.nodes.items()}


def _queues(before: Said) -> dict[str, list[set[str]]]:
    """For each reason those who wait for it, in their order, by their names."""
    places: dict[str, list[tuple[int, set[str]]]] = {}
    for name, seat in before.seats.items():
        for hold in seat.held_by:
            if hold.before is not None:
                names = {name, *([seat_of(seat.agent.id)] if seat.agent else [])}
                places.setdefault(hold.because.text, []).append((hold.before, names))
    return {reason: [names for _, names in sorted(entries, key=lambda entry: entry[0])] for reason, entries in places.items()}


def _seat_of(before: Said, action: Action) -> SeatWhy | None:
    """What was said of the desktop; of a new one, of its agent."""
    if action.desktop in before.seats or not isinstance(action, Clone):
        return before.seats.get(action.desktop)
    agent = action.reservation.agent_id
    return next((seat for seat in before.seats.values() if seat.agent is not None and seat.agent.id == agent), None)


def _holds(before: Said, action: Action) -> tuple[HoldDocument, ...]:
    seat = _seat_of(before, action)
    return () if seat is None else seat.held_by


def _words(action: Action) -> str:
    return f"{action.word} {action.desktop} ({action.because})"


def _texts(holds: Iterable[HoldDocument]) -> list[str]:
    return [hold.because.text for hold in holds]
