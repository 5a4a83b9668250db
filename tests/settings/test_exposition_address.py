"""B6: pages are opened to the network with TLS, or not at all."""

import pytest

from tests.builders.cli import a_lonely_site, bascule, files_of
from tests.servers.certificates import Authority

PLAIN = (
    "exposition.address: would be served in clear over the network: give certificate: and key:, or serve this machine alone "
    "(127.0.0.1)"
)


@pytest.mark.parametrize("address", ["0.0.0.0", "'::'", "192.0.2.7", "bascule.example.org", "'::ffff:192.0.2.7'"])
@pytest.mark.parametrize("words", [("check", "--offline"), ("run",), ("check",)], ids=" ".join)
def test_the_network_is_not_served_in_clear(tmp_path, address, words):
    """B6: one message, and nothing is changed."""
    site = a_lonely_site(tmp_path).change("exposition: {port: 0}", f"exposition: {{port: 0, address: {address}}}")
    before = files_of(tmp_path)

    ended = bascule(*words, "--config", str(site.main))

    assert (ended.code, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert line.endswith(PLAIN)
    assert files_of(tmp_path) == before


@pytest.mark.long
@pytest.mark.parametrize(
    "keys",
    [
        "address: 127.0.0.1",
        "address: 127.0.0.53",
        "address: '::1'",
        "address: localhost",
        "address: 0.0.0.0, certificate: tls/page.pem, key: tls/page.key",
        "address: '::', certificate: tls/page.pem, key: tls/page.key, user: p, password: {file: token}",
    ],
)
def test_this_machine_and_tls_are(tmp_path, keys):
    """B6: pages that are not sent in clear are allowed as before."""
    Authority(tmp_path / "tls").issue("page")
    site = a_lonely_site(tmp_path).change("exposition: {port: 0}", f"exposition: {{port: 0, {keys}}}")

    assert bascule("check", "--offline", "--config", str(site.main)).code == 0
