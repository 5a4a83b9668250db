"""An entry of the list."""

import enum
from dataclasses import dataclass

from provisioner.model.ids import Instant
from provisioner.reasons.reason import Reason

NAMES = 20
"""At most so many names are in an entry: its count has them all."""

OLD_S = 120.0
"""Of a greater age on an observation is old: one is taken every ten seconds at rest, and the slowest took half a minute."""


class Severity(enum.StrEnum):
    """How bad it is; words of the API and of the metrics."""

    CRITICAL = "critical"
    """People are, or will be, without a desktop, or nothing is known."""
    WARNING = "warning"
    """Something waits for a person."""
    NOTE = "note"
    """Worth knowing; nothing has to be done now. `status` still ends with 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """Something that is wrong, or not known."""

    says: Reason
    """What, with what it concerns; its code is the kind of the entry."""
    about: str = ""
    """What has it: a cluster, `CLUSTER/NODE`, a wave, a zone; empty: the site. With the code it says whether an entry is the
    same as one of the cycle before."""
    since: Instant | None = None
    """Since when, as far as the state itself says it; None: since it was first in the list."""
    seen_at: Instant | None = None
    """When what it rests on was seen last; None: never, or it is the daemon's own."""
    concerns: int = 0
    """Desktops or people."""
    names: tuple[str, ...] = ()
    """Of them, the first ones where a name helps."""

    @property
    def code(self) -> str:
        """Its kind."""
        return self.says.code


__all__ = ["NAMES", "OLD_S", "Severity", "Wrong"]
