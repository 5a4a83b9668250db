"""The Unix socket: a file that only its owner and its group may use, in a folder that nobody else may change. And TCP."""

import errno
import grp
import os
import socket
import stat
from contextlib import closing, suppress
from pathlib import Path

from provisioner.errors import ExpositionError
from provisioner.reasons.api import (
    PORT_UNUSABLE,
    SOCKET_FOLDER,
    SOCKET_GROUP,
    SOCKET_IN_USE,
    SOCKET_UNUSABLE,
)

_SOCKET_MODE, _FOLDER_MODE = 0o660, 0o750


def listen_at(path: Path, group: str = "") -> socket.socket:
    """A listening socket in this place, which belongs to `group`, by default the daemon's own. Raises ExpositionError.

    A socket that an earlier daemon has left is replaced only if nobody answers there.
    """
    try:
        gid = _gid(group)
        _make_folder(path.parent, gid)
        folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            # By the folder's descriptor: the kernel takes no path of more than 107 bytes.
            place = f"/proc/self/fd/{folder}/{path.name}"
            _remove_stale(path, place)
            return _bound(place, gid)
        finally:
            os.close(folder)
    except OSError as exc:
        raise ExpositionError(SOCKET_UNUSABLE(path=str(path), said=exc.strerror or str(exc))) from exc


def listen_on(address: str, port: int, *, section: str = "api") -> socket.socket:
    """A listening TCP socket. `section`: of bascule.yaml, that names it. Raises ExpositionError."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family)
    except (OSError, OverflowError) as exc:
        raise ExpositionError(PORT_UNUSABLE(section=section, address=address, port=port, said=str(exc))) from exc


def remove_socket(path: Path) -> None:
    """At the end of the daemon."""
    with suppress(OSError):
        if stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()


def _gid(group: str) -> int:
    try:
        return grp.getgrnam(group).gr_gid if group else -1
    except KeyError as exc:
        raise ExpositionError(SOCKET_GROUP(group=group)) from exc


def _make_folder(folder: Path, gid: int) -> None:
    """An existing folder is left as it is, unless others could replace the socket in it."""
    try:
        folder.mkdir(mode=_FOLDER_MODE)
    except FileExistsError:
        mode = folder.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            raise ExpositionError(SOCKET_FOLDER(folder=str(folder))) from None
    else:
        folder.chmod(_FOLDER_MODE)  # whatever the umask is
    if gid >= 0:
        with suppress(PermissionError):  # systemd made it; whoever is in the group cannot enter it then, and says so
            os.chown(folder, -1, gid)


def _remove_stale(path: Path, place: str) -> None:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as asked:
        asked.settimeout(1.0)
        try:
            asked.connect(place)
        except FileNotFoundError:
            return
        except ConnectionRefusedError:
            if not stat.S_ISSOCK(path.lstat().st_mode):
                raise OSError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
            path.unlink()
            return
    raise ExpositionError(SOCKET_IN_USE(path=str(path)))


def _bound(place: str, gid: int) -> socket.socket:
    """Nobody else can connect before it has its group: until then only its owner may."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        os.fchmod(listening.fileno(), 0o600)
        listening.bind(place)
        if gid >= 0:
            os.chown(place, -1, gid)
        os.chmod(place, _SOCKET_MODE)
        listening.listen()
    except BaseException:
        listening.close()
        raise
    return listening
