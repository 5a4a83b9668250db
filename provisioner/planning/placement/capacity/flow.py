"""The most units that go from supplies to stores, where each supply reaches only some of the stores. Pure."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

Supply = TypeVar("Supply", bound=Hashable)
Store = TypeVar("Store", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned(Generic[Store]):
    """The result, and why it is not larger."""

    total: int
    full: frozenset[Store] = frozenset()
    """The minimal cut: full stores that the supplies with a remainder reach, directly or by displacing others."""


def assigned(
    supplies: Mapping[Supply, int], reaches: Mapping[Supply, Sequence[Store]], stores: Mapping[Store, int]
) -> Assigned[Store]:
    """The maximum flow. `supplies` and `stores`: units; `reaches`: the stores of each supply."""
    flow = _Flow(supplies, reaches, stores)
    flow.fill()
    while path := flow.displacement():
        flow.displace(path)
    return Assigned(total=flow.total, full=flow.reached)


class _Flow(Generic[Supply, Store]):
    """Units assigned so far."""

    def __init__(
        self, supplies: Mapping[Supply, int], reaches: Mapping[Supply, Sequence[Store]], stores: Mapping[Store, int]
    ) -> None:
        self._rest, self._reaches, self._free = dict(supplies), reaches, dict(stores)
        self._placed: dict[Store, dict[Supply, int]] = {store: {} for store in stores}
        self.total = 0
        self.reached: frozenset[Store] = frozenset()

    def fill(self) -> None:
        """Assign directly what can be; the supplies with the fewest stores first."""
        for supply in sorted(self._rest, key=lambda supply: len(self._reaches[supply])):
            for store in self._reaches[supply]:
                self._move(supply, store, min(self._rest[supply], self._free[store]))

    def displacement(self) -> list[tuple[Supply, Store]]:
        """The shortest chain of supplies, each with the store that it moves on to; the last store is not full. Empty: none."""
        came_by: dict[Store, tuple[Supply, Store | None]] = {}
        queue: list[tuple[Supply, Store | None]] = [(supply, None) for supply, rest in self._rest.items() if rest]
        queued = {supply for supply, _ in queue}
        for supply, out_of in queue:
            for store in self._reaches[supply]:
                if store in came_by:
                    continue
                came_by[store] = (supply, out_of)
                if self._free[store]:
                    return _chain(came_by, store)
                moving = [other for other, units in self._placed[store].items() if units and other not in queued]
                queued.update(moving)
                queue.extend((other, store) for other in moving)
        self.reached = frozenset(came_by)
        return []

    def displace(self, chain: Sequence[tuple[Supply, Store]]) -> None:
        """Move as many units as possible along the chain."""
        left = [self._placed[store][supply] for (_, store), (supply, _) in pairwise(chain)]
        units = min(self._rest[chain[0][0]], self._free[chain[-1][1]], *left)
        for (_, store), (supply, _) in pairwise(chain):
            self._move(supply, store, -units)
        for supply, store in chain:
            self._move(supply, store, units)

    def _move(self, supply: Supply, store: Store, units: int) -> None:
        self._rest[supply] -= units
        self._free[store] -= units
        self._placed[store][supply] = self._placed[store].get(supply, 0) + units
        self.total += units


def _chain(came_by: Mapping[Store, tuple[Supply, Store | None]], last: Store) -> list[tuple[Supply, Store]]:
    chain = []
    store: Store | None = last
    while store is not None:
        supply, out_of = came_by[store]
        chain.append((supply, store))
        store = out_of
    return chain[::-1]
