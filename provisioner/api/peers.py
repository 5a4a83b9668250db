"""The process at the other end of a Unix socket, as the kernel knows it (unix(7))."""

import ctypes
import errno
import socket
import struct
from dataclasses import dataclass

_CREDENTIALS = struct.Struct("iII")
PEER_GROUPS: int = getattr(socket, "SO_PEERGROUPS", 59)
"""Linux's number on every architecture but parisc and sparc; Python has no name for it."""
_ROOM = (256, 65_536)
"""Groups: more than nearly everybody has, and NGROUPS_MAX of Linux."""
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The account of a process when it connected. Nothing that the process says can change it."""

    pid: int
    uid: int
    groups: frozenset[int]
    """Its group and its supplementary groups; of a kernel that does not tell these, its group alone."""


def peer_of(connection: socket.socket, *, option: int = PEER_GROUPS) -> Peer | None:
    """The peer of a connection; None: it is not a Unix socket. `option`: what asks the kernel for the groups."""
    if connection.family != socket.AF_UNIX:
        return None
    pid, uid, gid = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return Peer(pid=pid, uid=uid, groups=frozenset((gid, *(_groups(connection, option) or ()))))


def groups_are_told(*, option: int = PEER_GROUPS) -> bool:
    """Whether this kernel tells the supplementary groups of peers: asked of a connection to ourselves."""
    near, far = socket.socketpair(socket.AF_UNIX)
    with near, far:
        return _groups(near, option) is not None


def _groups(connection: socket.socket, option: int) -> tuple[int, ...] | None:
    """None: the kernel does not tell them. Asked by libc: Python's own call takes no answer of more than 1,024 bytes."""
    for room in _ROOM:
        groups, size = (ctypes.c_uint32 * room)(), ctypes.c_uint32(4 * room)
        if not _LIBC.getsockopt(connection.fileno(), socket.SOL_SOCKET, option, groups, ctypes.byref(size)):
            return tuple(groups[: size.value // 4])
        if ctypes.get_errno() != errno.ERANGE:
            break
    return None
