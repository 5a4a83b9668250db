"""The rebuild of an empty store: desktops are read from their notes, and an operator accepts the result."""

from dataclasses import dataclass

from provisioner.model.ids import Instant
from provisioner.planning.survey.survey import Survey


@dataclass(slots=True)
class StoreRebuild:
    """How far the rebuild is. A restart begins it again, but for the wait: that counts from the first life with this store."""

    under_way: bool = False
    since: Instant | None = None
    """When every cluster had been observed for the first time."""

    def note(self, *, observed_all: bool, now: Instant, began: Instant | None = None) -> None:
        """Begin to wait for clones of an earlier daemon, once every cluster has been observed. `began`: when that was first so;
        what was ordered since then the store knows. A clock that was ahead then is put right."""
        if self.under_way and observed_all:
            self.since = self.since or min(now, now if began is None else began)

    def is_over(self, survey: Survey, now: Instant, *, settle_s: float) -> bool:
        """End the rebuild if every VM in our range is identified and `settle_s` has passed; returns whether it ended."""
        if self.since is None or survey.unidentified or now < self.since + settle_s:
            return False
        self.under_way, self.since = False, None
        return True
