"""An empty store: desktops are rebuilt from their notes, and an operator accepts what was found."""

from dataclasses import dataclass

from provisioner.model.ids import Instant
from provisioner.planning.survey.survey import Survey


@dataclass(slots=True)
class StoreRebuild:
    """How far it is; nothing of it is kept over a restart, which begins it anew."""

    under_way: bool = False
    since: Instant | None = None
    """When every cluster had been observed for the first time."""

    def note(self, *, observed_all: bool, now: Instant) -> None:
        """Begin to wait for clones of an earlier life, once everything has been seen."""
        if self.under_way and observed_all:
            self.since = self.since or now

    def is_over(self, seen: Survey, now: Instant, *, settle_s: float) -> bool:
        """Whether every VM in our range is explained; then it is ended."""
        if self.since is None or seen.unidentified or now < self.since + settle_s:
            return False
        self.under_way, self.since = False, None
        return True
