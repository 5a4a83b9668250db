"""What works beside the loop: capabilities, connections at the broker, probes, and ceilings.

Each is made only if it is configured, hears every status, and has a thread of its own: what fails there holds up nothing.
"""

from collections.abc import Callable

from provisioner.daemon.beside import JOIN, WORK, Surroundings
from provisioner.daemon.composition import (
    broker_worker_of,
    ceiling_watch_of,
    probe_watch_of,
)
from provisioner.extensions import joined
from provisioner.model.first_boot import DomainJoin, FirstBootGrant
from provisioner.model.scenarios import Scenario
from provisioner.model.status import Status
from provisioner.ports import Clock, Store
from provisioner.reconciler import Reconciler
from provisioner.settings.values import Settings


class Workers:
    """All of them, from the settings that the daemon began with."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        *,
        store: Callable[[], Store],
        clock: Clock,
        rate: float,
        frozen: Callable[[], bool],
        notice: Callable[[str, str], None],
    ) -> None:
        """`settings` and `store` are asked at each use: a reload and a clock set back replace them. `rate`: seconds of the
        clock per real second."""
        begun = settings()
        around = Surroundings(settings=settings, store=store, clock=clock, rate=rate, frozen=frozen, notice=notice)
        self._added = [(work, worker) for work in WORK.found() if (worker := work.make(around)) is not None]
        self._services = joined(work.services(worker) for work, worker in self._added)
        self._broker = broker_worker_of(
            begun, profiles=lambda: settings().profiles, clock=clock, rate=rate, frozen=frozen, notice=notice
        )
        self._probes = probe_watch_of(begun, profiles=lambda: settings().profiles, clock=clock, notice=notice)
        self._ceilings = ceiling_watch_of(begun, clock=clock, notice=notice)
        found = (*(worker for _, worker in self._added), self._broker, self._probes)
        self._all = tuple(worker for worker in found if worker is not None)

    def open(self) -> None:
        """Start their threads."""
        for worker in self._all:
            worker.open()

    def close(self) -> None:
        """End them."""
        for worker in self._all:
            worker.close()

    def offer(self, status: Status) -> None:
        """The newest status, to each."""
        for worker in self._all:
            worker.offer(status)

    def shown_by(self, reconciler: Reconciler) -> None:
        """Its statuses say how each of them stands from now on."""
        board = reconciler.board
        for work, worker in self._added:
            board.parts[work.part] = worker.now
        if self._broker is not None:
            board.broker_states = self._broker.now
        if self._probes is not None:
            board.probe_state = self._probes.now
        if self._ceilings is not None:
            reconciler.parts.ceiling_readings = self._ceilings.now

    def look_at_ceilings(self, scenario: Scenario) -> None:
        """Ask how many of each ceiling are in use."""
        if self._ceilings is not None:
            self._ceilings.look(scenario.ceilings)

    def join(self, grant: FirstBootGrant) -> DomainJoin | None:
        """What a desktop joins its domain with; None: with nothing. Raises DirectoryError."""
        return self._services[JOIN](grant)


__all__ = ["Workers"]
