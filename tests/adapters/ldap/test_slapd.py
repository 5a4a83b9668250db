"""The adapter against a real OpenLDAP server with 1,700 agents, over TLS."""

import os
import traceback
from pathlib import Path

import pytest

from provisioner.adapters.ldap.connection import connect
from provisioner.adapters.ldap.directory import LdapDirectory
from provisioner.adapters.ldap.search import search
from provisioner.errors import DirectoryError, DirectoryIncomplete, DirectoryRefused, DirectoryUnavailable
from provisioner.settings.directory import Tls
from tests.adapters.ldap.small import a_small_server
from tests.builders.directory import a_directory, ldap_settings
from tests.servers.certificates import Authority
from tests.servers.processes import free_port
from tests.servers.slapd import LIMITED, PASSWORD, READER, Slapd

pytestmark = pytest.mark.real


def reading(server: Slapd, authority: Authority, *, tls: Tls = Tls.LDAPS, **settings) -> LdapDirectory:
    url = server.ldaps if tls is Tls.LDAPS else server.ldap
    usual = {"urls": (url,), "ca_file": authority.ca_file, "bind_dn": READER, "password": PASSWORD, "page_size": 200}
    return a_directory(**{**usual, "receive_timeout_s": 10.0, "tls": tls, **settings})


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        pytest.param(
            {"password": "wrong"}, DirectoryRefused, f"the bind as {READER} was refused: invalidCredentials", id="password"
        ),
        pytest.param({"bind_dn": "cn=x,dc=x"}, DirectoryRefused, "the bind as cn=x,dc=x was refused", id="unknown account"),
        pytest.param({"bind_dn": "nobody"}, DirectoryRefused, "the bind as nobody was refused", id="an account that is no DN"),
        pytest.param({"password": ""}, DirectoryRefused, "there is no password for", id="a name and no password"),
        pytest.param({"bind_dn": LIMITED}, DirectoryIncomplete, "size limit ended the answer", id="size limit mid-way"),
        pytest.param(
            {"bind_dn": "", "password": ""},
            DirectoryRefused,
            "was refused: insufficientAccessRights",
            id="anonymous, who may read nothing",
        ),
        pytest.param({"page_size": 0}, DirectoryIncomplete, "no entry at all", id="pages of nothing"),
        pytest.param({"ca_file": None}, DirectoryUnavailable, "its certificate is refused", id="the system's authorities"),
        pytest.param(
            {"ca_file": Path("/nowhere.pem")}, DirectoryRefused, "/nowhere.pem cannot be used: No such file", id="no CA file"
        ),
        pytest.param(
            {"ca_file": Path(__file__)}, DirectoryRefused, "cannot be used: it holds no certificate", id="a CA file of code"
        ),
        pytest.param({"urls": ()}, DirectoryRefused, "no address of a directory is given", id="no address"),
        pytest.param(
            {"urls": ("https://x",)}, DirectoryRefused, "https://x: is not the address of a directory", id="of the web"
        ),
        pytest.param(
            {"urls": ("ldaps://x:port",)}, DirectoryRefused, "ldaps://x:port: is not the address", id="a port in words"
        ),
        pytest.param({"urls": ("ldaps://[x",)}, DirectoryRefused, "ldaps://[x: is not the address", id="an open bracket"),
        pytest.param(
            {"urls": ("ldap://x",)}, DirectoryRefused, "tls is 'ldaps' and the address is not", id="in clear by mistake"
        ),
        pytest.param({"urls": ("ldaps://no.example.invalid",)}, DirectoryUnavailable, "no answer", id="an unknown name"),
    ],
)
def test_a_failing_reading_gives_one_clear_error(server: Slapd, authority: Authority, settings, error, words):
    with pytest.raises(DirectoryError) as caught:
        reading(server, authority, **settings).read()

    assert type(caught.value) is error
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not any(secret in "".join(traceback.format_exception(caught.value)) for secret in (PASSWORD, "password='wrong'"))


@pytest.mark.parametrize("tls", [Tls.LDAPS, Tls.STARTTLS], ids=["over LDAPS", "over StartTLS"])
@pytest.mark.parametrize(
    ("names", "addresses", "expired", "host", "words"),
    [
        pytest.param(("localhost",), (), False, "localhost", "", id="the name matches"),
        pytest.param((), ("127.0.0.1",), False, "127.0.0.1", "", id="the address matches"),
        pytest.param(("localhost",), (), False, "127.0.0.1", "not valid for '127.0.0.1'", id="a name is no address"),
        pytest.param(("directory.example",), (), False, "localhost", "not valid for 'localhost'", id="another server's name"),
        pytest.param(("localhost",), (), True, "localhost", "certificate has expired", id="expired"),
    ],
)
def test_certificates_are_checked(home: Path, authority: Authority, tls, names, addresses, expired, host, words):
    label = f"{abs(hash((tls, names, addresses, expired, host)))}"
    certificate = authority.issue(label, names=names, addresses=addresses, expired=expired)
    with a_small_server(home / label, certificate) as server:
        url = (server.ldaps if tls is Tls.LDAPS else server.ldap).replace("localhost", host)
        error = error_of(reading(server, authority, tls=tls, urls=(url,)))

    assert (words in error) if words else not error
    assert error.startswith(f"{url}: no TLS connection: its certificate is refused: ") or not error


def test_another_authority_is_refused(server: Slapd, home: Path):
    stranger = Authority(home / "stranger", name="another authority")

    error = error_of(reading(server, stranger))

    assert error == f"{server.ldaps}: no TLS connection: its certificate is refused: unable to get local issuer certificate"


def test_tls_off_has_to_be_said(server: Slapd, authority: Authority):
    assert len(reading(server, authority, tls=Tls.NONE, urls=(server.ldap,)).read().agents) == 1_700


def test_tls_off_does_not_take_it_from_an_ldaps_address(server: Slapd, home: Path):
    stranger = Authority(home / "stranger too", name="another authority")

    assert "its certificate is refused" in error_of(reading(server, stranger, tls=Tls.NONE, urls=(server.ldaps,)))


def test_the_next_address_is_asked_when_one_is_unavailable(server: Slapd, authority: Authority):
    nobody = f"ldaps://localhost:{free_port()}"

    assert len(reading(server, authority, urls=(nobody, server.ldaps)).read().agents) == 1_700


def test_every_unavailable_address_is_named(server: Slapd, authority: Authority):
    nobody = [f"ldaps://localhost:{free_port()}" for _ in range(2)]

    error = error_of(reading(server, authority, urls=tuple(nobody)))

    assert [address in error for address in nobody] == [True, True]
    assert error.count("Connection refused") == 2


def test_a_refusal_is_not_taken_to_the_next_address(server: Slapd, authority: Authority):
    with pytest.raises(DirectoryRefused):
        reading(server, authority, password="wrong", urls=(server.ldaps, server.ldaps)).read()


@pytest.mark.parametrize("fate", ["kill", "pause"], ids=["killed", "silent"])
def test_a_server_lost_mid_way_is_an_incomplete_reading(home: Path, authority: Authority, fate):
    certificate = authority.issue(f"lost-{fate}")
    with a_small_server(home / f"lost-{fate}", certificate) as server:
        settings = ldap_settings(bind_dn=READER, password=PASSWORD, ca_file=authority.ca_file, page_size=5)
        with connect(server.ldaps, settings) as connection:
            entries = search(connection, server.ldaps, settings)
            next(entries)
            getattr(server, fate)()
            with pytest.raises(DirectoryIncomplete, match="the connection was lost before the last entry"):
                list(entries)


def test_a_silent_server_is_unavailable_after_the_time_out(home: Path, authority: Authority):
    with a_small_server(home / "silent", authority.issue("silent")) as server:
        server.pause()
        with pytest.raises(DirectoryUnavailable, match="timed out"):
            reading(server, authority, receive_timeout_s=1.0).read()


def test_no_reading_leaves_a_connection_behind(server: Slapd, authority: Authority, home: Path):
    stranger = Authority(home / "stranger three", name="another authority")
    before = open_files()
    for directory in (
        reading(server, authority),
        reading(server, authority, password="wrong"),
        reading(server, authority, base="ou=elsewhere"),
        reading(server, stranger),
        reading(server, stranger, tls=Tls.STARTTLS),
        reading(server, authority, urls=(f"ldaps://localhost:{free_port()}",)),
    ):
        error_of(directory)

    assert open_files() == before


def error_of(directory: LdapDirectory) -> str:
    try:
        directory.read()
    except DirectoryError as error:
        return str(error)
    return ""


def open_files() -> list[str]:
    links = [Path(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")]
    return sorted(str(link.readlink()) for link in links if link.is_symlink() and "socket" in str(link.readlink()))
