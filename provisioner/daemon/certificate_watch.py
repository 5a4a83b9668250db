"""Every certificate that the configuration names: served or trusted, when it ends, and whether it is in use as its file is."""

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

from cryptography import x509

from provisioner.extensions import Parts
from provisioner.model.certificates import WatchedCertificate
from provisioner.model.ids import Instant
from provisioner.named_files import read_named
from provisioner.reasons.certificates import RECEIVER_EARLIER
from provisioner.reasons.files import FILE_UNREADABLE
from provisioner.reasons.reason import NONE, Reason
from provisioner.settings.values import ReceiverSettings, Settings
from provisioner.tls_files import ServedCertificate

_OWN, _TRUSTED = frozenset({"certificate"}), frozenset({"ca_file", "client_ca", "authority"})
_ANSWER_S = 2.0
"""For the receiver's handshake, on this machine: it takes milliseconds."""
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (where it listens, not where we do)


def watched_certificates(settings: Settings, served: Mapping[str, ServedCertificate | None]) -> tuple[WatchedCertificate, ...]:
    """All of them, by the keys of bascule.yaml. `served`: those that this process serves with, by the same keys.

    Asks the receiver for the one that it shows: it may have a copy from before. Reads files; not for the control thread.
    """
    return tuple(_watched(use, path, settings, served.get(use)) for use, path in named_certificates(settings))


def named_certificates(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Files of certificates, with the keys that name them: `api.certificate`, `clusters.pve.ca_file`."""
    yield from _named_in(settings, "")


def receiver_is_behind(receiver: ReceiverSettings) -> bool:
    """Whether it shows another certificate than is in its file; not, if it shows none, or the file cannot be read."""
    pem, _ = _read(receiver.certificate)
    shown = _shown_by(receiver) if pem else b""
    return bool(shown) and not _is_first(shown, pem)


def is_trusted(use: str) -> bool:
    """Whether it is an authority's, that others are checked with."""
    return use.rpartition(".")[2] in _TRUSTED


def end_in(pem: bytes, *, of_any: bool = False) -> Instant:
    """When the first certificate of a chain ends; `of_any`: when the last one does, of authorities that stand beside each
    other. ValueError: it has none.
    """
    ends = [part.not_valid_after_utc.timestamp() for part in x509.load_pem_x509_certificates(pem)]
    return max(ends) if of_any else min(ends)


def _named_in(value: object, key: str) -> Iterator[tuple[str, Path]]:
    for name, child in _children(value):
        here = ".".join(filter(None, (key, name)))
        if isinstance(child, Path):
            if name in _OWN | _TRUSTED:
                yield here, child
        else:
            yield from _named_in(child, key if isinstance(child, Parts) else here)


def _children(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Parts):
        yield from ((part.name, held) for part, held in value.items())
    elif isinstance(value, Mapping):
        yield from ((str(name), held) for name, held in value.items())
    elif is_dataclass(value):
        yield from ((field.name, getattr(value, field.name)) for field in fields(value))


def _watched(use: str, path: Path, settings: Settings, served: ServedCertificate | None) -> WatchedCertificate:
    if served is not None:
        return WatchedCertificate(use=use, path=str(path), ends=end_in(served.certificate), fault=served.fault)
    pem, fault = _read(path)
    ends = end_in(pem, of_any=is_trusted(use)) if pem else None
    if use == "receiver.certificate" and settings.receiver is not None and (shown := _shown_by(settings.receiver)):
        ends, fault = end_in(shown), RECEIVER_EARLIER() if pem and not _is_first(shown, pem) else NONE
    return WatchedCertificate(use=use, path=str(path), ends=ends, fault=fault)


def _read(path: Path) -> tuple[bytes, Reason]:
    """Its certificates; none, and why."""
    try:
        pem = read_named(path)
        end_in(pem)
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else None
        return b"", FILE_UNREADABLE(said=said or str(error))
    return pem, NONE


def _is_first(shown: bytes, pem: bytes) -> bool:
    return x509.load_pem_x509_certificate(shown) == x509.load_pem_x509_certificates(pem)[0]


def _shown_by(receiver: ReceiverSettings) -> bytes:
    """Nothing is sent, and nobody is trusted; empty: nobody shows any."""
    address = _ANY.get(receiver.address, receiver.address)
    try:
        return ssl.get_server_certificate((address, receiver.port), timeout=_ANSWER_S).encode()
    except (OSError, ValueError):
        return b""


__all__ = ["end_in", "is_trusted", "named_certificates", "receiver_is_behind", "watched_certificates"]
