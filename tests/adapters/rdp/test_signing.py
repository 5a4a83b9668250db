"""A connection file is signed as Windows' `rdpsign` signs, by the judgement of OpenSSL; and FreeRDP understands it."""

import ctypes
import struct
import subprocess
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.adapters.rdp.lines import Destination, settings_of
from provisioner.adapters.rdp.signing import Publisher
from provisioner.errors import BasculeError
from provisioner.model.people.profiles import Redirection
from tests.servers.certificates import Authority, a_publisher

STRAIGHT = Destination(host="10.20.0.13", port=3389, gateway="", redirect=frozenset({Redirection.CLIPBOARD}))
BY_GATEWAY = Destination(
    host="vd-5003.dep.example", port=3390, gateway="rdp.dep.example:443", redirect=frozenset({Redirection.DRIVES})
)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return a_publisher(tmp_path_factory.mktemp("publisher"))


@pytest.fixture(scope="module")
def publisher(files):
    return Publisher(files.certificate, files.key)


def text_of(publisher, to=STRAIGHT) -> str:
    return publisher.signed(settings_of(to), installation="seine").decode("utf-16")


def verifies(text: str, ca_file: Path, folder: Path) -> bool:
    """As a client does: the signature is over the lines that `signscope` names, in its order, and over that line."""
    lines = text.split("\r\n")
    kept = {line.split(":", 1)[0]: line for line in lines if line}
    keys = {setting.scope: setting.key for setting in settings_of(STRAIGHT)}
    scope = kept["signscope"].removeprefix("signscope:s:").split(",")
    signed = [*(kept[keys[name]] for name in scope if keys.get(name) in kept), kept["signscope"]]
    raw = b64decode(kept["signature"].removeprefix("signature:s:"))
    assert struct.unpack("<III", raw[:12]) == (0x10001, 1, len(raw) - 12)
    (folder / "content").write_bytes(("\r\n".join(signed) + "\r\n\0").encode("utf-16-le"))
    (folder / "signature").write_bytes(raw[12:])
    words = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(folder / "signature"), "-purpose", "any"]
    words += ["-content", str(folder / "content"), "-CAfile", str(ca_file), "-out", "/dev/null"]
    return subprocess.run(words, capture_output=True, timeout=30, check=False).returncode == 0


@pytest.mark.parametrize("to", [pytest.param(STRAIGHT, id="straight"), pytest.param(BY_GATEWAY, id="by a gateway")])
def test_openssl_verifies_the_signature(to, publisher, files, tmp_path):
    assert verifies(text_of(publisher, to), files.certificate, tmp_path)


@pytest.mark.long
def test_after_an_edit_of_any_line_it_verifies_no_more(publisher, files, tmp_path):
    text = text_of(publisher)

    for setting in settings_of(STRAIGHT):
        changed = "1" if setting.value in ("", "0") else "0"
        edited = text.replace(f"\r\n{setting.line}\r\n", f"\r\n{setting.key}:{setting.kind}:{changed}\r\n")
        edited = (
            edited.replace(f"{setting.line}\r\n", f"{setting.key}:{setting.kind}:{changed}\r\n") if edited == text else edited
        )
        assert edited != text, setting
        assert not verifies(edited, files.certificate, tmp_path), setting
    assert not verifies(text.replace(",RedirectDrives", ""), files.certificate, tmp_path)


def test_an_address_of_ipv6_stands_in_brackets(publisher):
    text = text_of(publisher, replace(BY_GATEWAY, host="2001:db8::1:7"))

    assert "full address:s:[2001:db8::1:7]" in text.split("\r\n")
    assert "alternate full address:s:[2001:db8::1:7]" in text.split("\r\n")


def test_another_publishers_signature_is_not_trusted(publisher, tmp_path):
    other = a_publisher(tmp_path, name="other")

    assert not verifies(text_of(publisher), other.certificate, tmp_path)


def test_the_other_address_is_the_address(publisher):
    lines = text_of(publisher, BY_GATEWAY).split("\r\n")

    assert "full address:s:vd-5003.dep.example" in lines
    assert "alternate full address:s:vd-5003.dep.example" in lines


def test_what_was_not_asked_for_is_switched_off_in_a_signed_line(publisher):
    lines = text_of(publisher).split("\r\n")

    for line in ("redirectclipboard:i:1", "redirectdrives:i:0", "drivestoredirect:s:", "redirectprinters:i:0", "audiomode:i:2"):
        assert line in lines


def test_the_same_settings_give_the_same_bytes(publisher):
    assert text_of(publisher) == text_of(publisher)


def test_a_key_that_windows_does_not_check_is_refused(tmp_path):
    curve = Authority(tmp_path / "ca").issue("curve")

    with pytest.raises(BasculeError, match="not an RSA key"):
        Publisher(curve.certificate, curve.key)


@pytest.mark.long
def test_a_key_of_another_certificate_is_refused(files, tmp_path):
    other = a_publisher(tmp_path, name="other")

    with pytest.raises(BasculeError, match="is not the key of"):
        Publisher(files.certificate, other.key)


def test_files_that_hold_no_certificate_are_named(files):
    with pytest.raises(BasculeError, match="cannot sign connection files"):
        Publisher(files.key, files.certificate)


@pytest.mark.real
def test_freerdp_reads_the_file_as_it_is_meant(publisher, tmp_path):
    """With the library of FreeRDP's own clients."""
    file = tmp_path / "zmartin.rdp"
    file.write_bytes(publisher.signed(settings_of(BY_GATEWAY), installation="seine"))
    client = ctypes.CDLL("libfreerdp-client3.so.3")
    client.freerdp_client_rdp_file_new.restype = ctypes.c_void_p
    client.freerdp_client_rdp_file_get_string_option.restype = ctypes.c_char_p
    parsed = ctypes.c_void_p(client.freerdp_client_rdp_file_new())

    def text(key: bytes) -> bytes | None:
        return client.freerdp_client_rdp_file_get_string_option(parsed, key)

    assert client.freerdp_client_parse_rdp_file(parsed, str(file).encode())
    assert text(b"full address") == text(b"alternate full address") == b"vd-5003.dep.example"
    assert text(b"gatewayhostname") == b"rdp.dep.example:443"
    assert [client.freerdp_client_rdp_file_get_integer_option(parsed, key) for key in INTEGERS] == list(INTEGERS.values())
    client.freerdp_client_rdp_file_free(parsed)


INTEGERS = {b"server port": 3390, b"gatewayusagemethod": 1, b"redirectclipboard": 0, b"redirectprinters": 0, b"audiomode": 2}
