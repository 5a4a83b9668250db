"""What serves the twin is an extra of its own: a daemon on a real cluster has no use for it."""

from importlib.util import find_spec

from provisioner.errors import SettingsError


def require_extra() -> None:
    """Raise SettingsError, with the command that brings it, when the extra `twin` is not installed."""
    if find_spec("aiohttp") is None:
        raise SettingsError("the twin's server is not installed: pip install 'bascule[twin]'")
