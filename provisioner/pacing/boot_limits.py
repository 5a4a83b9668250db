"""How many desktops boot at once on a node. Pure.

The boots of a node share it. How many it can do is not known; it shows in how long they take.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from provisioner.model.ids import ProfileName
from provisioner.pacing.boot_samples import Boot
from provisioner.pacing.fair_queue import is_idle, window

INITIAL = 10
"""Parallel boots on a node before any has ended. Users of Proxmox VE recommend 4 to 8 (Dell BP1018: 8); of ten, two are in
their start task, or ready and not seen yet."""
_GENERATION = 8
"""At least so many of a node's latest boots count: at σ = 0.15 their mean is right within 5 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePace:
    """How a node boots."""

    limit: float = INITIAL
    """Parallel boots."""
    width: float = INITIAL
    """Boots that go on at full speed; with more of them each takes longer."""
    measured: bool = False
    """Whether any boot has ended. Before, its duration is only the profile's own figure."""


def node_pace(
    finished: Sequence[Boot], anywhere: Sequence[Boot], running: int, alone_s: Mapping[ProfileName, float]
) -> NodePace:  # fmt: skip
    """The pace of a node with so many boots `running`, from its latest generation of boots that have finished.

    Before a node has finished one, boots `anywhere` count. The limit grows by at most one for each boot that has finished.
    """
    boots = finished[-max(_GENERATION, running) :] if len(finished) >= _GENERATION else anywhere
    if not boots:
        return NodePace()
    parallel = fmean(boot.parallel for boot in boots)
    width = _width(boots, alone_s)
    limit = window(parallel, width)
    if is_idle(parallel, width):  # the node may be able to do more
        width, limit = max(parallel, INITIAL), max(limit, INITIAL)
    return NodePace(limit=max(1.0, min(limit, INITIAL + len(finished))), width=max(1.0, width), measured=True)


def busy_boots(boots: Sequence[Boot], alone_s: Mapping[ProfileName, float]) -> Sequence[Boot]:
    """Of a node's earlier boots the half that had more others beside them; none if few had to wait: they show no limit."""
    if len(boots) < _GENERATION:
        return ()
    usual = fmean(boot.parallel for boot in boots)
    busy = [boot for boot in boots if boot.parallel >= usual]
    parallel, width = fmean(boot.parallel for boot in busy), _width(busy, alone_s)
    return () if is_idle(parallel, width) else busy


def _width(boots: Sequence[Boot], alone_s: Mapping[ProfileName, float]) -> float:
    return fmean(boot.parallel / max(1.0, boot.took_s / alone_s[boot.profile]) for boot in boots)
