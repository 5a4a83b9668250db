"""Who should have a desktop now: roster × entitlements × the waves of the scenario."""

from collections.abc import Sequence
from itertools import groupby

from provisioner.model.agents import Agent, Roster
from provisioner.model.demand import Demand, NotWanted, Want
from provisioner.model.ids import AgentId, Instant, ProfileName, WaveName
from provisioner.model.profiles import Entitlement, Selection
from provisioner.model.scenarios import Scenario, Wave

EVERYONE = Scenario(name="everyone", waves=(Wave(name=WaveName("everyone"), who=Selection()),))
"""What runs without a scenario: every entitled agent at once."""


def demand_of(
    roster: Roster | None, entitlements: Sequence[Entitlement], scenario: Scenario, *, started_at: Instant, now: Instant
) -> Demand:
    """Every agent is either wanted or not wanted with a reason; none is dropped.

    `started_at` is when the scenario began where it names no time of its own.
    """
    if roster is None:
        return Demand()
    begins = scenario.starts_at if scenario.starts_at is not None else started_at
    wants: dict[AgentId, Want] = {}
    not_wanted: list[NotWanted] = []
    placed = sorted((_Place.of(agent, entitlements, scenario) for agent in roster.agents.values()), key=_Place.order)
    for index, places in groupby(placed, key=lambda place: place.wave_index):
        if index < 0:
            not_wanted += [_never(place) for place in places]
            continue
        wave = scenario.waves[index]
        for position, place in enumerate(places):
            opens_at = begins + wave.after_s + _batch(wave, position) * wave.interval_s
            if opens_at > now:
                not_wanted.append(_later(place, wave, opens_at))
            else:
                wants[place.agent.agent_id] = _want(place, wave, opens_at)
    return Demand(wants=wants, not_wanted=tuple(not_wanted))


class _Place:
    """Where an agent stands: a profile and a wave, or the reason for neither."""

    __slots__ = ("agent", "profile", "reason", "wave_index")

    def __init__(self, agent: Agent, *, profile: ProfileName | None, wave_index: int, reason: str) -> None:
        self.agent = agent
        self.profile = profile
        self.wave_index = wave_index
        self.reason = reason

    @classmethod
    def of(cls, agent: Agent, entitlements: Sequence[Entitlement], scenario: Scenario) -> "_Place":
        if not agent.enabled:
            return cls(agent, profile=None, wave_index=-1, reason="the account is disabled")
        profile = next((one.profile for one in entitlements if one.who.matches(agent)), None)
        if profile is None:
            return cls(agent, profile=None, wave_index=-1, reason="no entitlement matches: check department, site and groups")
        index = next((i for i, wave in enumerate(scenario.waves) if wave.who.matches(agent)), -1)
        reason = "" if index >= 0 else f"no wave of scenario '{scenario.name}' selects this agent"
        return cls(agent, profile=profile, wave_index=index, reason=reason)

    def order(self) -> tuple[int, str, str]:
        return (self.wave_index, self.agent.login, self.agent.agent_id)


def _batch(wave: Wave, position: int) -> int:
    return position // wave.size if wave.size else 0


def _never(place: _Place) -> NotWanted:
    return NotWanted(agent_id=place.agent.agent_id, login=place.agent.login, reason=place.reason)


def _later(place: _Place, wave: Wave, opens_at: Instant) -> NotWanted:
    reason = f"wave '{wave.name}' has not reached this agent yet"
    return NotWanted(agent_id=place.agent.agent_id, login=place.agent.login, reason=reason, opens_at=opens_at)


def _want(place: _Place, wave: Wave, opens_at: Instant) -> Want:
    assert place.profile is not None  # a place in a wave has a profile
    return Want(
        agent_id=place.agent.agent_id,
        login=place.agent.login,
        profile=place.profile,
        wave=wave.name,
        rank=(wave.priority, opens_at, place.agent.login),
        because=f"wave '{wave.name}' wants a {place.profile} desktop for {place.agent.login}",
    )
