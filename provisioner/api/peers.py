"""The process at the other end of a Unix socket, as the kernel knows it (unix(7))."""

import array
import socket
import struct
from dataclasses import dataclass

_CREDENTIALS = struct.Struct("iII")
_SO_PEERGROUPS = getattr(socket, "SO_PEERGROUPS", 59)
"""Linux's number on every architecture but parisc and sparc; Python has no name for it."""
_MOST_GROUPS = 65_536
"""NGROUPS_MAX of Linux."""
_GID = array.array("I").itemsize


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The account of a process when it connected. Nothing that the process says can change it."""

    pid: int
    uid: int
    groups: frozenset[int]
    """Its group and its supplementary groups."""


def peer_of(connection: socket.socket) -> Peer | None:
    """The peer of a connection; None: it is no Unix socket."""
    if connection.family != socket.AF_UNIX:
        return None
    pid, uid, gid = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return Peer(pid=pid, uid=uid, groups=frozenset((gid, *_groups(connection))))


def _groups(connection: socket.socket) -> tuple[int, ...]:
    try:
        return tuple(array.array("I", connection.getsockopt(socket.SOL_SOCKET, _SO_PEERGROUPS, _MOST_GROUPS * _GID)))
    except OSError:  # a kernel without it: then its first group counts alone
        return ()
