"""The guard's inputs, taken from records and configuration. The daemon and the commands that forecast it share this."""

from collections.abc import Iterable
from dataclasses import replace

from provisioner.model.ids import AgentId, Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.records import Records
from provisioner.model.people.agents import Roster
from provisioner.model.rules import Rules
from provisioner.model.site_config import SiteConfig
from provisioner.planning.roster.changes import AcceptedState
from provisioner.planning.roster.departed import known_in
from provisioner.planning.roster.guard import GuardBasis
from provisioner.planning.roster.judgement import Confirmed, RosterJudgement, judge_roster
from provisioner.planning.roster.shown import is_entry, is_owner


def judge_reading(reading: Roster | None, configured: SiteConfig, records: Records, *, now: Instant) -> RosterJudgement | None:
    """Judge a reading; without a reading, the configuration alone. None: neither a reading nor an accepted roster exists."""
    if reading is None and records.roster is None:
        return None
    rules = configured_rules(configured, records)
    # No rules were judged yet: the configured rules are in force.
    before = records.guard.rules or rules
    in_force = replace(in_force_of(records, configured.under(before)), served=records.kept_under(before, rules))
    basis = GuardBasis(in_force=in_force, guard=configured.guard, record=records.guard, order=order_in(records.intents))
    confirmed = Confirmed() if reading is None else confirmed_of(records.intents, reading, records.roster)
    return judge_roster(reading, rules, basis, now=now, confirmed=confirmed)


def configured_rules(configured: SiteConfig, records: Records) -> Rules:
    """The rules that the configuration asks for, after what was in force."""
    # A new installation has its first desktops before its first rules; after a lost store an operator accepts the desktops.
    is_new = not records.owners or records.baseline_accepted
    return configured.rules_for(records.guard.rules, is_new=is_new)


def in_force_of(records: Records, config: SiteConfig) -> AcceptedState:
    """The accepted roster and the agents with desktops, under the rules of `config`."""
    return AcceptedState(
        accepted=records.roster,
        rules=config.rules,
        owners=records.owners,
        served=records.kept_under(config.rules),
        ids_are_made=config.ids_are_made,
        came=records.guard.joined.keys(),
    )


def order_in(intents: Iterable[Intent]) -> Intent | None:
    """The operator's intent to accept a change that the guard holds back; None: there is none."""
    return next((intent for intent in intents if intent.kind is IntentKind.ACCEPT_DIRECTORY), None)


def confirmed_of(intents: Iterable[Intent], reading: Roster, accepted: Roster | None) -> Confirmed:
    """What operators have said of whoever is listed. An order is about nobody but the people whom its operator was shown."""
    known = known_in(accepted)
    said = [
        (intent.kind, key, intent.terms.shown)
        for intent in intents
        if intent.is_of_person and is_entry(intent.terms.shown, reading.agents.get(key := AgentId(intent.target)), key)
    ]
    return Confirmed(
        distinct=frozenset(key for kind, key, _ in said if kind is IntentKind.DISTINCT),
        renamed=frozenset(
            key for kind, key, shown in said if kind is IntentKind.REKEY and is_owner(shown, known.get(key), key)
        ),
    )
