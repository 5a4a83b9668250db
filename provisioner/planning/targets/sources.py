"""The sources of targets, in order of precedence, and who overrules whom."""

from provisioner.model.desktops import Reservation
from provisioner.planning.targets.drain import DRAIN
from provisioner.planning.targets.facts import Facts
from provisioner.planning.targets.freeze import FREEZE
from provisioner.planning.targets.hold import HOLD
from provisioner.planning.targets.leavers import LEAVERS
from provisioner.planning.targets.preparation import PREPARATION
from provisioner.planning.targets.session import SESSION
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.stop_orders import STOP_ORDERS
from provisioner.planning.targets.target import Level, Target
from provisioner.planning.targets.waves import WAVES

SOURCES = (
    FREEZE,  # an operator stops everything
    SESSION,  # a person at work is never cut off, whatever is ordered
    HOLD,  # an operator wants nothing shut down
    STOP_ORDERS,  # an operator's word on one desktop goes before a rule for many
    DRAIN,  # an operator empties a node: its people get desktops elsewhere
    LEAVERS,  # the agent is gone: nothing below can want the desktop
    WAVES,  # the agent's batch is open
    PREPARATION,  # the agent's batch opens later
)


def target_of(facts: Facts, desktop: Reservation) -> Target | None:
    """What the first source with a say in it wants; None: the desktop is left as it is."""
    return _first(facts, desktop, SOURCES)


def overruling(facts: Facts, desktop: Reservation, source: Source) -> Target | None:
    """What a source before this one wants instead; None: this one decides."""
    return _first(facts, desktop, SOURCES[: SOURCES.index(source)])


def _first(facts: Facts, desktop: Reservation, sources: tuple[Source, ...]) -> Target | None:
    answers = (source.target(facts, desktop) for source in sources)
    return next((target for target in answers if target is not None), None)


__all__ = ["SOURCES", "Level", "Target", "overruling", "target_of"]
