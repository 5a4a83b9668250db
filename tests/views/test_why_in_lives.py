"""Random lives of a site: nothing that `why` says contradicts the status and the plan that the daemon acts by."""

from collections import Counter
from random import Random

import pytest

from provisioner.model.ids import Instant
from provisioner.model.machines.desktops import Phase
from provisioner.model.status import Status
from provisioner.reasons.targets import PAUSED
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.views.desktops import leaving_remark, remark_on
from provisioner.views.published import Published
from provisioner.views.times import stamp
from provisioner.views.why.document import WhyDocument, why_document
from provisioner.views.why.past import MOST_LINES
from provisioner.views.why.seat import SeatWhy
from tests.builders.reconciler import Listener
from tests.views.lives import a_life, give_orders

pytestmark = pytest.mark.long

EVERY_S = 20.0
"""Virtual seconds between two looks: each explains everything there is."""


class Doubter(Listener):
    """A listener that asks `why` of everything after a cycle, and gives orders now and then."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.chance = Random(seed)
        self.rehearsal: Rehearsal | None = None
        self.looked_at: Instant | None = None
        self.sources = Counter[str | None]()
        self.looks = 0

    def status(self, status: Status) -> None:
        assert self.rehearsal is not None
        if self.looked_at is None or status.at >= self.looked_at + EVERY_S:
            self.looked_at = status.at
            self.looks += 1
            self._look(status)
            give_orders(self.rehearsal.store, self.chance, status.at)

    def _look(self, status: Status) -> None:
        rehearsal = self.rehearsal
        assert rehearsal is not None
        scenario = rehearsal.reconciler.config.scenario
        published = Published(status=status, records=dict(rehearsal.reconciler.records.desktops), scenario=scenario)

        def asked(of: str) -> WhyDocument:
            return why_document(published, of, lambda name: rehearsal.store.journal(limit=MOST_LINES, subject=name))

        seats = seats_of(status, asked)
        desktops_are_as_the_status_says(status, seats)
        deferrals_are_the_plans(status, seats)
        orders_are_the_plans(status, seats)
        places_add_up(published, asked)
        self.sources.update(hold.source for seat in seats.values() for hold in seat.held_by)


def seats_of(status: Status, asked) -> dict[str, SeatWhy]:
    """The answer about every agent by login, and about every desktop by name."""
    names = [agent.login for agent in status.roster.agents.values()] if status.roster else []
    seats = {name: asked(name).seat for name in (*names, *status.desktops)}
    assert None not in seats.values()
    return seats


def desktops_are_as_the_status_says(status: Status, seats: dict[str, SeatWhy]) -> None:
    for name, state in status.desktops.items():
        shown = seats[name].desktop
        assert (shown.name, shown.phase, shown.since) == (name, state.phase.value, stamp(state.since))
        assert shown.because.text == state.because
        ready = state.phase is Phase.READY and state.wanted
        assert (seats[name].waits_since is None) or not ready


def deferrals_are_the_plans(status: Status, seats: dict[str, SeatWhy]) -> None:
    """Each deferral is shown with its reason, and each reason shown is the plan's or the status's."""
    logins = {agent.agent_id: agent.login for agent in status.roster.agents.values()} if status.roster else {}
    for deferral in status.plan.deferred:
        name = deferral.what if deferral.what in seats else logins[deferral.agent_id]  # a desktop that does not exist yet
        assert deferral.reason in {hold.because.text for hold in seats[name].held_by}
    for name, seat in seats.items():
        given = {deferral.reason for deferral in status.plan.deferred} | said_by_the_status(status, name, seat)
        assert {hold.because.text for hold in seat.held_by} <= given
        at = min((hold.retry_at for hold in seat.held_by if hold.binds and hold.retry_at), default=None)
        assert at is None or seat.next_try_at == at
    places = Counter(
        (hold.because.text, hold.before) for seat in one_each(seats) for hold in seat.held_by if hold.before is not None
    )
    assert all(times == 1 for times in places.values()), "no two are at the same place in a queue"


def said_by_the_status(status: Status, name: str, seat: SeatWhy) -> set[str]:
    pauses = {str(PAUSED(cluster=cluster, why=why)) for cluster, why in status.paused.items()}
    found = {entry.reason for entry in status.demand.not_wanted if entry.login == name or entry.login == login_of(seat)}
    if seat.desktop is not None:
        state = status.desktops[seat.desktop.name]
        found |= {state.because, remark_on(state)} | ({leaving_remark(state.leaving)} if state.leaving else set())
    return {str(reason) for reason in found} | pauses


def login_of(seat: SeatWhy) -> str | None:
    return seat.agent.login if seat.agent else None


def one_each(seats: dict[str, SeatWhy]) -> list[SeatWhy]:
    """An agent and the desktop that the agent uses are the same subject."""
    return list({seat.desktop.name if seat.desktop else name: seat for name, seat in seats.items()}.values())


def orders_are_the_plans(status: Status, seats: dict[str, SeatWhy]) -> None:
    shown = Counter((order.action, order.vmid) for seat in one_each(seats) for order in seat.ordered)
    planned = Counter(
        (action.word, action.key.vmid) for action in status.plan.actions if action.desktop in seats or action.word == "clone"
    )
    assert shown == planned


def places_add_up(published: Published, asked) -> None:
    for wave in published.scenario.waves:
        why = asked(wave.name).wave
        assert sum(why.phases.values()) + why.missing == why.wave.wanted
        assert why.phases.get("ready", 0) == why.wave.ready
    nodes = [asked(str(node.key)).node for view in published.status.snapshot.clusters.values() for node in view.nodes.values()]
    assert sum(sum(why.phases.values()) for why in nodes) <= len(published.status.desktops)
    assert all(sum(why.phases.values()) == why.node.desktops for why in nodes)


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_why_never_contradicts_the_status_and_the_plan(seed):
    doubter = Doubter(seed)
    rehearsal = doubter.rehearsal = a_life(seed, doubter)
    rehearsal.run()

    assert doubter.looks >= 15
    assert len(doubter.sources) >= 3, doubter.sources
