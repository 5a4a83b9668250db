"""What was really so, over the last minutes: a statement rests on a look that is a little older."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.twin import Twin

SAMPLE_S = 2.0
GAP_S = 60.0
"""Without an answer for so long the daemon was blind."""
KEPT_S = 2400.0
"""So long moments are kept: twice the longest wait between two readings of a desktop, and some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The twin at one instant."""

    at: float
    alive: Mapping[str, bool]
    """Nodes."""
    usable: frozenset[int]
    """VMs that a person can log on to."""
    sessions: Mapping[int, int] = field(default_factory=dict)
    """Of VMs with any."""
    directory: bool = True
    """Whether it answers."""


class Past:
    """Moments, newest last."""

    def __init__(self, twin: Twin, *, directory: Callable[[], bool]) -> None:
        self._twin, self._directory = twin, directory
        self._moments: deque[Moment] = deque()
        self.answered_at = twin.events.now
        """When the cluster last answered what is on it."""
        self.seen_since = twin.events.now
        """Since when it has done so again and again."""
        self.quorum_at = twin.events.now
        """When it last answered whether it has its quorum."""
        self.quorum_asked_at = twin.events.now

    def sample(self) -> None:
        """The present moment."""
        now, cluster = self._twin.events.now, self._twin.cluster
        alive = {node.name: node.alive for node in cluster.nodes.values()}
        desktops = [guest for guest in cluster.guests.values() if guest.desktop]
        self._moments.append(
            Moment(
                at=now,
                alive=alive,
                usable=frozenset(guest.vmid for guest in desktops if _is_usable(guest) and alive[guest.node]),
                sessions={guest.vmid: len(guest.sessions) for guest in desktops if guest.sessions and alive[guest.node]},
                directory=self._directory(),
            )
        )
        while self._moments[0].at < now - KEPT_S:
            self._moments.popleft()

    def answers(self) -> None:
        """The cluster says what is on it."""
        now = self._twin.events.now
        self.seen_since = now if now > self.answered_at + GAP_S else self.seen_since
        self.answered_at = now

    def ever(self, so: Callable[[Moment], bool], within_s: float) -> bool:
        """Whether it was so at a moment of the last seconds."""
        return any(map(so, self._since(within_s)))

    def always(self, so: Callable[[Moment], bool], for_s: float) -> bool:
        """Whether it was so for all of the last seconds, and there are as many."""
        began = self._moments[0].at if self._moments else self._twin.events.now
        return began <= self._twin.events.now - for_s and all(map(so, self._since(for_s)))

    def _since(self, within_s: float) -> Iterator[Moment]:
        """The latest first: most questions are answered by it."""
        since = self._twin.events.now - within_s
        for moment in reversed(self._moments):
            yield moment
            if moment.at < since:
                return


def _is_usable(guest: TwinGuest) -> bool:
    return guest.ready and not guest.hung


__all__ = ["GAP_S", "KEPT_S", "SAMPLE_S", "Moment", "Past"]
