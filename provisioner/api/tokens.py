"""Tokens of software that asks over TCP. Only their hashes are kept: whoever reads the file can use none of them."""

import hashlib
import hmac
import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provisioner.api.callers import Caller, Role

_log = logging.getLogger(__name__)
_PREFIX = "bascule-"
"""By which people and scanners of secrets recognize a token."""
_LONGEST = 256
"""Characters of a token that is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownToken:
    """One line of the file."""

    name: str
    role: Role
    digest: str
    """SHA-256 in hexadecimal. A token has 256 random bits, so that no slow hash is needed."""

    @property
    def line(self) -> str:
        """For the file."""
        return f"{self.name} {self.role.word} {self.digest}"


def make_token(name: str, role: Role) -> tuple[str, KnownToken]:
    """A new token, for its user alone; and what is kept of it."""
    token = _PREFIX + secrets.token_urlsafe(32)
    return token, KnownToken(name=name, role=role, digest=_digest(token))


class Tokens:
    """The tokens of a file, read again when it changes: a line that is deleted counts no more."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._known: tuple[KnownToken, ...] = ()

    def caller_with(self, authorization: str) -> Caller | None:
        """Who has the token of this header, `Bearer …`; None: nobody."""
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token or len(token) > _LONGEST:
            return None
        digest, found = _digest(token), None
        for known in self._read():  # every one of them, so that the time says nothing
            if hmac.compare_digest(known.digest, digest):
                found = known
        return None if found is None else Caller(name=f"token {found.name}", role=found.role)

    def _read(self) -> tuple[KnownToken, ...]:
        """Without a readable file there is no token."""
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            if stamp != self._stamp:
                self._known, self._stamp = tuple(_tokens_in(self._path.read_text(encoding="utf-8"))), stamp
        except (OSError, ValueError) as error:
            _log.error("the tokens of the API cannot be read, and none counts: %s", error)
            self._known, self._stamp = (), None
        return self._known


def _tokens_in(text: str) -> Iterator[KnownToken]:
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        role = next((role for role in Role if len(words) == 3 and role.word == words[1]), None)
        if role is None or len(words[2]) != hashlib.sha256().digest_size * 2:
            _log.error("line %d of the API's tokens is not NAME ROLE HASH, and does not count", number)
            continue
        yield KnownToken(name=words[0], role=role, digest=words[2].lower())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
