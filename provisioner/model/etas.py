"""When a wave will be ready, by what its cluster has shown."""

from dataclasses import dataclass
from math import inf

from provisioner.model.ids import Instant, WaveName
from provisioner.model.words import WaveOutlook as WaveOutlook
from provisioner.reasons.reason import NONE, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveEta:
    """The batch of a wave that matters: the one that will be latest, or else the next that is due; without deadlines the last.

    The band is that of its last desktop that comes without anybody having to act.
    """

    wave: WaveName
    ready_by: Instant | None
    """When it is due; None: as soon as it can be."""
    people: int
    """In the batch."""
    ready: int
    """Of them, those whose desktop is ready."""
    early_at: Instant | None = None
    middle_at: Instant | None = None
    """None: nothing was measured yet, or none of them comes by itself."""
    late_at: Instant | None = None
    late: int = 0
    """Desktops that will, or may, not be ready in time; those that do not come at all included."""
    never: int = 0
    """Of them, those that do not come: there is no room, or a ceiling leaves none."""
    held: int = 0
    """Desktops that wait until somebody acts, or something ends of which nobody knows when: none of the times is theirs."""
    overdue: int = 0
    """Desktops of all the wave's batches whose deadline is over and that are not ready; those that do not come included."""
    opened: bool = True
    """Whether the batch has opened; before, nothing shows how far its estimates are off."""
    held_by: Reason = NONE
    """The gate, or the order, that holds it back until somebody acts: its times count as if that was now."""
    outlook: WaveOutlook = WaveOutlook.IN_TIME
    """What was said last."""
    because: Reason = NONE
    """What holds them back; empty: nobody will be late."""
    says: Reason = NONE
    """The same in a sentence, for people; empty: it will be in time."""

    @property
    def late_by_s(self) -> float | None:
        """Seconds after the deadline, negative: before it; infinite: some do not come. None: no deadline, or unknown."""
        if self.ready_by is None or (self.middle_at is None and not self.never):
            return None
        if self.never or self.middle_at is None:
            return inf
        return (self.middle_at if not self.late else max(self.middle_at, self.late_at or self.middle_at)) - self.ready_by


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveChange:
    """Something new about a wave: journalled."""

    wave: WaveName
    outlook: WaveOutlook
    at: Instant
    why: Reason


__all__ = ["WaveChange", "WaveEta", "WaveOutlook"]
