"""Authentication with a client certificate (SASL EXTERNAL), on a real OpenLDAP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.errors import DirectoryError, DirectoryRefused
from tests.adapters.ldap.small import a_small_server
from tests.builders.directory import a_directory
from tests.servers.certificates import Authority
from tests.servers.slapd import PASSWORD, READER, Slapd

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server(home: Path, authority: Authority) -> Iterator[Slapd]:
    """A server that accepts the authority's certificates as authentication."""
    with a_small_server(home / "small", authority.issue("server"), ca_file=authority.ca_file) as server:
        yield server


def shown(authority: Authority, name: str) -> dict[str, Path]:
    own = authority.issue(f"client-{name}", names=(name,), addresses=())
    return {"certificate": own.certificate, "key": own.key}


def test_a_certificate_is_who_reads(server: Slapd, authority: Authority):
    directory = a_directory(urls=(server.ldaps,), page_size=200, ca_file=authority.ca_file, **shown(authority, "reader"))

    assert len(directory.read().agents) == 10


def test_with_an_account_the_certificate_is_shown_and_the_account_reads(server: Slapd, authority: Authority):
    way = {"urls": (server.ldaps,), "page_size": 200, "ca_file": authority.ca_file, "bind_dn": READER, "password": PASSWORD}

    assert len(a_directory(**way, **shown(authority, "anybody")).read().agents) == 10


def test_somebody_elses_certificate_may_read_nothing(server: Slapd, authority: Authority):
    directory = a_directory(urls=(server.ldaps,), page_size=200, ca_file=authority.ca_file, **shown(authority, "stranger"))

    with pytest.raises(DirectoryRefused, match="insufficientAccessRights"):
        directory.read()


@pytest.mark.parametrize(
    ("certificate", "key", "words"),
    [
        pytest.param("gone.pem", "gone.key", "gone.pem cannot be used: No such file", id="no such file"),
        pytest.param(
            "ca/ca.pem",
            "ca/server.key",
            "ca.pem cannot be used: it is not a certificate, or the key does not belong to it",
            id="wrong key",
        ),
    ],
)
def test_a_certificate_that_cannot_be_used_is_told(server: Slapd, authority: Authority, home, certificate, key, words):
    with pytest.raises(DirectoryError) as caught:
        a_directory(
            urls=(server.ldaps,), page_size=200, ca_file=authority.ca_file, certificate=home / certificate, key=home / key
        ).read()

    assert words in str(caught.value)
