"""Whom planning gives a desktop once all waves have opened, and why others get none."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from provisioner.daemon.ceiling_readings import readings_now, without_ours
from provisioner.daemon.composition import site_config_of
from provisioner.doctor.findings import Finding, bad, doubtful, good
from provisioner.model.demand import Demand, NotWanted, Want
from provisioner.model.ids import AgentId, ClusterId, Instant, ProfileName
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import ClusterView
from provisioner.model.people.agents import AccountStatus, Roster
from provisioner.model.rules import Rules
from provisioner.model.scenario.ceilings import CeilingState
from provisioner.model.scenario.surges import SurgeRun
from provisioner.planning.demand.ceilings import ceilings_now
from provisioner.planning.demand.demand import demand_of
from provisioner.planning.roster.judging import configured_rules
from provisioner.reasons import people, subjects
from provisioner.reasons import people as words
from provisioner.reasons import waves as wave_words
from provisioner.reasons.reason import ALSO, Reason, act_of, join_reasons
from provisioner.reasons.targets import BY_HALF_DAYS
from provisioner.settings.values import Settings

_NAMED = 5
"""Logins shown as examples."""
_NEW = Records()


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLast:
    """What planning makes of a roster after all waves have opened."""

    rules: Rules
    """What the configuration asks for, after what was in force."""
    demand: Demand
    served: frozenset[AgentId]
    """Agents who keep the desktop that they were given, whatever the waves say."""

    @property
    def entitled(self) -> Iterator[Want]:
        """Whom entitlements and waves give a desktop, also if a ceiling leaves none for them."""
        yield from self.demand.wants.values()
        yield from (agent.refused for agent in self.demand.not_wanted if agent.refused is not None)


def at_last(
    settings: Settings, roster: Roster, *, records: Records = _NEW, ceilings: Sequence[CeilingState] | None = None
) -> AtLast:
    """`records`: left out: those of a new installation. `ceilings`: as `demand_of` takes them."""
    rules = configured_rules(site_config_of(settings), records)
    run, served = SurgeRun.begun(rules.scenario.name, 0.0), records.kept_under(rules)
    demand = demand_of(roster, rules, run=run, now=inf, served=served, ceilings=ceilings, owners=records.owners)
    return AtLast(rules=rules, demand=demand, served=served)


def demand_at_last(
    settings: Settings, roster: Roster, *, records: Records = _NEW, ceilings: Sequence[CeilingState] | None = None
) -> Demand:
    """The demand after all waves have opened; the arguments are those of `at_last`."""
    return at_last(settings, roster, records=records, ceilings=ceilings).demand


def ceilings_at_present(
    settings: Settings, records: Records, views: Mapping[ClusterId, ClusterView], *, now: Instant
) -> tuple[CeilingState, ...]:
    """How it stands with the scenario's ceilings, asked once. Takes seconds at most; raises nothing.

    Unless every cluster is in `views`, ours could not be told from others': then the limits count as they stand.
    """
    scenario = site_config_of(settings).scenario
    if views.keys() != settings.clusters.keys():
        return ceilings_now(scenario, {})
    return ceilings_now(scenario, without_ours(readings_now(settings, scenario, now=now), scenario, records, views))


def examine_ceilings(ceilings: Sequence[CeilingState]) -> Iterator[Finding]:
    """For how many people each that was asked for leaves a desktop."""
    for state in ceilings:
        name, limit = state.ceiling.name, state.ceiling.limit
        if state.unread:
            text = wave_words.CEILING_UNASKED(name=name, limit=limit, why=state.unread)
            yield doubtful(subjects.SCENARIO(), text, act_of(state.unread))
        elif state.in_use is not None:
            text = people.CEILING_LEAVES(name=name, limit=limit, others=state.others, room=state.room)
            yield good(subjects.SCENARIO(), text)


def profiles_used(settings: Settings) -> frozenset[ProfileName]:
    """Profiles that somebody may get: by an entitlement, from a pool, or for want of room."""
    scenario = site_config_of(settings).scenario
    entitled = {entitlement.profile for entitlement in settings.entitlements}
    return frozenset(entitled | {pool.profile for pool in settings.pools.values()} | {*scenario.shortage.profiles})


def entitled(settings: Settings, roster: Roster, after: AtLast | None = None) -> Iterator[Finding]:
    """Agents by profile and wave; and why others get no desktop, with some logins."""
    after = after or at_last(settings, roster)
    yield from _by_wave(after)
    yield from _accounts(roster)
    usable = [agent for agent in after.demand.not_wanted if roster.agents[agent.agent_id].enabled]
    for reason, count in Counter(agent.reason for agent in usable).most_common():
        if reason.code == BY_HALF_DAYS.code:
            yield good(subjects.ENTITLEMENTS(), words.TAKES_TURNS(count=count, **reason.arguments))
            continue
        logins = _some([agent for agent in usable if agent.reason == reason])
        text = words.WITHOUT_DESKTOP(count=count, logins=logins, why=reason)
        yield doubtful(subjects.ENTITLEMENTS(), text, act_of(reason))


def _by_wave(after: AtLast) -> Iterator[Finding]:
    scenario = after.rules.scenario
    waves = {wave.name for wave in scenario.waves}
    counts = Counter((want.profile, want.wave) for want in after.entitled)
    for (profile, wave), count in sorted(counts.items()):
        kept = words.KEPT(count=count)
        text = words.ENTITLED(count=count, wave=wave, scenario=scenario.name) if wave in waves else kept
        yield good(subjects.PROFILE(profile=profile), text)


def _accounts(roster: Roster) -> Iterator[Finding]:
    counts = Counter(agent.standing for agent in roster.agents.values())
    countable = ((AccountStatus.DISABLED, words.DISABLED_COUNT), (AccountStatus.EXPIRED, words.EXPIRED_COUNT))
    accounts = [text(count=counts[standing]) for standing, text in countable if counts[standing]]
    if roster.agents and counts[AccountStatus.DISABLED] + counts[AccountStatus.EXPIRED] == len(roster.agents):
        yield bad(subjects.ACCOUNTS(), words.NONE_USABLE(accounts=join_reasons(accounts, ALSO)))
    elif accounts:
        yield good(subjects.ACCOUNTS(), words.UNUSABLE(accounts=join_reasons(accounts, ALSO)))
    if counts[AccountStatus.LOCKED]:
        yield good(subjects.ACCOUNTS(), words.LOCKED_COUNT(count=counts[AccountStatus.LOCKED]))


def _some(left_out: Sequence[NotWanted]) -> Reason:
    logins = [agent.login for agent in left_out[:_NAMED]]
    return join_reasons([*logins, "…"] if len(left_out) > _NAMED else logins, ALSO)
