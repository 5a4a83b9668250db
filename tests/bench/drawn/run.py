"""`python -m tests.bench drawn`: the default settings on drawn clusters, the best fixed limits on each, and the bound."""

import math
import time
from functools import partial
from operator import itemgetter
from typing import Any

from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.rehearsal.rehearse import BOUND_S
from tests.bench.drawn.descent import BOOTS, CLONES, Pair, Rank, descend, nearest
from tests.bench.drawn.shape import Drawn
from tests.bench.judges_drawn import SHARES, quantile, ratios
from tests.bench.parallel import spread
from tests.bench.shapes import played
from tests.bench.stage import Played

COUNT = 40
AGENTS = 80
_HOPELESS = 2.0
"""Fixed limits that take so many times as long as the default are not played to their end."""
_SEEN_LATE_S = 2.0
"""From a clone's end to the next one's begin."""
_ABOVE_WIDTH = 1.25
"""The guess: boots in their start task, or ready and not seen yet, beside those that go on at full speed."""


def run(*, count: int = COUNT, agents: int = AGENTS, seed: int | None = None, jobs: int = 1) -> dict[str, Any]:
    """Shapes of the seeds from `seed` on; None: the seconds of the clock."""
    first = int(time.time()) if seed is None else seed
    print(f"drawn with --seed {first}", flush=True)
    seeds = range(first, first + count)
    found = {"seed": first, "agents": agents, "rows": spread(partial(measured, agents=agents), seeds, jobs=jobs)}
    for beside in ("best_s", "bound_s"):
        each = ratios(found, beside)
        print(f"makespan ÷ {beside}: " + ", ".join(f"{name} {quantile(each, share):.3f}" for name, share in SHARES if each))
    return found


def measured(seed: int, *, agents: int) -> dict[str, Any]:
    """One shape."""
    shape = Drawn(seed=seed, desktops=agents)
    own = played(shape, agents, seed=seed)
    pair, (_, best_s), best_timeouts = _best_fixed(shape, at_most_s=_HOPELESS * own.makespan_s)
    row = {
        "seed": seed,
        "what": described(shape),
        "agents": own.agents,
        "ready": own.forecast.ready,
        "makespan_s": round(_makespan_s(own), 1),
        "timeouts_percent": round(own.timeouts_percent, 3),
        "clones": pair[0],
        "boots": pair[1],
        "best_s": round(best_s, 1),
        "best_timeouts_percent": round(best_timeouts, 3),
        "bound_s": round(shape.bound_s, 1),
    }
    print(f"drawn {row}", flush=True)
    return row


def described(shape: Drawn) -> str:
    """The kinds that were drawn, but the plain ones."""
    spec, kinds = shape.calm, shape.figures.kinds
    kind = [kinds["storage"], f"speed {kinds['speeds']}", f"size {kinds['sizes']}", f"{kinds['clone']} clones"]
    kind += [f"setup {kinds['setup']}", kinds["chance"], kinds["load"], kinds["pool"]]
    plain = ("speed alike", "size alike", "linked clones", "setup none", "none")
    return ", ".join([f"{len(spec.nodes)} nodes", *(text for text in kind if text not in plain)])


def _best_fixed(shape: Drawn, *, at_most_s: float) -> tuple[Pair, Rank, float]:
    """The pair, its rank, and its lock time-outs in percent."""
    timeouts: dict[Pair, float] = {}

    def attempt(pair: Pair, best: Rank) -> Rank:
        cut_s = best[1] + 1.0 if best[0] == 0.0 else at_most_s
        run = played(shape, shape.desktops, seed=shape.seed, fixed=pair, at_most_s=min(BOUND_S, at_most_s, cut_s))
        timeouts[pair] = run.timeouts_percent
        too_many = run.timeouts_percent if run.timeouts_percent > shape.tolerated_percent else 0.0
        return too_many, _makespan_s(run)

    pair, rank = descend(_guess(shape.calm), attempt)
    if rank[0]:  # with fewer clones at once they may meet a rival more often, but the fewest of all may not
        pair, rank = min((pair, rank), descend((1, pair[1]), attempt), key=itemgetter(1))
    return pair, rank, timeouts[pair]


def _guess(spec: TwinSpec) -> Pair:
    """So many clones that the lock is always busy, and a few more boots than go on at full speed."""
    template, storage = spec.templates[0], spec.storages[0]
    lock_s = (1 + template.cloud_init + template.efi + template.tpm) * storage.image_operation_s
    clones = 1 + (spec.durations.clone_outside_lock_s + _SEEN_LATE_S) / lock_s
    return nearest(CLONES, min(clones, CLONES[-2])), nearest(BOOTS, _ABOVE_WIDTH * spec.durations.boots_width)


def _makespan_s(run: Played) -> float:
    """Infinite if not everybody is ready at the end."""
    return run.makespan_s if len(run.ready_after_s) >= run.agents else math.inf
