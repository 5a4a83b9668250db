"""The configuration that a demonstration writes for a directory of your own."""

import os

import pytest

from provisioner.demo.site import DemoSite, LdapAccess
from provisioner.model.budget import Pace
from provisioner.settings.bascule import load_settings
from provisioner.settings.directory import Tls
from provisioner.settings.store_access import load_receiver_section
from provisioner.settings.twins import load_twin
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


def test_the_twins_desktops_push_to_the_receiver_of_the_configuration(tmp_path):
    site = DemoSite(tmp_path, agents=20, sessions=18, port=0, ldap=None, receiver_port=9443)
    twin = load_twin(site.write_twin())
    folder = tmp_path / "twin"
    folder.mkdir()
    state = TwinState(
        port=9, ca_file=str(folder / "ca.pem"), cluster="local-16", epoch0=0, monotonic0=0, scale=1, tokens={"a@pve!b": "c"}
    )
    for name in ("ca.pem", "server.pem", "server.key"):
        (folder / name).touch(mode=0o600)
    config = site.write_config(state)

    assert (twin.push.share, twin.push.url) == (1.0, "https://localhost:9443/v1/report")
    assert twin.log_ons.spread_s > Pace().session_first_s, "people also come after the first reading"
    assert twin.log_ons.visitors > 0, "and go"
    receiver = load_receiver_section(config)
    assert (receiver.address, receiver.port) == ("127.0.0.1", 9443)
    assert load_settings(config, environment={}).receiver == receiver


def test_without_a_receiver_desktops_are_only_read(tmp_path):
    site = DemoSite(tmp_path, agents=20, sessions=18, port=0, ldap=None)

    assert load_twin(site.write_twin()).push.share == 0


def test_a_demonstration_that_is_kept_is_read_where_groups_may_write(tmp_path):
    """H10: with the umask 0002, as Ubuntu has it, the folder that `--keep` names was refused by the daemon that read it."""
    before = os.umask(0o002)
    try:
        site = DemoSite(tmp_path / "kept", agents=20, sessions=18, port=0, ldap=None)
        site.write_twin()
    finally:
        os.umask(before)
    (site.folder / "ca.pem").touch()
    twin = TwinState(port=9, ca_file="ca.pem", cluster="local-16", epoch0=0, monotonic0=0, scale=1, tokens={"a@pve!b": "c"})

    assert load_settings(site.write_config(twin), environment={}).installation == "demo"
