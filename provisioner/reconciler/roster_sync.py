"""Which reading of the directory goes on from which, and when everything is read again as its proof."""

from provisioner.model.agents import Roster
from provisioner.model.commands import ReadDirectory
from provisioner.model.ids import Instant
from provisioner.planning.roster.proof import disagreements


class RosterSync:
    """The readings of this daemon's life, as they came: not what the guard made of them. A restart begins with a full one."""

    def __init__(self) -> None:
        self.disagreements = 0
        """Agents of whom the last proof showed something else; each proof counts anew."""
        self._last: Roster | None = None
        self._to_prove: Roster | None = None

    def next(self) -> ReadDirectory:
        """The reading that is due now."""
        return ReadDirectory(since=self._last)

    def broken(self) -> None:
        """The next one reads everything: the last one failed, or an operator wants to see whom nothing but that shows."""
        self._last = self._to_prove = None

    def proof(self, reading: Roster) -> int | None:
        """Of how many agents a full reading shows something else than the changes just before it; None: it proves nothing."""
        led_to, self._to_prove = self._to_prove, None
        if led_to is None or not _is_full(reading):
            return None
        self.disagreements = len(disagreements(led_to, reading))
        return self.disagreements

    def came(self, reading: Roster, *, full_every_s: float, now: Instant) -> bool:
        """Take it in; whether a full reading is due at once, right after the changes that it is the proof of."""
        due = not _is_full(reading) and now - reading.full_at >= full_every_s
        self._to_prove = reading if due else None
        self._last = None if due or reading.mark is None else reading
        return due


def _is_full(reading: Roster) -> bool:
    return reading.mark is None or reading.full_at == reading.read_at
