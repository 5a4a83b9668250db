"""The signature of a connection file, as Windows' `rdpsign` makes it: a detached PKCS#7 over the lines that it names."""

import struct
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from provisioner.adapters.rdp.lines import Setting
from provisioner.errors import BasculeError
from provisioner.named_files import read_named
from provisioner.reasons.views import KEY_NOT_OF_CERTIFICATE, KEY_NOT_RSA, PUBLISHER_UNUSABLE

MARK = "bascule installation:s:"
"""Our mark in a file: a line that clients do not know and leave alone, with the installation's name behind it."""
_END = "\r\n"
_OPTIONS = [PKCS7Options.DetachedSignature, PKCS7Options.Binary, PKCS7Options.NoAttributes]
_HEADER = (0x00010001, 0x00000001)
"""What `rdpsign` writes before the length of the signature; nobody has published what it means."""


class Publisher:
    """The certificate that people's computers trust, and its key."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Raises BasculeError if they cannot be read, or do not belong together."""
        try:
            self._chain = x509.load_pem_x509_certificates(read_named(certificate))
            loaded = load_pem_private_key(read_named(key), password=None)
        except (OSError, ValueError, TypeError) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            raise BasculeError(PUBLISHER_UNUSABLE(certificate=str(certificate), key=str(key), said=said or "")) from error
        if not isinstance(loaded, rsa.RSAPrivateKey):
            raise BasculeError(KEY_NOT_RSA(key=str(key)))
        if loaded.public_key() != self._chain[0].public_key():
            raise BasculeError(KEY_NOT_OF_CERTIFICATE(key=str(key), certificate=str(certificate)))
        self._key = loaded

    @property
    def thumbprint(self) -> str:
        """SHA-1 of the certificate, as the group policy for trusted publishers wants it."""
        return self._chain[0].fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 (a name of it, which Windows chose)

    @property
    def ends_at(self) -> float:
        """When the first certificate of the chain ends, seconds since the epoch."""
        return min(part.not_valid_after_utc.timestamp() for part in self._chain)

    def signed(self, settings: Sequence[Setting], *, installation: str) -> bytes:
        """The whole file. The same settings give the same bytes."""
        signature = self._signature(signed_text(settings))
        content = [*(setting.line for setting in settings), f"{MARK}{installation}", scope_line(settings)]
        content.append(f"signature:s:{b64encode(signature).decode('ascii')}")
        return "".join(f"{line}{_END}" for line in content).encode("utf-16")

    def _signature(self, text: bytes) -> bytes:
        builder = PKCS7SignatureBuilder().set_data(text).add_signer(self._chain[0], self._key, hashes.SHA256())
        for issuer in self._chain[1:]:
            builder = builder.add_certificate(issuer)
        made = builder.sign(Encoding.DER, _OPTIONS)
        return struct.pack("<III", *_HEADER, len(made)) + made


def scope_line(settings: Sequence[Setting]) -> str:
    """The line that names what is signed, in this order."""
    return f"signscope:s:{','.join(setting.scope for setting in settings)}"


def signed_text(settings: Sequence[Setting]) -> bytes:
    """What the signature is over."""
    text = "".join(f"{line}{_END}" for line in (*(setting.line for setting in settings), scope_line(settings)))
    return f"{text}\0".encode("utf-16-le")
