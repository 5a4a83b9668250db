"""Asks how many seats or licences are in use, for the ceilings of the scenario in force. In another thread: it may hang."""

from collections.abc import Callable, Iterable, Mapping

from provisioner.model.scenario.ceilings import Ceiling, Reading
from provisioner.ports import Clock, Figures
from provisioner.reasons.reason import NONE, Reason


class CeilingWatch:
    """The last reading of each query. Whoever asks for them gets what is there, at once."""

    def __init__(self, figures: Figures, *, clock: Clock, notice: Callable[[str, str], None]) -> None:
        """`notice`: is told when a source begins or ceases to fail."""
        self._figures, self._clock, self._notice = figures, clock, notice
        self._readings: Mapping[str, Reading] = {}

    def now(self) -> Mapping[str, Reading]:
        """By query. Any thread may ask: they are replaced as a whole."""
        return self._readings

    def look(self, ceilings: Iterable[Ceiling]) -> None:
        """Ask each query once. Only one thread at a time may call."""
        asked = {ceiling.in_use: ceiling.name for ceiling in ceilings if ceiling.in_use}
        readings = {query: self._read(query) for query in asked}
        for query, name in asked.items():
            self._say(name, self._readings.get(query), readings[query])
        self._readings = readings

    def _read(self, query: str) -> Reading:
        answer = self._figures.ask(query)
        at = self._clock.now()
        return Reading(at=at, why=answer) if isinstance(answer, Reason) else Reading(at=at, value=answer)

    def _say(self, name: str, before: Reading | None, reading: Reading) -> None:
        failed = before.why if before is not None else NONE
        if reading.why and not failed:
            self._notice(f"ceiling {name}", f"not known how many are in use, the limit counts as it stands: {reading.why}")
        elif failed and not reading.why:
            self._notice(f"ceiling {name}", f"known again: {reading.value} are in use")


__all__ = ["CeilingWatch"]
