"""The invented agents fit the shipped scenario and the rules for logins."""

import re
from collections import Counter

import pytest

from provisioner.demo.people import demo_people

DEPARTMENTS = {
    "Cellule de crise", "Protection de l'enfance", "Action sociale", "Routes", "Collèges",
    "Finances", "Ressources humaines", "Informatique", "Culture",
}  # fmt: skip


def test_1700_people_with_logins_that_every_system_takes():
    people = demo_people()

    assert len(people) == len({person.login for person in people}) == len({person.entry_uuid for person in people}) == 1_700
    assert all(re.fullmatch(r"[a-z]{2,15}[0-9]{0,3}", person.login) for person in people)
    assert len({(person.given_name, person.surname) for person in people}) == 1_700


def test_departments_sites_and_groups_match_the_scenario():
    people = demo_people()

    assert {person.department for person in people} == DEPARTMENTS
    assert {person.site for person in people} == {"Melun", "Meaux", "Fontainebleau", "Provins", "Torcy"}
    assert Counter(group for person in people for group in person.groups) == {
        "teletravail": 1_700,
        "services-essentiels": 400,
        "cellule-crise": 40,
    }
    assert {person.department for person in people if "cellule-crise" in person.groups} == {"Cellule de crise"}


def test_a_small_directory_has_people_of_every_kind():
    assert {person.department for person in demo_people(120)} == DEPARTMENTS
    assert demo_people(120) == demo_people()[:120]


@pytest.mark.parametrize("count", [0, -1, 4_741], ids=["nobody", "fewer than nobody", "more than there are names"])
def test_a_count_out_of_range_is_refused(count):
    with pytest.raises(ValueError, match="between 1 and 4740"):
        demo_people(count)
