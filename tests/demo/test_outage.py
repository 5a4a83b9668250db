"""A directory that is a file is away, and put back as it was; a daemon's configuration stays sound meanwhile."""

import pytest

from provisioner.adapters.ldap.ldif import read_ldif
from provisioner.demo.outage import is_away, put_back, take_away
from provisioner.demo.people import write_demo_directory


def test_every_reading_fails_until_the_file_is_put_back_as_it_was(tmp_path):
    people = tmp_path / "people.ldif"
    write_demo_directory(people, 3)
    before = people.read_bytes()

    assert [take_away(people), take_away(people), is_away(people)] == [True, False, True]
    with pytest.raises(ValueError, match=r"people.ldif:1: "):
        read_ldif(people)

    assert [put_back(people), put_back(people), is_away(people)] == [True, False, False]
    assert people.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["people.ldif"]
