"""The twin's server needs the extra `twin`; a daemon on a real cluster does not."""

import sys
from importlib.util import find_spec

from provisioner.errors import SettingsError


def require_extra() -> None:
    """Raise SettingsError, with the command to install it, when the extra `twin` is missing."""
    if find_spec("aiohttp") is None:
        # The pip of this Python: another pip may not know Bascule, and would ask an index for anything of that name.
        raise SettingsError(f"the twin's server is not installed: {sys.executable} -m pip install 'bascule[twin]'")
