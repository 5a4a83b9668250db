"""How much is free on the disk of the store."""

import os

from provisioner.settings.values import StoreSettings

_SQLITE = "sqlite:///"
_MIB = 1024 * 1024


def free_mib(store: StoreSettings) -> float | None:
    """What an ordinary account may still write there, MiB; None: not known, or the store is a database elsewhere."""
    if not store.url.startswith(_SQLITE):
        return None
    folder = os.path.dirname(store.url.removeprefix(_SQLITE)) or "."
    try:
        there = os.statvfs(folder)
    except OSError:
        return None
    return there.f_bavail * there.f_frsize / _MIB


__all__ = ["free_mib"]
