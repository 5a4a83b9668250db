"""`site.json` beside the socket: how commands find the daemon without its configuration."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

NAME = "site.json"


def write_site_file(folder: Path, facts: Mapping[str, str]) -> Path:
    """Write it, all or nothing; whoever may use the socket may read it. Raises OSError."""
    path = folder / NAME
    unfinished = path.with_name(f".{NAME}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644), "w") as file:
        os.fchmod(file.fileno(), 0o644)
        json.dump(dict(facts), file, indent=2)
        file.write("\n")
    unfinished.replace(path)
    return path
