"""Gates: whether a batch may open, by how the batch before it is."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace

from provisioner.model.demand import GateState
from provisioner.model.ids import Seat, WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.scenario.gate_condition import BatchBefore
from provisioner.model.scenario.scenarios import Wave
from provisioner.model.scenario.surges import SurgeRun
from provisioner.reasons.reason import NONE, Reason

Phases = Mapping[Seat, Phase]
"""The phase of each seat's desktop; a seat without one has none."""


class Gatekeeper:
    """Asks the gates of a run, batch by batch, in the order of the waves."""

    def __init__(self, run: SurgeRun | None, phases: Phases | None, halted: Reason = NONE) -> None:
        self._run, self._phases, self._halted = run, phases, halted
        self._released = set(run.released) if run is not None else set()
        self._before: Collection[Seat] = ()
        self._shut: dict[WaveName, Reason] = {}
        self._gated = False
        """Whether this wave or one above it has a gate."""
        self.states: list[GateState] = []
        """The gates that were asked."""

    def holds(self, wave: Wave, index: int, seats: Collection[Seat], *, is_due: bool) -> Reason:
        """Why the gate of a batch is shut; empty: it is open, or was not asked, because the batch is not due to open yet.

        A gate that has opened stays open, whatever becomes of the batch before. An operator's word opens one gate that
        would be shut. While a gate is shut, the wave's later batches wait, too, and so do waves below it without a deadline.
        While the run is halted, no gate opens.
        """
        before, self._before = self._before, seats or self._before
        self._gated = self._gated or wave.gate is not None
        asked = wave.gate is not None or (wave.ready_by is None and self._gated)
        if not asked or self._run is None or not is_due or index < self._run.opened.get(wave.name, 0):
            return NONE
        if self._halted or self._phases is None:
            return self._halted
        if wave.name in self._shut:
            return self._shut[wave.name]
        # A wave without a deadline comes after the waves above it, and so waits for their gates.
        above = next(iter(self._shut.values()), NONE) if wave.ready_by is None else NONE
        why = above or (self._shut_by(wave, index, before, self._phases) if wave.gate else NONE)
        if let_go := bool(why) and wave.name in self._released:
            self._released.remove(wave.name)
            why = NONE
        if why:
            self._shut[wave.name] = why
        self.states.append(GateState(wave=wave.name, batch=index, shut_by=why, let_go=let_go))
        return why

    @staticmethod
    def _shut_by(wave: Wave, index: int, before: Collection[Seat], phases: Phases) -> Reason:
        assert wave.gate is not None
        counted = Counter(phases[seat] for seat in before if seat in phases)
        return wave.gate.shut_by(BatchBefore(wave=wave.name, index=index, people=len(before), phases=counted))


def after_gates(run: SurgeRun, states: Collection[GateState]) -> SurgeRun:
    """The run with the gates that have opened. A word of an operator is used up by the gate that it opened."""
    opened = dict(run.opened)
    for state in states:
        if not state.shut_by:
            opened[state.wave] = max(opened.get(state.wave, 0), state.batch + 1)
    used = {state.wave for state in states if state.let_go}
    return replace(run, opened=opened, released=run.released - used)
