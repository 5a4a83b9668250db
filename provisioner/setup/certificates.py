"""A server's certificate before it is trusted: shown to a person, who compares it with what the server itself says. And the
endpoints of a cluster's other nodes: each is named if it answers under what vouches for the first. Reads only."""

import hashlib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from provisioner.errors import NotSent
from provisioner.model.ids import NodeName
from provisioner.reasons.commands import ENDPOINT_UNREACHED, ENDPOINT_UNVOUCHED, NO_CERTIFICATE_SHOWN
from provisioner.reasons.reason import NONE, Reason

PORT = 8006
"""The port of Proxmox VE's API."""
_WITHIN_S = 5.0
_AT_ONCE = 32


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


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherNodes:
    """What became of each other node."""

    endpoints: tuple[str, ...] = ()
    left_out: tuple[Reason, ...] = ()


def other_nodes(given: Sequence[str], addresses: Mapping[NodeName, str], *, ca_file: Path | None) -> OtherNodes:
    """At the port of the first endpoint given; without nodes that were given. `ca_file`: None: the system's authorities.

    All are asked at once: one that does not answer costs five seconds, however many do not.
    """
    port, known = urlsplit(given[0]).port or PORT, {address for url in given for address in _resolved(url)}
    urls = {f"https://{_host(address)}:{port}": node for node, address in sorted(addresses.items()) if address not in known}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(zip(urls, pool.map(partial(_why_not, ca_file=ca_file), urls, urls.values()), strict=True))
    return OtherNodes(endpoints=tuple(url for url, why in answers if not why), left_out=tuple(why for _, why in answers if why))


def _why_not(url: str, node: NodeName, *, ca_file: Path | None) -> Reason:
    try:
        return NONE if is_trusted(url, ca_file) else ENDPOINT_UNVOUCHED(url=url, node=node)
    except NotSent as error:
        return ENDPOINT_UNREACHED(node=node, said=error.reason)


def _resolved(url: str) -> Iterator[str]:
    with suppress(OSError):
        for found in socket.getaddrinfo(urlsplit(url).hostname, None, type=socket.SOCK_STREAM):
            yield str(found[4][0])


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address
