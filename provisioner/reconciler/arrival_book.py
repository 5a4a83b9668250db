"""How many people ask for desktops of pools, by quarters of an hour: kept in the store, as counts and without names."""

from collections import Counter

from provisioner.model.ids import AgentId, DesktopPoolName, Instant
from provisioner.model.session_counts import QUARTER_S, ArrivalQuarter, PoolQuarter, quarter_begin, with_arrivals
from provisioner.planning.autoscale.rounds import Arrivals
from provisioner.ports import Store

_SAME_S = 900.0
"""Whoever was refused, and asks again within this time, is the same arrival."""


class ArrivalBook:
    """Owned by the control thread. Counts of one cycle are stored together: a kill loses those, and nothing else."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._quarters: dict[DesktopPoolName, dict[Instant, ArrivalQuarter]] = {}
        self._waited: Counter[tuple[DesktopPoolName, Instant]] = Counter()
        self._changed: set[tuple[DesktopPoolName, Instant]] = set()
        self._asked: dict[AgentId, Instant] = {}
        """Who was refused, and has not been lent a desktop since."""
        self._came: Counter[DesktopPoolName] = Counter()
        """People who asked, in this life of the daemon."""
        self._waits: Counter[DesktopPoolName] = Counter()
        """Of them, people who got no ready desktop at once."""

    def open(self) -> None:
        """Load what is kept. Raises StoreError."""
        for each in self._store.arrivals():
            self._quarters.setdefault(each.pool, {})[each.quarter.at] = each.quarter
            self._waited[each.pool, each.quarter.at] = each.waited

    def of(self, pool: DesktopPoolName, now: Instant) -> Arrivals:
        """Who has come to one pool."""
        begin, quarters = quarter_begin(now), self._quarters.get(pool, {})
        lately = sum(quarters[at].count for at in (begin - QUARTER_S, begin) if at in quarters)
        return Arrivals(quarters=quarters, came=self._came[pool], waited=self._waits[pool], came_lately=lately)

    def note(self, pool: DesktopPoolName, agent_id: AgentId, at: Instant, *, ready: bool, lent: bool) -> None:
        """A person has asked, and got a desktop that is ready, one that will be, or none."""
        before = self._asked.pop(agent_id, None)
        if not lent:
            self._asked[agent_id] = at if before is None or at - before > _SAME_S else before
        if before is not None and at - before <= _SAME_S:
            return
        self._count(pool, at, waits=not ready)

    def _count(self, pool: DesktopPoolName, at: Instant, *, waits: bool) -> None:
        self._quarters[pool] = with_arrivals(self._quarters.get(pool, {}), [at])
        key = (pool, quarter_begin(at))
        self._changed.add(key)
        self._came[pool] += 1
        self._waited[key] += waits
        self._waits[pool] += waits

    def store(self, now: Instant) -> None:
        """Make the counts durable. Raises StoreError."""
        self._asked = {agent_id: at for agent_id, at in self._asked.items() if now - at <= _SAME_S}
        changed = [
            PoolQuarter(pool=pool, quarter=self._quarters[pool][at], waited=self._waited[pool, at])
            for pool, at in sorted(self._changed)
        ]
        if changed:
            self._store.keep_arrivals(changed)
            self._changed.clear()
