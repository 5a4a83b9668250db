"""What the running daemon of this machine says of itself, in a file: commands find it without a configuration."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioner.files import Folder
from provisioner.named_files import read_named

VARIABLE = "BASCULE_SITE"
"""The environment variable that names the file, if it is not in its usual place."""
SITE = Path("/run/bascule/site.json")
_MAX_BYTES = 65_536
"""A larger file is not the daemon's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSite:
    """What commands have to know of the daemon."""

    config: Path
    """The configuration that the daemon was started with."""
    freeze_file: Path
    """The file that it watches, whatever the configuration on disk says now."""
    socket: Path | None = None
    """Where it answers; None: it does not say."""


def release() -> str:
    """The version; of an installation by the Ansible role the release's name, for two releases may be of one version."""
    from importlib.metadata import version  # takes as long as a tenth of a command

    number, folder = version("bascule"), Path(sys.prefix).name
    return folder if folder.startswith(f"{number}-") else number


def site_file_beside(socket: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Where the daemon with this socket writes its file."""
    return Path(environment.get(VARIABLE) or socket.parent / SITE.name)


def write_site_file(path: Path, facts: Mapping[str, str]) -> None:
    """Write it, all or nothing; whoever may enter the folder may read it. Raises OSError."""
    with Folder(path.absolute().parent) as folder:
        folder.write(path.name, f"{json.dumps(dict(facts), indent=2)}\n".encode(), mode=0o644)


def running_site(environment: Mapping[str, str] = os.environ) -> RunningSite | None:
    """The daemon that has written the file; None: there is no file, or it does not name a freeze file."""
    try:
        content = json.loads(read_named(Path(environment.get(VARIABLE) or SITE), most=_MAX_BYTES))
        at = content.get("socket")
        return RunningSite(
            config=Path(content["config"]), freeze_file=Path(content["freeze_file"]), socket=None if at is None else Path(at)
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
