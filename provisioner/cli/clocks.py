"""The clock of a command: the machine's, or that of a served twin."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.daemon.system_clock import SystemClock
from provisioner.errors import SettingsError
from provisioner.reasons.commands import NOT_TWIN_STATE, TWIN_STATE_UNREADABLE

if TYPE_CHECKING:  # `bascule freeze` does not load a twin, nor what the core needs from outside
    from provisioner.ports import Clock
    from provisioner.twin.server.state import TwinState

TWIN_STATE = "BASCULE_TWIN_STATE"
"""The environment variable that names a served twin's state file. For demonstrations and tests only."""


def clock_of_commands() -> "Clock":
    """The twin's clock if its state file is set, else the machine's. Raises SettingsError if that file cannot be read."""
    file = os.environ.get(TWIN_STATE)
    return read_twin_state(Path(file)).clock if file else SystemClock()


def read_twin_state(path: Path) -> "TwinState":
    """Raises SettingsError if it cannot be read."""
    from provisioner.twin.server.state import TwinState

    try:
        return TwinState.read(path)
    except (OSError, ValueError, TypeError) as error:
        why = (error.strerror or "") if isinstance(error, OSError) else NOT_TWIN_STATE()
        raise SettingsError(TWIN_STATE_UNREADABLE(path=str(path), why=why)) from error
