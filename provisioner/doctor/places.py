"""Check what would keep the daemon from starting on this machine: groups of its sockets, their folders, its ports.

As the account that asks: the Ansible role asks as the daemon's, within the walls of its unit.
"""

import errno
import grp
import os
import pwd
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from provisioner.doctor.findings import Finding, bad, doubtful
from provisioner.reasons import api as words
from provisioner.reasons import subjects
from provisioner.settings.values import ApiSettings, Settings

MADE_BY_SYSTEMD = "RUNTIME_DIRECTORY"
"""Names, in a unit with `RuntimeDirectory=`, the folders that systemd makes below /run; elsewhere nobody knows."""
_RUN = Path("/run")
_NEVER = (errno.EACCES, errno.EADDRNOTAVAIL)
"""Why nobody can listen there; a port that is taken may be the daemon's own."""


def examine_places(settings: Settings) -> Iterator[Finding]:
    """Nothing where all is well."""
    api, receiver = settings.api, settings.receiver
    yield from _group("api", api.group)
    yield from _folder(api.socket)
    if receiver is not None:
        yield from _group("receiver", receiver.group)
        yield from _folder(receiver.socket)
    yield from _port("exposition", settings.exposition.address, settings.exposition.port)
    if api.address is not None:
        yield from _port("api", api.address, api.port)
    yield from _roles(api)


def _group(section: str, name: str) -> Iterator[Finding]:
    """An account gives its files to its own groups; root to any."""
    if not name:
        return
    gid = _gid(name)
    if gid is None:
        yield bad(subjects.SETTINGS(), words.SOCKET_GROUP_UNKNOWN(section=section, group=name))
    elif os.geteuid() != 0 and gid not in {os.getegid(), *os.getgroups()}:
        yield bad(subjects.SETTINGS(), words.SOCKET_GROUP_LACKS(section=section, group=name, account=_account()))


def _folder(path: Path) -> Iterator[Finding]:
    folder = path.parent
    made = [Path(name) for name in os.environ.get(MADE_BY_SYSTEMD, "").split(":") if name]
    if folder in made or (not os.path.exists(folder) and folder.parent == _RUN and not made):
        return
    if not os.access(folder if os.path.exists(folder) else folder.parent, os.W_OK | os.X_OK):
        yield bad(subjects.SETTINGS(), words.SOCKET_FOLDER_UNWRITABLE(path=str(path), folder=str(folder)))


def _port(section: str, address: str, port: int) -> Iterator[Finding]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with closing(socket.socket(family, socket.SOCK_STREAM)) as tried:
            tried.bind((address, port))
    except OSError as error:
        if error.errno in _NEVER:
            yield bad(
                subjects.SETTINGS(),
                words.PORT_BARRED(section=section, address=address, port=port, said=error.strerror or ""),
            )


def _roles(api: ApiSettings) -> Iterator[Finding]:
    for name in dict.fromkeys((*api.board, *api.viewer, *api.helpdesk, *api.operator)):
        if _gid(name) is None:
            yield doubtful(subjects.SETTINGS(), words.ROLE_GROUP_UNKNOWN(group=name))


def _gid(group: str) -> int | None:
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        return None


def _account() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


__all__ = ["MADE_BY_SYSTEMD", "examine_places"]
