"""The configuration that a demonstration writes for a directory of your own."""

import pytest

from provisioner.demo.site import DemoSite, LdapAccess
from provisioner.settings.bascule import load_settings
from provisioner.settings.directory import Tls
from provisioner.twin.server.state import TwinState


@pytest.mark.parametrize(
    ("url", "starttls", "tls"),
    [
        pytest.param("ldaps://directory.example.org", False, Tls.LDAPS, id="TLS from the start"),
        pytest.param("ldap://directory.example.org", True, Tls.STARTTLS, id="TLS before the password"),
        pytest.param("ldap://127.0.0.1:3890", False, Tls.NONE, id="on this machine, in clear"),
    ],
)
def test_how_the_way_to_the_directory_is_protected(tmp_path, url, starttls, tls):
    """B5."""
    password = tmp_path / "reader"
    password.touch(mode=0o600)
    password.write_text("secret")
    access = LdapAccess(url=url, base="dc=example,dc=org", user="cn=reader", password_file=password, starttls=starttls)
    site = DemoSite(tmp_path, agents=1, sessions=0, port=0, ldap=access)
    site.write_twin()
    (tmp_path / "ca.pem").touch()
    twin = TwinState(port=9, ca_file="ca.pem", cluster="local-16", epoch0=0, monotonic0=0, scale=1, tokens={"a@pve!b": "c"})

    assert load_settings(site.write_config(twin), environment={}).directory.tls is tls
