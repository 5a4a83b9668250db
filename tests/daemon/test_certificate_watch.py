"""N4: each certificate that a site serves with or trusts is watched, whoever names it; what is not known is not fine."""

from pathlib import Path

import pytest

from provisioner.daemon.certificate_watch import named_certificates, receiver_is_behind, watched_certificates
from provisioner.model.certificates import WatchedCertificate
from provisioner.settings.values import ApiSettings, ReceiverSettings, Settings
from provisioner.tls_files import ServedCertificate
from tests.builders.https import https, says
from tests.doctor.test_mistakes import SITE
from tests.servers.certificates import Authority, end_of
from tests.servers.processes import free_port
from tests.settings.every_key import a_full_site

SECTIONS = """\
api: {address: 192.0.2.1, certificate: api.pem, key: r.key, tokens: r.key}
connections: {certificate: r.pem, key: r.key}
notices: {link: 'https://desks.example/', mail: {server: smtp.example.org, sender: b@example.org, ca_file: ca.pem}}
"""


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ca")


def settings_of(folder: Path, **changed: object) -> Settings:
    """A sound site's, changed."""
    return SITE.but(settings=changed).site(folder)[0]


def watched(settings: Settings, **served: ServedCertificate) -> dict[str, WatchedCertificate]:
    """By the key that names it."""
    found = watched_certificates(settings, {name.replace("_", "."): each for name, each in served.items()})
    return {each.use: each for each in found}


def test_every_file_of_certificates_that_a_configuration_can_name_is_watched(tmp_path: Path, authority: Authority):
    """Also those of capabilities, which the daemon does not know."""
    site = a_full_site(tmp_path)
    site.write("api.pem", "").write("ca.pem", authority.ca_file.read_text())
    site.append(SECTIONS)

    uses = {use for use, _ in named_certificates(site.load())}

    assert uses >= {"api.certificate", "connections.certificate", "notices.mail.ca_file", "receiver.certificate"}


def test_what_is_served_counts_and_not_the_file(tmp_path: Path, authority: Authority):
    """A file that is renewed, and cannot be used, hid the end of what clients are shown."""
    issued = authority.issue("api", days=9)
    served, ends = ServedCertificate("api", issued.certificate, issued.key), end_of(issued.certificate)
    settings = settings_of(tmp_path, api=ApiSettings(certificate=issued.certificate, key=issued.key))
    assert watched(settings, api_certificate=served)["api.certificate"].fault == ""

    authority.renew(issued, key_too=False)
    assert not served.take_up()
    now = watched(settings, api_certificate=served)["api.certificate"]

    assert now.ends == ends < end_of(issued.certificate)
    assert f"the key {issued.key} does not belong to the certificate {issued.certificate}" in now.fault


@pytest.mark.parametrize("text", [None, "", "no certificate", "-----BEGIN CERTIFICATE-----\n"])
def test_of_a_file_that_cannot_be_read_it_is_said(tmp_path: Path, text: str | None):
    """Unknown is not fine: the metric had no series for it, and the list nothing."""
    file = tmp_path / "receiver.pem"
    if text is not None:
        file.write_text(text)

    found = watched(settings_of(tmp_path, receiver=a_receiver(file)))["receiver.certificate"]

    assert found.ends is None
    assert "cannot be read" in found.fault


def test_of_authorities_beside_each_other_the_last_one_counts(tmp_path: Path, authority: Authority):
    """The file of an authority that is being replaced has both, and the old one ends."""
    old, new = (authority.issue(name, days=days).certificate for name, days in (("old", 3), ("new", 300)))
    both = tmp_path / "both.pem"
    both.write_bytes(old.read_bytes() + new.read_bytes())
    receiver = ReceiverSettings(address="127.0.0.1", port=free_port(), certificate=both, authority=both)

    found = watched(settings_of(tmp_path, receiver=receiver))

    assert found["receiver.authority"].ends == end_of(new)
    assert found["receiver.certificate"].ends == end_of(old), "a chain is as good as its first end"


def test_a_receiver_with_a_copy_from_before_is_found_out(tmp_path: Path, authority: Authority):
    """systemd hands a copy over at its start: the file was renewed, and desktops were shown the one that ends."""
    issued = authority.issue("receiver", days=9)
    before = end_of(issued.certificate)
    with https(issued, says()) as server:
        receiver = a_receiver(issued.certificate, port=server.port)
        settings = settings_of(tmp_path, receiver=receiver)
        as_it_is, behind = watched(settings)["receiver.certificate"], receiver_is_behind(receiver)
        authority.renew(issued)
        renewed = watched(settings)["receiver.certificate"]
        assert receiver_is_behind(receiver)
    stopped = watched(settings)["receiver.certificate"]

    assert (as_it_is.ends, as_it_is.fault, behind) == (before, "", False)
    assert (renewed.ends, renewed.fault.code) == (before, "receiver_earlier")
    assert (stopped.ends, stopped.fault) == (end_of(issued.certificate), "")


def test_a_file_that_only_the_receiver_can_read_is_known_by_what_it_shows(tmp_path: Path, authority: Authority):
    issued = authority.issue("receiver", days=9)
    with https(issued, says()) as server:
        found = watched(settings_of(tmp_path, receiver=a_receiver(tmp_path / "gone.pem", port=server.port)))

    assert found["receiver.certificate"].ends == end_of(issued.certificate)
    assert found["receiver.certificate"].fault == ""


def a_receiver(certificate: Path, *, port: int | None = None) -> ReceiverSettings:
    """On a port where nobody listens, unless it is given."""
    return ReceiverSettings(address="0.0.0.0", port=port or free_port(), certificate=certificate)
