"""Sections of a document: where to report problems, and how to read the files and secrets they name."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from provisioner.named_files import look_at_named
from provisioner.reasons.files import NO_AUTHORITIES
from provisioner.reasons.reason import Reason, reason_of
from provisioner.settings.checking import CheckedDocument
from provisioner.settings.problems import Path
from provisioner.settings.secret import Secret, SecretKeys, read_secret, unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a document; problems and relative paths refer to its file."""

    checked: CheckedDocument[Any]
    prefix: Path = ()

    def part(self, *path: str | int) -> "Section":
        """A part of this part."""
        return Section(checked=self.checked, prefix=(*self.prefix, *path))

    def complain(self, problem: Reason, *path: str | int, at_key: bool = False) -> None:
        """Report a problem with the value at a path below this part."""
        self.checked.complain((*self.prefix, *path), problem, at_key=at_key)

    def path(self, value: str) -> FilePath:
        """A path written in the file, made absolute."""
        return self.checked.source.beside(value).absolute()

    def file(self, value: str | None, *path: str | int) -> FilePath | None:
        """A file named at a path below this part; None, with a problem, if it cannot be read now."""
        if value is None:
            return None
        file = self.path(value)
        try:
            look_at_named(file)
        except (OSError, ValueError) as error:
            self.complain(unreadable(file, error), *path)
            return None
        self.checked.source.named_files.append(file)
        return file

    def authorities(self, value: str | None, *path: str | int) -> FilePath | None:
        """As `file`, of PEM certificates of authorities; None, with a problem, also if there is none that can be used."""
        file = self.file(value, *path)
        try:
            if file is not None:
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            self.complain(NO_AUTHORITIES(file=str(file), said=getattr(error, "reason", None) or str(error)), *path)
            return None
        return file

    def secret(self, where: SecretKeys | None, environment: Mapping[str, str], *path: str | int) -> Secret | None:
        """Read the secret named at a path below this part; an empty secret, with a problem, if that fails."""
        if where is None:
            return None
        try:
            secret = read_secret(where, self.checked.source.folder, environment=environment)
        except ValueError as error:
            self.complain(reason_of(error), *path, at_key=True)
            return Secret("")
        self._record(where)
        return secret

    def _record(self, where: SecretKeys) -> None:
        if where.file is not None:
            self.checked.source.named_files.append(self.path(where.file))
        if where.environment is not None:
            self.checked.source.named_variables.append(where.environment)
