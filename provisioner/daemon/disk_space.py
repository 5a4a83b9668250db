"""Whether the store is there, and how much is free on its disk."""

import os

from provisioner.adapters.sql.store import SqlStore
from provisioner.errors import StoreAway, StoreError, StoreOwned
from provisioner.reasons.wrong import DISK_SHORT
from provisioner.settings.values import StoreSettings

_SQLITE = "sqlite:///"
_MIB = 1024 * 1024
_ROOM_MIB = 16
"""The write-ahead log grows to 4 MiB; a full disk that has room for a row may have none for the next."""


TRIED_S = 1.0
"""Real seconds between two tries of a store that could not be written to."""
_TRIED_MOST_S = 20.0  # well below the 60 s after which systemd misses a sign of life
_LASTS_S = 120.0
"""A store that has worked for so long is mended."""


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


def next_try_s(before_s: float, *, lasted_s: float) -> float:
    """The wait before the next try, in real seconds: longer each time that it failed soon after it had answered.

    A store may take the proof and refuse the rest: then each try begins the daemon anew, and asks the clusters for everything.
    """
    return TRIED_S if lasted_s >= _LASTS_S else min(2 * before_s, _TRIED_MOST_S)


def prove_writable(store: SqlStore, settings: StoreSettings) -> None:
    """Raises StoreError unless it can be written to as its owner, and its disk has room for what a start writes."""
    left_mib = free_mib(settings)
    if left_mib is not None and left_mib < _ROOM_MIB:
        raise StoreAway(DISK_SHORT(left_mib=left_mib))
    store.prove()


def may_mend_itself(error: StoreError, settings: StoreSettings) -> bool:
    """Whether waiting may help. On a full disk SQLite may say only that it cannot open a file."""
    left_mib = free_mib(settings)
    return isinstance(error, StoreAway) or (left_mib is not None and left_mib < _ROOM_MIB and not isinstance(error, StoreOwned))


__all__ = ["TRIED_S", "free_mib", "is_there", "may_mend_itself", "next_try_s", "prove_writable"]
