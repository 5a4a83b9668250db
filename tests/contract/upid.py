"""Proxmox VE's task ids: `UPID:node:pid:pstart:starttime:type:id:user:`, the numbers in hexadecimal."""

import re
from dataclasses import dataclass

from provisioner.model.ids import Instant, NodeName, Upid

_FORM = re.compile(
    r"UPID:(?P<node>[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?):(?P<pid>[0-9A-Fa-f]{8}):(?P<pstart>[0-9A-Fa-f]{8,9}):"
    r"(?P<started>[0-9A-Fa-f]{8}):(?P<kind>[^:\s/]+):(?P<subject>[^:\s/]*):(?P<user>[^:\s/]+):"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskId:
    """A parsed UPID. The node is where the task runs, even if the guest moves."""

    upid: Upid
    node: NodeName
    kind: str
    """qmclone, qmstart, …"""
    subject: str
    """Usually a VMID; for a clone the template's. Empty for a task that is not about a guest."""
    user: str
    """`user@realm`, or `user@realm!token` when a token started the task."""
    started_at: Instant
    """In whole seconds."""


def parse_upid(text: str) -> TaskId:
    """Parse a UPID; raises ValueError when it is not valid. A valid UPID is safe as part of a path."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a task id of Proxmox VE")
    return TaskId(
        upid=Upid(text),
        node=NodeName(match["node"]),
        kind=match["kind"],
        subject=match["subject"],
        user=match["user"],
        started_at=float(int(match["started"], 16)),
    )
