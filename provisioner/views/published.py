"""What the control thread hands out at the end of each cycle: frozen values, so that anybody may read them at any time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from provisioner.model.ids import DesktopName, DesktopPoolName, Instant, ProfileName
from provisioner.model.intents import Intent
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.desktops import GuestReport
from provisioner.model.people.profiles import Connection
from provisioner.model.scenario.scenarios import EVERYONE, Scenario, ScenarioDifference
from provisioner.model.scenario.surges import SurgeRun, WaveMove
from provisioner.model.session_counts import Heard
from provisioner.model.status import Status
from provisioner.reasons.reason import Reason
from provisioner.wrong.entry import Wrong
from provisioner.wrong.listing import wrong_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The daemon's knowledge at the end of one cycle."""

    status: Status
    records: Mapping[DesktopName, DesktopRecord] = field(default_factory=dict)
    """The store's records, with each desktop's last report."""
    heard: Mapping[DesktopName, Heard] = field(default_factory=dict)
    """When desktops have last pushed: at rest that is not stored each time. Empty: no daemon tells."""
    scenario: Scenario = EVERYONE
    """The scenario in force."""
    configured: Scenario | None = None
    """The scenario that a start is of; None: the one in force."""
    connections: Mapping[ProfileName, Connection] = field(default_factory=dict)
    """How people connect to the desktops of each profile."""
    ready_within_s: Mapping[ProfileName, float] = field(default_factory=dict)
    """How long a desktop of each profile may take from its start until it is ready, in seconds."""
    refusal: Callable[[Intent], Reason] | None = None
    """Why an order about a desktop would have been refused at the cycle's end; empty: it would have been taken. None: no daemon
    says it."""
    lendable: Mapping[DesktopPoolName, int] = field(default_factory=dict)
    """Of each pool that lends on request: how many desktops an order to lend could have had. Empty: no daemon says it."""
    began_at: Instant | None = None
    """When the scenario began; None: it has not begun."""
    wrong: tuple[Wrong, ...] | None = None
    """What is wrong, since when; None: it was not listed yet (`listed`)."""
    moves: tuple[WaveMove, ...] | None = None
    """Whom the configured scenario would move, where a run of another one goes on; None: it is the one in force."""
    edits: tuple[ScenarioDifference, ...] = ()
    """What it does otherwise than the one in force."""

    @property
    def listed(self) -> tuple[Wrong, ...]:
        """What is wrong; without a daemon, by this status alone."""
        return wrong_in(self.status) if self.wrong is None else self.wrong


def last_heard(
    name: DesktopName, records: Mapping[DesktopName, DesktopRecord], heard: Mapping[DesktopName, Heard]
) -> Heard | None:  # fmt: skip
    """The last document of a desktop: as the daemon tells, else that of the store. None: none is known."""
    record = records.get(name)
    report = record.report if record is not None else None
    stored = None if report is None else Heard(report.read_at, _source_of(report))
    return max((each for each in (heard.get(name), stored) if each is not None), default=None)


def _source_of(report: GuestReport) -> str:
    """Its way, as far as the store has it: with its sessions."""
    return report.sessions[0].source if report.sessions else "report"


def began_of(run: SurgeRun | None, scenario: Scenario) -> Instant | None:
    """When the scenario in force began; None: its run is another's, or there is none."""
    return run.started_at if run is not None and run.scenario == scenario.name else None
