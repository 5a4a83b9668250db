"""A source of demand in shadow: from the same inputs follows what it would want; nothing is ordered, the differences count."""

from collections import Counter
from collections.abc import Mapping

from provisioner.model.demand import Demand
from provisioner.model.ids import Seat
from provisioner.model.scenario.scenarios import PreparationLevel

NOTHING, MADE, OFF, RUNNING, READY = "none", "made", "off", "running", "ready"
"""What is wanted of a seat: no desktop; one that exists; one that is shut down; one that runs; one that is a person's."""
_LEVELS = {None: READY, PreparationLevel.STOPPED: MADE, PreparationLevel.RUNNING: RUNNING}


def level_in(demand: Demand, seat: Seat) -> str:
    """What the demand wants of a seat, in a word."""
    if seat in demand.wants:
        return READY
    if (want := demand.ahead.get(seat)) is None:
        return NOTHING
    return _LEVELS[want.level] if want.rest is None else OFF


def differences(in_force: Demand, shadow: Demand) -> Mapping[str, int]:
    """Seats of which the shadow wants something else than the demand in force, by what it wants."""
    seats = {*in_force.wants, *in_force.ahead, *shadow.wants, *shadow.ahead}
    wanted = ((level_in(in_force, seat), level_in(shadow, seat)) for seat in seats)
    return dict(sorted(Counter(there for here, there in wanted if here != there).items()))
