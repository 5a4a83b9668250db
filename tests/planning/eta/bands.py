"""F10: bands while a surge runs, on drawn shapes in virtual time, and whether they held what came.

The rule by which shapes are drawn was written before any of them was played.
"""

import enum
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from provisioner.model.actions import Outcome
from provisioner.model.machines.twin_spec import Durations, KillNode, NodeSpec, StorageSpec, TemplateSpec, TwinSpec
from provisioner.model.people.agents import Roster
from provisioner.model.scenario.etas import WaveEta
from provisioner.model.status import Status
from provisioner.ports import ApiCall
from provisioner.rehearsal.rehearse import Rehearsal
from tests.builders.cluster import NOW
from tests.builders.rehearsal import a_stage


class Kind(enum.StrEnum):
    """Of shapes."""

    ANY = "any"
    """Storages of each speed."""
    SLOW_NFS = "slow nfs"
    """A file server that takes 2 s for an image operation, and nobody else asks it (config/twins/slow-nfs.yaml)."""
    NODE_DIES = "a node dies"
    """Once half of the desktops are ready."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A cluster, and how many people get a desktop there."""

    kind: Kind
    spec: TwinSpec
    people: int


def drawn(kind: Kind, seed: int) -> Shape:
    """Of this kind."""
    rng = Random(f"{kind} {seed}")
    nodes, shared = rng.randint(3, 8), kind is Kind.SLOW_NFS or rng.random() < 0.6
    people = rng.randint(8, 16) * nodes
    image_s = 2.0 if kind is Kind.SLOW_NFS else _between(rng, 0.2, 2.0)
    names = [f"pve{number}" for number in range(1, nodes + 1)]
    replicas = names[:1] if shared else names
    spec = TwinSpec(
        name="lab",
        seed=seed,
        nodes=tuple(NodeSpec(name=name) for name in names),
        storages=(StorageSpec(storage="disks", shared=shared, image_operation_s=image_s, kind="nfs" if shared else "lvmthin"),),
        templates=tuple(TemplateSpec(vmid=9001 + at, node=name, storage="disks") for at, name in enumerate(replicas)),
        durations=_durations(rng),
    )
    if kind is Kind.NODE_DIES:
        spec = replace(spec, faults=(KillNode(node=rng.choice(names[1:]), when_ready_share=0.5, of_desktops=people),))
    return Shape(kind=kind, spec=spec, people=people)


def _durations(rng: Random) -> Durations:
    width = rng.randint(4, 12)
    return Durations(
        sigma=rng.uniform(0.05, 0.35),
        boot_s=_between(rng, 20.0, 150.0),
        first_boot_s=_between(rng, 4.0, 60.0),
        boots_width=width,
        boots_before_loss=2 * width,
    )


def _between(rng: Random, least: float, most: float) -> float:
    """As likely in each doubling."""
    return math.exp(rng.uniform(math.log(least), math.log(most)))


@dataclass
class Bands:
    """Listens to a surge. Times from its beginning, in seconds."""

    shape: Shape
    kept: list[tuple[float, WaveEta]] = field(default_factory=list)
    """Each look's, while somebody is still to come."""
    came_s: float = 0.0
    """When the last desktop was ready."""
    died_s: float = math.inf

    def play(self) -> "Bands":
        """To its end."""
        rehearsal = Rehearsal(a_stage(self.shape.spec, agents=self.shape.people, listeners=(self,)))
        self._rehearsal = rehearsal
        rehearsal.run()
        return self

    def status(self, status: Status) -> None:
        """A cycle's end."""
        now_s = status.at - NOW
        (twin,) = self._rehearsal.twins.values()
        if self.died_s == math.inf and not all(node.alive for node in twin.cluster.nodes.values()):
            self.died_s = now_s
        for eta in status.etas.values():
            if eta.ready < eta.people and (not self.kept or self.kept[-1][1] is not eta):
                self.kept.append((now_s, eta))
        ready = sum(state.wanted and state.phase.value == "ready" for state in status.desktops.values())
        if ready < self.shape.people:
            self.came_s = math.inf
        elif self.came_s == math.inf:
            self.came_s = now_s

    @property
    def everybody(self) -> bool:
        """Whether the last one has come."""
        return self.came_s < math.inf

    def held(self, since_s: float = 0.0, until_s: float = math.inf) -> list[bool]:
        """Of each band of that time, whether it held what came."""
        return [early_s <= self.came_s <= late_s for at, early_s, late_s in self._ends() if since_s <= at < until_s]

    def early_s(self, until_s: float) -> list[float]:
        """The early ends until then."""
        return [early_s for at, early_s, _ in self._ends() if at < until_s]

    def widths(self) -> list[float]:
        """How many times as long the surge is to the late end of each band as to its early one."""
        return [late_s / early_s for _, early_s, late_s in self._ends()]

    def _ends(self) -> Iterator[tuple[float, float, float]]:
        for at, eta in self.kept:
            if eta.early_at is not None and eta.late_at is not None:
                yield at, eta.early_at - NOW, eta.late_at - NOW

    def api_call(self, call: ApiCall) -> None: ...
    def outcome(self, outcome: Outcome) -> None: ...
    def directory_read(self, roster: Roster | None, error: str) -> None: ...
    def notice(self, subject: str, text: str) -> None: ...
