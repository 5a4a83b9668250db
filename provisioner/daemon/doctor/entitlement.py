"""Entitled agents by profile, for the doctor and the storage check."""

from collections import Counter
from collections.abc import Iterator, Sequence

from provisioner.daemon.composition import site_config_of
from provisioner.daemon.doctor.findings import Finding, bad, doubtful, good
from provisioner.model.agents import AccountStatus, Roster
from provisioner.model.demand import Demand, NotWanted
from provisioner.model.surges import SurgeRun
from provisioner.planning.demand.demand import demand_of
from provisioner.reasons import people as words
from provisioner.reasons import subjects
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.reasons.targets import BY_HALF_DAYS
from provisioner.settings.values import Settings

_NAMED = 5
"""Logins shown as examples."""


def demand_at_last(settings: Settings, roster: Roster) -> Demand:
    """The demand after all waves have opened."""
    config = site_config_of(settings)
    return demand_of(roster, config.rules, run=SurgeRun.begun(config.scenario.name, 0.0), now=float("inf"))


def entitled(settings: Settings, roster: Roster) -> Iterator[Finding]:
    """Agents by profile and wave; and why others get no desktop, with some logins."""
    scenario, demand = site_config_of(settings).scenario, demand_at_last(settings, roster)
    counts = Counter((want.profile, want.wave) for want in demand.wants.values())
    for (profile, wave), count in sorted(counts.items()):
        yield good(subjects.PROFILE(profile=profile), words.ENTITLED(count=count, wave=wave, scenario=scenario.name))
    yield from _accounts(roster)
    usable = [agent for agent in demand.not_wanted if roster.agents[agent.agent_id].enabled]
    for reason, count in Counter(agent.reason for agent in usable).most_common():
        if reason.code == BY_HALF_DAYS.code:
            yield good(subjects.ENTITLEMENTS(), words.TAKES_TURNS(count=count, **reason.arguments))
            continue
        logins = _some([agent for agent in usable if agent.reason == reason])
        yield doubtful(subjects.ENTITLEMENTS(), words.WITHOUT_DESKTOP(count=count, logins=logins, why=reason))


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
