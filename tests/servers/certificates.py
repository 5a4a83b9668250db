"""An authority of our own and the certificates it issues, in files, as servers and clients want them."""

import datetime
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.builders.patience import FUSE_S

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Two PEM files."""

    certificate: Path
    key: Path


class Authority:
    """A certificate authority; `ca_file` is what a client trusts."""

    def __init__(self, home: Path, name: str = "test authority") -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._home = home
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.ca_file = home / "ca.pem"
        self.ca_file.write_bytes(self._root().public_bytes(serialization.Encoding.PEM))

    def issue(
        self,
        label: str,
        *,
        names: tuple[str, ...] = ("localhost",),
        addresses: tuple[str, ...] = ("127.0.0.1",),
        expired: bool = False,
        days: int = 400,
    ) -> Certificate:
        """A server certificate for these names and addresses, valid for so many days, or until yesterday."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
        alternatives += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, (names or addresses)[0])])
        builder = self._builder(subject, key.public_key(), ends=-1 if expired else days)
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        files = Certificate(certificate=self._home / f"{label}.pem", key=self._home / f"{label}.key")
        certificate = builder.sign(self._key, hashes.SHA256())
        files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        files.key.write_bytes(_pem(key))
        files.key.chmod(0o600)
        return files

    def renew(self, before: Certificate, *, days: int = 400, key_too: bool = True) -> str:
        """Another one in the same files; its serial number, as a client is shown it. `key_too`: False: the key stays, which is
        not of the new certificate."""
        key = before.key.read_bytes()
        self.issue(before.certificate.stem, days=days)
        if not key_too:
            before.key.write_bytes(key)
        return serial_of(before.certificate)

    def _root(self) -> x509.Certificate:
        builder = self._builder(self._name, self._key.public_key(), ends=800)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        return builder.add_extension(usage, critical=True).sign(self._key, hashes.SHA256())

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, ends: int) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 2 * _DAY)
            .not_valid_after(now + ends * _DAY)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )


def serial_of(certificate: Path) -> str:
    """As a client is shown it: hexadecimal, with an even number of digits."""
    number = f"{x509.load_pem_x509_certificate(certificate.read_bytes()).serial_number:X}"
    return number.zfill(len(number) + len(number) % 2)


def end_of(certificate: Path) -> float:
    """When it ends."""
    return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc.timestamp()


def shown_serial(port: int, ca_file: Path, client: Certificate | None = None) -> str:
    """Of the certificate that a new connection to this port of this machine is shown."""
    context = ssl.create_default_context(cafile=ca_file)
    if client is not None:
        context.load_cert_chain(client.certificate, client.key)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=FUSE_S) as raw,
        context.wrap_socket(raw, server_hostname="127.0.0.1") as connection,
    ):
        certificate = connection.getpeercert()
    assert certificate is not None
    return str(certificate["serialNumber"])


def a_publisher(folder: Path, *, ends: datetime.datetime | None = None, name: str = "publisher") -> Certificate:
    """A certificate for connection files that nobody has issued, with an RSA key, valid until then (by default tomorrow)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    last = ends or datetime.datetime.now(datetime.UTC) + _DAY
    made = x509.CertificateBuilder(subject, subject, key.public_key(), 1, last - 400 * _DAY, last).sign(key, hashes.SHA256())
    files = Certificate(certificate=folder / f"{name}.pem", key=folder / f"{name}.key")
    files.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(_pem(key))
    files.key.chmod(0o600)
    return files


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
