"""What clones alone are measured for: a storage that becomes too slow for two at once, with and without that measurement.

A clone waits for a lock for 10 s. Where an image operation takes longer, clones run one after the other, and what they wait for
each other shows no longer how slow the storage is. A switch is as long with that measurement as without, so it is none of
`mechanisms`: but a warning that the wave will be late comes sooner.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from provisioner.model.ids import LockDomain
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.pacing.clone_limits import TOGETHER, CloneRun, DomainHistory
from provisioner.pacing.measurements import Meter
from provisioner.reconciler import run as run_loop
from tests.bench.late import SLOWER, WAVE, rehearsal_of, undisturbed_s
from tests.bench.late_hearing import Watch
from tests.bench.parallel import spread
from tests.bench.shapes import SHAPES, figures_of, played
from tests.bench.stage import BEGIN, slow_down

_TITLE = "slow-nfs"
_PEOPLE, _NODES = 60, 4
SEEDS = (1, 2, 3)
_SWITCHES = ("slow-nfs", "ceph-1", "shared-4, ×3 from half-way", "shared-1, ×3")
_DESKTOPS = 100
_OPERATION_S = 4.0
"""A slower image operation would make clones fail from the start: nobody waits for a lock for longer than 10 s."""
_AT, _DUE = 0.4, 1.6
"""When the storage becomes slower, and the deadline, in times of what the wave takes undisturbed."""


def run(seeds: Iterable[int] = SEEDS, *, people: int = _PEOPLE, jobs: int = 1) -> dict[str, Any]:
    """Each seed with and without, and how long whole switches take with and without."""
    rows = spread(partial(_played, people=people), list(seeds), jobs=jobs)
    switches = spread(partial(_switched, desktops=_DESKTOPS), _SWITCHES, jobs=jobs)
    return {"title": _TITLE, "people": people, "rows": rows, "desktops": _DESKTOPS, "switches": switches}


def _switched(title: str, *, desktops: int) -> dict[str, Any]:
    meters = {"with": None, "without": _FastForEver}
    runs = {key: played(SHAPES[title], desktops, seed=SEEDS[0], meter=meter) for key, meter in meters.items()}
    return {"title": title, **{key: figures_of([each])["makespan_s"] for key, each in runs.items()}}


def _played(seed: int, *, people: int) -> dict[str, Any]:
    shape = replace(SHAPES[_TITLE], nodes=_NODES).spec(seed=seed, desktops=people)
    spec = replace(shape, storages=tuple(replace(each, image_operation_s=_OPERATION_S) for each in shape.storages))
    whole_s = undisturbed_s(SHAPES[_TITLE], spec, people)
    due_s, at_s = round(_DUE * whole_s), round(_AT * whole_s)
    warned = {
        "with": _warned_s(spec, people, due_s, at_s),
        "without": _warned_s(spec, people, due_s, at_s, _FastForEver),
    }
    found = {"seed": seed, "whole_s": round(whole_s), "due_s": due_s, "at_s": at_s, **warned}
    print(found, flush=True)
    return found


def _warned_s(spec: TwinSpec, people: int, due_s: int, at_s: int, meter: Callable[[], Meter] | None = None) -> float | None:
    """How long before the deadline it was said that the wave will be late; None: it was not."""
    watch = Watch(BEGIN + due_s, WAVE)
    rehearsal = rehearsal_of(SHAPES[_TITLE], spec, people, due_s=due_s, watch=watch)
    if meter is not None:
        rehearsal.reconciler.flight.meter = meter()
    rehearsal.events.after(at_s, lambda: slow_down(rehearsal, SLOWER))
    run_loop(rehearsal.reconciler, rehearsal.calls, until=lambda: watch.over)
    assert watch.ready < people, (spec.seed, watch.ready)
    return watch.warned_s


@dataclass(frozen=True, slots=True, kw_only=True)
class _FastAlone(DomainHistory):
    """Clones alone show nothing."""

    @property
    def together(self) -> Sequence[CloneRun]:
        """All that ever ran beside others."""
        return [run for run in self.runs if run.parallel >= TOGETHER and not run.timed_out]


class _FastForEver(Meter):
    """A storage on which no two clones run at once is as fast as it was."""

    def _history(self, domain: LockDomain) -> DomainHistory:
        history = super()._history(domain)
        return _FastAlone(**{name: getattr(history, name) for name in DomainHistory.__dataclass_fields__})
