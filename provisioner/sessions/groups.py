"""Which groups of people are shown, and which are merged: no number of sessions is about fewer than five entitled people.

Labels of one kind add up to the total, so a group that is merged alone could be computed from the others: at least two are
merged together. Sums and differences across kinds (a profile less a site) are looked at, too: people who share all labels
cannot be computed from the groups, unless they are five or more.

A pool of desktops is not a group of people, but its sessions are some people's. A number of sessions of a pool is about whoever
may have a desktop of it:

* on request: everybody whose account can be used. Nobody learns from the number which of them it is: who has which desktop is
  in no metric, and in no document for the role `board`;
* by plan: the people of one half-day, for colleagues know who comes when; and no more of them than the pool has desktops;
* of a pool that keeps its desktops, or that lends by a plan that is over: the people who have one.

If these are at least five, or nobody, the pool is shown by itself. Then whoever reads it can take it away from all other
numbers: it hides nobody, and the groups of people are judged as if there were no pool. So people's own desktops have to be
enough, too. Any other pool counts in its profile, like a group of so many people.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set

from provisioner.model.ids import DesktopPoolName
from provisioner.model.people.agents import Agent
from provisioner.model.pools import AfterPerson, DesktopPool, Lend
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.session_counts import OTHER, GroupKind, GroupPlace, ShownGroups

LEAST_PEOPLE = 5
"""CNIL's and the statistical offices' usual threshold for figures about people."""
MOST_LABELS = 20
"""Of one kind: a directory may have any number of sites, misspelt ones too."""
_MOST_CELLS = 400
"""Combinations of labels that are looked at: a few tenths of a second. Of more, smaller groups are merged."""
_PRIME = 2**31 - 1


def groups_of(people: Mapping[GroupPlace, int]) -> ShownGroups:
    """`people`: entitled people by place; 0: nobody entitled, and yet a desktop (a leaver's)."""
    merged: dict[GroupKind, frozenset[str]] = {}
    for kind, counts in _counts(people).items():
        merged[kind] = next(
            taken
            for taken in _widening(counts)
            if len(counts) == 1 or len(taken) == len(counts) or _is_safe(people, {**merged, kind: taken})
        )
    shown = ShownGroups(merged=merged)
    labels = {kind: {shown.label(kind, label) for label in counts} for kind, counts in _counts(people).items()}
    return ShownGroups(merged=merged, labels={kind: tuple(sorted(each)) for kind, each in labels.items()})


def merged_labels(people: Mapping[str, int]) -> frozenset[str]:
    """The labels of one kind that are merged: the small ones, at least two, of at least five people, as far as there are.

    Merged, too: the smallest beyond `MOST_LABELS`, and a label that is itself called `other`.
    """
    return next(_widening(people))


def _widening(people: Mapping[str, int]) -> Iterator[frozenset[str]]:
    """What may be merged, each time one label more; the last: all. A label alone shows no more than the total."""
    ranked = sorted(people, key=lambda label: (people[label], label))
    if len(ranked) == 1:
        yield frozenset()
        return
    for count in range(len(ranked) + 1):
        taken = frozenset(ranked[:count]) | ({OTHER} & people.keys() if count else frozenset())
        if _is_enough(people, taken):
            yield taken


def _is_enough(people: Mapping[str, int], taken: Set[str]) -> bool:
    left = people.keys() - taken
    if not left:
        return True
    shown_ok = min(people[label] for label in left) >= LEAST_PEOPLE and len(left) + bool(taken) <= MOST_LABELS
    return shown_ok and (not taken or (len(taken) > 1 and sum(people[label] for label in taken) >= LEAST_PEOPLE))


def _counts(people: Mapping[GroupPlace, int]) -> dict[GroupKind, Counter[str]]:
    counts: dict[GroupKind, Counter[str]] = {kind: Counter() for kind in GroupKind}
    for place, count in people.items():
        for kind, label in zip(GroupKind, place, strict=True):
            counts[kind][label] += count
    return counts


def _is_safe(people: Mapping[GroupPlace, int], merged: Mapping[GroupKind, frozenset[str]]) -> bool:
    """Whether nothing that adds up from these groups is about fewer than five people.

    A cell is the people with the same label of each kind. A group is a vector of cells, and what can be computed is the space
    that they span: a cell of that space is a row of its reduced form. Large cells come first, so that rows of small cells alone
    show, too.
    """
    shown = ShownGroups(merged=merged)
    cells: Counter[tuple[str, ...]] = Counter()
    for place, count in people.items():
        cells[tuple(shown.of(place))[: len(merged)]] += count
    if len(cells) > _MOST_CELLS:
        return False
    order = sorted(cells, key=lambda cell: (-cells[cell], cell))
    groups = sorted({(position, label) for cell in order for position, label in enumerate(cell)})
    rows = [[int(cell[position] == label) for cell in order] for position, label in groups]
    reduced = _reduced(rows)
    return all(sum(cells[cell] for cell, part in zip(order, row, strict=True) if part) >= LEAST_PEOPLE for row in reduced)


def _reduced(rows: list[list[int]]) -> list[list[int]]:
    """The reduced row echelon form, without empty rows; modulo a prime, so that numbers stay small."""
    done: list[list[int]] = []
    for row in rows:
        for earlier in done:
            row = _without(row, earlier)
        pivot = next((column for column, part in enumerate(row) if part), None)
        if pivot is None:
            continue
        inverse = pow(row[pivot], -1, _PRIME)
        row = [part * inverse % _PRIME for part in row]
        done = [*(_cleared(earlier, row, pivot) for earlier in done), row]
    return done


def _without(row: list[int], earlier: list[int]) -> list[int]:
    pivot = next(column for column, part in enumerate(earlier) if part)
    return _cleared(row, earlier, pivot)


def _cleared(row: list[int], by: list[int], pivot: int) -> list[int]:
    factor = row[pivot]
    if not factor:
        return row
    return [(part - factor * other) % _PRIME for part, other in zip(row, by, strict=True)]


def borrowers(pool: DesktopPool, agents: Iterable[Agent], scenario: Scenario) -> int | None:
    """How many people a number of its sessions is about; None: those who have a desktop of it."""
    if pool.after_person is AfterPerson.KEPT:
        return None
    able = [agent for agent in agents if agent.enabled]
    if pool.lend is not Lend.BY_PLAN:
        return len(able)
    if scenario.shared_pool != pool.name:
        return None
    return min(pool.size, scenario.at_a_time(able))


def pools_apart(people: Mapping[GroupPlace, int], borrowing: Mapping[DesktopPoolName, int]) -> frozenset[DesktopPoolName]:
    """The pools that are shown by themselves. `people`: entitled people by place; `borrowing`: `borrowers` of each pool."""
    if people and sum(people.values()) < LEAST_PEOPLE:
        return frozenset()
    return frozenset(name for name, count in borrowing.items() if count == 0 or count >= LEAST_PEOPLE)
