"""Reasons that are alike, for people who have 1,700 desktops and read twenty lines."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from provisioner.reasons.reason import ALSO, BETWEEN, Reason, join_reasons, kind

_NUMBER = re.compile(r"\d+")
MORE = kind("more", "{names} and {count} more")


def list_some(names: Sequence[str], most: int) -> Reason:
    """The first by name, the rest counted."""
    first = join_reasons(names[:most], ALSO)
    return MORE(names=first, count=len(names) - most) if len(names) > most else first


class Group(NamedTuple):
    """How often reasons of one sort are given, and the one that is given most often."""

    times: int
    example: str
    texts: int
    """How many different texts there are."""


def grouped(reasons: Iterable[str]) -> Iterator[Group]:
    """The commonest first."""
    groups: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for reason in reasons:
        groups[sort_of(reason)][reason] += 1
    found = (Group(counts.total(), min(counts, key=lambda one: (-counts[one], one)), len(counts)) for counts in groups.values())
    yield from sorted(found, key=lambda group: (-group.times, group.example))


def codes_of(reason: str) -> Iterable[str]:
    """Its code and those of the reasons in it, each once; not those of lists. None for the words of another system."""
    return dict.fromkeys(_codes(reason))


def _codes(reason: object) -> Iterator[str]:
    if isinstance(reason, Reason) and reason.code:
        if reason.code not in BETWEEN:
            yield reason.code
        for argument in reason.arguments.values():
            yield from _codes(argument)


def sort_of(reason: str) -> str:
    """Its code, with those of the reasons in it, whatever names they have; of somebody else's words all that are no numbers."""
    if not isinstance(reason, Reason) or not reason.code:
        return _NUMBER.sub("#", reason)
    inner = (sort_of(value) for _, value in sorted(reason.arguments.items()) if isinstance(value, Reason))
    return f"{reason.code}({', '.join(inner)})"
