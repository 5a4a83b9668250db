"""Desktops that an operator restarts: a person waits for each, so they are started before bulk work."""

from provisioner.model.demand import Want
from provisioner.model.ids import Instant, Seat, WaveName
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.seats import agent_at
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.stop_orders import because_of
from provisioner.planning.targets.target import Target, TargetLevel

_BY_ORDER = WaveName("by order")
"""The wave of a desktop that no wave wants now."""


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    order = facts.restart_orders.get(desktop.name)
    if order is None:
        return None
    wanted = desktop.seat in facts.situation.demand.wants
    return Target(level=TargetLevel.READY if wanted else TargetLevel.RUNNING, because=because_of(order))


def restarted_wants(facts: TargetFacts) -> tuple[Want, ...]:
    """A want for each desktop that is restarted, the oldest order first."""
    orders = sorted(facts.restart_orders.items(), key=lambda entry: (entry[1].at, entry[0]))
    return tuple(_want(facts, facts.situation.records.desktops[name].reservation, order.at) for name, order in orders)


def _want(facts: TargetFacts, desktop: Reservation, at: Instant) -> Want:
    name, seat, demand = desktop.name, desktop.seat, facts.situation.demand
    assert seat is not None, "only what somebody uses is restarted"
    if (want := demand.wants.get(seat)) is not None:
        return want
    rank = (0, at, name)
    profile, because = desktop.profile, because_of(facts.restart_orders[name])
    return Want(seat=seat, login=_login(facts, seat), profile=profile, wave=_BY_ORDER, rank=rank, by=because)


def _login(facts: TargetFacts, seat: Seat) -> str:
    roster, agent_id = facts.situation.records.roster, agent_at(seat)
    agent = roster.agents.get(agent_id) if roster is not None and agent_id is not None else None
    return seat if agent is None else agent.login


RESTART_ORDERS = Source(name="restart_orders", target=_target)
