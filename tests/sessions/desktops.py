"""Desktops that speak for themselves in virtual time, with the golden image's own code for events and signatures."""

import importlib
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provisioner.model.ids import Vmid
from provisioner.sessions.push import Push

_PROGRAM = Path(__file__).parents[2] / "config" / "guest" / "bascule_guest"


def _own(name: str) -> Any:
    """A module of the golden image's program, which is not a package of ours."""
    sys.path.insert(0, str(_PROGRAM))
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        return importlib.import_module(name)
    finally:
        sys.dont_write_bytecode = before
        sys.path.remove(str(_PROGRAM))


_look, _events, _push, _machine = _own("look"), _own("events"), _own("push"), _own("machine")


class BootedMachine(_machine.Machine):  # type: ignore[misc] # of the golden image's program
    """A desktop's root folder, with an uptime of its own: not this machine's."""

    def __init__(self, root: Path, *, up_for_s: float) -> None:
        super().__init__(root)
        self._booted_at = super().uptime_s - up_for_s

    @property
    def uptime_s(self) -> float:
        """Seconds since its boot."""
        return float(super().uptime_s) - self._booted_at


@dataclass
class SpeakingDesktop:
    """One desktop. Times that it is given are true ones; what it says is by its own clock."""

    vmid: int
    booted_at: float
    skew_s: float = 0.0
    """How much its clock is ahead."""
    boots: int = 0
    sessions: dict[str, tuple[str, float, bool]] = field(default_factory=dict)
    """Open sessions by logind's id: login, since when by the uptime, whether connected."""

    def __post_init__(self) -> None:
        self.begin(self.booted_at)

    def begin(self, at: float) -> None:
        """Boot."""
        self.booted_at, self.boots, self.sessions = at, self.boots + 1, {}
        self.history = _events.History(boot_id=f"{self.vmid:08x}-{self.boots:04x}", secret=f"{self.vmid:032x}{self.boots:032x}")

    def changes(self, at: float, **sessions: tuple[str, float, bool]) -> None:
        """Its sessions are these from now on; it has noticed."""
        self.sessions = sessions
        self.look(at)

    def look(self, at: float) -> None:
        """Note what differs."""
        there = [
            _look.Session(id=key, user=user, since_s=since, connected=on) for key, (user, since, on) in self.sessions.items()
        ]
        self.history.take(there, now_s=at - self.booted_at)

    def document(self, at: float, *, with_secret: bool = False) -> dict[str, Any]:
        """What it says at this moment (the order is that of bascule_guest.document)."""
        now, booted = at + self.skew_s, self.booted_at + self.skew_s
        connections = sum(on for _, _, on in self.sessions.values())
        return {
            "version": 1,
            "booted_at": round(booted, 3),
            "boot_id": self.history.boot_id,
            "first_boot": "done",
            "logon_port": "open",
            "ready_at": round(booted + 20.0, 3),
            "written_at": round(now, 3),
            "period_s": 10,
            "connections": connections,
            "sessions": [
                {"user": user, "state": "connected" if on else "disconnected", "since": round(booted + since, 3)}
                for user, since, on in self.sessions.values()
            ],
            "sequence": int((at - self.booted_at) * 1e6),
            "event_number": self.history.number,
            "events": self.history.events,
            "image": "2026.11",
            "machine": f"{self.vmid:032x}",
            "host_keys": [],
            **({"push_secret": self.history.secret} if with_secret else {}),
        }

    def push(self, at: float, *, vmid: int | None = None, secret: str | None = None, body: str | None = None) -> Push:
        """What it sends at this moment, signed."""
        document = self.document(at)
        text = json.dumps(document) if body is None else body
        number = self.vmid if vmid is None else vmid
        signed = _push.signature(
            secret or self.history.secret,
            vmid=number,
            boot_id=self.history.boot_id,
            sequence=document["sequence"],
            body=text.encode(),
        )
        return Push(vmid=Vmid(number), boot_id=self.history.boot_id, sequence=document["sequence"], signature=signed, body=text)
