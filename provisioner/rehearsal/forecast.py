"""What a rehearsal came to: how long until whom, what was never met and why, and what held it back."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from provisioner.model.desktops import Phase
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.status import Status
from provisioner.model.twin_spec import TwinSpec
from provisioner.model.words import RESOURCES
from provisioner.twin.truth import Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The answer to 'can we, and by when?'. Times in seconds from the start of the switch."""

    wanted: int
    ready: int
    """By the twins' hidden truth."""
    ready_after_s: tuple[float, ...] = ()
    """When each desktop was ready and its agent's batch open, ascending."""
    waits_s: tuple[float, ...] = ()
    """How long each agent who got a desktop waited for it after the batch had opened, ascending."""
    unmet: Mapping[str, int] = field(default_factory=dict)
    """Agents without a ready desktop at the end, by reason, the commonest first."""
    not_wanted: Mapping[str, int] = field(default_factory=dict)
    """Agents that the scenario or the entitlements leave out, by reason."""
    binds: str = ""
    """What the switch waited for most, in words."""
    lock_timeouts: int = 0
    duplicates: int = 0
    orphans: int = 0
    writes: int = 0
    calls: int = 0
    """API calls, without the looking on between two batches while nothing is to be done."""

    @property
    def longest_wait_s(self) -> float | None:
        """From the opening of an agent's batch to the desktop; None: somebody never got one."""
        if len(self.waits_s) < self.wanted:
            return None
        return self.waits_s[-1] if self.waits_s else 0.0

    def after_s(self, share: float) -> float | None:
        """When this share of the wanted desktops was ready; None: never."""
        needed = math.ceil(share * self.wanted)
        if needed == 0:
            return 0.0
        return self.ready_after_s[needed - 1] if needed <= len(self.ready_after_s) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceLoad:
    """How busy a resource was over the switch, from 0 to 1."""

    name: str
    share: float


def forecast_of(
    status: Status | None,
    truths: Iterable[tuple[TwinSpec, Truth]],
    ready_at: Mapping[DesktopName, Instant],
    *,
    began_at: Instant,
) -> Forecast:
    """Sum up a rehearsal from its last status, the twins' truth, and when each desktop became ready."""
    truths = tuple(truths)
    opened = _openings(status)
    served = {name: max(at, opened.get(name, at)) for name, at in ready_at.items()}
    after = tuple(sorted(at - began_at for at in served.values()))
    wanted = len(status.demand.wants) if status else 0
    return Forecast(
        wanted=wanted,
        ready=sum(truth.ready for _, truth in truths),
        ready_after_s=after,
        waits_s=tuple(sorted(at - opened.get(name, at) for name, at in served.items())),
        unmet=_unmet(status),
        not_wanted=Counter(one.reason for one in status.demand.not_wanted) if status else {},
        binds=_binds(truths, after, status),
        lock_timeouts=sum(truth.lock_timeouts for _, truth in truths),
        duplicates=sum(truth.duplicates for _, truth in truths),
        orphans=sum(len(truth.orphans) for _, truth in truths),
        writes=sum(truth.writes for _, truth in truths),
        calls=sum(sum(truth.calls.values()) for _, truth in truths),
    )


def loads_of(spec: TwinSpec, truth: Truth, *, makespan_s: float) -> tuple[ResourceLoad, ...]:
    """The busiest first: each storage lock by what the twin measured, the boots by what they take."""
    if makespan_s <= 0:
        return ()
    locks = [
        ResourceLoad(name=f"the storage lock of {name}", share=busy / makespan_s) for name, busy in truth.lock_busy_s.items()
    ]
    durations = spec.durations
    work = truth.running * durations.boot_s / (durations.boots_width * max(1, len(spec.nodes)))
    boots = ResourceLoad(name=f"booting, at {durations.boots_width} boots' work a node at a time", share=work / makespan_s)
    return tuple(sorted([*locks, boots], key=lambda load: (-load.share, load.name)))


def since(before: Truth, truth: Truth) -> Truth:
    """The truth with the work alone that was done since an earlier one, to see what has been busy meanwhile."""
    busy = {name: seconds - before.lock_busy_s.get(name, 0.0) for name, seconds in truth.lock_busy_s.items()}
    return replace(truth, lock_busy_s=busy, running=max(0, truth.running - before.running))


def _openings(status: Status | None) -> Mapping[DesktopName, Instant]:
    """When each wanted desktop's batch opened: one made ahead of need is nobody's before."""
    if status is None:
        return {}
    wants, owners = status.demand.wants, ((name, one.reservation.seat) for name, one in status.desktops.items())
    return {name: wants[seat].opens_at for name, seat in owners if seat is not None and seat in wants}


def _unmet(status: Status | None) -> Mapping[str, int]:
    """Who has no ready desktop, each with what the plan says, or else what its desktop is at."""
    if status is None:
        return {}
    met = {one.reservation.seat for one in status.desktops.values() if one.phase is Phase.READY}
    at = {one.reservation.seat: f"{one.phase}: {one.because}" for one in status.desktops.values() if one.superseded_by is None}
    said = at | {one.seat: one.reason for one in status.plan.deferred}
    reasons = Counter(said.get(seat, "not begun") for seat in status.demand.wants if seat not in met)
    return dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))


def _binds(truths: tuple[tuple[TwinSpec, Truth], ...], after: tuple[float, ...], status: Status | None) -> str:
    """Room comes first: what there is no room for, no patience brings."""
    if status is not None and (short := [one for one in status.plan.deferred if one.binds]):
        word, count = Counter(one.binds for one in short).most_common(1)[0]
        return f"{'room: ' if word in RESOURCES else ''}{count} desktops wait for {word}"
    if after and after[-1] <= 0:
        return "nothing: all desktops were ready before the switch began"
    loads = [load for spec, truth in truths for load in loads_of(spec, truth, makespan_s=after[-1] if after else 0.0)]
    if not loads:
        return "nobody became ready" if status is not None and status.demand.wants else "nobody is wanted"
    busiest = max(loads, key=lambda load: (load.share, load.name))
    return f"{busiest.name}: busy {min(1.0, busiest.share):.0%} of the time"
