"""Secrets: read from a file or the environment, and never shown by `str`, `repr` or a format."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import model_validator

from provisioner.files import FileRefused
from provisioner.private_files import open_private
from provisioner.reasons.files import (
    CANNOT_READ,
    NO_FILE,
    NO_FILE_NAME,
    SECRET_EMPTY,
    SECRET_ENCODING,
    SECRET_LARGE,
    SECRET_LINES,
    SECRET_UNSET,
)
from provisioner.reasons.reason import Reason
from provisioner.reasons.settings import EITHER
from provisioner.settings.checking import Document
from provisioner.settings.fields import Text

MAX_BYTES = 8_192
"""Far more than any password or key has; a larger file is the wrong file."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret. Only `reveal` shows it; texts and log lines show `Secret(…)`."""

    _value: str

    def reveal(self) -> str:
        """The secret itself, for the call that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)


class SecretKeys(Document):
    """Where to read a secret: a file or an environment variable, never this file."""

    file: Text | None = None
    """A file that holds only the secret; not readable by everyone."""
    environment: Text | None = None
    """The name of an environment variable."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.file is None) == (self.environment is None):
            raise ValueError(EITHER(first="file", second="environment"))
        return self


def read_secret(where: SecretKeys, folder: Path, *, environment: Mapping[str, str]) -> Secret:
    """Read a secret, without its line end; raises ValueError, which never quotes what was read."""
    if where.file is not None:
        text = _from_file(folder / where.file)
    else:
        text = _from_environment(where.environment or "", environment)
    text = text.rstrip("\r\n")
    if not text.strip():
        raise ValueError(SECRET_EMPTY())
    if "\0" in text or "\n" in text:
        raise ValueError(SECRET_LINES())
    return Secret(text)


def unreadable(file: Path, error: OSError | ValueError) -> Reason:
    """Why a file named in another file cannot be read; ValueError: its name holds a zero byte."""
    if isinstance(error, OSError):
        return CANNOT_READ(file=str(file), said=error.strerror or NO_FILE())
    return NO_FILE_NAME()


def _from_environment(name: str, environment: Mapping[str, str]) -> str:
    if name not in environment:
        raise ValueError(SECRET_UNSET(name=name))
    return environment[name]


def _from_file(path: Path) -> str:
    try:
        with os.fdopen(open_private(path), "rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileRefused as refused:
        raise ValueError(refused.why) from None
    except OSError as error:
        raise ValueError(unreadable(path, error)) from error
    if len(raw) > MAX_BYTES:
        raise ValueError(SECRET_LARGE(file=str(path)))
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise ValueError(SECRET_ENCODING(file=str(path))) from None
