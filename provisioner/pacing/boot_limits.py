"""How many desktops boot at once on a node. Pure.

The boots of a node share it. How many it can do is not known; it shows in how long they take.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from provisioner.model.ids import Instant, ProfileName
from provisioner.pacing.boot_samples import Boot
from provisioner.pacing.fair_queue import window

INITIAL = 10
"""Parallel boots on a node before any has ended (users of Proxmox VE recommend 4 to 8; Dell BP1018)."""
_ENOUGH = 4
"""Boots of a node from which its speed follows."""
_GENERATION = 8
"""At least so many of the latest boots count: at σ = 0.15 their median is right within 7 %."""
_LATE, _LATE_AT_LEAST, _LATE_AT_MOST = 1.2, 1.05, 1.35


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePace:
    """How a node boots."""

    width: float = INITIAL
    """Boots that go on at full speed."""
    limit: float = INITIAL
    """Boots at once."""
    measured: bool = False
    late: float = 1.5
    """Multiple of the expected time at which nine of ten are ready."""


def node_pace(
    finished: Sequence[Boot], elsewhere: Sequence[Boot], running: int, alone_s: Mapping[ProfileName, float]
) -> NodePace:
    """The pace of a node: of its own boots, or until a generation of them has ended, of boots `elsewhere`."""
    boots = finished[-max(_GENERATION, running) :] if len(finished) >= _GENERATION else elsewhere
    if not boots:
        return NodePace()
    ratios = [max(1.0, boot.took_s / alone_s[boot.profile]) for boot in boots]
    parallel = fmean(boot.parallel for boot in boots)
    width = fmean(boot.parallel / ratio for boot, ratio in zip(boots, ratios, strict=True))
    limit = window(parallel, width)
    if parallel - width < 1:
        width, limit = max(parallel, INITIAL), max(limit, INITIAL)
    limit = min(limit, INITIAL + len(finished))
    return NodePace(width=max(width, 1.0), limit=max(limit, 1.0), late=1.1, measured=True)


def parallel_boots(boot: Boot, finished: Iterable[Boot], running: Iterable[Instant]) -> float:
    """How many boots of the node ran at once during this boot, with itself, on average."""
    work_s = boot.took_s
    work_s += sum(max(0.0, min(each.ready_at, boot.ready_at) - max(each.began_at, boot.began_at)) for each in finished)
    work_s += sum(max(0.0, boot.ready_at - max(at, boot.began_at)) for at in running)
    return work_s / boot.took_s
