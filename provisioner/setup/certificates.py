"""A server's certificate before it is trusted: shown to a person, who compares it with what the server itself says."""

import hashlib
import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from provisioner.errors import NotSent
from provisioner.reasons.setting_up import NO_CERTIFICATE_SHOWN

PORT = 8006
"""Of Proxmox VE's API."""
_WITHIN_S = 5.0


def shown_certificate(url: str) -> str:
    """The certificate in PEM that this HTTPS server shows, unchecked. Raises NotSent."""
    parts = urlsplit(url)
    try:
        return ssl.get_server_certificate((parts.hostname or "", parts.port or PORT), timeout=_WITHIN_S)
    except (OSError, ValueError) as error:
        raise NotSent(NO_CERTIFICATE_SHOWN(url=url, said=str(error))) from error


def fingerprint(pem: str) -> str:
    """SHA-256 as Proxmox VE shows it: `AB:CD:…`."""
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def same_fingerprint(first: str, second: str) -> bool:
    """Whether both are the same, however they are written."""
    return _plain(first) == _plain(second)


def is_trusted(url: str, ca_file: Path | None) -> bool:
    """Whether these authorities (none: the system's) vouch for the server. Raises NotSent if it does not answer."""
    parts = urlsplit(url)
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    try:
        with (
            socket.create_connection((parts.hostname or "", parts.port or PORT), timeout=_WITHIN_S) as plain,
            context.wrap_socket(plain, server_hostname=parts.hostname),
        ):
            return True
    except ssl.SSLCertVerificationError:
        return False
    except (OSError, ValueError) as error:
        raise NotSent(NO_CERTIFICATE_SHOWN(url=url, said=str(error))) from error


def _plain(text: str) -> str:
    return "".join(char for char in text.lower().removeprefix("sha256") if char in "0123456789abcdef")
