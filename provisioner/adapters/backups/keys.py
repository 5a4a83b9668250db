"""Who made a backup: a MAC by a key that is in no backup. And who can open it: encrypted with age, for recipients' keys or
with a passphrase, from file to file.

Encryption for a public key proves no maker, and a key inside the backup would prove every copy of it.
"""

import enum
import hashlib
import hmac
import secrets
from pathlib import Path
from typing import IO

import pyrage

from provisioner.errors import BackupError
from provisioner.files import Folder, said_of
from provisioner.private_files import read_private
from provisioner.reasons import store as reasons

KEY_NAME = "backup.key"
"""The file of the key, beside bascule.yaml unless another is named."""
_PREFIX = "bascule-backup-"
_SHORTEST = 32
"""Characters behind it."""
_MOST_KEY = 4096
_PURPOSE = b"bascule backup 1\n"
_AGE = b"age-encryption.org/v1"
_GZIP = b"\x1f\x8b"
_MOST_BY_PASSPHRASE = 1 << 30
"""Bytes: with a passphrase, everything is held in memory."""


class Proof(enum.Enum):
    """Whether a backup is by the holder of the key."""

    HOLDS = "holds"
    WRONG = "wrong"
    """Another key made it, or it was changed."""
    NONE = "none"
    """It has none: an older Bascule made it, or it was made without a key."""
    NO_KEY = "no_key"
    """There is no key here to ask."""


class ProofKey:
    """A key, from its file."""

    def __init__(self, text: str) -> None:
        """`text`: a secret; no method shows it."""
        self._secret = text.encode()

    def maker(self) -> "ProofMaker":
        """The maker of one backup's proof."""
        return ProofMaker(self._secret)

    def is_in(self, content: bytes) -> bool:
        """Whether a file of the backup would give it away."""
        return self._secret in content


class ProofMaker:
    """Takes the members in their order, the content of each in parts."""

    def __init__(self, secret: bytes) -> None:
        self._mac = hmac.new(secret, _PURPOSE, hashlib.sha256)

    def begin(self, name: str, size: int) -> None:
        """A member. Lengths first: no two archives have the same bytes."""
        named = name.encode(errors="surrogateescape")
        self._mac.update(len(named).to_bytes(8, "big") + named + size.to_bytes(8, "big"))

    def add(self, content: bytes) -> None:
        """A part of it."""
        self._mac.update(content)

    def made(self) -> bytes:
        """The proof, in hexadecimal."""
        return self._mac.hexdigest().encode()

    def fits(self, proof: bytes) -> bool:
        """Whether it is that of these members."""
        return hmac.compare_digest(self.made(), proof.strip())


def read_key(path: Path) -> ProofKey:
    """Raises BackupError: it is not there, is not a key, or others may read or write it."""
    try:
        text = read_private(path, most=_MOST_KEY).decode(errors="replace").strip()
    except OSError as error:
        raise BackupError(reasons.BACKUP_FILE_UNREADABLE(path=str(path), said=said_of(error))) from error
    if not text.startswith(_PREFIX) or len(text) < len(_PREFIX) + _SHORTEST:
        raise BackupError(reasons.NO_PROOF_KEY(path=str(path)))
    return ProofKey(text)


def is_key(content: bytes) -> bool:
    """Whether a file with this content would be taken for a key."""
    return len(content) <= _MOST_KEY and content.decode(errors="replace").strip().startswith(_PREFIX)


def make_key(path: Path) -> ProofKey:
    """A new file, for its owner alone. Raises BackupError."""
    text = _PREFIX + secrets.token_urlsafe(32)
    try:
        with Folder(path.absolute().parent) as folder:
            folder.write(path.name, f"{text}\n".encode(), mode=0o600, new=True)
    except OSError as error:
        raise BackupError(reasons.BACKUP_FILE_UNWRITABLE(path=str(path), said=said_of(error))) from error
    return ProofKey(text)


def seal(clear: IO[bytes], sealed: IO[bytes], *, recipients: tuple[str, ...], passphrase: str) -> None:
    """Recipients are public keys of age (`age1…`) or SSH; if there are none, the passphrase. Raises BackupError."""
    if recipients:
        pyrage.encrypt_io(clear, sealed, [_recipient(recipient) for recipient in recipients])
    else:
        sealed.write(pyrage.passphrase.encrypt(_all_of(clear), passphrase))


def is_sealed(file: IO[bytes]) -> bool:
    """Whether it is encrypted; raises BackupError if it is not a backup at all."""
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
