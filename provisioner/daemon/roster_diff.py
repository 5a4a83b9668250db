"""The directory as it is now beside the roster in force, judged as the daemon would judge it. Nothing is changed."""

from dataclasses import dataclass

from provisioner.daemon.composition import Outside, order_of
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


def directory_difference(settings: Settings, outside: Outside, *, now: Instant) -> DirectoryDifference:
    """Read the directory once, whole. Raises DirectoryError and StoreError."""
    return difference_of(settings, outside.store.load(), outside.directory.read(), now=now)


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
