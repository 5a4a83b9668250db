"""Rules of who is who, each taken away: some of the histories have to notice it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest

from provisioner.planning.roster import cases, owners, who
from provisioner.reconciler import judging, rekeying, said_orders

Mutant = Callable[[pytest.MonkeyPatch], None]
_SUFFICES = cases.SUFFICES


def _without(*words: str) -> Mutant:
    rows = tuple(row for row in _SUFFICES if row[0] != set(words))
    assert len(rows) == len(_SUFFICES) - 1
    return lambda patch: patch.setattr(cases, "SUFFICES", rows)


def _also(*words: str) -> Mutant:
    return lambda patch: patch.setattr(cases, "SUFFICES", (*_SUFFICES, (set(words), True, True)))


def _believes_every_id(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(owners.People, "others", lambda self, renamed: iter(()))


def _looks_under_no_other_id(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(owners.People, "_closer", lambda self, agent, among, sides, own: None)


def _lets_second_entries_in(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(who, "second_entries", lambda people, gone, others: iter(()))


def _keeps_only_listed_people(patch: pytest.MonkeyPatch) -> None:
    before = who.gone_in
    patch.setattr(who, "gone_in", lambda reading, basis, others, everybody: before(reading, basis, (), everybody=everybody))


def _takes_an_order_for_whoever_comes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(judging, "is_entry", lambda shown, agent, under: agent is not None)
    patch.setattr(rekeying, "is_entry", lambda shown, agent, under: agent is not None)
    patch.setattr(said_orders, "is_entry", lambda shown, agent, under: agent is not None)


MUTANTS: Mapping[str, Mutant] = {
    "believes every id": _believes_every_id,
    "looks under no other id": _looks_under_no_other_id,
    "lets second entries in": _lets_second_entries_in,
    "looks for nobody whose id shows another": _keeps_only_listed_people,
    "a name says nothing of a new id": _without("name alone"),
    "an order is about whoever comes under the id": _takes_an_order_for_whoever_comes,
    "a unit is proof": _also("place"),
    "a part of the name is proof": _also("part of name"),
}


@contextmanager
def without_rule(name: str) -> Iterator[None]:
    """One rule is not there."""
    with pytest.MonkeyPatch.context() as patch:
        MUTANTS[name](patch)
        yield


__all__ = ["MUTANTS", "without_rule"]
