"""What observations say of how much each lock domain bears at once."""

from collections import deque

from provisioner.execution.executor import Effects, Executor
from provisioner.execution.spells import KEPT, spells_of
from provisioner.model.budget import Pace
from provisioner.model.cluster import ClusterView, Snapshot
from provisioner.model.ids import Instant, LockDomain
from provisioner.model.spells import Spell
from provisioner.planning.limits import clone_limit

_FEW_DOMAINS = 4
_ANSWER_S = 1.0
"""From an observation to the next clone's task: planning, the store, and the clone's own answer."""
_NO_CEILING = 1000
"""The budget is the ceiling."""


class Meter:
    """The latest measurements of every lock domain; nothing of it is kept over a restart."""

    def __init__(self) -> None:
        self._spells: dict[LockDomain, deque[Spell]] = {}

    def measure(self, before: Executor, effects: Effects, view: ClusterView) -> None:
        """Take in what an observation showed of the clones that were in flight `before` it."""
        last = {domain: spells[-1].seen_at for domain, spells in self._spells.items()}
        for domain, spell in spells_of(before, effects.outcomes, view, last_seen_at=last).items():
            self._spells.setdefault(domain, deque(maxlen=KEPT)).append(spell)

    def limits(self, snapshot: Snapshot, pace: Pace, now: Instant) -> dict[LockDomain, int]:
        """Clones at once, of every domain there is."""
        shared = {one.lock_domain: one.shared for view in snapshot.clusters.values() for one in view.storages}
        lag = cloning_period(len(shared), pace) + _ANSWER_S
        return {
            domain: clone_limit(
                tuple(self._spells.get(domain, ())), shared=is_shared, lag_s=lag, now=now, ceiling=_NO_CEILING
            )
            for domain, is_shared in shared.items()
        }  # fmt: skip


def cloning_period(domains: int, pace: Pace) -> float:
    """Seconds from one observation to the next while this many lock domains clone."""
    return pace.observe_cloning_s if domains <= _FEW_DOMAINS else pace.observe_busy_s
