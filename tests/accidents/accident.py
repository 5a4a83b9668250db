"""What happens to a town, and how it shows: the rows of the tables of accidents."""

from collections.abc import Callable
from dataclasses import dataclass, field

from monitors.metric import Metric
from monitors.table import named
from provisioner.errors import DirectoryError
from tests.accidents.town import Town

PEOPLE_THERE, OTHERS = 60, 150
FAILING, HELD, LEAVE, JOIN, REJECTED = (
    named("bascule_directory_failing"),
    named("bascule_directory_quarantined"),
    named("bascule_directory_would_leave"),
    named("bascule_directory_would_join"),
    named("bascule_directory_rejected_entries"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accident:
    """What happens to the directory, and how it shows."""

    happens: Callable[[Town], None]
    says: str
    metrics: dict[Metric, float] = field(default_factory=dict)


def fails(error: DirectoryError) -> Accident:
    """No reading comes to its end."""

    def happens(town: Town) -> None:
        town.register.error = error

    return Accident(happens=happens, says=f"directory: {error}", metrics={FAILING: 1, HELD: 0})


def held(happens: Callable[[Town], None], says: str, *, leave: int = 0, join: int = 0) -> Accident:
    """The guard holds the reading back."""
    metrics = {FAILING: 0.0, HELD: 1.0, LEAVE: float(leave), JOIN: float(join)}
    return Accident(happens=happens, says=says, metrics=metrics)


def kept(happens: Callable[[Town], None], says: str, *, rejected: int = 0) -> Accident:
    """The reading is accepted, and no agent loses a desktop."""
    return Accident(happens=happens, says=says, metrics={FAILING: 0, HELD: 0, REJECTED: rejected})
