"""The receiver's certificate, made again by the site's own authority before it ends."""

from pathlib import Path

from provisioner.errors import SettingsError
from provisioner.files import said_of
from provisioner.model.ids import Instant
from provisioner.named_files import read_text_named
from provisioner.private_files import replace_private
from provisioner.reasons.certificates import AUTHORITY_HALF, AUTHORITY_NEEDS, CERTIFICATE_UNWRITABLE
from provisioner.reasons.setting_up import FILE_UNREADABLE
from provisioner.settings.values import ReceiverSettings
from provisioner.setup.authority import Signed, is_due, make_authority, make_certificate

_SECRET, _OPEN = 0o600, 0o644
"""Modes of files that were not there; any other keeps its mode and its owner."""


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
