"""Questions of `bascule init`: each may be answered by an option instead, and without a terminal has to be."""

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from provisioner.cli.styled import err, words
from provisioner.errors import SettingsError
from provisioner.files import FileRefused
from provisioner.named_files import read_text_given
from provisioner.private_files import read_given_secret
from provisioner.reasons.commands import FILE_UNREADABLE, OPTIONS_MISSING
from provisioner.reasons.files import FILE_ENCODING
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.settings.secret import MAX_BYTES
from provisioner.texts.translate import _


class Asking:
    """Asks at a terminal. `silent`: takes every default instead."""

    def __init__(self, *, silent: bool) -> None:
        self.silent = silent

    def require(self, **given: bool) -> None:
        """Without a terminal: all options at once that have no default. Raises SettingsError."""
        missing = [f"--{name.replace('_', '-')}" for name, there in given.items() if not there]
        if self.silent and missing:
            raise SettingsError(OPTIONS_MISSING(options=join_reasons(missing, ALSO)))

    def text(self, question: str, default: str = "") -> str:
        """One line; empty: the default."""
        if self.silent:
            return default
        shown = _("{question} [{default}]", question=question, default=default) if default else question
        err.print(words(f"{shown}:"), end=" ", soft_wrap=True)
        line = sys.stdin.readline()
        if not line:
            raise typer.Abort
        return line.strip() or default

    def needed(self, question: str, default: str = "", *, option: str) -> str:
        """Asks until there is an answer. Raises SettingsError that names the option, where nobody can answer."""
        answer = self.text(question, default)
        while not answer:
            self.require(**{option: False})
            answer = self.text(question, default)
        return answer

    def secret(self, question: str) -> str:
        """Nothing of it is shown."""
        try:
            return getpass.getpass(f"{question}: ", stream=sys.stderr).strip()
        except EOFError:
            raise typer.Abort from None

    def agrees(self, question: str) -> bool:
        """Whether the answer is yes; silence is not."""
        return self.text(_("{question} [y/N]", question=question)).lower() in _("y yes").split() if not self.silent else False

    def choose(self, question: str, names: Sequence[str], default: str) -> str:
        """One of the names, of which the default is one; asks until it is."""
        answer = self.text(question, default)
        while answer not in names:
            answer = self.text(question, default)
        return answer


def read_file(path: Path) -> str:
    """The text of a file that an option names. Raises SettingsError."""
    try:
        return read_text_given(path)
    except (OSError, UnicodeDecodeError) as error:
        said = (error.strerror or "") if isinstance(error, OSError) else str(error)
        raise SettingsError(FILE_UNREADABLE(path=str(path), said=said)) from error


def read_secret_file(path: Path) -> str:
    """Without its line end; a file as the configuration may name it for a secret. Raises SettingsError."""
    try:
        return read_given_secret(path, most=MAX_BYTES).decode().strip("\r\n")
    except FileRefused as refused:
        raise SettingsError(refused.why) from refused
    except OSError as error:
        raise SettingsError(FILE_UNREADABLE(path=str(path), said=error.strerror or "")) from error
    except UnicodeDecodeError as error:
        raise SettingsError(FILE_UNREADABLE(path=str(path), said=FILE_ENCODING())) from error
