"""Waves: how far each is."""

from collections import Counter
from dataclasses import dataclass
from math import isinf

from provisioner.model.ids import WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.scenario.etas import WaveEta
from provisioner.model.status import Status
from provisioner.views.published import Published
from provisioner.views.reasons import ReasonDocument, reason_or_none
from provisioner.views.times import stamp, stamp_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class EtaDocument:
    """The batch of a wave that will be latest, or else the next that is due: estimated every half minute."""

    people: int
    """People in the batch."""
    ready_by: str | None
    """When it is due; None: as soon as it can be."""
    early_at: str | None
    """One in twenty times its last desktop should be ready sooner; None: no clone was measured yet."""
    at: str | None
    """When the last desktop that comes by itself should be ready; None: none does."""
    late_at: str | None
    """One in twenty times it should be ready later. A batch that is held back is taken to wait ten minutes more."""
    late_by_s: float | None
    """From the deadline to then, negative: before it; None: no deadline, not known, or some do not come at all."""
    late: int
    """Desktops that will, or may, not be ready in time."""
    never: int
    """Of them, those that do not come: there is no room, or a ceiling leaves none."""
    held: int
    """Desktops that wait until somebody acts, or something ends of which nobody knows when: none of the times is theirs."""
    outlook: str
    """What was said of it: `in_time`, `expected_late` or `late`."""
    held_by: ReasonDocument | None
    """What holds its batch back until somebody acts: its times count as if that was now; None: nothing."""
    on_before: str | None
    """When its batch opens, of a paused surge: its times hold if that goes on before; None: no pause, or it would be open."""
    because: ReasonDocument | None
    """What holds them back; None: nobody will be late."""
    says: ReasonDocument | None
    """The same in a sentence; None: it will be in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveDocument:
    """One wave of the scenario in force."""

    wave: str
    wanted: int
    """Agents whose batch is open."""
    ready: int
    """Of them, those whose desktop is ready."""
    failed: int
    """Of them, those whose desktop has failed."""
    ahead: int
    """Agents whose batch is closed, and whose desktop is made ahead of need."""
    resting: int
    """Agents whose desktop rests, outside the hours for instance: it is off, or goes off once nobody is logged on."""
    later: int
    """Agents whose batch is closed, and for whom nothing is made yet."""
    next_opens_at: str | None
    """When the next batch opens; None: none is foreseen."""
    next_due_at: str | None
    """The earliest deadline that is not met yet; None: there is none."""
    late: int
    """Agents whose deadline has passed, and whose desktop is not ready."""
    eta: EtaDocument | None
    """When it will be ready; None: no surge is under way, or nobody is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WavesDocument:
    """The waves of the scenario in force, in their order."""

    at: str
    scenario: str
    began_at: str | None
    """None: it has not begun."""
    run: int | None
    """The number of its run; None: it has not begun."""
    state: str | None
    """Of its run: `pending`, `running`, `gated`, `paused`, `aborting`, `returning` or `ended`; None: it has not begun."""
    waves: tuple[WaveDocument, ...]


def waves_document(published: Published) -> WavesDocument:
    """Every wave of the scenario."""
    counts, run = _Counts(published.status), published.status.surge
    return WavesDocument(
        at=stamp(published.status.at),
        scenario=published.scenario.name,
        began_at=stamp_or_none(published.began_at),
        run=None if run is None else run.number,
        state=None if run is None else run.state.value,
        waves=tuple(counts.document(wave.name) for wave in published.scenario.waves),
    )


class _Counts:
    """Agents by wave."""

    def __init__(self, status: Status) -> None:
        demand, self._etas = status.demand, status.etas
        phases = {state.reservation.seat: state.phase for state in status.desktops.values() if state.superseded_by is None}
        later = [entry.then for entry in demand.not_wanted if entry.then is not None]
        closed = [*demand.ahead.values(), *later]
        self._wanted = Counter(want.wave for want in demand.wants.values())
        self._in_phase = Counter((want.wave, phases.get(seat)) for seat, want in demand.wants.items())
        self._ahead = Counter(want.wave for want in demand.ahead.values() if want.rest is None)
        self._resting = Counter(want.wave for want in demand.ahead.values() if want.rest is not None)
        self._later = Counter(want.wave for want in later)
        self._opens: dict[WaveName, float] = {}
        for want in closed:
            if want.opens_at > status.at:  # otherwise a gate holds it back, and nothing is foreseen
                self._opens[want.wave] = min(want.opens_at, self._opens.get(want.wave, want.opens_at))
        self._due: dict[WaveName, float] = {}
        self._late = Counter[WaveName]()
        for want in (*demand.wants.values(), *closed):
            due = want.next_due_at
            if due is not None and phases.get(want.seat) is not Phase.READY:
                self._due[want.wave] = min(due, self._due.get(want.wave, due))
                self._late[want.wave] += due < status.at

    def document(self, wave: WaveName) -> WaveDocument:
        """One wave."""
        return WaveDocument(
            wave=wave,
            wanted=self._wanted[wave],
            ready=self._in_phase[wave, Phase.READY],
            failed=self._in_phase[wave, Phase.FAILED],
            ahead=self._ahead[wave],
            resting=self._resting[wave],
            later=self._later[wave],
            next_opens_at=stamp_or_none(self._opens.get(wave)),
            next_due_at=stamp_or_none(self._due.get(wave)),
            late=self._late[wave],
            eta=eta_document(self._etas.get(wave)),
        )


def eta_document(eta: WaveEta | None) -> EtaDocument | None:
    """When a wave will be ready; None: nobody knows."""
    if eta is None:
        return None
    late_by_s = eta.late_by_s
    return EtaDocument(
        people=eta.people,
        ready_by=stamp_or_none(eta.ready_by),
        early_at=stamp_or_none(eta.early_at),
        at=stamp_or_none(eta.middle_at),
        late_at=stamp_or_none(eta.late_at),
        late_by_s=None if late_by_s is None or isinf(late_by_s) else round(late_by_s, 1),
        late=eta.late,
        never=eta.never,
        held=eta.held,
        outlook=eta.outlook.value,
        held_by=reason_or_none(eta.held_by),
        on_before=stamp_or_none(eta.on_before),
        because=reason_or_none(eta.because),
        says=reason_or_none(eta.says),
    )
