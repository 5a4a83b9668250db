"""F1: the receiver's own authority, and the certificates that it makes and renews."""

import socket
import ssl
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from provisioner.errors import SettingsError
from provisioner.settings.values import ReceiverSettings
from provisioner.setup.authority import make_authority, make_certificate
from provisioner.setup.receiver_files import renew
from tests.builders.cli import bascule

YEAR, DAY = 365 * 86_400.0, 86_400.0
NOW = float(int(datetime.now(UTC).timestamp()))
"""Python's own TLS checks dates against the machine's clock."""


def settings_in(folder: Path, name: str = "127.0.0.1") -> ReceiverSettings:
    return ReceiverSettings(
        address="127.0.0.1",
        name=name,
        certificate=folder / "receiver.pem",
        key=folder / "receiver.key",
        authority=folder / "ca.pem",
        authority_key=folder / "ca.key",
    )


def ends_at(file: Path) -> float:
    return x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc.timestamp()


def handshake(settings: ReceiverSettings, name: str) -> str:
    """What a desktop that trusts this authority alone says of the receiver; empty: it trusts it."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(settings.certificate, settings.key)
    client = ssl.create_default_context(cafile=settings.authority)
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    ours, theirs = socket.socketpair()

    def answer() -> None:
        try:
            server.wrap_socket(theirs, server_side=True).close()
        except OSError:
            theirs.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        with client.wrap_socket(ours, server_hostname=name):
            return ""
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    finally:
        ours.close()
        thread.join()


@pytest.mark.parametrize("name", ["127.0.0.1", "::1", "bascule.example.org", "Bascule.Example.org"])
def test_desktops_trust_what_it_makes_by_this_name_alone(tmp_path: Path, name: str):
    settings = settings_in(tmp_path, name)

    assert renew(settings, now=NOW)

    assert handshake(settings, name) == ""
    assert handshake(settings, "other.example.org") != ""
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"receiver.pem": 0o644, "receiver.key": 0o600, "ca.pem": 0o644, "ca.key": 0o600}
    assert 9.9 * YEAR < ends_at(tmp_path / "ca.pem") - NOW < 10 * YEAR + DAY
    assert 0.99 * YEAR < ends_at(tmp_path / "receiver.pem") - NOW <= YEAR


@pytest.mark.parametrize(
    ("name", "other"), [("127.0.0.1", "127.0.0.2"), ("127.0.0.1", "localhost"), ("localhost", "127.0.0.1")]
)
def test_its_authority_vouches_for_no_other_name(tmp_path: Path, name: str, other: str):
    """Whoever has its key stands for the receiver alone."""
    authority, theirs = make_authority(name, now=NOW), make_authority(other, now=NOW)
    ca, other_ca = (x509.load_pem_x509_certificate(made.certificate.encode()) for made in (authority, theirs))
    forged = make_certificate(other, theirs, now=NOW)
    signed = x509.load_pem_x509_certificate(forged.certificate.encode())
    assert ca.extensions.get_extension_for_class(x509.NameConstraints) != other_ca.extensions.get_extension_for_class(
        x509.NameConstraints
    )

    with pytest.raises(SettingsError, match="does not vouch for"):
        make_certificate(other, authority, now=NOW)
    settings = settings_in(tmp_path, other)
    for path, text in ((settings.certificate, resigned(signed, authority)), (settings.key, forged.key)):
        path.write_text(text)
    settings.authority.write_text(authority.certificate)

    assert "subtree violation" in handshake(settings, other)


def resigned(certificate: x509.Certificate, authority) -> str:
    """The same certificate, signed by this authority all the same."""
    from cryptography.hazmat.primitives import hashes, serialization

    key = serialization.load_pem_private_key(authority.key.encode(), None)
    ca = x509.load_pem_x509_certificate(authority.certificate.encode())
    made = x509.CertificateBuilder(
        ca.subject,
        certificate.subject,
        certificate.public_key(),
        1,
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
    )
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.SubjectAlternativeName | x509.BasicConstraints):
            made = made.add_extension(extension.value, critical=extension.critical)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    return (
        made.add_extension(issuer, critical=False).sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    )


@pytest.mark.parametrize(
    ("days", "renewed"),
    [
        pytest.param(0, False, id="just made"),
        pytest.param(240, False, id="more than a third is left"),
        pytest.param(245, True, id="less than a third is left"),
        pytest.param(400, True, id="it has ended"),
    ],
)
def test_it_is_renewed_with_a_third_of_its_life_left(tmp_path: Path, days: float, renewed: bool):
    settings = settings_in(tmp_path)
    renew(settings, now=NOW)
    settings.certificate.chmod(0o640)
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}

    assert renew(settings, now=NOW + days * DAY) is renewed

    after = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert {name for name in before if before[name] != after[name]} == ({"receiver.pem"} if renewed else set())
    assert (set(after), settings.certificate.stat().st_mode & 0o777) == (set(before), 0o640)
    assert ends_at(settings.certificate) > NOW + days * DAY + 100 * DAY
    assert renew(settings, now=NOW + days * DAY) is False, "once"


def test_what_cannot_be_read_is_made_again(tmp_path: Path):
    settings = settings_in(tmp_path)
    renew(settings, now=NOW)
    settings.certificate.write_text("")

    assert renew(settings, now=NOW)
    assert handshake(settings, "127.0.0.1") == ""


def test_both_files_of_the_authority_away_make_a_new_one_and_one_away_none(tmp_path: Path):
    settings = settings_in(tmp_path)
    renew(settings, now=NOW)
    old = settings.authority.read_text()
    settings.authority_key.unlink()
    assert not renew(settings, now=NOW), "nothing is due"
    with pytest.raises(SettingsError, match=r"ca.pem is there and .*ca.key is not"):
        renew(settings, now=NOW + YEAR)

    settings.authority.unlink()
    assert renew(settings, now=NOW)

    assert settings.authority.read_text() != old
    assert handshake(settings, "127.0.0.1") == ""


def test_another_name_needs_another_authority(tmp_path: Path):
    renew(settings_in(tmp_path), now=NOW)

    with pytest.raises(SettingsError, match=r"does not vouch for bascule\.example\.org"):
        renew(settings_in(tmp_path, "bascule.example.org"), now=NOW)


def test_an_authority_that_has_ended_signs_nothing(tmp_path: Path):
    settings = settings_in(tmp_path)
    renew(settings, now=NOW)
    assert renew(settings, now=NOW + 9.9 * YEAR)
    assert ends_at(settings.certificate) <= ends_at(settings.authority)

    with pytest.raises(SettingsError, match="has ended"):
        renew(settings, now=NOW + 10.1 * YEAR)


def test_the_command_renews_by_the_section_alone(tmp_path: Path):
    config = tmp_path / "bascule.yaml"
    section = "receiver: {address: 127.0.0.1, certificate: r.pem, key: r.key"
    config.write_text(f"{section}, name: localhost, authority: ca.pem, authority_key: ca.key}}\n")

    first, second = (bascule("guest", "receiver", "--renew", "--config", str(config)) for _ in range(2))

    assert (first.code, "r.pem is renewed" in first.said) == (0, True), first.said
    assert (second.code, "nothing is renewed" in second.said) == (0, True), second.said
    config.write_text(f"{section}}}\n")
    ended = bascule("guest", "receiver", "--renew", "--config", str(config))
    assert (ended.code, "names no authority of its own" in ended.said) == (2, True), ended.said
    config.write_text(f"{section}, authority_key: ca.key}}\n")
    ended = bascule("guest", "receiver", "--renew", "--config", str(config))
    assert (ended.code, "1:11 receiver: authority_key: needs name, authority and key" in ended.said) == (2, True), ended.said


class TestInAFolderOfOthers:
    """H10: a key is never written where somebody else has put something."""

    @pytest.mark.parametrize("place", ["receiver.key", "ca.key", "receiver.pem"])
    def test_a_link_is_not_followed_and_keeps_its_target(self, tmp_path: Path, place: str):
        other = tmp_path / "elsewhere"
        (tmp_path / "site").mkdir()
        other.write_text("")
        other.chmod(0o644)
        (tmp_path / "site" / place).symlink_to(other)

        with pytest.raises(SettingsError, match=f"{place} is a link"):
            renew(settings_in(tmp_path / "site"), now=NOW)
        assert other.read_text() == ""

    def test_a_key_that_everyone_may_read_gets_no_key(self, tmp_path: Path):
        (tmp_path / "receiver.key").touch()
        (tmp_path / "receiver.key").chmod(0o644)

        with pytest.raises(SettingsError, match="everyone may read"):
            renew(settings_in(tmp_path), now=NOW)
        assert (tmp_path / "receiver.key").read_text() == ""
