"""Which time a command lives in: the machine's, or that of a served twin."""

import os
from pathlib import Path

from provisioner.daemon.system_clock import SystemClock
from provisioner.errors import SettingsError
from provisioner.ports import Clock
from provisioner.twin.server.state import TwinState

TWIN_STATE = "BASCULE_TWIN_STATE"
"""The environment variable that names a served twin's state file: for demonstrations and tests alone."""


def clock_of_commands() -> Clock:
    """The machine's clock; raises SettingsError on a twin's state file that cannot be read."""
    file = os.environ.get(TWIN_STATE)
    return read_twin_state(Path(file)).clock if file else SystemClock()


def read_twin_state(path: Path) -> TwinState:
    """Raises SettingsError."""
    try:
        return TwinState.read(path)
    except (OSError, ValueError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no twin's state file"
        raise SettingsError(f"{path}: cannot be read: {reason}") from error
