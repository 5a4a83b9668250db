"""A node: its hardware, API workers, boots, pvestatd's passes, and what runs on it."""

import math
from typing import Any

from provisioner.model.twin_spec import NodeSpec, TwinSpec
from provisioner.twin.engine.draws import Draws
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.engine.processes import Running
from provisioner.twin.model.boots import BootPool
from provisioner.twin.model.workers import Workers

MEMORY_OF_ITS_OWN_MIB = 4096
"""What Proxmox VE itself uses of a node (modelled)."""
UP_BEFORE_S = 3 * 86_400.0
"""How long nodes have been up when the twin begins."""


class TwinNode:
    """One node; a dead one keeps its name and its guests' configurations, nothing else."""

    def __init__(self, spec: NodeSpec, twin: TwinSpec, *, events: EventHeap, draws: Draws) -> None:
        self.name = spec.name
        self.cores = spec.cores
        self.memory_mib = spec.memory_mib
        self.events = events
        self.alive = True
        self.maintenance = False
        """In the HA manager's maintenance mode: it outlives a reboot."""
        self.starts = True
        """Whether QEMU comes up here."""
        self.daemon_up = True
        """Whether pvedaemon answers here."""
        self.died_at = math.inf
        self.stalled_at = math.inf
        """Since when pvestatd makes no pass."""
        self.booted_at = events.now - UP_BEFORE_S
        self.boots = BootPool(events, twin.durations)
        self.guests_mib = 0
        """Memory of all running guests."""
        self.running: dict[Running[Any], None] = {}
        """What dies with it, in order."""
        self._workers = twin.api.workers
        self.workers = Workers(self._workers)
        self._status = twin.status
        self._phase = draws.share(spec.name, "pvestatd") * twin.status.period_s
        self._pid = 1000

    @property
    def online(self) -> bool:
        """Whether the cluster still takes it for alive."""
        return self.alive or self.events.now < self.died_at + self._status.node_offline_s

    @property
    def forgotten(self) -> bool:
        """Whether its last status has become too old to be listed."""
        return self.events.now >= min(self.died_at, self.stalled_at) + self._status.guests_unknown_s

    def last_pass(self) -> float:
        """When pvestatd last told the cluster how things stand here."""
        period = self._status.period_s
        until = min(self.events.now, self.died_at, self.stalled_at)
        return self._phase + math.floor((until - self._phase) / period) * period

    def uptime(self) -> int:
        """Whole seconds since it was switched on."""
        return int(self.events.now - self.booted_at)

    def next_pid(self) -> int:
        """The process id of the next task."""
        self._pid += 1
        return self._pid

    def die(self) -> None:
        """Lose power: everything under way ends without a word."""
        self.alive = False
        self.died_at = self.events.now
        self.boots.clear()
        for one in list(self.running):
            one.kill()
        self.running.clear()

    def come_back(self) -> None:
        """Be switched on again, with all guests stopped."""
        self.alive = True
        self.died_at = math.inf
        self.booted_at = self.events.now
        self.workers = Workers(self._workers)
