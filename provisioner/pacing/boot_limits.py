"""How many desktops boot at once on a node. Pure.

The boots of a node share it. How many it can do is not known; it shows in how long they take.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import log
from statistics import fmean, median

from provisioner.model.ids import ProfileName
from provisioner.pacing.boot_samples import Boot, beyond_chance
from provisioner.pacing.chance import OF_MEDIAN
from provisioner.pacing.fair_queue import is_idle, window

INITIAL = 10
"""Parallel boots on a node before any has ended. Users of Proxmox VE recommend 4 to 8 (Dell BP1018: 8); of ten, two are in
their start task, or ready and not seen yet."""
GENERATION = 8
"""At least so many of a node's latest boots count: at σ = 0.15 their mean is right within 5 %."""

_SPEEDS = (1.0, 0.5, 0.65, 0.8, 1.25, 1.6, 2.0, 3.0, 4.0, 6.0)
"""How many times as long boots may take on a node: nearer to each other than what can be told apart makes no difference."""
SPREAD = 0.2
"""σ of the logarithm of a boot's duration: somewhat more than on the reference twins."""
_LEAST_SPREAD = 0.05
_MOST = 9.0
"""Of the square of an error: three σ."""
_LEAST_S = 1.0
_UNLIKE = 0.4
"""σ of the logarithms of speed and width from node to node: two thirds are within 1.5 times the usual (assumed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePace:
    """How a node boots."""

    limit: float = INITIAL
    """Parallel boots."""
    width: float = INITIAL
    """Boots that go on at full speed; with more of them each takes longer."""
    measured: bool = False
    """Whether any boot has ended. Before, its duration is only the profile's own figure."""
    own: bool = False
    """Whether the node's own boots show it, and not those of others."""
    slower: float = 1.0
    """How many times as long boots take there as this says, by its few that have ended."""


def node_pace(
    finished: Sequence[Boot], anywhere: Sequence[Boot], running: int, alone_s: Mapping[ProfileName, float], slower: float = 1.0
) -> NodePace:  # fmt: skip
    """The pace of a node with so many boots `running`, from its latest generation of boots that have finished.

    Before a node has finished one, boots `anywhere` count. The limit grows by at most one for each boot that has finished.
    """
    own = len(finished) >= GENERATION
    boots = finished[-max(GENERATION, running) :] if own else anywhere
    if not boots:
        return NodePace()
    parallel = fmean(boot.parallel for boot in boots)
    width = _width(boots, alone_s, slower if own else 1.0)
    few = [boot.took_s / (slower * alone_s[boot.profile]) / max(1.0, boot.parallel / width) for boot in finished]
    limit = window(parallel, width)
    if is_idle(parallel, width):  # the node may be able to do more
        width, limit = max(parallel, INITIAL), max(limit, INITIAL)
    return NodePace(
        limit=max(1.0, min(limit, INITIAL + len(finished))),
        width=max(1.0, width),
        measured=True,
        own=own,
        slower=1.0 if own or not few else beyond_chance(median(few), of=len(few)),
    )


def busy_boots(boots: Sequence[Boot], alone_s: Mapping[ProfileName, float]) -> Sequence[Boot]:
    """Of a node's earlier boots the half that had more others beside them; none if few had to wait: they show no limit."""
    if len(boots) < GENERATION:
        return ()
    usual = fmean(boot.parallel for boot in boots)
    busy = [boot for boot in boots if boot.parallel >= usual]
    parallel, width = fmean(boot.parallel for boot in busy), _width(busy, alone_s)
    return () if is_idle(parallel, width) else busy


def _width(boots: Sequence[Boot], alone_s: Mapping[ProfileName, float], slower: float = 1.0) -> float:
    return fmean(boot.parallel / max(1.0, boot.took_s / (slower * alone_s[boot.profile])) for boot in boots)


def width_of(boots: Sequence[Boot], alone_s: Mapping[ProfileName, float]) -> float | None:
    """How wide a node is if its boots are as fast as elsewhere; None: too few have ended."""
    return _width(boots, alone_s) if len(boots) >= GENERATION else None


def slower_by(boots: Sequence[Boot], alone_s: Mapping[ProfileName, float], *, usual: float) -> float:
    """How many times as long boots take on a node as elsewhere, however few others they have; `usual`: the width of nodes.

    A slow node and a narrow one look alike until it boots fewer or more at once. So it is the best fit of both, nearest to
    boots as fast as elsewhere and to a node as wide as usual. What one guest says of its boot weighs little.
    """
    return min(_SPEEDS, key=partial(_misfit, boots, alone_s, usual))


def _misfit(boots: Sequence[Boot], alone_s: Mapping[ProfileName, float], usual: float, slower: float) -> float:
    width = max(1.0, _width(boots, alone_s, slower))
    expected = ((boot, slower * alone_s[boot.profile] * max(1.0, boot.parallel / width)) for boot in boots)
    errors = (log(max(_LEAST_S, boot.took_s) / took_s) / SPREAD for boot, took_s in expected)
    return sum(min(error**2, _MOST) for error in errors) + (log(slower) ** 2 + log(width / usual) ** 2) / _UNLIKE**2


def spread_of(of_nodes: Iterable[Sequence[Boot]], alone_s: Mapping[ProfileName, float]) -> float:
    """σ of the logarithm of a boot's duration, by the boots of each node beside its usual one."""
    errors = [error for boots in of_nodes if len(boots) >= GENERATION for error in _errors(boots, alone_s)]
    return max(_LEAST_SPREAD, OF_MEDIAN * median(errors)) if errors else SPREAD


def _errors(boots: Sequence[Boot], alone_s: Mapping[ProfileName, float]) -> list[float]:
    width = max(1.0, _width(boots, alone_s))
    logs = [log(boot.took_s / alone_s[boot.profile] / max(1.0, boot.parallel / width)) for boot in boots]
    usual = median(logs)
    return [abs(each - usual) for each in logs]
