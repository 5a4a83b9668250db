"""Accounts of the test's own, real for every process below: passwd and group files in a mount namespace, and no other change.

Needs root, as the servers of these tests do: without it each of these fails with that sentence, and none is skipped.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

_FIRST = 61_000
"""Above the accounts of Debian and of its people, below those of systemd."""
_WITH_ACCOUNTS = 'mount --bind "$1" /etc/passwd && mount --bind "$2" /etc/group && shift 2 && exec "$@"'


def need_root() -> None:
    """Fails the test of another account's files or processes, which nobody else can make."""
    assert os.geteuid() == 0, "this test needs root, as `make test` does: only root can act for another account"


def given_to(path: Path, owner: int, group: int = -1) -> None:
    """The file or folder belongs to this account."""
    need_root()
    os.chown(path, owner, group)


def with_accounts(folder: Path, people: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The beginning of a command for which these accounts are there, and for all that it starts.

    `people`: the further groups of each account, by its name; its first group has its name.
    """
    need_root()
    groups = dict.fromkeys(group for further in people.values() for group in further)
    ids = {name: _FIRST + number for number, name in enumerate((*people, *groups))}
    entries = [f"{name}:x:{ids[name]}:{ids[name]}::/nonexistent:/usr/sbin/nologin" for name in people]
    members = {group: [name for name, further in people.items() if group in further] for group in ids}
    files = (
        _added(Path("/etc/passwd"), folder / "passwd", entries),
        _added(Path("/etc/group"), folder / "group", [f"{group}:x:{ids[group]}:{','.join(members[group])}" for group in ids]),
    )
    return ("unshare", "--mount", "sh", "-ec", _WITH_ACCOUNTS, "sh", *map(str, files))


def logged_on(account: str) -> tuple[str, ...]:
    """The beginning of a command of root's that runs as this account, with the groups that a log-on gives it."""
    return ("setpriv", f"--reuid={account}", f"--regid={account}", "--init-groups")


def _added(file: Path, copy: Path, lines: Sequence[str]) -> Path:
    copy.write_text("\n".join([file.read_text().rstrip(), *lines, ""]))
    copy.chmod(0o644)
    return copy
