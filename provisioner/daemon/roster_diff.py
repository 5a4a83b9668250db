"""Compare directory and configuration with what is in force, with the daemon's judgement. Nothing is changed."""

from dataclasses import dataclass, replace

from provisioner.daemon.composition import OutsideSystems, site_config_of
from provisioner.errors import DirectoryIncomplete
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent
from provisioner.model.kept.records import Records
from provisioner.model.people.agents import Roster
from provisioner.planning.roster.guard import GuardVerdict
from provisioner.planning.roster.judging import configured_rules, judge_reading, order_in
from provisioner.planning.roster.who import WhoIsWho
from provisioner.reasons.reason import NONE
from provisioner.settings.values import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryDifference:
    """What the next reading would change under this configuration, and whether it would be accepted."""

    accepted: Roster | None
    """The roster in force."""
    owners: int
    """How many people own a desktop; used if the roster was lost."""
    verdict: GuardVerdict
    who: WhoIsWho
    """People who wait for an operator: under a new id, or seemingly another person under the same id."""
    order: Intent | None
    """An operator's order in force."""
    configuration_changed: bool
    """Whether entitlements or scenario differ from those in force."""
    refused: str = ""
    """Why the daemon refuses this reading, independent of the guard; empty: it does not."""


def directory_difference(
    settings: Settings, outside: OutsideSystems, *, now: Instant, by_operator: bool = False
) -> DirectoryDifference:
    """Read the directory once, in full. Raises DirectoryError and StoreError.

    `by_operator`: also show a reading that the daemon refuses because it is older than the state in force.
    """
    records, refused = outside.store.load(), NONE
    try:
        reading = measured_reading(outside, records)
    except DirectoryIncomplete as error:
        if not by_operator:
            raise
        reading, refused = outside.directory.read(), error.reason
    return replace(difference_of(settings, records, reading, now=now), refused=refused)


def measured_reading(outside: OutsideSystems, records: Records) -> Roster:
    """A full reading, refused where the daemon would refuse it. Raises DirectoryError."""
    if records.guard.rules is not None:  # a reading is judged by the rules in force too
        outside.directory.name_groups(records.guard.rules.groups)
    return outside.directory.read(in_force=None if order_in(records.intents) else records.roster)


def difference_of(settings: Settings, records: Records, reading: Roster, *, now: Instant) -> DirectoryDifference:
    """What this reading would change."""
    config = site_config_of(settings)
    judgement = judge_reading(reading, config, records, now=now)
    assert judgement is not None  # there is a reading
    return DirectoryDifference(
        accepted=records.roster,
        owners=len(records.owners),
        verdict=judgement.verdict,
        who=judgement.who,
        order=order_in(records.intents),
        configuration_changed=records.guard.rules is not None and records.guard.rules != configured_rules(config, records),
    )
