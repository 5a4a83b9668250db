"""A certificate authority and a server certificate for one twin, valid for loopback only."""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from provisioner.files import Folder
from provisioner.twin.api.endpoints.cluster import address_of

_NODES = 64
"""As many addresses are in the certificate: a cluster of Proxmox VE has at most about 32 nodes."""
_LIFETIME = datetime.timedelta(days=3650)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """PEM files."""

    ca: Path
    certificate: Path
    key: Path


def make_certificates(folder: Path, *, now: float) -> Certificates:
    """Write an authority and a certificate for localhost and nodes' addresses into a folder; `now`: seconds since the epoch."""
    start = datetime.datetime.fromtimestamp(now, datetime.UTC) - datetime.timedelta(days=1)
    ca_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _authority(ca_key, start)
    server = _server(server_key, ca, ca_key, start)
    paths = _paths(folder)
    paths.ca.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    paths.certificate.write_bytes(server.public_bytes(serialization.Encoding.PEM))
    _write_key(paths.key, server_key)
    return paths


def usable_certificates(folder: Path, *, now: float) -> Certificates | None:
    """Those that `make_certificates` wrote here, if they are complete and valid at `now`; else None."""
    paths = _paths(folder)
    try:
        server = x509.load_pem_x509_certificate(paths.certificate.read_bytes())
        authority = x509.load_pem_x509_certificate(paths.ca.read_bytes())
        key = serialization.load_pem_private_key(paths.key.read_bytes(), password=None)
        server.verify_directly_issued_by(authority)
    except (OSError, ValueError, TypeError, InvalidSignature):
        return None
    fits = key.public_key() == server.public_key()
    return paths if fits and server.not_valid_before_utc.timestamp() <= now < server.not_valid_after_utc.timestamp() else None


def _paths(folder: Path) -> Certificates:
    return Certificates(ca=folder / "ca.pem", certificate=folder / "server.pem", key=folder / "server.key")


def _authority(key: ec.EllipticCurvePrivateKey, start: datetime.datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bascule twin CA")])
    return (
        _builder(name, name, key, start)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def _server(
    key: ec.EllipticCurvePrivateKey, ca: x509.Certificate, ca_key: ec.EllipticCurvePrivateKey, start: datetime.datetime
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    addresses = [x509.IPAddress(ipaddress.ip_address(address_of(number))) for number in range(1, 1 + _NODES)]
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), *addresses])
    return (
        _builder(name, ca.subject, key, start)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(names, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, start: datetime.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + _LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with Folder(path.absolute().parent) as folder:
        folder.write(path.name, pem, mode=0o600)
