"""A private authority of the site, and certificates of it for the receiver: as PEM texts. Pure but for chance; `now` is given.

The authority vouches for this one name alone: whoever has its key can stand for the receiver, and for nothing else.
"""

import datetime
import ipaddress
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from provisioner.errors import SettingsError
from provisioner.model.ids import Instant
from provisioner.reasons.certificates import AUTHORITY_ENDED, AUTHORITY_NAME, AUTHORITY_WRONG

AUTHORITY_LIFE = datetime.timedelta(days=3650)
"""Desktops have it from the golden image."""
LIFE = datetime.timedelta(days=365)
DUE_PART = 1 / 3
"""Of its life: with so little left the certificate is renewed, a third of a year before anybody would notice."""
_BEFORE = datetime.timedelta(days=1)
"""Desktops' clocks may be behind."""
_ALL_ADDRESSES = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A certificate and its key, PEM."""

    certificate: str
    key: str = field(repr=False)


def make_authority(name: str, *, now: Instant) -> Signed:
    """An authority that vouches for this name or address alone, for ten years."""
    key, start = ec.generate_private_key(ec.SECP256R1()), _start(now)
    subject = _subject("Bascule: authority of the receiver")
    made = (
        _builder(subject, subject, key.public_key(), start, start + AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(_only(name), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Signed(certificate=_pem(made), key=_key_pem(key))


def make_certificate(name: str, authority: Signed, *, now: Instant, key: str = "") -> Signed:
    """A certificate for this name or address, for a year. `key`: the one that it had before; empty: a new one.

    Raises SettingsError: the authority cannot sign it.
    """
    ca, ca_key = _read_authority(authority)
    end = min(_start(now) + LIFE, ca.not_valid_after_utc)
    if end.timestamp() <= now:
        raise SettingsError(AUTHORITY_ENDED())
    if ca.extensions.get_extension_for_class(x509.NameConstraints).value != _only(name):
        raise SettingsError(AUTHORITY_NAME(name=name))
    own = _read_key(key) if key else ec.generate_private_key(ec.SECP256R1())
    made = (
        _builder(_subject("Bascule: receiver"), ca.subject, own.public_key(), _start(now), end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(name)]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    return Signed(certificate=_pem(made), key=_key_pem(own))


def is_due(certificate: str, name: str, *, now: Instant) -> bool:
    """Whether a new one is to be made: it is for another name, cannot be read, or less than a third of its life is left."""
    try:
        made = x509.load_pem_x509_certificate(certificate.encode())
        names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return True
    life_s = (made.not_valid_after_utc - made.not_valid_before_utc).total_seconds()
    return _general(name) not in names or made.not_valid_after_utc.timestamp() - now < life_s * DUE_PART


def _read_authority(authority: Signed) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    try:
        made = x509.load_pem_x509_certificate(authority.certificate.encode())
        made.verify_directly_issued_by(made)
        made.extensions.get_extension_for_class(x509.NameConstraints)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound) as error:
        raise SettingsError(AUTHORITY_WRONG(said=str(error))) from error
    key = _read_key(authority.key)
    if key.public_key() != made.public_key():
        raise SettingsError(AUTHORITY_WRONG(said="key"))
    return made, key


def _read_key(pem: str) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise SettingsError(AUTHORITY_WRONG(said=str(error))) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SettingsError(AUTHORITY_WRONG(said=type(key).__name__))
    return key


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name.lower())


def _only(name: str) -> x509.NameConstraints:
    """No other name, and nothing of the other kind."""
    try:
        address = ipaddress.ip_network(name)
    except ValueError:
        others = [x509.IPAddress(ipaddress.ip_network(every)) for every in _ALL_ADDRESSES]
        return x509.NameConstraints(permitted_subtrees=[x509.DNSName(name.lower())], excluded_subtrees=others)
    return x509.NameConstraints(permitted_subtrees=[x509.IPAddress(address)], excluded_subtrees=[x509.DNSName("")])


def _subject(name: str) -> x509.Name:
    """No host name: OpenSSL would hold it against the constraints."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _start(now: Instant) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(int(now), datetime.UTC) - _BEFORE


def _builder(
    subject: x509.Name, issuer: x509.Name, key: CertificatePublicKeyTypes, start: datetime.datetime, end: datetime.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number(), start, end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )  # fmt: skip


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(made: x509.Certificate) -> str:
    return made.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
