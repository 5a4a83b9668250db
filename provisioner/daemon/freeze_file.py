"""Freeze files: while one is there, the daemons that watch it write nothing to any cluster.

Imports nothing large: `bascule freeze` has to work when nothing else does. Where a freeze reaches the daemon is found without a
configuration, and with a faulty one.
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from provisioner.daemon.site_file import running_site
from provisioner.model.freeze import MAX_BYTES, FreezeMark, mark_of, mark_text
from provisioner.named_files import open_named
from provisioner.settings.freeze_place import named_places

VARIABLE = "BASCULE_FREEZE_FILE"
"""The environment variable that names the file that every daemon watches, whatever its configuration says."""
ALWAYS = Path("/var/lib/bascule/freeze")
"""That file, if the variable is not set. Not below /run: a freeze must survive a restart of the machine."""
_MODE = 0o644
"""The daemon reads it, whoever wrote it; there is no secret in it."""


def always_watched(environment: Mapping[str, str] = os.environ) -> Path:
    """The file that every daemon on this machine watches. So a freeze needs no configuration."""
    return Path(environment.get(VARIABLE) or ALWAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeFiles:
    """The files that a daemon watches: the configured file, and the file that every daemon watches."""

    configured: Path
    always: Path

    @classmethod
    def of(cls, configured: Path, *, environment: Mapping[str, str] = os.environ) -> "FreezeFiles":
        """The files of a daemon with this configuration."""
        return cls(configured=configured, always=always_watched(environment))

    def standing(self) -> bool:
        """Whether there is a file. Called before each write, from several threads."""
        return self.there() is not None

    def there(self) -> Path | None:
        """The file that is there; None: none is."""
        if is_there(self.configured, unknown=True):
            return self.configured
        return self.always if is_there(self.always, unknown=False) else None

    def mark(self) -> FreezeMark | None:
        """What the file says; None: there is none."""
        path = self.there()
        return None if path is None else read_mark(path)


def is_there(path: Path, *, unknown: bool) -> bool:
    """Whether there is anything under this name; `unknown`: the answer if the folder may not be searched.

    For the configured file, unknown counts as there: a freeze must not end because a folder was closed.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return unknown
    return True


def read_mark(path: Path) -> FreezeMark:
    """What a file says. Whatever cannot be read says nothing, and freezes all the same."""
    try:
        with open_named(path, follow=False) as file:
            raw = file.read(MAX_BYTES)
    except (OSError, ValueError):
        return FreezeMark()
    return mark_of(raw.decode(errors="replace"))


def write_mark(path: Path, mark: FreezeMark) -> OSError | None:
    """Make the file, or write into it again; returns why it does not say what it should. Raises OSError if it is not there.

    Its name freezes, not its content: where it cannot be made whole, on a full disk for example, it is there before anything
    is written into it.
    """
    text = mark_text(mark).encode(errors="replace")
    if _made_whole(path, text):
        return None
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, _MODE)
    except OSError as error:
        if is_there(path, unknown=False):
            return error
        raise
    try:
        with os.fdopen(file, "wb") as opened:
            with suppress(OSError):  # somebody else's file
                os.fchmod(file, _MODE)
            opened.truncate()
            opened.write(text)
    except OSError as error:
        return error
    return None


def _made_whole(path: Path, text: bytes) -> bool:
    """Whether a new file was made with its content at once: a cycle in between would journal a freeze without its reason."""
    import tempfile

    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-") as unfinished:
            unfinished.write(text)
            unfinished.flush()
            os.fchmod(unfinished.fileno(), _MODE)
            os.link(unfinished.name, path, follow_symlinks=False)
    except OSError:
        return False
    return True


def remove(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Remove the files; returns those that were there. Raises OSError."""
    found = tuple(path for path in paths if is_there(path, unknown=False))
    for path in found:
        path.unlink(missing_ok=True)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezePlaces:
    """The files to write, and whether they reach the daemon."""

    files: tuple[Path, ...]
    """The first is the surest."""
    elsewhere: bool = False
    """Whether the daemon may run on another machine, where nobody sees these files."""


def freeze_places(config: Path, file: Path | None, *, environment: Mapping[str, str] = os.environ) -> FreezePlaces:
    """The places of a freeze: `file` if it is given, else each file that the daemon is known to watch.

    The running daemon's own word counts, and the configuration's, which may have changed since the daemon was started. If
    neither names a file, the file that every daemon watches.
    """
    if file is not None:
        return FreezePlaces(files=(file,))
    site, named = running_site(environment), named_places(config)
    here = site is not None and site.config == config.absolute()
    files = [site.freeze_file] if site is not None and here else []
    files += [named.file] if named.file is not None else []
    if environment.get(VARIABLE) or not files:
        files.append(always_watched(environment))
    return FreezePlaces(files=tuple(dict.fromkeys(files)), elsewhere=named.elsewhere and not here)
