"""What is judged against what: said once, for the daemon and for the commands that say what it would do."""

from collections.abc import Iterable

from provisioner.model.agents import Roster
from provisioner.model.ids import AgentId, Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.records import Records
from provisioner.model.site_config import SiteConfig
from provisioner.planning.roster.changes import AcceptedState
from provisioner.planning.roster.guard import GuardBasis
from provisioner.planning.roster.judgement import RosterJudgement, judge_roster


def judge_reading(reading: Roster | None, configured: SiteConfig, records: Records, *, now: Instant) -> RosterJudgement | None:
    """What becomes of a reading, or without one of the configuration alone; None: there is no roster to judge that by."""
    if reading is None and records.roster is None:
        return None
    # Rules that were never judged are those that are configured.
    in_force = in_force_of(records, configured.under(records.guard.rules or configured.rules))
    basis = GuardBasis(in_force=in_force, guard=configured.guard, record=records.guard, order=order_in(records.intents))
    return judge_roster(reading, configured.rules, basis, now=now, distinct=distinct_in(records.intents))


def in_force_of(records: Records, config: SiteConfig) -> AcceptedState:
    """Whom there is, under the rules of `config`."""
    return AcceptedState(accepted=records.roster, rules=config.rules, owners=records.owners, served=records.served)


def order_in(intents: Iterable[Intent]) -> Intent | None:
    """The operator's order to let a change through, if one stands."""
    return next((one for one in intents if one.kind is IntentKind.ACCEPT_DIRECTORY), None)


def distinct_in(intents: Iterable[Intent]) -> frozenset[AgentId]:
    """Ids of which an operator has said that they are somebody new."""
    return frozenset(AgentId(one.target) for one in intents if one.kind is IntentKind.DISTINCT)
