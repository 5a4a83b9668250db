"""Encrypt and decrypt with age, for recipients' keys or with a passphrase: from file to file."""

from typing import IO

import pyrage

from provisioner.errors import BackupError
from provisioner.reasons import backups as reasons

_AGE = b"age-encryption.org/v1"
_GZIP = b"\x1f\x8b"
_MOST_BY_PASSPHRASE = 1 << 30
"""Bytes: with a passphrase, everything is held in memory."""


def seal(clear: IO[bytes], sealed: IO[bytes], *, recipients: tuple[str, ...], passphrase: str) -> None:
    """Recipients are public keys of age (`age1…`) or SSH; if there are none, the passphrase. Raises BackupError."""
    if recipients:
        pyrage.encrypt_io(clear, sealed, [_recipient(recipient) for recipient in recipients])
    else:
        sealed.write(pyrage.passphrase.encrypt(_all_of(clear), passphrase))


def is_sealed(file: IO[bytes]) -> bool:
    """Whether it is encrypted; raises BackupError if it is no backup at all."""
    begin = file.read(len(_AGE))
    file.seek(0)
    if begin != _AGE and not begin.startswith(_GZIP):
        raise BackupError(reasons.NO_BACKUP())
    return begin == _AGE


def unseal(sealed: IO[bytes], clear: IO[bytes], *, identities: bytes, passphrase: str) -> None:
    """Write the archive; raises BackupError, naming the missing key. `identities`: the content of an age or SSH key file."""
    if not identities and not passphrase:
        raise BackupError(reasons.BACKUP_ENCRYPTED())
    try:
        if identities:
            pyrage.decrypt_io(sealed, clear, _identities(identities))
        else:
            clear.write(pyrage.passphrase.decrypt(_all_of(sealed), passphrase))
    except (pyrage.DecryptError, pyrage.IdentityError) as exc:
        raise BackupError(reasons.BACKUP_LOCKED(said=str(exc))) from None
    except OSError as exc:
        if exc.errno is not None:  # the disk's; without a number it is of what was read
            raise
        raise BackupError(reasons.BACKUP_LOCKED(said=str(exc))) from None


def _all_of(file: IO[bytes]) -> bytes:
    content = file.read(_MOST_BY_PASSPHRASE + 1)
    if len(content) > _MOST_BY_PASSPHRASE:
        raise BackupError(reasons.LARGE_FOR_PASSPHRASE(most=_MOST_BY_PASSPHRASE))
    return content


def _recipient(text: str) -> object:
    kind = pyrage.ssh if text.startswith("ssh-") else pyrage.x25519
    try:
        return kind.Recipient.from_str(text)
    except pyrage.RecipientError as exc:
        raise BackupError(reasons.NO_PUBLIC_KEY(key=text, said=str(exc))) from None


def _identities(content: bytes) -> list[object]:
    if b"PRIVATE KEY" in content:
        return [pyrage.ssh.Identity.from_buffer(content)]
    lines = (line.strip() for line in content.decode(errors="replace").splitlines())
    return [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]


__all__ = ["is_sealed", "seal", "unseal"]
