"""What the running daemon of this machine says of itself, in a file: commands find it without a configuration."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "BASCULE_SITE"
"""The environment variable that names the file, if it is not in its usual place."""
SITE = Path("/run/bascule/site.json")
_MAX_BYTES = 65_536
"""A larger file is not the daemon's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSite:
    """What a freeze has to know of the daemon."""

    config: Path
    """The configuration that the daemon was started with."""
    freeze_file: Path
    """The file that it watches, whatever the configuration on disk says now."""


def running_site(environment: Mapping[str, str] = os.environ) -> RunningSite | None:
    """The daemon that has written the file; None: there is no file, or it does not name a freeze file."""
    try:
        with Path(environment.get(VARIABLE) or SITE).open("rb") as file:
            content = json.loads(file.read(_MAX_BYTES))
        return RunningSite(config=Path(content["config"]), freeze_file=Path(content["freeze_file"]))
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
