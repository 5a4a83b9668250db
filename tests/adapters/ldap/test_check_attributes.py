"""F19: `bascule check` names attributes that no entry of the directory has; against a real OpenLDAP server."""

from pathlib import Path

import pytest

from provisioner.demo.people import write_server_ldif
from tests.adapters.ldap.test_check_directory import _site as a_site_at
from tests.builders.cli import bascule
from tests.servers.certificates import Authority
from tests.servers.slapd import Slapd

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def ldif(home: Path) -> Path:
    """Thirty people; of the last alone it is known what car she has."""
    path = home / "people.ldif"
    write_server_ldif(path, 30)
    people = [part for part in path.read_text(encoding="utf-8").split("\n\n") if "\nuid: " in part]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(people[-1], f"{people[-1]}\ncarLicense: 20301231000000Z"), encoding="utf-8")
    return path


def doubts(folder: Path, server: Slapd, authority: Authority, more: str = "") -> list[tuple[str, str, str]]:
    """What is said of attributes."""
    site = a_site_at(folder, authority, server.ldaps, more=more)
    found = bascule("check", "--json", "--config", str(site.main)).document
    return [(each["grade"], each["text"], each["fix"]) for each in found if each["subject"] == "attributes"]


def test_as_the_directory_has_them(tmp_path, server: Slapd, authority: Authority):
    assert doubts(tmp_path, server, authority) == []


def test_a_misspelt_department(tmp_path, server: Slapd, authority: Authority):
    (found,) = doubts(tmp_path, server, authority, "\n  attributes: {department: departement}")

    assert found == (
        "doubtful", "no agent has departement (directory.attributes.department)", "did you mean departmentNumber?",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("key", "name", "said"),
    [
        pytest.param("site", "ville", "no agent has ville (directory.attributes.site)", id="the place"),
        pytest.param("extra", "[corps]", "no agent has corps (directory.attributes.extra)", id="a further one"),
        pytest.param("enabled", "actif", "no entry has actif (directory.attributes.enabled)", id="who is enabled"),
        pytest.param("end_date", "dateFin", "no entry has dateFin (directory.attributes.end_date)", id="the last day"),
    ],
)
def test_each_other_attribute_that_nobody_has(key, name, said, tmp_path, server: Slapd, authority: Authority):
    """Neighbours of F19: with a misspelt `enabled` everybody counts as enabled, with a misspelt `end_date` nobody leaves."""
    (found,) = doubts(tmp_path, server, authority, f"\n  attributes: {{{key}: {name}}}")

    assert found[0] == "doubtful"
    assert found[1].startswith(said)
    assert found[2]


def test_an_attribute_that_one_person_has_is_there(tmp_path, server: Slapd, authority: Authority):
    """The first twenty entries do not have it."""
    assert doubts(tmp_path, server, authority, "\n  attributes: {end_date: carLicense}") == []
