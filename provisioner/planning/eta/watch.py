"""Looks at the waves every half minute, and says once when a wave will be late, is late, and is no longer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import inf

from provisioner.model.actions import Plan
from provisioner.model.capacity import Capacity
from provisioner.model.ids import Instant, ProfileName, WaveName
from provisioner.model.scenario.etas import WaveChange, WaveEta, WaveOutlook
from provisioner.model.scenario.surges import SurgeRun, SurgeState
from provisioner.planning.eta.deadline_order import DeadlineOrder, by_deadline
from provisioner.planning.eta.revisions import Revisions
from provisioner.planning.eta.waves import Estimates
from provisioner.planning.eta.work import work_of
from provisioner.planning.inputs import Situation
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.survey.survey import Survey
from provisioner.reasons import surges as reasons
from provisioner.reasons.reason import Reason

EVERY_S = 30.0
"""Three observations at rest. 1,700 desktops cost some 30 ms of the control thread each time, which is 0.1 % of it."""
_LATE_LOOKS = 3
"""A look or two that find a wave late may be chance."""
_GOOD_LOOKS = 4
"""So many good looks end a warning: it does not come and go."""
_UNDER_WAY = (SurgeState.RUNNING, SurgeState.GATED, SurgeState.PAUSED)


@dataclass(slots=True)
class _Past:
    """What was estimated of a wave, and said of it."""

    revisions: Revisions = field(default_factory=Revisions)
    said: WaveOutlook = WaveOutlook.IN_TIME
    looks: int = 0
    """Looks in a row that found something else than was said."""


class WaveWatch:
    """The last estimates. Lives as long as the daemon; changed by each look."""

    def __init__(self) -> None:
        self.etas: Mapping[WaveName, WaveEta] = {}
        """In the order of the waves."""
        self.order = DeadlineOrder()
        self._looked_at: Instant = -inf
        self._run: SurgeRun | None = None
        """The run of the last look."""
        self._past: dict[WaveName, _Past] = {}

    def look(
        self,
        situation: Situation,
        survey: Survey,
        plan: Plan,
        room: FreeResources,
        capacity: Mapping[ProfileName, Capacity],
    ) -> tuple[WaveChange, ...]:
        """Estimate anew, if it is time; returns what is to be said."""
        now, run = situation.now, situation.records.surge
        is_time = not 0 <= now - self._looked_at < EVERY_S
        # What was estimated before an order says nothing of what comes after it.
        if run == self._run and not is_time:
            return ()
        self._looked_at, self._run = now if is_time else self._looked_at, run
        if run is None or run.state not in _UNDER_WAY:
            self.etas, self._past = {}, {}
            self.order.end()
            return ()
        if self._at_rest(situation, survey):
            self.order.end()
            return ()
        work = work_of(situation, survey, plan, room, capacity)
        played = Estimates(by_deadline(work) if self.order.in_force else work, now).all(self._spread)
        of_wave = {eta.wave: eta for eta in played}
        found = [of_wave[wave] for wave in dict.fromkeys(batch.wave for batch in work.batches)]
        if work.measured:
            self._revise(found, now, boots=work.boots)
        else:  # an assumption has no band, and its error says nothing of measurements
            found = [replace(eta, early_at=None, late_at=None) for eta in found]
        if situation.config.scenario.planned:
            self.order.look(work, now=now)
        changes = tuple(change for eta in found for change in self._follow(eta, now, counts=is_time))
        self.etas = {eta.wave: self._said(eta) for eta in found}
        return changes

    def _at_rest(self, situation: Situation, survey: Survey) -> bool:
        """Whether everybody was ready at the last look, and nobody has come since: at 100,000 desktops a look is not cheap."""
        demand = situation.demand
        left = survey.unserved or demand.ahead or any(entry.then or entry.refused for entry in demand.not_wanted)
        known = bool(self.etas) and all(eta.ready >= eta.people for eta in self.etas.values())
        return not left and known and all(past.said is WaveOutlook.IN_TIME for past in self._past.values())

    def _said(self, eta: WaveEta) -> WaveEta:
        outlook = self._past[eta.wave].said
        return eta if outlook is WaveOutlook.IN_TIME else replace(eta, outlook=outlook, says=_words(eta, outlook, outlook))

    def _revise(self, etas: Iterable[WaveEta], now: Instant, *, boots: int) -> None:
        """Note what this look estimates; while nothing happens, no estimate is revised."""
        for eta in etas:
            if eta.middle_at is not None and eta.opened:
                self._of(eta.wave).revisions.add(now, eta.middle_at, boots=boots, batch=(eta.ready_by, eta.people))

    def _spread(self, wave: WaveName) -> float:
        return self._of(wave).revisions.spread

    def _of(self, wave: WaveName) -> _Past:
        return self._past.setdefault(wave, _Past())

    def _follow(self, eta: WaveEta, now: Instant, *, counts: bool) -> Iterator[WaveChange]:
        """`counts`: a look between two others, after an order, is not a further sign of what it finds."""
        past = self._of(eta.wave)
        outlook = _outlook(eta, now)
        past.looks = past.looks + counts if outlook is not past.said else 0
        if past.looks >= (_looks(outlook) if eta.ready < eta.people else 1):  # who is ready is so by no chance
            was, past.said, past.looks = past.said, outlook, 0
            yield WaveChange(wave=eta.wave, outlook=outlook, at=now, why=_words(eta, outlook, was))


def _outlook(eta: WaveEta, now: Instant) -> WaveOutlook:
    if eta.ready_by is None or eta.ready >= eta.people:
        return WaveOutlook.IN_TIME
    if eta.ready_by < now:
        return WaveOutlook.LATE
    return WaveOutlook.EXPECTED_LATE if eta.late else WaveOutlook.IN_TIME


def _looks(outlook: WaveOutlook) -> int:
    """A deadline that is over is not by chance."""
    return {WaveOutlook.LATE: 1, WaveOutlook.EXPECTED_LATE: _LATE_LOOKS, WaveOutlook.IN_TIME: _GOOD_LOOKS}[outlook]


def _words(eta: WaveEta, outlook: WaveOutlook, was: WaveOutlook) -> Reason:
    words: dict[str, str | int] = {"wave": eta.wave, "people": eta.people, "why": eta.because}
    if outlook is WaveOutlook.LATE:
        return reasons.WAVE_LATE(**words, count=eta.people - eta.ready)
    if outlook is WaveOutlook.IN_TIME:
        return reasons.WAVE_IN_TIME(wave=eta.wave) if was is WaveOutlook.EXPECTED_LATE else reasons.WAVE_READY(wave=eta.wave)
    if eta.never:
        return reasons.WAVE_SHORT(**words, count=eta.never)
    over_s = 0.0 if eta.middle_at is None or eta.ready_by is None else eta.middle_at - eta.ready_by
    if eta.held_by:
        held = reasons.WAVE_HELD_LATE if over_s > 0 else reasons.WAVE_HELD
        return held(**words, count=eta.late, minutes=max(1, int(abs(over_s) / 60.0)))
    if eta.late <= eta.held:  # they come last: the others are in time
        return reasons.WAVE_STUCK(**words, count=eta.late)
    minutes = max(1, round((eta.late_by_s or 0.0) / 60.0))
    return (reasons.WAVE_LATE_BY if over_s > 0 else reasons.WAVE_MAY_BE_LATE)(**words, count=eta.late, minutes=minutes)


__all__ = ["EVERY_S", "WaveWatch"]
