"""Check who is selected: entitlements and waves that get nobody, and waves that open at the wrong time."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from provisioner.doctor.directory_people import criteria, selections
from provisioner.doctor.entitlement import AtLast, at_last, profiles_used
from provisioner.doctor.findings import Finding, Grade, bad, doubtful, span_of
from provisioner.model.demand import Demand
from provisioner.model.ids import Instant
from provisioner.model.kept.records import Records
from provisioner.model.people.agents import Agent, Roster
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.planning.roster.entitlement import AgentPlace, entitling, places_of
from provisioner.reasons import rotation as of_rotation
from provisioner.reasons import subjects
from provisioner.reasons import waves as words
from provisioner.reasons.people import VALUE_WRONG
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.reasons.targets import BY_HALF_DAYS, NO_ENTITLEMENT, NO_SCENARIO, NO_WAVE
from provisioner.settings.values import Settings

_DAY_S = 86_400.0


def examine_selections(settings: Settings, roster: Roster, after: AtLast | None = None) -> Iterator[Finding]:
    """Entitlements and waves that get nobody, with the value that was probably meant."""
    agents = [agent for agent in roster.agents.values() if agent.enabled]
    after = after or at_last(settings, roster)
    yield from _whole(roster, after.demand)
    if agents:
        for subject, who in selections(settings):
            yield from _selection(subject, who, roster, after.demand)
        yield from _entitlements(settings.entitlements, agents)
        yield from _waves(after, agents)
    for name in sorted(settings.profiles.keys() - profiles_used(settings)):
        yield doubtful(subjects.PROFILE(profile=name), words.PROFILE_UNUSED())


def examine_trigger(scenario: Scenario) -> Iterator[Finding]:
    """Whether the file says when it begins. Of a scenario that no daemon has run yet."""
    if scenario.starts_at is None and not scenario.by_hand:
        yield doubtful(subjects.SCENARIO(), words.STARTS_AT_ONCE())


def examine_times(scenario: Scenario, records: Records, *, now: Instant) -> Iterator[Finding]:
    """A start that has passed or is far away. A scenario in force has begun rightly."""
    in_force = records.guard.rules is not None and records.guard.rules.scenario.name == scenario.name
    if scenario.starts_at is not None and not in_force:
        ahead_s = scenario.starts_at - now
        if ahead_s < 0:
            yield doubtful(subjects.SCENARIO(), words.STARTS_PAST(time=span_of(-ahead_s)))
        elif scenario.waits(now):
            yield doubtful(subjects.SCENARIO(), words.STARTS_FAR(days=ahead_s / _DAY_S))


def _whole(roster: Roster, demand: Demand) -> Iterator[Finding]:
    if not roster.agents:
        yield bad(subjects.DIRECTORY(), words.NO_AGENTS())
    elif not demand.wants:
        yield from _nobody(roster, demand)


def _nobody(roster: Roster, demand: Demand) -> Iterator[Finding]:
    """Why nobody gets a desktop. Who comes by half-days does; and without a scenario nobody is to."""
    refused = [agent.reason for agent in demand.not_wanted if agent.refused is not None]
    if refused:
        yield bad(subjects.SCENARIO(), words.CEILING_LEAVES_NONE(count=len(refused), why=refused[0]))
    elif not any(agent.reason.code in (BY_HALF_DAYS.code, NO_SCENARIO.code) for agent in demand.not_wanted):
        yield bad(subjects.ENTITLEMENTS(), words.NOBODY_ENTITLED(count=len(roster.agents)))


def _selection(subject: Reason, who: Selection, roster: Roster, demand: Demand) -> Iterator[Finding]:
    """A selection of nobody is a fault if it seems that people were meant who get no desktop."""
    found = list(criteria([(subject, who)], roster))
    if any(agent.enabled and who.matches(agent) for agent in roster.agents.values()):
        yield from found
        return
    for finding in found or [doubtful(subject, words.SELECTS_NOBODY(count=len(roster.agents)))]:
        yield replace(finding, grade=Grade.BAD) if _leaves_out(finding, roster, demand) else finding


def _leaves_out(finding: Finding, roster: Roster, demand: Demand) -> bool:
    """Of a wave or a rotation: entitled agents are in none. Of an entitlement: agents get nothing, and another value was meant.

    A group that nobody is in is only a doubt: it may be filled later. Whom a ceiling leaves out was selected.
    """
    without = {agent.reason.code for agent in demand.not_wanted if roster.agents[agent.agent_id].enabled}
    if finding.subject.code in (subjects.WAVE.code, of_rotation.SUBJECT.code):
        return NO_WAVE.code in without
    is_entitlement = finding.subject.code == subjects.ENTITLEMENT.code
    return is_entitlement and NO_ENTITLEMENT.code in without and finding.fix.code != VALUE_WRONG.code


def _entitlements(entitlements: Sequence[Entitlement], agents: Sequence[Agent]) -> Iterator[Finding]:
    deciding = {agent.agent_id: entitling(agent, entitlements) for agent in agents}
    for index, entitlement in enumerate(entitlements):
        selected = [agent for agent in agents if entitlement.who.matches(agent)]
        if selected and all(deciding[agent.agent_id] != index for agent in selected):
            earlier = dict.fromkeys(entitlements[deciding[agent.agent_id]].profile for agent in selected)
            subject = subjects.ENTITLEMENT(number=index + 1, profile=entitlement.profile)
            profiles = join_reasons(earlier, ALSO)
            yield doubtful(subject, words.ENTITLEMENT_SWALLOWED(count=len(selected), profiles=profiles))


def _waves(after: AtLast, agents: Sequence[Agent]) -> Iterator[Finding]:
    counts = Counter(want.wave for want in after.demand.wants.values())
    places = places_of(agents, after.rules, after.served)
    for index, wave in enumerate(after.rules.scenario.waves):
        yield from _batches(wave, counts[wave.name])
        selected = [places[agent.agent_id] for agent in agents if wave.selects(agent)]
        if selected and not counts[wave.name]:
            yield _for_nobody(index, selected, after)


def _batches(wave: Wave, count: int) -> Iterator[Finding]:
    if wave.size is not None and wave.interval_s == 0 and not wave.every_half_day and count > wave.size:
        batches = math.ceil(count / wave.size)
        yield doubtful(subjects.WAVE(wave=wave.name), words.BATCHES_AT_ONCE(batches=batches, size=wave.size))


def _for_nobody(index: int, selected: Sequence[AgentPlace], after: AtLast) -> Finding:
    """Why none of those whom the wave selects gets a desktop by it."""
    waves, why = after.rules.scenario.waves, {agent.agent_id: agent.reason for agent in after.demand.not_wanted}
    subject = subjects.WAVE(wave=waves[index].name)
    of_it = [why[place.agent.agent_id] for place in selected if place.wave_index == index]
    if of_it:
        return doubtful(subject, words.CEILING_LEAVES_NONE(count=len(of_it), why=of_it[0]))
    elsewhere = [waves[place.wave_index].name for place in selected if place.wave_index >= 0]
    if elsewhere:
        earlier = join_reasons(dict.fromkeys(elsewhere), ALSO)
        return doubtful(subject, words.WAVE_SWALLOWED(count=len(elsewhere), waves=earlier))
    return bad(subject, words.WAVE_NOT_ENTITLED(count=len(selected)))


__all__ = ["examine_selections", "examine_times", "examine_trigger"]
