"""The result of a rehearsal: when desktops were ready, who got none and why, and what the switch waited for."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from provisioner.model.capacity import Capacity, Outlook
from provisioner.model.desktops import Phase
from provisioner.model.ids import DesktopName, Instant, ProfileName
from provisioner.model.status import Status
from provisioner.model.twin_spec import TwinSpec
from provisioner.model.words import RESOURCES
from provisioner.reasons import rehearsal as reasons
from provisioner.reasons.reason import NONE, Reason
from provisioner.rehearsal.waves import Facts, WaveForecast, waves_of
from provisioner.twin.truth import Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Whether a switch succeeds, and when. Times in seconds from its start."""

    wanted: int
    ready: int
    """By the twins' hidden truth."""
    ready_after_s: tuple[float, ...] = ()
    """When each desktop was ready and its agent's batch had opened, ascending."""
    waits_s: tuple[float, ...] = ()
    """How long each served agent waited for the desktop after the batch had opened, ascending."""
    unmet: Mapping[str, int] = field(default_factory=dict)
    """Agents without a ready desktop at the end, by reason (a `Reason`), the most frequent first."""
    not_wanted: Mapping[str, int] = field(default_factory=dict)
    """Agents that the scenario or the entitlements leave out, by reason."""
    binds: Reason = NONE
    """What the switch waited for most."""
    lock_timeouts: int = 0
    duplicates: int = 0
    orphans: int = 0
    writes: int = 0
    calls: int = 0
    """API calls, without observations between two batches while there is nothing to do."""
    capacity: Mapping[ProfileName, Capacity] = field(default_factory=dict)
    """How many more desktops fit at the end."""
    outlook: Mapping[ProfileName, Outlook] = field(default_factory=dict)
    """The same after the loss of a node, and what would add to it: as of the last minute."""
    waves: tuple[WaveForecast, ...] = ()
    """In the scenario's order."""
    unopened: int = 0
    """Agents whose batch had not opened at the end of the rehearsal."""
    cut: bool = False
    """The rehearsal was cut at the bound on its virtual time, before the switch was over."""

    @property
    def ready_now(self) -> int:
        """Desktops that were ready from the start, for agents whose batch was open."""
        return sum(after_s <= 0.0 for after_s in self.ready_after_s)

    @property
    def serves_all(self) -> bool:
        """Whether everybody who is to have a desktop gets one, somebody is, and no wave is without agents."""
        return self.ready >= self.wanted > 0 and not self.cut and not self.unopened and all(wave.wanted for wave in self.waves)

    @property
    def longest_wait_s(self) -> float | None:
        """From the opening of an agent's batch to the desktop; None: an agent got none."""
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

    name: Reason
    share: float


def forecast_of(status: Status | None, truths: Iterable[tuple[TwinSpec, Truth]], facts: Facts) -> Forecast:
    """From the last status, the twins' truth, and the facts of the rehearsal."""
    truths, began_at = tuple(truths), facts.began_at
    wants = status.demand.wants if status else {}
    opened = _openings(status)
    served = {name: max(at, opened[name]) for name, at in facts.ready_at.items() if name in opened}
    after = tuple(sorted(max(0.0, at - began_at) for at in served.values()))
    not_wanted = status.demand.not_wanted if status else ()
    return Forecast(
        wanted=len(wants),
        ready=_ready(status, facts),
        ready_after_s=after,
        waits_s=tuple(sorted(at - opened[name] for name, at in served.items())),
        unmet=_unmet(status),
        not_wanted=Counter(agent.reason for agent in not_wanted),
        binds=_binds(truths, after, status),
        lock_timeouts=sum(truth.lock_timeouts for _, truth in truths),
        duplicates=sum(truth.duplicates for _, truth in truths),
        orphans=sum(len(truth.orphans) for _, truth in truths),
        writes=sum(truth.writes for _, truth in truths),
        calls=sum(sum(truth.calls.values()) for _, truth in truths),
        capacity=status.capacity if status else {},
        outlook=status.outlook if status else {},
        waves=waves_of(status, facts),
        unopened=sum(agent.opens_at is not None for agent in not_wanted) + (len(status.demand.ahead) if status else 0),
        cut=facts.cut,
    )


def _ready(status: Status | None, facts: Facts) -> int:
    """Agents whose desktop is ready. A desktop of somebody who has left counts for nobody."""
    desktops = status.desktops.values() if status else ()
    return sum(desktop.wanted and desktop.reservation.key in facts.ready for desktop in desktops)


def loads_of(spec: TwinSpec, truth: Truth, *, makespan_s: float) -> tuple[ResourceLoad, ...]:
    """The busiest first: each storage's lock and copies as the twin measured them, and boots by their durations."""
    if makespan_s <= 0:
        return ()
    locks = [
        ResourceLoad(name=reasons.LOCK_OF(domain=domain), share=busy / makespan_s) for domain, busy in truth.lock_busy_s.items()
    ]
    copying = [
        ResourceLoad(name=reasons.COPYING(domain=domain), share=busy / makespan_s)
        for domain, busy in truth.copying_s.items() if busy
    ]  # fmt: skip
    durations = spec.durations
    work = truth.running * durations.boot_s / (durations.boots_width * max(1, len(spec.nodes)))
    boots = ResourceLoad(name=reasons.BOOTING(width=durations.boots_width), share=work / makespan_s)
    return tuple(sorted([*locks, *copying, boots], key=lambda load: (-load.share, load.name)))


def since(before: Truth, truth: Truth) -> Truth:
    """The truth, with only the work that was done since an earlier truth: what was busy in between."""
    return replace(
        truth,
        lock_busy_s=_since(before.lock_busy_s, truth.lock_busy_s),
        copying_s=_since(before.copying_s, truth.copying_s),
        running=max(0, truth.running - before.running),
    )


def _since(before: Mapping[str, float], now: Mapping[str, float]) -> dict[str, float]:
    return {name: seconds - before.get(name, 0.0) for name, seconds in now.items()}


def _openings(status: Status | None) -> Mapping[DesktopName, Instant]:
    """When each wanted desktop's batch opened. A desktop made in advance serves its agent from then on."""
    if status is None:
        return {}
    wants, owners = status.demand.wants, ((name, desktop.reservation.seat) for name, desktop in status.desktops.items())
    return {name: wants[seat].opens_at for name, seat in owners if seat is not None and seat in wants}


def _unmet(status: Status | None) -> Mapping[str, int]:
    """Agents without a ready desktop, by why the plan defers them, else by the phase of their desktop."""
    if status is None:
        return {}
    desktops = status.desktops.values()
    met = {desktop.reservation.seat for desktop in desktops if desktop.phase is Phase.READY}
    why = {
        desktop.reservation.seat: reasons.AT_PHASE(phase=desktop.phase.value, why=desktop.because)
        for desktop in desktops
        if desktop.superseded_by is None
    } | {deferral.seat: deferral.reason for deferral in status.plan.deferred}
    counts = Counter(why.get(seat) or reasons.NOT_BEGUN() for seat in status.demand.wants if seat not in met)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _binds(truths: tuple[tuple[TwinSpec, Truth], ...], after: tuple[float, ...], status: Status | None) -> Reason:
    # Missing resources come first: waiting does not bring them.
    if status is not None and (waiting := Counter(deferral.binds for deferral in status.plan.deferred if deferral.binds)):
        word, count = waiting.most_common(1)[0]
        return (reasons.ROOM_SHORT if word in RESOURCES else reasons.DESKTOPS_WAIT)(count=count, binds=word)
    if after and after[-1] <= 0:
        return reasons.READY_BEFORE()
    loads = [load for spec, truth in truths for load in loads_of(spec, truth, makespan_s=after[-1] if after else 0.0)]
    if not loads:
        return reasons.NONE_READY() if status is not None and status.demand.wants else reasons.NONE_WANTED()
    busiest = max(loads, key=lambda load: (load.share, load.name))
    return reasons.BUSIEST(resource=busiest.name, share=round(min(1.0, busiest.share), 2))
