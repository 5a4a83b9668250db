"""Which reading of the directory continues from which, and when a full reading has to confirm them."""

from provisioner.model.commands import ReadDirectory
from provisioner.model.ids import Instant
from provisioner.model.people.agents import Roster
from provisioner.planning.roster.proof import disagreements


class RosterSync:
    """The readings as the directory gave them, before the guard. In memory only: after a restart the first one is full."""

    def __init__(self) -> None:
        self.disagreements = 0
        """Agents that the last confirming full reading showed differently."""
        self._last: Roster | None = None
        self._to_confirm: Roster | None = None

    def next(self) -> ReadDirectory:
        """The reading that is due now."""
        return ReadDirectory(since=self._last)

    def reset(self) -> None:
        """Make the next reading a full one: the last reading failed, or only a full one shows who has left."""
        self._last = self._to_confirm = None

    def compare(self, reading: Roster) -> int | None:
        """How many agents a full reading shows differently from the reading of changes just before it; None: no comparison."""
        of_changes, self._to_confirm = self._to_confirm, None
        if of_changes is None or not _is_full(reading):
            return None
        self.disagreements = len(disagreements(of_changes, reading))
        return self.disagreements

    def take_in(self, reading: Roster, *, full_every_s: float, now: Instant) -> bool:
        """Remember a reading; returns whether a full reading is due at once, to confirm it."""
        full_is_due = not _is_full(reading) and now - reading.full_at >= full_every_s
        self._to_confirm = reading if full_is_due else None
        self._last = None if full_is_due or reading.mark is None else reading
        return full_is_due


def _is_full(reading: Roster) -> bool:
    return reading.mark is None or reading.full_at == reading.read_at
