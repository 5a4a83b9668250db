"""The sources of targets, in order of precedence."""

from provisioner.model.machines.desktops import Reservation
from provisioner.planning.targets.drain import DRAIN
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.freeze import FREEZE
from provisioner.planning.targets.hold import HOLD
from provisioner.planning.targets.leavers import LEAVERS
from provisioner.planning.targets.pools import POOLS
from provisioner.planning.targets.preparation import PREPARATION
from provisioner.planning.targets.quarantine import QUARANTINE
from provisioner.planning.targets.rebuild_orders import REBUILD_ORDERS
from provisioner.planning.targets.reconfigure_orders import RECONFIGURE_ORDERS
from provisioner.planning.targets.restart_orders import RESTART_ORDERS
from provisioner.planning.targets.resting import RESTING
from provisioner.planning.targets.session import SESSION
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.stop_orders import STOP_ORDERS
from provisioner.planning.targets.surge_return import SURGE_RETURN
from provisioner.planning.targets.target import Target
from provisioner.planning.targets.trials import TRIALS
from provisioner.planning.targets.waves import WAVES

SOURCES = (
    FREEZE,  # an operator stops everything
    QUARANTINE,  # an operator keeps this desktop as it is
    SESSION,  # a person at work is never cut off, whatever is ordered
    HOLD,  # an operator wants nothing shut down
    STOP_ORDERS,  # an operator's order for one desktop precedes a rule for many
    REBUILD_ORDERS,  # the same, once the desktop is off
    RECONFIGURE_ORDERS,  # and so does this one, which shuts it down only once nobody is logged on
    TRIALS,  # nobody was given it, and it is of no use any more
    DRAIN,  # an operator empties a node: its agents wait until it is opened again
    LEAVERS,  # the agent is gone: nothing below can want the desktop
    POOLS,  # its pool has no use for it: nothing below can want the desktop
    RESTART_ORDERS,  # a person waits for this desktop, and not for a batch
    RESTING,  # nobody needs it now: whoever has it, or waits for it, comes before
    SURGE_RETURN,  # the surge is over, and it has made the desktop: nobody below wants it
    WAVES,  # the agent's batch is open
    PREPARATION,  # the agent's batch opens later
)


_BEFORE = {source.name: SOURCES[:place] for place, source in enumerate(SOURCES)}


def overruling(facts: TargetFacts, desktop: Reservation, source: Source) -> Target | None:
    """The target of the first earlier source that has one; None: this source decides."""
    for earlier in _BEFORE[source.name]:  # for every desktop that waits for its start, in every cycle
        if (target := earlier.target(facts, desktop)) is not None:
            return target
    return None
