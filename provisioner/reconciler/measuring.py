"""What observations say of how much each lock domain bears at once."""

from collections import deque

from provisioner.execution.executor import Effects, Executor
from provisioner.execution.spells import KEPT, spells_of
from provisioner.model.boots import Boot, BootHistory
from provisioner.model.budget import Pace
from provisioner.model.cluster import ClusterView, Snapshot
from provisioner.model.ids import Instant, LockDomain, NodeKey
from provisioner.model.spells import Spell
from provisioner.planning.limits import clone_limit

_FEW_DOMAINS = 4
_ANSWER_S = 1.0
"""From an observation to the next clone's task: planning, the store, and the clone's own answer."""
_BOOTS = 96
"""Boots of a node that are kept: several times as many as it ever has at once."""
_DURATIONS = 512
"""Durations that are kept, of all nodes together: among so many some had few others beside them."""
_NO_CEILING = 1000
"""The budget is the ceiling."""


class Meter:
    """The latest measurements of every lock domain; nothing of it is kept over a restart."""

    def __init__(self) -> None:
        self._spells: dict[LockDomain, deque[Spell]] = {}
        self._boots: dict[NodeKey, deque[Boot]] = {}
        self._durations: deque[float] = deque(maxlen=_DURATIONS)

    def measure(self, before: Executor, effects: Effects, view: ClusterView) -> None:
        """Take in what an observation showed of the clones that were in flight `before` it."""
        last = {domain: spells[-1].seen_at for domain, spells in self._spells.items()}
        for domain, spell in spells_of(before, effects.outcomes, view, last_seen_at=last).items():
            self._spells.setdefault(domain, deque(maxlen=KEPT)).append(spell)

    def booted(self, node: NodeKey, boot: Boot) -> None:
        """Take in the end of a boot, as its guest dated it; one of no length says that a clock was put right meanwhile."""
        if boot.took_s <= 0:
            return
        self._boots.setdefault(node, deque(maxlen=_BOOTS)).append(boot)
        self._durations.append(boot.took_s)

    @property
    def boots(self) -> BootHistory:
        """The latest boots."""
        return BootHistory(of_node=self._boots, durations=self._durations)

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
