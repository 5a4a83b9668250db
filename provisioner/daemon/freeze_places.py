"""Where a freeze reaches the daemon: found without a configuration, and with a faulty one. Imports nothing large."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioner.daemon.freeze_file import VARIABLE, always_watched
from provisioner.daemon.site_file import running_site
from provisioner.settings.freeze_place import named_places


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
