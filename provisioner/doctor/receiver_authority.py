"""Check the receiver's own authority: whether it is the certificate's, and whether both will last."""

from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from provisioner.doctor.findings import Finding, bad, doubtful
from provisioner.model.ids import Instant
from provisioner.named_files import read_named
from provisioner.reasons import expiry as words
from provisioner.reasons import subjects
from provisioner.reasons.reason import reason_of
from provisioner.settings.values import ReceiverSettings

RENEWED_PART = 1 / 3
"""`bascule guest receiver --renew` renews the certificate with so much of its life left (setup.authority)."""
_SLACK_DAYS = 7.0
"""A timer that looks each day has tried a few times by then."""
NEW_IMAGES_DAYS = 365
"""Desktops have the authority from the golden image: a new one reaches them as they are made anew."""
_DAY_S = 86_400.0


def examine_authority(receiver: ReceiverSettings, *, now: Instant) -> Iterator[Finding]:
    """Nothing where the site has none. What this account cannot read is not looked at: the certificate's own check says so."""
    if receiver.authority is None:
        return
    subject = subjects.CERTIFICATE(path=str(receiver.authority))
    try:
        authority = x509.load_pem_x509_certificates(read_named(receiver.authority))[0]
    except PermissionError as error:
        yield doubtful(subject, words.RECEIVER_KEY_UNREAD(said=str(error)))
        return
    except (OSError, ValueError) as error:
        yield bad(subject, words.RECEIVER_AUTHORITY_WRONG(said=reason_of(error)))
        return
    if (days := _days(authority, now)) <= NEW_IMAGES_DAYS:
        ends = words.RECEIVER_AUTHORITY_ENDS if days > 0 else words.RECEIVER_AUTHORITY_ENDED
        yield (doubtful if days > 0 else bad)(subject, ends(days=abs(days)))
    yield from _of_certificate(receiver, authority, now)


def _of_certificate(receiver: ReceiverSettings, authority: x509.Certificate, now: Instant) -> Iterator[Finding]:
    subject, chain = subjects.CERTIFICATE(path=str(receiver.certificate)), _chain(receiver.certificate)
    if not chain:
        return
    if not _has_issued(authority, chain[-1]):
        yield bad(subject, words.RECEIVER_OTHER_AUTHORITY(path=str(receiver.authority)))
        return
    days, key = _days(chain[0], now), receiver.authority_key
    life_days = (chain[0].not_valid_after_utc - chain[0].not_valid_before_utc).total_seconds() / _DAY_S
    if key is None or not 0 < days < life_days * RENEWED_PART:
        return
    if _is_gone(key):
        yield doubtful(subject, words.RECEIVER_UNRENEWABLE(days=days, path=str(key)))
    elif days < life_days * RENEWED_PART - _SLACK_DAYS:
        yield doubtful(subject, words.RECEIVER_NOT_RENEWED(days=days))


def _chain(file: Path) -> list[x509.Certificate]:
    """Empty: it cannot be read, which the check of the file itself says."""
    try:
        return x509.load_pem_x509_certificates(read_named(file))
    except (OSError, ValueError):
        return []


def _has_issued(authority: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _is_gone(key: Path) -> bool:
    """False, too, where this account cannot look."""
    try:
        key.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _days(certificate: x509.Certificate, now: Instant) -> float:
    return (certificate.not_valid_after_utc.timestamp() - now) / _DAY_S


__all__ = ["examine_authority"]
