"""What the control thread hands out at the end of each cycle: frozen values, so that anybody may read them at any time."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.model.ids import DesktopName, Instant, ProfileName
from provisioner.model.profiles import Connection
from provisioner.model.records import DesktopRecord
from provisioner.model.scenarios import EVERYONE, Scenario
from provisioner.model.status import Status
from provisioner.model.surges import SurgeRun, WaveMove


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The daemon's knowledge at the end of one cycle."""

    status: Status
    records: Mapping[DesktopName, DesktopRecord] = field(default_factory=dict)
    """The store's records, with each desktop's last report."""
    scenario: Scenario = EVERYONE
    """The scenario in force."""
    connections: Mapping[ProfileName, Connection] = field(default_factory=dict)
    """How people connect to the desktops of each profile."""
    began_at: Instant | None = None
    """When the scenario began; None: it has not begun."""
    moves: tuple[WaveMove, ...] | None = None
    """What the configured scenario would change, where a run of another one goes on; None: it is the one in force."""


def began_of(run: SurgeRun | None, scenario: Scenario) -> Instant | None:
    """When the scenario in force began; None: its run is another's, or there is none."""
    return run.started_at if run is not None and run.scenario == scenario.name else None
