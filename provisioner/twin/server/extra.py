"""What serves the twin is an extra of its own: a daemon on a real cluster has no use for it."""

import sys
from importlib.util import find_spec

from provisioner.errors import SettingsError


def require_extra() -> None:
    """Raise SettingsError, with the command that brings it, when the extra `twin` is not installed."""
    if find_spec("aiohttp") is None:
        # This very Python's pip: another one may know no Bascule, and would ask an index for anything of that name.
        raise SettingsError(f"the twin's server is not installed: {sys.executable} -m pip install 'bascule[twin]'")
