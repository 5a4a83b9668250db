"""The receiver of a new site: where it listens, by which name desktops reach it, its authority and its first certificate."""

import socket
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from provisioner.model.ids import Instant
from provisioner.setup.authority import Signed, make_authority, make_certificate

_ANY_PORT = 9
"""Nothing is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReceiver:
    """What the section `receiver` of a new site says, and the files that it names."""

    name: str
    """By which desktops reach it."""
    port: int
    address: str
    """Where it listens."""
    group: str = ""
    """Of its account; empty: the daemon's own."""
    authority: Signed | None = None
    certificate: Signed | None = None
    """With its authority; None: the Ansible role has both made on the machine."""


def new_receiver(name: str, port: int, *, own: str, group: str = "", now: Instant) -> NewReceiver:
    """With a new authority for this name. `own`: an address of this machine."""
    authority = make_authority(name, now=now)
    certificate = make_certificate(name, authority, now=now)
    return NewReceiver(
        name=name, port=port, address=_listening(name, own), group=group, authority=authority, certificate=certificate
    )


def installed_receiver(name: str, port: int, group: str) -> NewReceiver:
    """On another machine, where the Ansible role makes certificate and authority."""
    listening = "::" if ":" in name else "0.0.0.0"  # noqa: S104 (its addresses are not known here)
    return NewReceiver(name=name, port=port, address=listening, group=group)


def own_address(url: str) -> str:
    """The address by which this machine reaches a server, such as a node of the cluster; its name where none does."""
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or _ANY_PORT, type=socket.SOCK_DGRAM)
        for family, kind, _proto, _name, where in found:
            with socket.socket(family, kind) as towards:
                towards.connect(where)
                address: str = towards.getsockname()[0]
                return address.partition("%")[0]
    except OSError:
        pass
    return socket.getfqdn()


def _listening(name: str, own: str) -> str:
    """That address, if it is this machine's; every address for a name, or for one that is translated on the way."""
    try:
        asked = ip_address(name)
    except ValueError:
        return "::" if ":" in own else "0.0.0.0"  # noqa: S104 (desktops reach it by a name that others resolve)
    family = socket.AF_INET if asked.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as tried:
        try:
            tried.bind((name, 0))
        except OSError:
            return "0.0.0.0" if asked.version == 4 else "::"  # noqa: S104 (an address that is not of this machine: behind NAT)
    return name
