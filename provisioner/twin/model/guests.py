"""A guest: its configuration, power, disks, boot and sessions, and its last status from pvestatd."""

import hashlib
import math
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.locks import Flock
from provisioner.twin.model.storages import Volume

HALF_MADE = " qmclone temporary file"
"""The description of a VM while it is being cloned."""
DISK_KEY = re.compile(r"(?:scsi|virtio|sata|ide|efidisk|tpmstate)\d+")
"""A drive in the configuration."""
_NUMBERS = frozenset(
    {"cores", "sockets", "onboot", "template", "protection", "balloon", "numa", "kvm", "acpi", "vcpus", "tablet", "freeze",
     "ciupgrade", "shares", "autostart", "localtime", "reboot", "migrate_downtime", "migrate_speed", "cpuunits", "cpulimit"}
)  # fmt: skip
MEMORY_IN_USE = 0.6
"""Share of a running guest's memory that is in use (modelled)."""

Fields = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinSession:
    """One agent's session."""

    login: str
    since: float
    state: str = "connected"
    came_at: float = 0.0
    """When the connection was opened, before the log-on mask."""


class Noted(NamedTuple):
    """A log-on, log-off, connect or disconnect, as the desktop notes it."""

    at: float
    word: str
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestBoot:
    """The state of one boot."""

    began_at: float
    number: int
    ticket: int | None = None
    """Its ticket in the node's boot pool, until the guest agent is up."""
    agent_up: bool = False
    ready_at: float | None = None
    """When the first boot was finished and the log-on port open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Status:
    """What a pass of pvestatd reports from `at` on."""

    at: float
    name: str
    running: bool
    started_at: float
    cpus: int
    memory: int
    disk: int
    template: bool


class _Listed(NamedTuple):
    """The last entry in `/cluster/resources`. In most listings it is the same, or its uptime alone has changed."""

    at: float = -math.inf
    """The pass of pvestatd that it shows."""
    version: int = -1
    forgotten: bool = False
    pool: str | None = None
    status: _Status | None = None
    fields: Fields = {}  # noqa: RUF012 (replaced whole, never changed)
    size: int = 0


class TwinGuest:
    """One VM. `config` holds the raw settings except disks, which are in `volumes`."""

    def __init__(self, vmid: int, node: str, *, events: EventHeap, touched: dict[int, None] | None = None) -> None:
        """`touched`: where its VMID is put with every change that a list shows."""
        self.vmid = vmid
        self._touched: dict[int, None] = {} if touched is None else touched
        self.node = node
        self.events = events
        self.config: dict[str, str] = {}
        self.volumes: dict[str, Volume] = {}
        self._lock_path = f"/var/lock/qemu-server/lock-{vmid}.conf"
        self.flock = Flock(events, path=self._lock_path)
        self.power = "stopped"
        self.started_at = 0.0
        self.boot: GuestBoot | None = None
        self.boots = 0
        self.sessions: list[TwinSession] = []
        self.arrivals: dict[str, float] = {}
        """Logins at the log-on mask, and since when."""
        self._left: deque[tuple[TwinSession, float]] = deque(maxlen=8)
        """The last sessions that ended, and when."""
        self.noted: list[Noted] = []
        """The log-ons and log-offs of this boot."""
        self.desktop = False
        """Whether it was cloned from a template."""
        self.dead_agent = False
        self.hung = False
        """Whether nothing in it goes on: neither guest agent nor pushes."""
        self.pushes = False
        """Whether its image pushes."""
        self.skew_s = 0.0
        """How much its clock is ahead."""
        self.news_at = -math.inf
        """When its status document last changed by more than its time."""
        self.on_news: Callable[[TwinGuest], None] = _nobody
        """Called at each of these changes."""
        self.joins_ha = False
        """Whether it is put under HA once it is ready for the first time; a template's clones inherit it."""
        self.ha: str | None = None
        """The HA manager's state of it; None: it is not under HA."""
        self.setup_left_s: list[float] | None = None
        """Seconds of each part of the setup still to come, with a restart between parts; None: the setup has not begun."""
        self.setup_failed = False
        self.status_file: str | None = None
        """Text that replaces the status document (ASCII), for tests of tampering; None: not replaced."""
        self.cpus = 1
        self.memory_mib = 512
        self._version = 0
        self._statuses: deque[_Status] = deque(maxlen=12)
        self._listed = _Listed()

    @property
    def lock(self) -> str | None:
        """Proxmox VE's lock: clone, backup, …"""
        return self.config.get("lock")

    @property
    def template(self) -> bool:
        """Whether it is a template."""
        return self.config.get("template") == "1"

    @property
    def running(self) -> bool:
        """Whether QEMU runs; true for a paused guest."""
        return self.power != "stopped"

    @property
    def name(self) -> str:
        """The name Proxmox VE shows: `VM <id>` when it has none."""
        return self.config.get("name") or f"VM {self.vmid}"

    @property
    def ready(self) -> bool:
        """Whether the first boot is finished and the log-on port is open."""
        return self.power == "running" and self.boot is not None and self.boot.ready_at is not None

    @property
    def disk_bytes(self) -> int:
        """Size of the first disk."""
        sizes = [volume.size_gib for _, volume in sorted(self.volumes.items()) if not volume.cdrom]
        return int(sizes[0] * 2**30) if sizes else 0

    @property
    def agent_configured(self) -> bool:
        """Whether the configuration enables QEMU's guest agent."""
        first = self.config.get("agent", "0").split(",")[0]
        return first in ("1", "enabled=1")

    def log_on(self, session: TwinSession) -> None:
        """Begin a session now."""
        self.sessions.append(session)
        self._note("logon", session)

    def log_off(self, session: TwinSession) -> None:
        """End a session now."""
        self.sessions.remove(session)
        self._left.append((session, self.events.now))
        self._note("logoff", session)

    def connect(self, session: TwinSession, *, connected: bool) -> TwinSession:
        """The connection of a session comes back, or ends while the session stays open; returns the session as it is now."""
        state, word = ("connected", "connect") if connected else ("disconnected", "disconnect")
        changed = replace(session, state=state)
        self.sessions[self.sessions.index(session)] = changed
        self._note(word, changed)
        return changed

    def news(self) -> None:
        """Its status document is another one from now on."""
        self.news_at = self.events.now
        self.on_news(self)

    def _note(self, word: str, session: TwinSession) -> None:
        self.noted.append(Noted(self.events.now, word, session.login))
        self.news()

    def forget_people(self) -> None:
        """Drop all sessions and log-ons: the guest's boot has ended."""
        self.sessions.clear()
        self.noted.clear()
        self.arrivals.clear()
        self._left.clear()

    def sessions_at(self, moment: float) -> list[TwinSession]:
        """The sessions that were open at a recent moment."""
        ended = [session for session, at in self._left if moment < at]
        return [session for session in (*ended, *self.sessions) if session.since <= moment]

    def connections_at(self, moment: float) -> int:
        """Connections to the log-on port at a recent moment: connected sessions and logins at the mask."""
        ended = [session for session, at in self._left if moment < at]
        connected = (session for session in (*ended, *self.sessions) if session.state == "connected")
        came = [*(session.came_at for session in connected), *self.arrivals.values()]
        return sum(at <= moment for at in came)

    def changed(self) -> None:
        """Record a visible change: live answers show it at once, the others after pvestatd's next pass."""
        self.touch()
        if not self.running:
            self.cpus = int(self.config.get("cores", "1")) * int(self.config.get("sockets", "1"))
            self.memory_mib = int(self.config.get("memory", "512").removeprefix("current="))
        self._statuses.append(
            _Status(
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

    def touch(self) -> None:
        """Have its entry in `/cluster/resources` made anew."""
        self._version += 1
        self._touched[self.vmid] = None

    def known_for_long(self) -> None:
        """The guest existed before the twin began: pvestatd's last pass already reports it."""
        self._statuses = deque([replace(self._statuses[-1], at=-math.inf)], maxlen=12)
        self.touch()

    def move(self, node: str) -> None:
        """Belong to another node, whose pvestatd has not passed yet. File locks are a node's own: nobody holds them there."""
        self.node = node
        self.flock = Flock(self.events, path=self._lock_path)
        self._statuses.clear()
        self._listed = _Listed()
        self.touch()

    def public_config(self) -> Fields:
        """The configuration the API shows."""
        shown: Fields = {key: _value(key, value) for key, value in self.config.items()}
        shown |= {key: volume.setting for key, volume in self.volumes.items()}
        return shown | {"digest": self.digest()}

    def migrated(self, node: str, *, process_since: float) -> None:
        """Go on in a QEMU process on another node: its uptime is that process's. The last status stays listed until the next
        pass there."""
        self.node, self.started_at = node, process_since
        self.flock = Flock(self.events, path=self._lock_path)
        self._listed = _Listed()
        self.changed()

    def lost_images(self) -> Iterator[str]:
        """Drives in the configuration whose images do not exist; an ISO image always does."""
        for key, value in sorted(self.config.items()):
            if DISK_KEY.fullmatch(key) and ":" in value.partition(",")[0] and ":iso/" not in value:
                yield key

    def digest(self) -> str:
        """Digest of the configuration file."""
        lines = sorted([*self.config.items(), *((key, volume.setting) for key, volume in self.volumes.items())])
        return hashlib.sha1(repr(lines).encode(), usedforsecurity=False).hexdigest()

    def live(self) -> Fields:
        """Its entry in `/nodes/N/qemu`: always current."""
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
        """The answer of `status/current`."""
        fields = self.live() | {"qmpstatus": self.power, "ha": self._ha(), "clipboard": None}
        if self.agent_configured:
            fields["agent"] = 1
        return fields

    def listed(self, last_pass: float, *, forgotten: bool, pool: str | None) -> tuple[Fields, int]:
        """Its entry in `/cluster/resources`, and its size in bytes. Lock and tags are live, the rest is as of `last_pass`."""
        last = self._listed
        if last.at != last_pass or last.version != self._version or last.forgotten is not forgotten or last.pool != pool:
            status = None if forgotten else self._status_at(last_pass)
            same = (last.version, last.status, last.pool) == (self._version, status, pool)
            fields = last.fields if same else self._resource(status, pool=pool)
            size = last.size if same else len(str(fields))
            if status is not None and status.running:
                uptime_s = int(last_pass - status.started_at)
                fields = fields | {"uptime": uptime_s}
                size += len(str(uptime_s)) - len(str(last.fields.get("uptime", 0) if same else 0))
            self._listed = last = _Listed(last_pass, self._version, forgotten, pool, status, fields, size)
        return last.fields, last.size

    def uptime(self, at: float) -> int:
        """Whole seconds since the start; 0 when not running."""
        return int(at - self.started_at) if self.running else 0

    def _resource(self, status: _Status | None, *, pool: str | None) -> Fields:
        fields: Fields = {"id": f"qemu/{self.vmid}", "type": "qemu", "vmid": self.vmid, "node": self.node}
        if pool is not None:
            fields["pool"] = pool
        if self.ha is not None:
            fields["hastate"] = self.ha
        fields |= self._live_marks()
        if status is None:
            return fields | {"status": "unknown"}
        return fields | {
            "name": status.name, "status": "running" if status.running else "stopped", "template": int(status.template),
            "maxcpu": status.cpus, "maxmem": status.memory, "maxdisk": status.disk,
            "uptime": 0,
            "cpu": 0.02 if status.running else 0, "mem": int(status.memory * MEMORY_IN_USE) if status.running else 0,
            "memhost": int(status.memory * MEMORY_IN_USE) if status.running else 0,
            "disk": 0, "diskread": 0, "diskwrite": 0, "netin": 0, "netout": 0,
        }  # fmt: skip

    def _ha(self) -> Fields:
        return {"managed": 0} if self.ha is None else {"managed": 1, "state": self.ha}

    def _live_marks(self) -> Fields:
        marks: Fields = {}
        if self.config.get("tags", "").strip():
            marks["tags"] = self.config["tags"]
        if self.lock:
            marks["lock"] = self.lock
        return marks

    def _status_at(self, moment: float) -> _Status | None:
        for status in reversed(self._statuses):
            if status.at <= moment:
                return status
        return None

    def _memory(self, running: bool) -> int:
        return int(self.memory_mib * 2**20 * MEMORY_IN_USE) if running else 0


def _nobody(_guest: TwinGuest) -> None:
    """Nobody is to know."""


def _value(key: str, value: str) -> object:
    if key == "cipassword":
        return "**********"
    return int(value) if key in _NUMBERS and value.isdigit() else value
