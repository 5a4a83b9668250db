"""What the report of a surge is made from."""

from collections.abc import Sequence
from dataclasses import dataclass

from provisioner.model.ids import Instant
from provisioner.model.scenario.progress import Progress
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.scenario.surges import SurgeRun
from provisioner.model.session_counts import DayPeak
from provisioner.ports import JournalEntry
from provisioner.views.surge_report.predictions import PredictionReport


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """One run, as a store keeps it."""

    at: Instant
    """Now."""
    run: SurgeRun
    runs: tuple[int, ...]
    """The numbers of all runs."""
    noted: tuple[Progress, ...] = ()
    """Oldest first."""
    lines: Sequence[JournalEntry] = ()
    """Of the run's time, oldest first."""
    around: Sequence[JournalEntry] = ()
    """All that were read, oldest first: what was wrong may have begun before its time, and been over after it."""
    lines_complete: bool = True
    """Whether the journal still has everything, and no more than is read."""
    predictions: tuple[PredictionReport, ...] = ()
    """The forecasts that were given in its time, or shortly before, oldest first."""
    session_peaks: tuple[DayPeak, ...] = ()
    """The most sessions in all of the days of its time, to the event."""
    in_force: Scenario | None = None
    """The scenario of the rules in force; None: not known."""
    names: frozenset[str] = frozenset()
    """Logins and names of desktops, which an anonymous report hides."""

    @property
    def shared_pool(self) -> str | None:
        """The pool whose desktops people share by half-days; None: the scenario has no rotation."""
        run, scenario = self.run, self.run.as_started
        if scenario is None and self.in_force is not None and self.in_force.name == run.scenario:
            scenario = self.in_force
        return None if scenario is None else scenario.shared_pool

    @property
    def began_at(self) -> Instant:
        """When its time began to count."""
        return self.run.started_at

    @property
    def ended_at(self) -> Instant | None:
        """None: it is not over."""
        return self.run.since if self.run.is_over else None


__all__ = ["ReportFacts"]
