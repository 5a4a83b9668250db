"""Count reasons of the same kind together, so that 1,700 desktops give twenty lines."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from provisioner.reasons.reason import ALSO, BETWEEN, Reason, join_reasons, kind

_NUMBER = re.compile(r"\d+")
MORE = kind("more", "{names} and {count} more")


def list_some(names: Sequence[str], most: int) -> Reason:
    """The first names, and the number of the others."""
    first = join_reasons(names[:most], ALSO)
    return MORE(names=first, count=len(names) - most) if len(names) > most else first


class Group(NamedTuple):
    """Reasons of the same kind: how many, and the most frequent text."""

    times: int
    example: str
    texts: int
    """Number of different texts."""


def grouped(reasons: Iterable[str]) -> Iterator[Group]:
    """Groups of reasons, the largest first."""
    groups: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for reason in reasons:
        groups[sort_of(reason)][reason] += 1
    found = (
        Group(counts.total(), min(counts, key=lambda text: (-counts[text], text)), len(counts)) for counts in groups.values()
    )
    yield from sorted(found, key=lambda group: (-group.times, group.example))


def codes_of(reason: str) -> Iterable[str]:
    """The codes of a reason and of the reasons in it, once each, without codes of lists. Empty for other systems' texts."""
    return dict.fromkeys(_codes(reason))


def _codes(reason: object) -> Iterator[str]:
    if isinstance(reason, Reason) and reason.code:
        if reason.code not in BETWEEN:
            yield reason.code
        for argument in reason.arguments.values():
            yield from _codes(argument)


def sort_of(reason: str) -> str:
    """Equal for reasons of the same kind: codes without arguments; another system's text without numbers."""
    if not isinstance(reason, Reason) or not reason.code:
        return _NUMBER.sub("#", reason)
    inner = (sort_of(value) for _, value in sorted(reason.arguments.items()) if isinstance(value, Reason))
    return f"{reason.code}({', '.join(inner)})"
