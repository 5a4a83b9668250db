"""The power fails everywhere once all are ready: `python -m tests.rehearsal.power_cut [DESKTOPS]` measures the way back."""

import json
import sys
import time
from dataclasses import dataclass
from typing import Any

from provisioner.model.ids import ClusterId
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.twin_spec import KillNode, TwinSpec
from provisioner.reconciler import run
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from tests.bench.stage import BEGIN, a_config_on, a_roster, a_spec

OUT_S = 180.0
"""How long the power is away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """From the power's return to everybody being ready again."""

    desktops: int
    seconds: float
    bound_s: float
    """Each node's boots, as many at work at once as it can bear, and one chain of start, boot and first boot."""
    clones: int
    """Made since: none, for nothing is lost."""
    most_booting: int
    """Really at once on one node, at most."""
    in_rank: bool
    """Whether, node by node, starts were ordered by rank."""

    @property
    def efficiency(self) -> float:
        """Of the bound."""
        return self.bound_s / self.seconds


def measured(spec: TwinSpec, desktops: int) -> WayBack:
    """Everybody ready, the power away for three minutes on every node at once, and back."""
    cluster = ClusterId(spec.name)
    stage = Stage(config=a_config_on(spec), roster=a_roster(desktops), twins={cluster: spec}, begins_at=BEGIN)
    rehearsal = Rehearsal(stage)
    assert rehearsal.run().ready == desktops
    twin, reconciler = rehearsal.twins[cluster], rehearsal.reconciler
    clones = twin.truth().clones
    for node in spec.nodes:
        twin.faults.arm(KillNode(node=node.name, at_s=0.0, back_after_s=OUT_S))
    back_at = rehearsal.events.now + OUT_S
    witness = _Witness(rehearsal)
    run(reconciler, rehearsal.calls, until=lambda: rehearsal.events.now > back_at + 60 and witness.look() >= desktops)
    return WayBack(
        desktops=desktops,
        seconds=max(at for name, at in rehearsal.watch.ready_at.items()) - back_at,
        bound_s=_bound_s(spec, desktops),
        clones=twin.truth().clones - clones,
        most_booting=witness.most_booting,
        in_rank=witness.in_rank,
    )


class _Witness:
    """Records from each status how many desktops boot on each node, and the order of starts."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._rehearsal = rehearsal
        self._begun: dict[str, float] = {}
        self.most_booting = 0
        self.in_rank = True

    def look(self) -> int:
        """How many are ready."""
        status = self._rehearsal.reconciler.status
        assert status is not None
        waiting: dict[str, list[tuple[int, float, str]]] = {}
        begun: list[tuple[str, tuple[int, float, str]]] = []
        for name, desktop in status.desktops.items():
            want = status.demand.wants[desktop.reservation.seat]  # type: ignore[index]
            if desktop.phase is Phase.STARTING and name not in self._begun:
                self._begun[name] = status.at
                begun.append((desktop.node, want.rank))
            elif desktop.phase is Phase.STOPPED:
                waiting.setdefault(desktop.node, []).append(want.rank)
        twins = self._rehearsal.twins.values()
        booting = (node.boots.in_flight for twin in twins for node in twin.cluster.nodes.values())
        self.most_booting = max(self.most_booting, *booting)
        self.in_rank = self.in_rank and all(rank < min(waiting.get(node, [(sys.maxsize, 0.0, "")])) for node, rank in begun)
        return sum(desktop.phase is Phase.READY for desktop in status.desktops.values())


def _bound_s(spec: TwinSpec, desktops: int) -> float:
    durations, each = spec.durations, -(-desktops // len(spec.nodes))
    work = each * durations.boot_s / durations.boots_width
    return max(work, durations.boot_s) + durations.start_task_s + durations.first_boot_s


def main() -> None:
    """On local-16."""
    desktops = int(sys.argv[1]) if len(sys.argv) > 1 else 1_700
    began = time.process_time()
    found = measured(a_spec("local-16", desktops=desktops), desktops)
    figures: dict[str, Any] = {name: getattr(found, name) for name in WayBack.__dataclass_fields__}
    figures |= {"efficiency": round(found.efficiency, 3), "cpu_s": round(time.process_time() - began, 1)}
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
