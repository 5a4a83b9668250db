"""Tokens of software that asks over TCP. Only their hashes are kept: whoever reads the file can use none of them."""

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provisioner.api.callers import Caller, Role
from provisioner.files import FileRefused, said_of
from provisioner.private_files import read_private
from provisioner.reasons.files import CANNOT_READ, FILE_ENCODING
from provisioner.reasons.reason import NONE, Reason

_log = logging.getLogger(__name__)
_PREFIX = "bascule-"
"""By which people and scanners of secrets recognize a token."""
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
_LONGEST = 256
"""Characters of a token that is looked at."""
MOST_BYTES = 1024 * 1024
"""Of the file: some 9,000 tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownToken:
    """One line of the file."""

    name: str
    role: Role
    digest: str
    """SHA-256 in hexadecimal. A token has 256 random bits, so that no slow hash is needed."""

    @property
    def line(self) -> str:
        """The token's line in the file."""
        return f"{self.name} {self.role.word} {self.digest}"


def make_token(name: str, role: Role) -> tuple[str, KnownToken]:
    """A new token, for its user alone; and what is kept of it."""
    token = _PREFIX + secrets.token_urlsafe(32)
    return token, KnownToken(name=name, role=role, digest=_digest(token))


class Tokens:
    """The tokens of a file, read again when it changes: a line that is deleted counts no more."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, ...] | None = None
        self._known: tuple[KnownToken, ...] = ()
        self._refused: Reason = NONE
        """What was logged last."""

    def caller_with(self, authorization: str) -> Caller | None:
        """Who has the token of this header, `Bearer …`; None: nobody."""
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token or len(token) > _LONGEST:
            return None
        digest, found = _digest(token), None
        self._look()
        for known in self._known:  # every one of them, so that the time says nothing
            if hmac.compare_digest(known.digest, digest):
                found = known
        return None if found is None else Caller(name=f"token {found.name}", role=found.role)

    def _look(self) -> None:
        """Read the file if it has changed. Of a file that cannot be read, or that others can write to, no token counts."""
        refused = NONE
        try:
            status = self._path.stat()
            stamp = (status.st_ino, status.st_ctime_ns, status.st_mtime_ns, status.st_size)
            if stamp != self._stamp:
                self._known, self._stamp = tuple(_tokens_in(_text_of(self._path))), stamp
        except (OSError, UnicodeDecodeError) as error:
            refused, self._known, self._stamp = _why(self._path, error), (), None
        if refused and refused != self._refused:  # once, and not for each request
            _log.error("the tokens of the API cannot be read, and none counts: %s", refused)
        self._refused = refused


def why_none_counts(file: Path) -> Reason:
    """Why no token of the file counts; empty: they do."""
    try:
        _text_of(file)
    except (OSError, UnicodeDecodeError) as error:
        return _why(file, error)
    return NONE


def _text_of(file: Path) -> str:
    return read_private(file, most=MOST_BYTES, secret=False).decode()


def _why(file: Path, error: OSError | UnicodeDecodeError) -> Reason:
    if isinstance(error, FileRefused):
        return error.why
    return CANNOT_READ(file=str(file), said=said_of(error) if isinstance(error, OSError) else FILE_ENCODING())


def _tokens_in(text: str) -> Iterator[KnownToken]:
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        role = next((role for role in Role if len(words) == 3 and role.word == words[1]), None)
        if role is None or not _DIGEST.fullmatch(words[2]):
            _log.error("line %d of the API's tokens is not NAME ROLE HASH, and does not count", number)
            continue
        yield KnownToken(name=words[0], role=role, digest=words[2].lower())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
