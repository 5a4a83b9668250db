"""The result of a demonstration, compared with the twin's hidden truth."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from provisioner.model.actions import Outcome
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.people.agents import Roster
from provisioner.model.status import Status
from provisioner.model.words import JournalWord
from provisioner.ports import ApiCall
from provisioner.rehearsal.bound import bound_s
from provisioner.texts.translate import _, decimal, plural

_WRITES = 3.0
"""A desktop: clone, configure, start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The figures. Seconds are of virtual time, `wall_seconds` of real time."""

    agents: int
    ready: int
    """Desktops that are ready, by the twin's truth."""
    sessions: int
    """Counted by Bascule at the end."""
    sessions_true: int
    sessions_expected: int
    sessions_peak: int
    """The most at once, by Bascule's count of log-ons and log-offs."""
    sessions_peak_true: int
    log_ons: int
    """By the twin's truth, as the next."""
    log_offs: int
    wall_seconds: float
    virtual_seconds: float
    """From the first order until the last desktop is ready."""
    writes_per_desktop: float
    api_calls_per_desktop: float
    cpu_ms_per_desktop: float
    lock_timeouts: int
    duplicates: int
    orphans: int
    bound_seconds: float
    efficiency: float

    def figures(self) -> dict[str, Any]:
        """The figures for `--json`."""
        return asdict(self)

    def rows(self) -> list[tuple[str, str]]:
        """The rows for people."""
        return [
            (_("agents"), str(self.agents)),
            (_("desktops ready, by the twin's truth"), str(self.ready)),
            (_("sessions counted / true"), f"{self.sessions} / {self.sessions_true}"),
            (_("most at once, counted / true"), f"{self.sessions_peak} / {self.sessions_peak_true}"),
            (_("log-ons / log-offs"), f"{self.log_ons} / {self.log_offs}"),
            (_("real time"), f"{decimal(self.wall_seconds, '.1f')} s"),
            (_("virtual time to the last ready"), f"{self.virtual_seconds:.0f} s"),
            (_("the hardware's bound"), f"{self.bound_seconds:.0f} s"),
            (_("efficiency: bound / virtual time"), decimal(self.efficiency, ".2f")),
            (_("writes a desktop"), decimal(self.writes_per_desktop, ".2f")),
            (_("API calls a desktop, all counted"), decimal(self.api_calls_per_desktop, ".2f")),
            (_("processor time a desktop"), f"{decimal(self.cpu_ms_per_desktop, '.1f')} ms"),
            (_("storage lock time-outs"), str(self.lock_timeouts)),
            (_("doubled / orphaned"), f"{self.duplicates} / {self.orphans}"),
        ]

    def faults(self) -> list[str]:
        """What is wrong; empty: all is well."""
        sessions = {"sessions": self.sessions, "open": self.sessions_true, "expected": self.sessions_expected}
        peaks = {"counted": self.sessions_peak, "true": self.sessions_peak_true}
        checks = (
            (
                self.agents > 0 and self.ready == self.agents,
                _("{ready} of {agents} desktops are ready", ready=self.ready, agents=self.agents),
            ),
            (self.sessions == self.sessions_true, _("{sessions} sessions counted, {open} are open", **sessions)),
            (self.sessions >= self.sessions_expected, _("{sessions} sessions, {expected} expected", **sessions)),
            (self.sessions_peak == self.sessions_peak_true, _("{counted} sessions at once at most, {true} in truth", **peaks)),
            (
                self.duplicates == 0,
                plural("{count} desktop is doubled", "{count} desktops are doubled", self.duplicates),
            ),
            (self.orphans == 0, plural("{count} desktop is orphaned", "{count} desktops are orphaned", self.orphans)),
            (self.writes_per_desktop <= _WRITES, _("{count:.2f} writes a desktop", count=self.writes_per_desktop)),
        )
        return [text for good, text in checks if not good]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCost:
    """Real time, and processor time of this process."""

    wall_s: float
    cpu_s: float


class DemoStopwatch:
    """A listener that notes the first order, the last desktop that became ready, and the most sessions at once."""

    def __init__(self) -> None:
        self.began_at: float | None = None
        self.last_ready_at = 0.0
        self.sessions_peak = 0

    def api_call(self, call: ApiCall) -> None:
        """The twin counts them itself."""

    def outcome(self, outcome: Outcome) -> None:
        if outcome.action == JournalWord.READY:
            self.last_ready_at = max(self.last_ready_at, outcome.ended_at)

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """Shown elsewhere."""

    def status(self, status: Status) -> None:
        if self.began_at is None and status.demand.wants:
            self.began_at = status.at
        self.sessions_peak = max(self.sessions_peak, status.session_figures.day_peak)  # another day may begin meanwhile

    def notice(self, subject: str, text: str) -> None:
        """Shown elsewhere."""


def summary_of(
    status: Status | None,
    truth: Mapping[str, Any],
    spec: TwinSpec,
    stopwatch: DemoStopwatch,
    *,
    spent: DemoCost,
    expected: int,
) -> Summary:
    """What Bascule counted, and the twin's truth."""
    agents = len(status.demand.wants) if status else 0
    desktops = status.desktops.values() if status else ()
    each = max(1, agents)
    virtual = max(0.0, stopwatch.last_ready_at - (stopwatch.began_at or stopwatch.last_ready_at))
    bound = bound_s(spec, desktops=agents)
    return Summary(
        agents=agents,
        ready=truth["ready"],
        sessions=sum(len(desktop.sessions or ()) for desktop in desktops if desktop.phase is Phase.READY),
        sessions_true=truth["sessions"],
        sessions_expected=min(expected, agents),
        sessions_peak=stopwatch.sessions_peak,
        sessions_peak_true=truth["sessions_peak"],
        log_ons=truth["log_ons"],
        log_offs=truth["log_offs"],
        wall_seconds=round(spent.wall_s, 2),
        virtual_seconds=round(virtual, 1),
        writes_per_desktop=round(truth["writes"] / each, 3),
        api_calls_per_desktop=round(sum(truth["calls"].values()) / each, 3),
        cpu_ms_per_desktop=round(1000 * spent.cpu_s / each, 2),
        lock_timeouts=truth["lock_timeouts"],
        duplicates=truth["duplicates"],
        orphans=len(truth["orphans"]),
        bound_seconds=round(bound, 1),
        efficiency=round(bound / virtual, 3) if virtual else 0.0,
    )
