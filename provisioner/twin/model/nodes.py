"""A node: its hardware, API workers, boots, pvestatd's passes, and its running processes."""

import math
from typing import Any

from provisioner.model.twin_spec import NodeSpec, TwinSpec
from provisioner.twin.engine.draws import Draws
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.engine.processes import Running
from provisioner.twin.model.boots import BootPool
from provisioner.twin.model.workers import Workers

MEMORY_OF_ITS_OWN_MIB = 4096
"""Memory Proxmox VE itself uses on a node (modelled)."""
UP_BEFORE_S = 3 * 86_400.0
"""How long nodes have been up when the twin begins."""


class TwinNode:
    """One node. A dead node only keeps its name and its guests' configurations."""

    def __init__(self, spec: NodeSpec, twin: TwinSpec, *, events: EventHeap, draws: Draws) -> None:
        self.name = spec.name
        self.cores = spec.cores
        self.memory_mib = spec.memory_mib
        self.speed = spec.speed
        self.events = events
        self.alive = True
        self.maintenance = False
        """In the HA manager's maintenance mode, which survives a reboot."""
        self.starts = True
        """Whether QEMU can start here."""
        self.daemon_up = True
        """Whether pvedaemon answers here."""
        self.died_at = math.inf
        self.stalled_at = math.inf
        """Since when pvestatd hangs."""
        self.booted_at = events.now - UP_BEFORE_S
        self.boots = BootPool(events, twin.durations, speed=spec.speed)
        self.guests_mib = 0
        """Memory of all running guests."""
        self.running: dict[Running[Any], None] = {}
        """Processes that die with the node, in order."""
        self._workers = twin.api.workers
        self.workers = Workers(self._workers)
        self._status = twin.status
        self._phase = draws.share(spec.name, "pvestatd") * twin.status.period_s
        self._pid = 1000

    @property
    def online(self) -> bool:
        """Whether the cluster shows it online."""
        return self.alive or self.events.now < self.died_at + self._status.node_offline_s

    @property
    def forgotten(self) -> bool:
        """Whether its last status is too old to be listed."""
        return self.events.now >= min(self.died_at, self.stalled_at) + self._status.guests_unknown_s

    def last_pass(self) -> float:
        """When pvestatd last reported this node's state to the cluster."""
        period = self._status.period_s
        until = min(self.events.now, self.died_at, self.stalled_at)
        return self._phase + math.floor((until - self._phase) / period) * period

    def uptime(self) -> int:
        """Whole seconds since it was powered on."""
        return int(self.events.now - self.booted_at)

    def next_pid(self) -> int:
        """The process id of the next task."""
        self._pid += 1
        return self._pid

    def die(self) -> None:
        """Lose power: all processes end without an answer."""
        self.alive = False
        self.died_at = self.events.now
        self.boots.clear()
        for process in list(self.running):
            process.kill()
        self.running.clear()

    def come_back(self) -> None:
        """Power on again, with all guests stopped."""
        self.alive = True
        self.died_at = math.inf
        self.booted_at = self.events.now
        self.workers = Workers(self._workers)
