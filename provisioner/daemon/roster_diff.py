"""The directory as it is now beside the roster in force, judged as the daemon would judge it. Nothing is changed."""

from dataclasses import dataclass, replace

from provisioner.daemon.composition import Outside, order_of
from provisioner.errors import DirectoryIncomplete
from provisioner.model.agents import Roster
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent
from provisioner.model.records import Memory
from provisioner.planning.roster.guard import Basis, Verdict
from provisioner.planning.roster.judgement import judge
from provisioner.planning.roster.recreated import Recreations
from provisioner.reconciler.roster_readings import distinct_in, order_in
from provisioner.settings.values import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryDifference:
    """What the next reading would change, and whether it would be believed."""

    accepted: Roster | None
    """The roster in force."""
    owners: int
    """How many people own a desktop: they stand for a roster that was lost."""
    verdict: Verdict
    recreated: Recreations
    """Who is there under a new id, as far as can be seen."""
    order: Intent | None
    """An operator's order that stands."""
    refused: str = ""
    """Why the daemon refuses this reading, whatever the guard says of it; empty: it does not."""


def directory_difference(
    settings: Settings, outside: Outside, *, now: Instant, by_operator: bool = False
) -> DirectoryDifference:
    """Read the directory once, whole. Raises DirectoryError and StoreError.

    `by_operator`: an older state than the one in force, which the daemon refuses, is shown all the same.
    """
    memory, refused = outside.store.load(), ""
    try:
        reading = measured_reading(outside, memory)
    except DirectoryIncomplete as error:
        if not by_operator:
            raise
        reading, refused = outside.directory.read(), str(error)
    return replace(difference_of(settings, memory, reading, now=now), refused=refused)


def measured_reading(outside: Outside, memory: Memory) -> Roster:
    """One whole reading, refused where the daemon would refuse it. Raises DirectoryError."""
    return outside.directory.read(in_force=None if order_in(memory.intents) else memory.roster)


def difference_of(settings: Settings, memory: Memory, reading: Roster, *, now: Instant) -> DirectoryDifference:
    """What a reading would change."""
    order = order_of(settings)
    owners = frozenset(one.agent_id for one in memory.reservations.values() if one.agent_id is not None)
    basis = Basis(
        accepted=memory.roster,
        owners=owners,
        entitlements=order.entitlements,
        scenario=order.scenario,
        guard=order.guard,
        record=memory.guard,
        order=order_in(memory.intents),
    )
    judged = judge(reading, basis, now=now, distinct=distinct_in(memory.intents))
    return DirectoryDifference(
        accepted=memory.roster,
        owners=len(owners),
        verdict=judged.verdict,
        recreated=judged.recreated,
        order=basis.order,
    )
