"""Whether a terminal reads what is printed, and how wide it is: as rich finds it, which takes long to load.

Lines that fit are printed here; what is to be folded, coloured or set in columns is rich's (`styled`).
"""

import os
import sys
from contextlib import suppress
from typing import TextIO

from provisioner.cli.times import in_words
from provisioner.model.people.plain_text import one_line
from provisioner.texts.translate import translated

_DUMB = ("dumb", "unknown")
_USUAL = 80
_NARROW = "\u0300"
"""The first character that may take more or less than one column."""


def plain_line(text: str) -> str:
    """A reason in the language of the command; any other text unchanged. Times in it are by the site's clock.

    Names and error texts come from outside: they must not move the cursor, colour the terminal or start a line.
    """
    return one_line(in_words(translated(text)))


def is_terminal(stream: TextIO) -> bool:
    """Whether it is, or the environment says that it is to be taken for one."""
    compatible, forced = os.environ.get("TTY_COMPATIBLE"), os.environ.get("FORCE_COLOR")
    if compatible in ("0", "1"):
        return compatible == "1"
    if forced is not None:
        return forced != ""
    try:
        return stream.isatty()
    except ValueError:  # it is closed
        return False


def columns(stream: TextIO) -> int:
    """How many it has."""
    if os.environ.get("TERM", "").lower() in _DUMB and is_terminal(stream):
        return _USUAL
    said = os.environ.get("COLUMNS", "")
    return (int(said) if said.isdecimal() else _of_terminal()) or _USUAL


def _of_terminal() -> int:
    for descriptor in range(3):
        with suppress(OSError):
            return os.get_terminal_size(descriptor).columns
    return 0


def is_one_line(text: str, stream: TextIO) -> bool:
    """Whether nothing has to be folded: in a pipe grep finds it whole."""
    return not is_terminal(stream) or (len(text) <= columns(stream) and all(char < _NARROW for char in text))


def print_line(text: str, stream: TextIO, *, end: str = "\n") -> None:
    """Print it at once. If nobody reads any more, or it cannot be written, the command is over."""
    try:
        stream.write(f"{text}{end}")
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not isinstance(error, BrokenPipeError):
            print(error.strerror, file=sys.stderr)
        raise SystemExit(1) from None
