"""What is judged against what: said once, for the daemon and for the commands that say what it would do."""

from collections.abc import Iterable

from provisioner.model.agents import Roster
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.records import Memory
from provisioner.planning.roster.changes import InForce
from provisioner.planning.roster.guard import Verdict, judge
from provisioner.planning.roster.suspicion import Basis
from provisioner.reconciler.config import Order


def judged(reading: Roster | None, configured: Order, memory: Memory, *, now: Instant) -> Verdict | None:
    """What becomes of a reading, or without one of the configuration alone; None: there is no roster to judge that by."""
    if reading is None and memory.roster is None:
        return None
    return judge(reading, configured.rules, basis_of(configured, memory), now=now)


def basis_of(configured: Order, memory: Memory) -> Basis:
    """What is in force, and what the guard remembers. Rules that were never judged are those that are configured."""
    owners = frozenset(one.agent_id for one in memory.reservations.values() if one.agent_id is not None)
    in_force = InForce(
        accepted=memory.roster,
        rules=memory.guard.rules or configured.rules,
        owners=owners,
        served=frozenset(memory.assignments.values()),
    )
    return Basis(in_force=in_force, guard=configured.guard, record=memory.guard, order=order_in(memory.intents))


def order_in(intents: Iterable[Intent]) -> Intent | None:
    """The operator's order to let a change through, if one stands."""
    return next((one for one in intents if one.kind is IntentKind.ACCEPT_DIRECTORY), None)
