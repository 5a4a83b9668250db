"""What probes have shown together, and the port that makes them. Targets and results are the core's words: `model.probes`."""

from dataclasses import dataclass
from typing import Protocol

from provisioner.extensions import Part
from provisioner.model.ids import Instant
from provisioner.model.probes import Factor, ProbeResult, ProbeTarget
from provisioner.reasons.reason import NONE, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeState:
    """What the last probes have shown together, one of each desktop."""

    at: Instant | None = None
    """Of the newest; None: there is none."""
    probed: int = 0
    failed: int = 0
    causes: tuple[tuple[Factor, ...], ...] = ()
    """What failed desktops surely have in common; factors that no probe tells apart are together."""
    everywhere: bool = False
    """Whether most fail, whatever they have in common."""
    what: Reason = NONE
    """In words; empty: there is no result."""

    @property
    def is_sure(self) -> bool:
        """Whether something is named."""
        return bool(self.causes) or self.everywhere


class LogonProbe(Protocol):
    """Goes the way of a person to a desktop."""

    def probe(self, target: ProbeTarget, *, keep_out: Reason = NONE) -> ProbeResult:
        """Every step, until one fails. Raises nothing; takes at most a few times the time of a step.

        `keep_out`: why the robot account is not to log on; empty: it may. A step that could not be tried from here, or that
        does not apply, is skipped: it says nothing of the desktop.
        """


STATE = Part[ProbeState | None]("probes", None)
"""In a status: what probes have shown while a surge was under way; None: the daemon makes none by itself."""
