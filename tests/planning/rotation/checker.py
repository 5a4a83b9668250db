"""Checks an assignment of slots without a look at how it was made: its sums, and by search or cuts that none is better."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations


def violations(
    wants: Mapping[str, int],
    absent: Mapping[str, frozenset[int]],
    capacity: Sequence[int],
    given: Mapping[str, frozenset[int]],
) -> list[str]:
    """What an assignment must not do."""
    found = [
        f"slot {slot}: {count} of {capacity[slot]}" for slot, count in _load(given, len(capacity)) if count > capacity[slot]
    ]
    found += [f"{who} is absent" for who, slots in given.items() if slots & absent.get(who, frozenset())]
    found += [f"{who} has more than wanted" for who, slots in given.items() if len(slots) > wants[who]]
    return found + [f"{who} is forgotten" for who in wants if who not in given]


def _load(given: Mapping[str, frozenset[int]], count: int) -> Iterator[tuple[int, int]]:
    return ((slot, sum(slot in slots for slots in given.values())) for slot in range(count))


def best_by_search(
    wants: Mapping[str, int], absent: Mapping[str, frozenset[int]], capacity: Sequence[int]
) -> tuple[int, int]:  # fmt: skip
    """The least possible largest wait, and with it the least sum: every assignment of a small week is tried."""
    people = sorted(wants)
    states = {tuple(capacity): {(0, 0)}}
    for who in people:
        free = [slot for slot in range(len(capacity)) if slot not in absent.get(who, frozenset())]
        following: dict[tuple[int, ...], set[tuple[int, int]]] = {}
        for room, values in states.items():
            for count in range(min(wants[who], len(free)) + 1):
                for chosen in combinations(free, count):
                    if all(room[slot] > 0 for slot in chosen):
                        left = tuple(number - (slot in chosen) for slot, number in enumerate(room))
                        wait = wants[who] - count
                        following.setdefault(left, set()).update((max(most, wait), total + wait) for most, total in values)
        states = following
    return min(value for values in states.values() for value in values)


def most_given(wants: Mapping[str, int], absent: Mapping[str, frozenset[int]], capacity: Sequence[int]) -> int:
    """How many slots can be given at all, by a minimum cut: over every set of slots, people take the rest or their wish."""
    slots = range(len(capacity))
    least = sum(wants.values())
    for mask in range(1 << len(capacity)):
        cut = sum(capacity[slot] for slot in slots if mask >> slot & 1)
        for who, count in wants.items():
            outside = sum(not (mask >> slot & 1) and slot not in absent.get(who, frozenset()) for slot in slots)
            cut += min(count, outside)
        least = min(least, cut)
    return least


def least_largest_wait(wants: Mapping[str, int], absent: Mapping[str, frozenset[int]], capacity: Sequence[int]) -> int:
    """The least possible largest wait: the smallest w for which everybody's wish less w can be given in full."""
    for wait in range(max(wants.values(), default=0) + 1):
        less = {who: max(0, count - wait) for who, count in wants.items()}
        if most_given(less, absent, capacity) == sum(less.values()):
            return wait
    raise AssertionError("with nothing wanted nobody waits")


def can_be_given(needs: Mapping[str, int], absent: Mapping[str, frozenset[int]], capacity: Sequence[int]) -> bool:
    """Whether everybody can have so many slots, all at once."""
    return most_given(needs, absent, capacity) == sum(needs.values())


def best_waits(
    wants: Mapping[str, int], absent: Mapping[str, frozenset[int]], capacity: Sequence[int], waited: Mapping[str, int]
) -> tuple[int, ...]:
    """All waits with those before, the largest first; the least such list, since every assignment of a small week is tried."""
    states = {tuple(capacity): {()}}
    for who in sorted(wants):
        free = [slot for slot in range(len(capacity)) if slot not in absent.get(who, frozenset())]
        following: dict[tuple[int, ...], set[tuple[int, ...]]] = {}
        for room, lists in states.items():
            for count in range(min(wants[who], len(free)) + 1):
                wait = waited.get(who, 0) + wants[who] - count
                for chosen in combinations(free, count):
                    if all(room[slot] > 0 for slot in chosen):
                        left = tuple(number - (slot in chosen) for slot, number in enumerate(room))
                        following.setdefault(left, set()).update(tuple(sorted((*waits, wait), reverse=True)) for waits in lists)
        states = following
    return min(waits for lists in states.values() for waits in lists)
