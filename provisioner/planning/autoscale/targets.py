"""How many desktops a pool is to have: from its people, its rules, and the time of the day.

1. People: what earlier days show for this time and the next, and what the last minutes show; the larger stock counts.
2. Buffers: how many free desktops run, so that nobody waits for a boot, and how many more are off, so that no boot waits for a
   clone: each is the stock for its own lead time, and within the half-days at least what stands by. `spare` replaces both.
3. Targets: the desktops in use, with the buffer and the reserve, between `min` and `max`.

Hysteresis: fewer than `running` are filled up at once. Free ones are shut down only beyond `running_most`: beyond the largest
buffer of the last minutes and of those that come, and as many more as people come within a lead time. So long they are kept at
no cost: a desktop that is booted again in the meantime runs as long. How many minutes: `demand.steady_of`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import ceil

from provisioner.model.autoscale import (
    AutoscaleRules,
    Buffers,
    ExpectedDemand,
    LeadDemand,
    Leads,
    PoolCounts,
    PoolTargets,
    Spare,
    Standby,
    Warmth,
)
from provisioner.model.ids import Instant
from provisioner.model.scenario.calendars import Calendar
from provisioner.planning.autoscale.demand import steady_of
from provisioner.planning.autoscale.stock import base_stock

EARLY_S = 3600.0
"""So long before a half-day a rush may come: who comes an hour early has mistaken the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolInputs:
    """Everything that the targets of one pool follow from."""

    now: Instant
    rules: AutoscaleRules
    calendar: Calendar
    counts: PoolCounts
    leads: Leads
    demand: ExpectedDemand
    recent: tuple[tuple[Instant, Buffers], ...] = ()
    """The buffers of the last minutes."""


class Sizing:
    """The sizes of one pool at one moment."""

    def __init__(self, inputs: PoolInputs) -> None:
        self.inputs, self.rules, self.demand = inputs, inputs.rules, inputs.demand

    @cached_property
    def within_hours(self) -> bool:
        """Whether a half-day goes on, or begins soon enough to be prepared."""
        return self.inputs.calendar.is_within_hours(self.inputs.now, before_s=self.rules.ready_before_s)

    @cached_property
    def spare(self) -> Spare | None:
        """How many free desktops the rules name now; None: as many as the arrivals need."""
        outside = self.rules.outside_hours.spare
        return self.rules.spare if self.within_hours or outside is None else outside

    @cached_property
    def buffers(self) -> Buffers:
        """The free desktops that are wanted now."""
        ready = self._ready(self.demand.boot)
        made = self._free(self.demand.clone, self.demand.clone_standby)
        if self.spare is not None:
            return Buffers(ready=ready, made=made + self.rules.reserve)
        return Buffers(ready=ready, made=max(ready, self.rules.reserve) + made)

    @cached_property
    def standby(self) -> Standby | None:
        """What decides how many free desktops run, or else exist; None: the people who are expected now, or `spare`."""
        if self.spare is not None or not self._people_may_come:
            return None
        demand = self.demand
        running = [(demand.boot, demand.boot_standby)] if self.rules.warm is Warmth.RUNNING else []
        pairs = (*running, (demand.clone, demand.clone_standby))
        return next((standby for expected, standby in pairs if standby.free > self._stock(expected)), None)

    @cached_property
    def targets(self) -> PoolTargets:
        """What is wanted now, and what is kept."""
        rules, lent = self.rules, self.inputs.counts.lent
        most = max(rules.max, lent)
        floor = 0 if self.within_hours else rules.outside_hours.running
        running = min(most, max(lent + self.buffers.ready, floor))
        made = min(most, max(lent + self.buffers.made, rules.min, running))
        return PoolTargets(running=running, running_most=max(running, min(most, lent + self._kept)), made=made)

    @cached_property
    def _kept(self) -> int:
        """Free desktops that are left running."""
        since = self.inputs.now - steady_of(self.inputs.leads)
        lately = (buffers.ready for at, buffers in self.inputs.recent if at >= since)
        return max(self._ready(self.demand.boot), self._ready(self.demand.boot_soon), *lately) + ceil(self.demand.boot.mean)

    def _ready(self, demand: LeadDemand) -> int:
        """Free desktops that run."""
        return self._free(demand, self.demand.boot_standby) + self.rules.reserve if self.rules.warm is Warmth.RUNNING else 0

    def _free(self, demand: LeadDemand, standby: Standby) -> int:
        if self.spare is not None:
            return self.spare.of(self.inputs.counts.lent)
        return max(self._stock(demand), standby.free if self._people_may_come else 0)

    def _stock(self, demand: LeadDemand) -> int:
        return base_stock(demand, self.rules.waits_percent / 100.0)

    @cached_property
    def _people_may_come(self) -> bool:
        """Within the half-days, and so long before them that a rush may come early."""
        before_s = max(self.rules.ready_before_s, EARLY_S)
        return self.inputs.calendar.is_within_hours(self.inputs.now, before_s=before_s)


def with_recent(
    recent: Iterable[tuple[Instant, Buffers]], now: Instant, buffers: Buffers, leads: Leads
) -> tuple[tuple[Instant, Buffers], ...]:
    """The buffers of the last minutes with this one: each that no later one reaches."""
    young = [(at, earlier) for at, earlier in recent if at >= now - steady_of(leads) and earlier.ready > buffers.ready]
    return (*young, (now, buffers))
