"""A guest: its configuration, power, disks, boot and sessions, and what pvestatd last saw of it."""

import hashlib
import math
from collections import deque
from dataclasses import dataclass, replace

from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.locks import Flock
from provisioner.twin.model.storages import Volume

HALF_MADE = " qmclone temporary file"
"""The description of a VM while it is being cloned."""
_NUMBERS = frozenset(
    {"cores", "sockets", "onboot", "template", "protection", "balloon", "numa", "kvm", "acpi", "vcpus", "tablet", "freeze",
     "ciupgrade", "shares", "autostart", "localtime", "reboot", "migrate_downtime", "migrate_speed", "cpuunits", "cpulimit"}
)  # fmt: skip
MEMORY_IN_USE = 0.6
"""Of a running guest's memory (modelled)."""

Fields = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One agent's session."""

    login: str
    since: float
    state: str = "connected"
    came_at: float = 0.0
    """When its connection was made: before the log-on mask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Boot:
    """How far one boot has come."""

    began_at: float
    number: int
    ticket: int | None = None
    """Its place in the node's boots, until the guest agent is up."""
    agent_up: bool = False
    ready_at: float | None = None
    """First boot finished, log-on port open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _StatdView:
    """What a pass of pvestatd would see since `at`."""

    at: float
    name: str
    running: bool
    started_at: float
    cpus: int
    memory: int
    disk: int
    template: bool


class TwinGuest:
    """One VM. `config` holds the raw settings; disks stand in `volumes` and are shown from there."""

    def __init__(self, vmid: int, node: str, *, events: EventHeap) -> None:
        self.vmid = vmid
        self.node = node
        self.events = events
        self.config: dict[str, str] = {}
        self.volumes: dict[str, Volume] = {}
        self.flock = Flock(events, path=f"/var/lock/qemu-server/lock-{vmid}.conf")
        self.power = "stopped"
        self.started_at = 0.0
        self.boot: Boot | None = None
        self.boots = 0
        self.sessions: list[Session] = []
        self.arrivals: dict[str, float] = {}
        """Who is at the log-on mask, and since when."""
        self._left: deque[tuple[Session, float]] = deque(maxlen=8)
        """The last who have logged off, and when."""
        self.desktop = False
        """Cloned from a template."""
        self.dead_agent = False
        self.status_file: str | None = None
        """What somebody has written over the status document, in ASCII; None: nobody has."""
        self.cpus = 1
        self.memory_mib = 512
        self.version = 0
        self._seen: deque[_StatdView] = deque(maxlen=12)
        self._listed: tuple[object, Fields, int] | None = None

    @property
    def lock(self) -> str | None:
        """Proxmox VE's lock: clone, backup, …"""
        return self.config.get("lock")

    @property
    def template(self) -> bool:
        """Whether it is one."""
        return self.config.get("template") == "1"

    @property
    def running(self) -> bool:
        """Whether QEMU runs; a paused guest does."""
        return self.power != "stopped"

    @property
    def name(self) -> str:
        """As Proxmox VE shows it: a nameless VM is `VM <id>`."""
        return self.config.get("name") or f"VM {self.vmid}"

    @property
    def ready(self) -> bool:
        """First boot finished and log-on port open, really."""
        return self.power == "running" and self.boot is not None and self.boot.ready_at is not None

    @property
    def disk_bytes(self) -> int:
        """Of the first disk."""
        sizes = [volume.size_gib for _, volume in sorted(self.volumes.items()) if not volume.cdrom]
        return int(sizes[0] * 2**30) if sizes else 0

    @property
    def agent_configured(self) -> bool:
        """Whether the configuration enables QEMU's guest agent."""
        first = self.config.get("agent", "0").split(",")[0]
        return first in ("1", "enabled=1")

    def log_off(self, session: Session) -> None:
        """It ends now."""
        self.sessions.remove(session)
        self._left.append((session, self.events.now))

    def forget_people(self) -> None:
        """The boot is over, and everything that was open with it."""
        self.sessions.clear()
        self.arrivals.clear()
        self._left.clear()

    def sessions_at(self, moment: float) -> list[Session]:
        """Those that were open then, a short while ago."""
        ended = [session for session, at in self._left if moment < at]
        return [session for session in (*ended, *self.sessions) if session.since <= moment]

    def connections_at(self, moment: float) -> int:
        """To the log-on port: of each session, and of whoever was at the mask."""
        ended = [session for session, at in self._left if moment < at]
        came = [*(session.came_at for session in (*ended, *self.sessions)), *self.arrivals.values()]
        return sum(at <= moment for at in came)

    def changed(self) -> None:
        """Note a change that clients may see: at once where the answer is live, else after the next pass."""
        self.version += 1
        if not self.running:
            self.cpus = int(self.config.get("cores", "1")) * int(self.config.get("sockets", "1"))
            self.memory_mib = int(self.config.get("memory", "512").removeprefix("current="))
        self._seen.append(
            _StatdView(
                at=self.events.now,
                name=self.name,
                running=self.running,
                started_at=self.started_at,
                cpus=self.cpus,
                memory=self.memory_mib * 2**20,
                disk=self.disk_bytes,
                template=self.template,
            )
        )

    def known_for_long(self) -> None:
        """It was there before the twin began, so that the last pass has seen it."""
        self._seen = deque([replace(self._seen[-1], at=-math.inf)], maxlen=12)

    def forget_seen(self) -> None:
        """On another node now, whose pvestatd has not passed yet."""
        self._seen.clear()

    def public_config(self) -> Fields:
        """The configuration as the API shows it."""
        shown: Fields = {key: _value(key, value) for key, value in self.config.items()}
        shown |= {key: volume.setting for key, volume in self.volumes.items()}
        return shown | {"digest": self.digest()}

    def digest(self) -> str:
        """Of the configuration file."""
        lines = sorted([*self.config.items(), *((key, volume.setting) for key, volume in self.volumes.items())])
        return hashlib.sha1(repr(lines).encode(), usedforsecurity=False).hexdigest()

    def live(self) -> Fields:
        """What `/nodes/N/qemu` says: always current."""
        fields: Fields = {
            "vmid": self.vmid, "name": self.name, "status": "running" if self.running else "stopped",
            "cpus": self.cpus, "maxmem": self.memory_mib * 2**20, "maxdisk": self.disk_bytes,
            "uptime": self.uptime(self.events.now), "mem": self._memory(self.running), "memhost": self._memory(self.running),
            "cpu": 0.02 if self.running else 0, "disk": 0, "netin": 0, "netout": 0,
        }  # fmt: skip
        if self.running:
            fields |= {"pid": 10_000 + self.vmid, "diskread": 0, "diskwrite": 0}
        if "serial0" in self.config:
            fields["serial"] = 1
        if self.template:
            fields["template"] = 1
        return fields | self._live_marks()

    def current(self) -> Fields:
        """What `status/current` says."""
        fields = self.live() | {"qmpstatus": self.power, "ha": {"managed": 0}, "clipboard": None}
        if self.agent_configured:
            fields["agent"] = 1
        return fields

    def listed(self, last_pass: float, *, forgotten: bool, pool: str | None) -> tuple[Fields, int]:
        """What `/cluster/resources` says, and its size in bytes: lock and tags live, the rest as of the node's last pass."""
        seen = None if forgotten else self._seen_at(last_pass)
        key = (self.version, seen, last_pass if seen and seen.running else 0.0, pool)
        if self._listed is None or self._listed[0] != key:
            fields = self._resource(seen, last_pass, pool=pool)
            self._listed = (key, fields, len(str(fields)))
        return self._listed[1], self._listed[2]

    def uptime(self, at: float) -> int:
        """Whole seconds since it was started."""
        return int(at - self.started_at) if self.running else 0

    def _resource(self, seen: _StatdView | None, last_pass: float, *, pool: str | None) -> Fields:
        fields: Fields = {"id": f"qemu/{self.vmid}", "type": "qemu", "vmid": self.vmid, "node": self.node}
        if pool is not None:
            fields["pool"] = pool
        fields |= self._live_marks()
        if seen is None:
            return fields | {"status": "unknown"}
        return fields | {
            "name": seen.name, "status": "running" if seen.running else "stopped", "template": int(seen.template),
            "maxcpu": seen.cpus, "maxmem": seen.memory, "maxdisk": seen.disk,
            "uptime": int(last_pass - seen.started_at) if seen.running else 0,
            "cpu": 0.02 if seen.running else 0, "mem": int(seen.memory * MEMORY_IN_USE) if seen.running else 0,
            "memhost": int(seen.memory * MEMORY_IN_USE) if seen.running else 0,
            "disk": 0, "diskread": 0, "diskwrite": 0, "netin": 0, "netout": 0,
        }  # fmt: skip

    def _live_marks(self) -> Fields:
        marks: Fields = {}
        if self.config.get("tags", "").strip():
            marks["tags"] = self.config["tags"]
        if self.lock:
            marks["lock"] = self.lock
        return marks

    def _seen_at(self, moment: float) -> _StatdView | None:
        for seen in reversed(self._seen):
            if seen.at <= moment:
                return seen
        return None

    def _memory(self, running: bool) -> int:
        return int(self.memory_mib * 2**20 * MEMORY_IN_USE) if running else 0


def _value(key: str, value: str) -> object:
    if key == "cipassword":
        return "**********"
    return int(value) if key in _NUMBERS and value.isdigit() else value
