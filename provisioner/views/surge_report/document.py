"""The whole report of a run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from provisioner.model.ids import Instant
from provisioner.model.scenario.etas import WaveOutlook
from provisioner.reasons.hiding import without_free_text, without_names
from provisioner.reasons.reason import Reason
from provisioner.views.surge_report.batches import BatchReport, PointReport, batch_reports, curve
from provisioner.views.surge_report.events import EventReport, timeline
from provisioner.views.surge_report.facts import ReportFacts
from provisioner.views.surge_report.failures import BindingReport, FailureReport, bindings, failures
from provisioner.views.surge_report.predictions import PredictionReport
from provisioner.views.surge_report.spells import wave_spells
from provisioner.views.times import stamp, stamp_or_none, zone_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakReport:
    """The most at once, and when for the first time."""

    most: int
    at: str | None
    """None: nothing was noted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsPeakReport:
    """The most sessions at once, and how well they were known then: at the last moment before that was noted."""

    most: int
    at: str | None
    """None: nothing was noted."""
    counted: int | None
    """Desktops whose sessions were known. None, as below: it is not kept."""
    unknown: int | None
    """Desktops whose sessions were unknown: they may have had any."""
    oldest_s: float | None
    """Age of the oldest document that was counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateWaveReport:
    """A wave that was late for a while."""

    wave: str
    at: str
    until: str | None
    """None: it goes on, or the run has ended with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgeReportDocument:
    """What came of one run of a scenario, against what was planned."""

    at: str
    run: int
    runs: tuple[int, ...]
    """The numbers of all runs that are kept."""
    scenario: str
    state: str
    """`pending`, `running`, `gated`, `paused`, `aborting`, `returning` or `ended`."""
    zone: str | None
    """Where people are shown its times: the zone of its scenario's calendar; None: on their own machine's clock."""
    began_at: str
    ended_at: str | None
    """None: it is not over."""
    anonymous: bool
    """Whether it names nobody: neither people nor desktops nor operators."""
    noted: int
    """Moments at which it was noted how far it was; 0: there are none yet, or they are not kept any more."""
    noted_from: str | None
    noted_until: str | None
    journal_complete: bool
    """False: the journal no longer has all of its time, or has more than is read; failures and orders may be missing."""
    by_half_days: bool
    """Whether people share desktops by half-days: each half-day is a batch, of those who come then."""
    batches: tuple[BatchReport, ...]
    late_waves: tuple[LateWaveReport, ...]
    """When waves were late, as the daemon has said it at the time, in alerts too."""
    ready_peak: PeakReport
    """Desktops that were ready."""
    sessions_peak: SessionsPeakReport
    """Open sessions: to the event if the most of a day was in its time, else at the moments that were noted."""
    curve: tuple[PointReport, ...]
    timeline: tuple[EventReport, ...]
    failures: tuple[FailureReport, ...]
    bound: tuple[BindingReport, ...]
    """What desktops waited for."""
    forecasts: tuple[PredictionReport, ...]
    forecasts_pending: int
    """How many of them of which it is not known yet whether they were right."""


def surge_report_document(facts: ReportFacts, *, names: bool = False) -> SurgeReportDocument:
    """Of one run. `names`: whether people, desktops and operators are named."""
    end, noted, run = facts.ended_at or facts.at, facts.noted, facts.run
    shown = _as_it_is if names else partial(_hidden, names=facts.names)
    return SurgeReportDocument(
        at=stamp(facts.at),
        run=run.number,
        runs=facts.runs,
        scenario=run.scenario,
        state=run.state.value,
        zone=zone_of(run, facts.in_force),
        began_at=stamp(facts.began_at),
        ended_at=stamp_or_none(facts.ended_at),
        anonymous=not names,
        noted=len(noted),
        noted_from=stamp(noted[0].at) if noted else None,
        noted_until=stamp(noted[-1].at) if noted else None,
        journal_complete=facts.lines_complete,
        by_half_days=facts.shared_pool is not None,
        batches=batch_reports(noted, now=end),
        late_waves=tuple(_late_waves(facts)),
        ready_peak=_peak([(progress.ready, progress.at) for progress in noted]),
        sessions_peak=_sessions_peak(facts),
        curve=curve(noted),
        timeline=timeline(facts, names=names),
        failures=failures(facts.lines, shown),
        bound=bindings(noted, now=end, shown=shown),
        forecasts=facts.predictions,
        forecasts_pending=sum(each.held is None for each in facts.predictions),
    )


def _as_it_is(reason: Reason) -> Reason:
    return reason


def _hidden(reason: Reason, *, names: frozenset[str]) -> Reason:
    return without_names(without_free_text(reason), names)


def _late_waves(facts: ReportFacts) -> Iterator[LateWaveReport]:
    for outlook, spell in wave_spells(facts.lines):
        if outlook is WaveOutlook.LATE:
            yield LateWaveReport(wave=spell.about, at=stamp(spell.began_at), until=stamp_or_none(spell.ended_at))


def _sessions_peak(facts: ReportFacts) -> SessionsPeakReport:
    end = facts.ended_at or facts.at
    exact = [(peak.most, peak.at) for peak in facts.session_peaks if facts.began_at <= peak.at <= end]
    most, at = _most([*exact, *((progress.sessions, progress.at) for progress in facts.noted)])
    then = next((each for each in reversed(facts.noted) if at is not None and each.at <= at), None)
    return SessionsPeakReport(
        most=most,
        at=stamp_or_none(at),
        counted=None if then is None else then.counted,
        unknown=None if then is None else then.unknown,
        oldest_s=None if then is None else then.oldest_s,
    )


def _peak(counts: Sequence[tuple[int, Instant]]) -> PeakReport:
    most, at = _most(counts)
    return PeakReport(most=most, at=stamp_or_none(at))


def _most(counts: Sequence[tuple[int, Instant]]) -> tuple[int, Instant | None]:
    return max(counts, key=lambda pair: (pair[0], -pair[1]), default=(0, None))


__all__ = ["SurgeReportDocument", "surge_report_document"]
