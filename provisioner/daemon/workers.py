"""What works beside the loop: capabilities, and ceilings.

Each is made only if it is configured, hears every status, and has a thread of its own: what fails there holds up nothing.
"""

from collections.abc import Callable

from provisioner.daemon.beside import GRANT, JOIN, WORK, OwnCommand, Surroundings
from provisioner.daemon.composition import ceiling_watch_of
from provisioner.extensions import joined
from provisioner.model.lending import Grant, GrantTerms
from provisioner.model.machines.first_boot import DomainJoin, FirstBootGrant
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.status import WORK_FAILING, Status
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
        reader: Store,
        command: OwnCommand,
        clock: Clock,
        rate: float,
        frozen: Callable[[], bool],
        notice: Callable[[str, str], None],
    ) -> None:
        """`settings` and `store` are asked at each use: a reload and a clock set back replace them. `rate`: seconds of the
        clock per real second."""
        begun = settings()
        around = Surroundings(
            settings=settings,
            store=store,
            reader=reader,
            command=command,
            clock=clock,
            rate=rate,
            frozen=frozen,
            notice=notice,
        )
        made = [(work, work.make(around)) for work in WORK.found()]
        self._added = [(work, worker) for work, worker in made if worker is not None]
        self._services = joined(work.services(around, worker) for work, worker in made)
        self._ceilings = ceiling_watch_of(begun, clock=clock, notice=notice)
        found = (worker for _, worker in self._added)
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
        board.parts[WORK_FAILING] = self._faults
        if self._ceilings is not None:
            reconciler.parts.ceiling_readings = self._ceilings.now

    def _faults(self) -> dict[str, str]:
        return {worker.name: worker.fault for worker in self._all if worker.fault}

    def look_at_ceilings(self, scenario: Scenario) -> None:
        """Ask how many of each ceiling are in use."""
        if self._ceilings is not None:
            self._ceilings.look(scenario.ceilings)

    def join(self, grant: FirstBootGrant) -> DomainJoin | None:
        """What a desktop joins its domain with; None: with nothing. Raises DirectoryError."""
        return self._services[JOIN](grant)

    @property
    def grant(self) -> Callable[[GrantTerms], Grant] | None:
        """What makes grants that open lent desktops; None: nothing does."""
        return self._services[GRANT]


__all__ = ["Workers"]
