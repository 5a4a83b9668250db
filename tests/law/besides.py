"""What else may be wrong in a life: the directory's entries and servers, the files, a broker, what probes find, a storage."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from provisioner.capabilities.brokers import reasons as brokers
from provisioner.capabilities.brokers.model import STATES, BrokerState
from provisioner.capabilities.probes.model import STATE, ProbeState
from provisioner.capabilities.probes.reasons import NOT_REACHED
from provisioner.model.people.agents import Rejected, Roster
from provisioner.model.status import ConfigState
from provisioner.reasons import views, wrong
from provisioner.reasons.directory import LEAVER_EXPIRED
from provisioner.reconciler import Reconciler
from provisioner.twin.twin import Twin
from tests.chaos.surroundings import People
from tests.chaos.world import CLUSTER, STORAGE
from tests.law.trouble import Trouble

_FILLED = 0.94
_SAID = LEAVER_EXPIRED()
"""Some reason: what it says is not judged here."""


class Crowd(People):
    """The directory of a trial, with entries that cannot be used, and servers that do not answer."""

    rejects: tuple[Rejected, ...] = ()
    passed_over: tuple[str, ...] = ()

    def __init__(self, agents: int, now: Callable[[], float], true_now: Callable[[], float]) -> None:
        super().__init__(agents, now)
        self._true_now = true_now
        self.read_at: list[float] = []
        """When it was read, by the true clock."""

    def read(self, since: Roster | None = None, *, in_force: Roster | None = None) -> Roster:
        """As it is, with these entries and servers."""
        roster = replace(super().read(since, in_force=in_force), rejected=self.rejects, passed_over=self.passed_over)
        self.read_at.append(self._true_now())
        return roster


class Besides:
    """The troubles of one life, and what other threads of the daemon know of them."""

    def __init__(self, twin: Twin, people: Crowd) -> None:
        self._twin, self._people = twin, people
        self.config, self.brokers, self.probes = ConfigState(), tuple[BrokerState, ...](), ProbeState()
        self.disk_free_mib: float | None = 4096.0
        self.troubles = (*self._of_directory(), *self._of_files(), *self._of_brokers(), self._of_probes(), *self._of_storages())

    def tell(self, reconciler: Reconciler) -> None:
        """They hand it to the board."""
        board = reconciler.parts.board
        board.config_state, board.disk_free_mib = self.config, self.disk_free_mib
        board.parts[STATES], board.parts[STATE] = lambda: self.brokers, lambda: self.probes

    def _of_directory(self) -> Iterator[Trouble]:
        entry = Rejected(entry="uid=odd,ou=people", reason=_SAID, login="odd")
        people = self._people
        yield self._switch("an entry of the directory cannot be used", people, "rejects", (entry,),
            kinds=(wrong.MANY_REJECTED, wrong.ENTRIES_REJECTED), asked=people.read_at)  # fmt: skip
        yield self._switch("a server of the directory does not answer", people, "passed_over", ("ldaps://second: refused",),
            kinds=(wrong.DIRECTORY_SERVER_FAILS,), asked=people.read_at)  # fmt: skip

    def _of_files(self) -> Iterator[Trouble]:
        yield self._switch("the files were refused", self, "config", ConfigState(rejected=_SAID, rejected_at=1.0),
            kinds=(views.CONFIG_REJECTED,))  # fmt: skip
        yield self._switch("a key waits for a restart", self, "config", ConfigState(waits_for_restart=("store",)),
            kinds=(views.RESTART_WAITS,))  # fmt: skip

        yield self._switch("the disk of the store is nearly full", self, "disk_free_mib", 3.0, kinds=(wrong.DISK_SHORT,))

    def _of_brokers(self) -> Iterator[Trouble]:
        at = partial(BrokerState, broker="guacamole", read_at=1.0)
        yield self._switch("a broker fails", self, "brokers", (at(failing=_SAID),), kinds=(brokers.BROKER_FAILS,))
        yield self._switch(
            "a broker refuses", self, "brokers", (at(refused=_SAID, waiting=2),), kinds=(brokers.BROKER_REFUSED,)
        )
        yield self._switch("somebody else's connection is called as ours", self, "brokers", (at(foreign=("vd-5001",)),),
            kinds=(brokers.BROKER_FOREIGN,))  # fmt: skip
        yield self._switch("a broker does not know a person", self, "brokers", (at(unknown_people=1, unknown_person="zoe"),),
            kinds=(brokers.BROKER_UNKNOWN,))  # fmt: skip

    def _of_probes(self) -> Trouble:
        found = ProbeState(at=1.0, probed=9, failed=9, everywhere=True, what=_SAID)
        return self._switch("probes reach no desktop", self, "probes", found, kinds=(NOT_REACHED,))

    def _of_storages(self) -> Iterator[Trouble]:
        """A storage beyond what the budget leaves; the trial itself fills some wholly for a while."""
        node = next(iter(self._twin.cluster.nodes))
        domain = self._twin.cluster.domains[node, STORAGE]
        place = f"{CLUSTER}/{STORAGE}" if domain.spec.shared else f"{CLUSTER}/{domain.name}"
        filled = self._switch("a storage is nearly full", domain, "filled_gib", _FILLED * domain.spec.size_gib,
            kinds=(wrong.STORAGE_FILLED, wrong.STORAGE_FULL), about=place)  # fmt: skip
        yield replace(filled, alone=False, shows=lambda: self._twin.cluster.nodes[node].alive)

    def _switch(self, what: str, thing: object, name: str, value: object, **of: object) -> Trouble:
        """While it lasts an attribute has another value."""
        before = getattr(thing, name)
        return Trouble(
            what=what, thing=name, begin=lambda: setattr(thing, name, value), end=lambda: setattr(thing, name, before), **of
        )  # type: ignore[arg-type]


__all__ = ["Besides", "Crowd"]
