"""Whether the store is there, and how much is free on its disk."""

import os

from provisioner.settings.values import StoreSettings

_SQLITE = "sqlite:///"
_MIB = 1024 * 1024


def is_there(store: StoreSettings) -> bool:
    """Whether there is a store: one that is a file is made by the first claim, and a daemon that cannot start makes none."""
    return not store.url.startswith(_SQLITE) or os.path.exists(store.url.removeprefix(_SQLITE))


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


__all__ = ["free_mib", "is_there"]
