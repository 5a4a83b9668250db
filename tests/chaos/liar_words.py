"""What a liar makes up: events, sessions, marks of others, and strings."""

from collections.abc import Sequence
from random import Random

from provisioner.model.ids import Vmid
from provisioner.model.machines.desktops import EventKind
from provisioner.model.vm_marks import mac_for

STRINGS = (
    "\u202e" * 200,
    "\x1b[2J",
    "=cmd|' /C calc'!A0",
    "x" * 60_000,
    "'; DROP TABLE desktops;--",
    "{{7*7}}",
    "\ud800",
    "é" * 256,
)


def events_of(kinds: Sequence[EventKind], *, first: int, at_s: float) -> list[dict[str, object]]:
    """One after the other, from that second of the uptime on."""
    return [
        {"number": first + index, "event": kind.value, "user": f"made-up-{index}", "at_s": max(0.0, at_s + index / 100)}
        for index, kind in enumerate(kinds)
    ]


def sessions_of(count: int, *, since: float = 0.0) -> list[dict[str, object]]:
    """So many people whom nobody knows."""
    return [{"user": f"made-up-{index}", "state": "connected", "since": since} for index in range(count)]


def marks_of(kind: str, vmid: int, draw: Random) -> dict[str, object]:
    """Of the sixteen that come after it, and of one that is there."""
    coming = range(vmid + 1, vmid + 17)
    if kind == "card":
        return {"cards": [mac_for(Vmid(each), "lab").lower() for each in coming]}
    if kind == "address":
        return {"addresses": [f"10.0.{each >> 8 & 255}.{each & 255}" for each in coming]}
    return {"hostname": f"vd-{draw.choice(coming)}", "machine": f"{draw.getrandbits(128):032x}"}


__all__ = ["STRINGS", "events_of", "marks_of", "sessions_of"]
