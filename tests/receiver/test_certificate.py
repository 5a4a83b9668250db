"""F1: the receiver serves with its renewed certificate, and never with none."""

import ssl
import time
from pathlib import Path

import pytest

from provisioner.settings.values import ReceiverSettings
from provisioner.setup.receiver_files import renew
from provisioner.tls_files import ServedCertificate

NOW = time.time()


@pytest.fixture
def settings(tmp_path: Path) -> ReceiverSettings:
    made = ReceiverSettings(
        address="127.0.0.1",
        name="127.0.0.1",
        certificate=tmp_path / "receiver.pem",
        key=tmp_path / "receiver.key",
        authority=tmp_path / "ca.pem",
        authority_key=tmp_path / "ca.key",
    )
    renew(made, now=NOW)
    return made


def serial(context: ssl.SSLContext, settings: ReceiverSettings) -> str:
    """Of the certificate that a new connection is shown; the desktop trusts the authority alone."""
    client = ssl.create_default_context(cafile=settings.authority)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname="127.0.0.1")
    theirs = context.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (ours, theirs):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    certificate = ours.getpeercert()
    assert certificate is not None
    return str(certificate["serialNumber"])


def test_a_renewed_certificate_is_served_to_new_connections(settings: ReceiverSettings):
    served = ServedCertificate("receiver", settings.certificate, settings.key, resumed=False)
    first = serial(served.context(), settings)
    assert served.take_up() is False, "nothing has changed"
    settings.certificate.write_text("")
    renew(settings, now=NOW)

    assert served.take_up() is True

    assert serial(served.context(), settings) != first
    assert served.take_up() is False, "once"


def test_what_cannot_be_used_is_not_served(settings: ReceiverSettings, caplog: pytest.LogCaptureFixture):
    served = ServedCertificate("receiver", settings.certificate, settings.key, resumed=False)
    first, text = serial(served.context(), settings), settings.certificate.read_text()
    assert settings.key is not None
    key = settings.key.read_text()
    for wrong in (lambda: settings.certificate.write_text("half"), settings.certificate.unlink, lambda: other_key(settings)):
        wrong()
        assert served.take_up() is False
        assert serial(served.context(), settings) == first
    assert "the earlier one is served" in caplog.text
    settings.key.write_text(key)
    settings.certificate.write_text(text)

    assert served.take_up() is True


def other_key(settings: ReceiverSettings) -> None:
    """A certificate of another key, put in its place."""
    assert settings.key is not None
    settings.key.unlink()
    settings.certificate.write_text("")
    renew(settings, now=NOW)
    certificate = settings.certificate.read_text()
    settings.key.unlink()
    renew(settings, now=NOW)
    settings.certificate.write_text(certificate)
