"""The directory of the demonstration: a file served from memory through the adapter that reads real ones."""

import weakref
from collections import Counter
from pathlib import Path

import pytest

from provisioner.adapters.ldap.directory import embedded
from provisioner.demo.people import CRISIS_CELL, ESSENTIAL, EVERYONE, write_demo_directory
from provisioner.errors import DirectoryError, DirectoryRefused, DirectoryUnavailable
from tests.adapters.ldap.contract import ChangesContract, DirectoryContract, EveryChangeContract
from tests.adapters.ldap.served import FileTown
from tests.builders.directory import a_directory, written

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> FileTown:
    return FileTown(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def ldif(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("embedded") / "people.ldif"
    write_demo_directory(path)
    return path


class TestEmbeddedDirectory(DirectoryContract, ChangesContract, EveryChangeContract):
    """Served from memory: all of the contract applies, except for TLS and connection failures."""


def test_the_demonstrations_agents_are_all_read(ldif: Path):
    roster = a_directory(ldif=ldif).read()

    groups = Counter(group for agent in roster.agents.values() for group in agent.groups)
    assert (len(roster.agents), roster.rejected) == (1_700, ())
    assert groups == {EVERYONE: 1_700, ESSENTIAL: 400, CRISIS_CELL: 40}


def test_the_demonstration_is_the_same_on_every_machine(ldif: Path, tmp_path: Path):
    write_demo_directory(tmp_path / "again.ldif")

    assert (tmp_path / "again.ldif").read_bytes() == ldif.read_bytes()


def test_nothing_of_a_reading_waits_for_the_collector(ldif: Path):
    with embedded(ldif) as connection:
        held = weakref.ref(connection.server.dit)

    assert held() is None


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        pytest.param(None, DirectoryUnavailable, "people.ldif: cannot be read: No such file or directory", id="no file"),
        pytest.param("dn: ou=people\nou\n", DirectoryRefused, "people.ldif:2: is not 'attribute: value'", id="no colon"),
        pytest.param("ou: people\n", DirectoryRefused, "people.ldif:1: a record must begin with 'dn:'", id="no dn"),
        pytest.param("dn: ou=x\njpegPhoto:: ???\n", DirectoryRefused, "people.ldif:2: jpegPhoto is not base64", id="base64"),
        pytest.param("dn: people\nou: x\n", DirectoryRefused, "the entry 'people' cannot be served", id="no dn in dn"),
        pytest.param("", DirectoryRefused, "was refused: noSuchObject", id="an empty file"),
    ],
)
def test_a_file_that_is_no_directory_gives_one_clear_error(tmp_path: Path, text, error, words):
    path = tmp_path / "people.ldif"
    if text is not None:
        written(path, text)

    with pytest.raises(DirectoryError) as caught:
        a_directory(ldif=path).read()

    assert type(caught.value) is error
    assert words in str(caught.value)
