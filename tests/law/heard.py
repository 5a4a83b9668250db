"""What is said in a cycle, with what is needed to judge it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from provisioner.model.ids import DesktopName
from provisioner.views.published import Published
from provisioner.views.status import StatusDocument, status_document
from tests.chaos.scene import Scene
from tests.chaos.truth import STALE_S
from tests.law.truth import GAP_S, Past

LAG_S = STALE_S + 20.0
"""What is said rests on a look of the cycle before, and that on a listing that is a pass of pvestatd older."""
Series = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One cycle."""

    published: Published
    scene: Scene
    past: Past
    metrics: Series | None
    """None: nobody has scraped."""
    began_at: float
    """When the daemon's present life began."""

    @cached_property
    def document(self) -> StatusDocument:
        """As `status` and the API have it."""
        return status_document(self.published)

    @property
    def now(self) -> float:
        """By the true clock."""
        return self.scene.events.now

    @property
    def blind_s(self) -> float:
        """For how long the cluster has not said what is on it."""
        return self.now - self.past.answered_at

    @property
    def seen_s(self) -> float:
        """For how long it has done so, in this life of the daemon."""
        return 0.0 if self.blind_s > GAP_S else self.now - max(self.past.seen_since, self.began_at)

    @property
    def sees(self) -> bool:
        """Whether listings come to this daemon, and show what is."""
        return self.past.answered_at > self.began_at and self.blind_s < STALE_S and self.now > self.scene.judge.stalled_until

    def vmid_of(self, desktop: str) -> int | None:
        """The VM of a desktop; None: there is none of this name."""
        state = self.published.status.desktops.get(DesktopName(desktop))
        return None if state is None else state.reservation.vmid

    def gauge(self, name: str, **labels: str) -> float | None:
        """A series; None: it is not exported."""
        assert self.metrics is not None
        return self.metrics.get((f"bascule_{name}", frozenset(labels.items())))


__all__ = ["LAG_S", "Heard", "Series"]
