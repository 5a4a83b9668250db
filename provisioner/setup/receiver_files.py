"""The receiver of a new site: where it listens, by which name desktops reach it, its authority and its first certificate;
and its next ones, made by that authority before the last ends."""

import socket
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from provisioner.errors import SettingsError
from provisioner.files import said_of
from provisioner.model.ids import Instant
from provisioner.named_files import read_text_named
from provisioner.private_files import replace_private
from provisioner.reasons.certificates import AUTHORITY_HALF, AUTHORITY_NEEDS, CERTIFICATE_UNWRITABLE
from provisioner.reasons.commands import FILE_UNREADABLE
from provisioner.settings.values import ReceiverSettings
from provisioner.setup.authority import Signed, is_due, make_authority, make_certificate

_ANY_PORT = 9
"""Nothing is sent."""
_SECRET, _OPEN = 0o600, 0o644
"""Modes of files that were not there; any other keeps its mode and its owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReceiver:
    """What the section `receiver` of a new site says, and the files that it names."""

    name: str
    """By which desktops reach it."""
    port: int
    address: str
    """The address that it listens on."""
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


def renew(settings: ReceiverSettings, *, now: Instant) -> bool:
    """Make the certificate if it is not there, not for this name, or soon at its end, or its authority is gone; whether it did.

    Its key stays as it is, so that certificate and key belong together at every moment. An authority is made only if neither
    its certificate nor its key is there. Raises SettingsError.
    """
    key_file, authority, authority_key = settings.key, settings.authority, settings.authority_key
    if key_file is None or authority is None or authority_key is None:
        raise SettingsError(AUTHORITY_NEEDS())
    name = settings.name
    old, key = _read(settings.certificate), _read(key_file)
    if key and _read(authority) and not is_due(old, name, now=now):
        return False
    signing = _authority(authority, authority_key, name, now=now)
    made = make_certificate(name, signing, now=now, key=key)
    if not key:
        _write(key_file, made.key, mode=_SECRET)
    _write(settings.certificate, made.certificate, mode=_OPEN)
    return True


def _authority(file: Path, key_file: Path, name: str, *, now: Instant) -> Signed:
    there = {path: _read(path) for path in (file, key_file)}
    if all(there.values()):
        return Signed(certificate=there[file], key=there[key_file])
    for path, other in ((file, key_file), (key_file, file)):
        if there[path]:
            raise SettingsError(AUTHORITY_HALF(there=str(path), gone=str(other)))
    made = make_authority(name, now=now)
    _write(key_file, made.key, mode=_SECRET)
    _write(file, made.certificate, mode=_OPEN)
    return made


def _read(path: Path) -> str:
    """Empty: it is not there."""
    try:
        return read_text_named(path)
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        said = (error.strerror or "") if isinstance(error, OSError) else str(error)
        raise SettingsError(FILE_UNREADABLE(path=str(path), said=said)) from error


def _write(path: Path, text: str, *, mode: int) -> None:
    """In one step, as what was there: whoever reads it meanwhile reads the old one or the new one."""
    try:
        replace_private(path, text.encode(), mode=mode, secret=mode == _SECRET)
    except OSError as error:
        raise SettingsError(CERTIFICATE_UNWRITABLE(path=str(path), said=said_of(error))) from error
