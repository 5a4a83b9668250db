"""Ceilings: the most desktops that may be given, because of something outside the cluster."""

from collections.abc import Set
from dataclasses import replace

from provisioner.model.demand import Demand, NotWanted, Want
from provisioner.model.ids import AgentId, Seat
from provisioner.model.scenarios import Scenario
from provisioner.reasons.reason import Reason
from provisioner.reasons.surge_gates import CEILING


def within_ceilings(demand: Demand, scenario: Scenario, served: Set[AgentId]) -> Demand:
    """The demand without the agents for whom a ceiling leaves no desktop: the last in the order of rank.

    Who is served keeps the desktop and counts. Agents of batches that open later count, too: they keep their place.
    """
    if not scenario.ceilings:
        return demand
    ceiling = min(scenario.ceilings, key=lambda each: (each.limit, each.name))
    later = {entry.then.seat: entry.then for entry in demand.not_wanted if entry.then is not None}
    everybody = {**demand.wants, **demand.ahead, **later}
    ranked = sorted(everybody.values(), key=lambda want: (want.agent_id not in served, want.rank))
    out = {want.seat: want for want in ranked[ceiling.limit :] if want.agent_id not in served}
    return _without(demand, out, CEILING(name=ceiling.name, limit=ceiling.limit)) if out else demand


def _without(demand: Demand, out: dict[Seat, Want], reason: Reason) -> Demand:
    kept = tuple(entry for entry in demand.not_wanted if entry.then is None or entry.then.seat not in out)
    return replace(
        demand,
        wants={seat: want for seat, want in demand.wants.items() if seat not in out},
        ahead={seat: want for seat, want in demand.ahead.items() if seat not in out},
        not_wanted=(*kept, *(_not_wanted(want, reason) for want in out.values())),
    )


def _not_wanted(want: Want, reason: Reason) -> NotWanted:
    assert want.agent_id is not None, "a wave's seats are agents'"
    return NotWanted(agent_id=want.agent_id, login=want.login, reason=reason, refused=want, entitled=True)
