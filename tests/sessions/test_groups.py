"""Groups of people: none that is shown, or that can be computed, has fewer than five entitled people."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.model.ids import WaveName
from provisioner.model.people.profiles import Selection
from provisioner.model.pools import AfterPerson, Lend
from provisioner.model.scenario.scenarios import Wave
from provisioner.model.session_counts import OTHER, GroupKind, GroupPlace, ShownGroups
from provisioner.sessions.groups import LEAST_PEOPLE, MOST_LABELS, borrowers, groups_of, merged_labels
from tests.builders.core import an_agent
from tests.builders.pools import a_desk
from tests.builders.rotation import a_scenario

SITES = st.dictionaries(st.sampled_from([OTHER, *"abcdefghijklmnopqrstuvwxyz"]), st.integers(0, 60), max_size=27)
LABELS = st.tuples(*(st.sampled_from(names) for names in ("pqr", "abcdef", "uvw"))).map(lambda labels: GroupPlace(*labels))
PEOPLE = st.dictionaries(LABELS, st.integers(0, 12), min_size=1, max_size=25)


def shown_counts(people: dict[str, int]) -> Counter[str]:
    merged, counts = merged_labels(people), Counter[str]()
    for label, count in people.items():
        counts[OTHER if label in merged else label] += count
    return counts


@pytest.mark.long
@given(SITES)
def test_sums_hold_and_nothing_small_is_shown_or_left_over(people: dict[str, int]):
    merged, shown = merged_labels(people), shown_counts(people)

    assert shown.total() == sum(people.values())
    assert len(shown) <= max(MOST_LABELS, 1)
    if len(shown) > 1:
        assert min(shown.values()) >= LEAST_PEOPLE
    assert len(merged) != 1, "one alone is the total without the others"
    if merged:
        assert OTHER not in people or OTHER in merged


@given(SITES)
def test_what_is_large_is_shown_as_it_is(people: dict[str, int]):
    if people and min(people.values()) >= LEAST_PEOPLE and len(people) <= MOST_LABELS:
        assert merged_labels(people) == frozenset()


@pytest.mark.parametrize(
    ("people", "merged"),
    [
        pytest.param({"a": 300, "b": 40}, "", id="large: all are shown"),
        pytest.param({"a": 300, "b": 40, "c": 4}, "bc", id="a small one takes the next smallest with it"),
        pytest.param({"a": 300, "b": 40, "c": 4, "d": 4}, "cd", id="two small ones are enough"),
        pytest.param({"a": 300, "b": 40, "c": 1, "d": 2}, "bcd", id="two that are too few together are not"),
        pytest.param({"a": 300, "b": 40, "c": 0}, "bc", id="nobody entitled, and yet a desktop"),
        pytest.param({"a": 3}, "", id="an only label shows no more than the total"),
        pytest.param({"a": 3, "b": 1}, "ab", id="all are few"),
    ],
)
def test_the_smallest_are_merged(people: dict[str, int], merged: str):
    assert merged_labels(people) == frozenset(merged)


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(PEOPLE)
def test_from_all_kinds_together_no_cell_of_fewer_than_five_can_be_computed(people: dict[GroupPlace, int]):
    groups = groups_of(people)

    assert computable_cells(people, groups) == []


def test_a_profile_less_a_site_is_looked_at_too():
    """All of the direction but one sit at Melun, so the direction less Melun would be that person's hours."""
    people = {
        GroupPlace("standard", "Meaux", "all"): 300,
        GroupPlace("direction", "Melun", "all"): 30,
        GroupPlace("direction", "Meaux", "all"): 1,
        GroupPlace("standard", "Torcy", "all"): 20,
    }
    alone = {kind: frozenset[str]() for kind in GroupKind}
    assert computable_cells(people, ShownGroups(merged=alone)) != []

    groups = groups_of(people)

    assert computable_cells(people, groups) == []
    assert groups.merged[GroupKind.PROFILE] == frozenset()
    assert groups.merged[GroupKind.SITE]


def test_a_large_department_is_judged_quickly():
    people = {
        GroupPlace(f"p{p}", f"s{s:02}", f"w{w}"): 1 + (p * s + w) % 9 for p in range(4) for s in range(60) for w in range(5)
    }
    groups = groups_of(people)

    assert len(groups.labels[GroupKind.SITE]) <= MOST_LABELS


def computable_cells(people: dict[GroupPlace, int], groups: ShownGroups) -> list[GroupPlace]:
    """Places of fewer than five people whose people can be told from what is shown: found by solving, with fractions."""
    from fractions import Fraction

    def rank(rows: list[list[Fraction]]) -> int:
        rows, found = [list(row) for row in rows], 0
        for column in range(len(rows[0])):
            pivot = next((row for row in rows[found:] if row[column]), None)
            if pivot is None:
                continue
            rows.remove(pivot)
            rows.insert(found, pivot)
            found += 1
            for index in range(found, len(rows)):
                factor = rows[index][column] / pivot[column]
                rows[index] = [part - factor * by for part, by in zip(rows[index], pivot, strict=True)]
        return found

    places = sorted(people)
    keys = sorted({(kind, groups.label(kind, label)) for place in places for kind, label in zip(GroupKind, place, strict=True)})
    shown = {place: set(zip(GroupKind, groups.of(place), strict=True)) for place in places}
    rows = [[Fraction(key in shown[place]) for place in places] for key in keys]
    if sum(people.values()) < LEAST_PEOPLE:
        return []
    whole = rank(rows)
    return [
        place
        for place in places
        if people[place] < LEAST_PEOPLE and rank([*rows, [Fraction(each == place) for each in places]]) == whole
    ]


def test_of_a_shared_pool_only_people_who_come_by_half_days_count():
    """37. Everybody may share, and a wave has all but two: the pool's sessions are about one of these."""
    agents = [an_agent(number) for number in range(1, 21)]
    wave = Wave(name=WaveName("most"), who=Selection(logins=frozenset(agent.login for agent in agents[2:])))
    pool = a_desk(10, lend=Lend.BY_PLAN, after_person=AfterPerson.RESTART)

    assert borrowers(pool, agents, a_scenario(waves=(wave,))) == 1
    assert borrowers(pool, agents, a_scenario()) == 10
