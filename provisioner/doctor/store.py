"""Check what Bascule keeps on this machine: the store, and the freeze file."""

import os
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path

from provisioner.daemon.composition import OutsideSystems
from provisioner.daemon.freeze_file import FreezeFiles
from provisioner.doctor.findings import Finding, bad, doubtful, good
from provisioner.errors import StoreError
from provisioner.model.kept.records import Records
from provisioner.reasons import cluster as words
from provisioner.reasons import subjects
from provisioner.reasons.wrong import PROFILE_UNCONFIGURED
from provisioner.settings.values import Settings

_SQLITE = "sqlite:///"
_IN_MEMORY = (Path("/run"), Path("/dev/shm"))  # noqa: S108 (nothing is written there)


def examine_store(settings: Settings, outside: OutsideSystems) -> Generator[Finding, None, Records | None]:
    """Returns what is stored."""
    if settings.store.url.startswith(_SQLITE) and _is_in_memory(_file(settings)):
        yield doubtful(subjects.STORE(), words.STORE_IN_MEMORY(path=str(_file(settings))))
    if wrong := list(examine_store_folder(settings)):
        yield from wrong
        return None
    try:
        records = outside.store.load()
        outside.store.verify()
    except StoreError as error:
        yield bad(subjects.STORE(), words.STORE_FAILS(said=error.reason))
        return None
    yield good(subjects.STORE(), words.DESKTOPS_KEPT(count=len(records.desktops)))
    unprofiled = Counter(each.profile for each in records.reservations if each.profile not in settings.profiles)
    for profile, count in sorted(unprofiled.items()):
        yield doubtful(subjects.STORE(), PROFILE_UNCONFIGURED(profile=profile, count=count))
    return records


def examine_store_folder(settings: Settings) -> Iterator[Finding]:
    """Whether this account can write where SQLite keeps its file, and another beside it; nothing where all is well."""
    file = _file(settings)
    if not settings.store.url.startswith(_SQLITE) or _may_write(file):
        return
    wrong = words.STORE_READ_ONLY if os.path.isdir(file.parent) else words.STORE_FOLDER
    yield bad(subjects.STORE(), wrong(folder=str(file.parent)))


def examine_freeze_file(files: FreezeFiles) -> Iterator[Finding]:
    """A freeze that stands, and a file that cannot be made or that a restart of the machine loses."""
    path = files.configured
    if (there := files.there()) is not None:
        yield doubtful(subjects.FREEZE_FILE_ITSELF(), words.FREEZE_FILE(path=str(there)))
    if _is_in_memory(path):
        yield doubtful(subjects.FREEZE_FILE_ITSELF(), words.FREEZE_IN_MEMORY(path=str(path)))
    elif there is None and not os.access(path.parent, os.W_OK):
        yield doubtful(subjects.FREEZE_FILE_ITSELF(), words.FREEZE_SLOW(path=str(path)))


def _file(settings: Settings) -> Path:
    return Path(settings.store.url.removeprefix(_SQLITE))


def _may_write(file: Path) -> bool:
    return _is_writable(file.parent) and (not os.path.exists(file) or _is_writable(file))


def _is_writable(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=True)


def _is_in_memory(path: Path) -> bool:
    """Whether it is in memory, and goes with a restart of the machine."""
    return any(path.resolve().is_relative_to(folder) for folder in _IN_MEMORY)


__all__ = ["examine_freeze_file", "examine_store", "examine_store_folder"]
