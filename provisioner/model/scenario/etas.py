"""When a wave will be ready, by what its cluster has shown: how long operations took, and with how many beside them. A forecast
that was given is kept, and compared later with what came. Nothing here names a person.
"""

import enum
from dataclasses import dataclass
from math import inf

from provisioner.model.ids import Instant, WaveName
from provisioner.model.words import WaveOutlook as WaveOutlook
from provisioner.reasons.reason import NONE, Reason

FORECASTS_KEPT = 500
"""The latest ones. A score of older ones says nothing about today's cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveEta:
    """The batch of a wave that matters: the one that will be latest, or else the next that is due; without deadlines the last.

    The band is that of its last desktop that comes without anybody having to act.
    """

    wave: WaveName
    ready_by: Instant | None
    """When it is due; None: as soon as it can be."""
    people: int
    """People in the batch."""
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
    on_before: Instant | None = None
    """When it opens, of a paused surge: its times hold if that goes on before. None: no pause, or it would be open by now."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForecast:
    """When the last of the wanted desktops was to be ready. It counts people and names none."""

    made_at: Instant
    wanted: int
    ready_then: int
    """Desktops that were ready when it was made."""
    early_at: Instant
    """One in twenty forecasts should come true before."""
    middle_at: Instant
    late_at: Instant
    """One in twenty forecasts should come true after."""
    widened: float = 1.0
    """The power by which the band was widened, because earlier ones were wrong."""
    measured: int = 0
    """Desktops whose clones and boots were known."""


class MeasuredKind(enum.StrEnum):
    """What was measured."""

    CLONE = "clone"
    """A linked clone, from its order until its end was observed; the place is a lock domain."""
    FULL_CLONE = "full_clone"
    """The same of a full clone."""
    FIRST_BOOT = "first_boot"
    """A desktop's first boot, from the start order to ready; the place is `cluster/node`."""
    BOOT = "boot"
    """A later boot of a desktop."""
    MIGRATE = "migrate"
    """A desktop's move to another node; the place is the node that it left, as `cluster/node`."""
    ANSWER = "answer"
    """The median of a minute's answers to writes; the place is a cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One operation that has ended, or one minute's answers."""

    kind: MeasuredKind
    place: str
    image: str = ""
    """The image of the desktop's profile; empty: an answer's."""
    began_at: Instant
    took_s: float
    parallel: float = 1.0
    """How many ran there during it, with itself, on average; of answers: how many there were."""

    @property
    def group(self) -> tuple[MeasuredKind, str, str]:
        """What is kept together, and counted for the bound on how many are kept."""
        return self.kind, self.place, self.image

    @property
    def ended_at(self) -> Instant:
        """Its end."""
        return self.began_at + self.took_s


KEPT = 200
"""Measurements kept of each group: at σ = 0.15 their median is right within 1.5 %, and last month's do not count any more."""


__all__ = ["FORECASTS_KEPT", "KEPT", "KeptForecast", "MeasuredKind", "Measurement", "WaveChange", "WaveEta", "WaveOutlook"]
