"""What the control thread hands out at the end of each cycle: frozen values, so that anybody may read them at any time."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.model.ids import DesktopName, Instant, ProfileName
from provisioner.model.profiles import Connection
from provisioner.model.records import DesktopRecord
from provisioner.model.scenarios import EVERYONE, Scenario
from provisioner.model.status import Status


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
