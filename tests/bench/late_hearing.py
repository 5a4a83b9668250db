"""What is heard of one wave: its first warning, its bands, and when its desktops were ready."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from provisioner.model.actions import Outcome
from provisioner.model.ids import WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.agents import Roster
from provisioner.model.scenario.etas import WaveEta, WaveOutlook
from provisioner.model.status import Status
from provisioner.ports import ApiCall
from tests.bench.stage import BEGIN

_LONGEST = 1.5
"""A wave that is late is followed for so many times the time to its deadline."""


class Band(NamedTuple):
    """What one look says. Times from the beginning, in seconds; None: no band."""

    at: float
    early: float | None
    late: float | None


class Watch:
    """Notes the first warning before the deadline, how many are ready then, and the bands until all are."""

    def __init__(self, due_at: float, wave: WaveName) -> None:
        self._due_at, self._wave = due_at, wave
        self.ready = 0
        """At the deadline."""
        self.warned_s: float | None = None
        """So long before the deadline; None: it was not warned of."""
        self.said = ""
        self.over = False
        self.bands: list[Band] = []
        self.came_at = math.inf
        """When everybody's desktop was ready."""
        self._eta: WaveEta | None = None
        self._was_due = False

    def status(self, status: Status) -> None:
        """A cycle's end."""
        ready = sum(state.wanted and state.phase is Phase.READY for state in status.desktops.values())
        people = len(status.demand.wants) + len(status.demand.not_wanted)
        eta = self.etas_of(status).get(self._wave)
        if eta is not None and eta is not self._eta:
            self._eta = eta
            ends = (None if end is None else end - BEGIN for end in (eta.early_at, eta.late_at))
            self.bands.append(Band(status.at - BEGIN, *ends))
        if self.warned_s is None and eta is not None and eta.outlook is WaveOutlook.EXPECTED_LATE:
            self.warned_s, self.said = round(self._due_at - status.at), eta.because.code
        if not self._was_due:
            self.ready, self._was_due = ready, status.at >= self._due_at
        if ready < people or not people:
            self.came_at = math.inf
        elif self.came_at == math.inf:
            self.came_at = status.at
        longest_at = BEGIN + _LONGEST * (self._due_at - BEGIN)
        self.over = status.at >= self._due_at and (self.came_at < math.inf or status.at >= longest_at)

    def etas_of(self, status: Status) -> Mapping[WaveName, WaveEta]:
        """Of each wave."""
        return status.etas

    def api_call(self, call: ApiCall) -> None:
        """Nothing is said in it."""

    def outcome(self, outcome: Outcome) -> None:
        """Nothing is said in it."""

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """It is read once."""

    def notice(self, subject: str, text: str) -> None:
        """The status says it, too."""
