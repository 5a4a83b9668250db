"""Whether the disks have room for another release. Prints a list of refusals, as JSON; in order, it is empty.

Arguments: the release in force, or nothing where the next is there already; the file of the store, or nothing; then the folders
of releases, of copies and of temporary files.
"""

import json
import os
import pathlib
import sys

_SPARE = 64 * 2**20
"""Bytes for what else grows meanwhile: the journal and SQLite's log."""


def size(path):
    """Bytes of a file, or of all files of a folder."""
    if os.path.isfile(path):
        return os.lstat(path).st_size
    found = (os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)
    return sum(os.lstat(file).st_size for file in found)


def wanted(release, store, releases, copies, temporary):
    """Bytes by folder. A release comes as wheels, beside what they are unpacked to: less than twice its size.

    A copy of the store is made, and put back for a try, which makes two on the way; while its schema changes it may double.
    """
    stored = sum(size(f"{store}{end}") for end in ("", "-wal") if os.path.exists(f"{store}{end}"))
    yield releases, 2 * size(release) if release else 0
    yield copies, 2 * stored
    yield temporary, 2 * stored
    if store:
        yield os.path.dirname(store), stored


def existing(folder):
    """The folder, or the next above it that is there."""
    return next(str(path) for path in (pathlib.Path(folder), *pathlib.Path(folder).parents) if path.is_dir())


def refusals(needs, free=lambda path: os.statvfs(path).f_bavail * os.statvfs(path).f_frsize):
    """One for each disk that is too full; folders of one disk count together."""
    disks = {}
    for folder, needed in needs:
        there = existing(folder)
        disks.setdefault(os.stat(there).st_dev, []).append((there, needed))
    for folders in disks.values():
        needed, has = _SPARE + sum(each for _, each in folders), free(folders[0][0])
        if has < needed:
            names = ", ".join(sorted({name for name, _ in folders}))
            text = f"the disk of {names} has {has / 2**20:.0f} MiB free, and {needed / 2**20:.0f} MiB are needed"
            yield {"code": "room", "text": text}


if __name__ == "__main__":
    print(json.dumps(list(refusals(wanted(*sys.argv[1:])))))
