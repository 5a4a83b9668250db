"""Encrypt and decrypt with age, for recipients' keys or with a passphrase."""

import pyrage

from provisioner.errors import BackupError
from provisioner.reasons import backups as reasons

_AGE = b"age-encryption.org/v1"
_GZIP = b"\x1f\x8b"


def seal(clear: bytes, *, recipients: tuple[str, ...], passphrase: str) -> bytes:
    """Unchanged if neither is given. Recipients are public keys of age (`age1…`) or SSH."""
    if recipients:
        return bytes(pyrage.encrypt(clear, [_recipient(recipient) for recipient in recipients]))
    return bytes(pyrage.passphrase.encrypt(clear, passphrase)) if passphrase else clear


def unseal(sealed: bytes, *, identities: bytes, passphrase: str) -> bytes:
    """The archive; raises BackupError, naming the missing key. `identities`: the content of an age or SSH key file."""
    if sealed.startswith(_GZIP):
        return sealed
    if not sealed.startswith(_AGE):
        raise BackupError(reasons.NO_BACKUP())
    if not identities and not passphrase:
        raise BackupError(reasons.BACKUP_ENCRYPTED())
    try:
        if identities:
            return bytes(pyrage.decrypt(sealed, _identities(identities)))
        return bytes(pyrage.passphrase.decrypt(sealed, passphrase))
    except (pyrage.DecryptError, pyrage.IdentityError) as exc:
        raise BackupError(reasons.BACKUP_LOCKED(said=str(exc))) from None


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


__all__ = ["seal", "unseal"]
