"""Pools that follow their people: decides in each cycle, from how many come, and hands out what is wanted of each seat.

In shadow the same is decided from the same inputs, and nothing is ordered: the differences are counted.
"""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from types import MappingProxyType

from provisioner.model.actions import Result
from provisioner.model.autoscale import (
    AutoscaleMode,
    AutoscaleState,
    Buffers,
    Leads,
    PoolAutoscale,
    PoolCounts,
    SeatPlan,
    Use,
)
from provisioner.model.demand import Demand
from provisioner.model.ids import DesktopPoolName, Instant, Seat
from provisioner.model.pools import DesktopPool
from provisioner.model.records import Records
from provisioner.model.seats import pool_of
from provisioner.model.session_counts import quarter_begin
from provisioner.model.site_config import SiteConfig
from provisioner.model.words import JournalWord
from provisioner.pacing.measurements import LeadTimes
from provisioner.planning.autoscale.decision import decide
from provisioner.planning.autoscale.demand import LearnedArrivals, expected_demand
from provisioner.planning.autoscale.effects import Looked, look
from provisioner.planning.autoscale.seats import SeatUse, seat_plan
from provisioner.planning.autoscale.targets import PoolInputs, with_recent
from provisioner.planning.autoscale.uses import pool_names, uses_of
from provisioner.planning.demand.pools import with_pools
from provisioner.planning.demand.shadow import differences
from provisioner.planning.lending.facts import LendFacts
from provisioner.ports import JournalEntry
from provisioner.reasons.pools import AUTOSCALE_STEPS
from provisioner.reasons.reason import NONE
from provisioner.reconciler.arrival_book import ArrivalBook
from provisioner.reconciler.further_wants import leased_seats

_SAID_EVERY_S = 60.0
"""Steps of one minute are one line of the journal: a rush has hundreds."""
_STALE_S = 5.0
"""The pace of cycles while desktops are on their way: with people coming, a pool is looked at as often."""
_NO_PLAN = SeatPlan()


@dataclass
class _Pool:
    """What is remembered of one pool."""

    boots: LeadTimes = field(default_factory=LeadTimes)
    clones: LeadTimes = field(default_factory=LeadTimes)
    recent: tuple[tuple[Instant, Buffers], ...] = ()
    plan: SeatPlan = _NO_PLAN
    learned: tuple[object, LearnedArrivals] | None = None
    looked: Looked | None = None
    """How its desktops were at the last decision; None: there was none in this life of the daemon."""
    steps: Counter[str] = field(default_factory=Counter)
    """What was done since the last line of the journal."""
    said_at: Instant = 0.0
    state: AutoscaleState | None = None


class Autoscaler:
    """Owned by the control thread."""

    def __init__(self, book: ArrivalBook) -> None:
        self._book = book
        self._pools: dict[DesktopPoolName, _Pool] = {}
        self.plans: Mapping[DesktopPoolName, SeatPlan] = MappingProxyType({})
        """Of the pools that follow their people, as last decided."""

    def is_stale(self, now: Instant) -> bool:
        """Whether a pool follows its people, and the last decision is so old that lends since may have changed it."""
        pools = (self._pools.get(name) for name in self.plans)  # None: the daemon has just begun, and has decided nothing
        states = (pool.state for pool in pools if pool is not None)
        return any(state is not None and now - state.decision.at >= _STALE_S for state in states)

    @property
    def states(self) -> Mapping[DesktopPoolName, AutoscaleState]:
        """What was decided last, by pool."""
        return {name: pool.state for name, pool in sorted(self._pools.items()) if pool.state is not None}

    def decide(self, facts: LendFacts | None, records: Records, config: SiteConfig) -> tuple[JournalEntry, ...]:
        """Decide about every pool with rules; returns what the journal is to say.

        `facts`: None, there was no cycle yet: then everything stays as it is.
        """
        pools = config.desktop_pools
        if facts is None:
            self._pools = {name: pool for name, pool in self._pools.items() if name in pools}
            self.plans = {name: _as_is(name, records) for name, pool in sorted(pools.items()) if pool.follows}
            return ()
        names = [name for name in pool_names(pools) if _rules(pools[name]).mode is not AutoscaleMode.OFF]
        self._pools = {name: self._pools.get(name, _Pool()) for name in names}
        for name in names:
            self._decide(pools[name], self._pools[name], facts)
        self.plans = {name: self._pools[name].plan for name in names if pools[name].follows}
        return tuple(line for name in self.plans for line in self._lines(name, self._pools[name], facts.now))

    def _decide(self, pool: DesktopPool, known: _Pool, facts: LendFacts) -> None:
        rules = _rules(pool)
        idle: Set[Seat] = known.plan.idle if pool.follows else frozenset()
        uses = uses_of(pool, facts, idle)
        leads, learned = self._leads(pool, known, facts, uses), self._learned(pool, known, facts.now)
        inputs = PoolInputs(
            now=facts.now,
            rules=rules.rules,
            calendar=rules.calendar,
            counts=PoolCounts(),
            leads=leads,
            demand=expected_demand(learned, self._book.quarters(pool.name), facts.now, leads, rules.rules),
            recent=known.recent,
        )
        decision = decide(inputs, {each.desktop: each.use for each in uses.values()})
        known.recent = with_recent(known.recent, facts.now, decision.buffers, leads)
        known.plan = seat_plan(pool.name, uses, decision)
        known.looked, steps = look(known.looked, uses, idle)
        known.steps += steps
        known.state = AutoscaleState(
            mode=rules.mode,
            decision=decision,
            differences={} if pool.follows else _differences(pool, known.plan, facts),
            came=self._book.came[pool.name],
            waited=self._book.waited[pool.name],
            came_lately=self._book.came_lately(pool.name, facts.now),
            learned_days=learned.days_before(facts.now),
        )

    def _leads(self, pool: DesktopPool, known: _Pool, facts: LendFacts, uses: Mapping[Seat, SeatUse]) -> Leads:
        """As measured in this pool; before, what boots and clones take anywhere."""
        if pool.follows:
            up = {each.seat: each.use in (Use.FREE, Use.LENT) for each in uses.values() if each.seat in known.plan.running}
            known.boots.look(up, facts.now)
            made = {seat: seat in uses and uses[seat].use is not Use.MAKING for seat in known.plan.off}
            known.clones.look(made, facts.now)
        limits, profile = facts.situation.limits, facts.situation.config.profiles.get(pool.profile)
        boot_s = limits.boot_alone_s(profile) if profile is not None else 0.0
        clone_s = max(limits.clone_s.values(), default=boot_s)
        return Leads(boot_s=known.boots.seconds(boot_s), clone_s=known.clones.seconds(clone_s))

    def _learned(self, pool: DesktopPool, known: _Pool, now: Instant) -> LearnedArrivals:
        """Made anew when a quarter of an hour has ended, or the calendar is another."""
        calendar = _rules(pool).calendar
        key = (quarter_begin(now), calendar)
        if known.learned is None or known.learned[0] != key:
            before = [each for at, each in self._book.quarters(pool.name).items() if at < quarter_begin(now)]
            known.learned = key, LearnedArrivals(before, calendar)
        return known.learned[1]

    def _lines(self, name: DesktopPoolName, known: _Pool, now: Instant) -> tuple[JournalEntry, ...]:
        """What was done since the last line, with the last decision's inputs."""
        if not known.steps or now - known.said_at < _SAID_EVERY_S or known.state is None:
            return ()
        because = known.state.decision.because
        steps = {word: known.steps[word] for word in ("pardoned", "started", "drained", "made")}
        known.steps, known.said_at = Counter(), now
        reason = AUTOSCALE_STEPS(**steps, why=because[0] if because else NONE)
        return (JournalEntry(at=now, what=JournalWord.AUTOSCALE.value, subject=name, result=Result.DONE.value, reason=reason),)


def _as_is(name: DesktopPoolName, records: Records) -> SeatPlan:
    """Whatever runs stays on, and nothing is made."""
    seats = (record.reservation.seat for record in records.desktops.values() if pool_of(record.reservation.seat) == name)
    return SeatPlan(off=tuple(sorted(filter(None, seats))))


def _rules(pool: DesktopPool) -> PoolAutoscale:
    assert pool.autoscale is not None, "only pools with rules are decided about"
    return pool.autoscale


def _differences(pool: DesktopPool, plan: SeatPlan, facts: LendFacts) -> Mapping[str, int]:
    """Against what the pool's size and spare want now."""
    situation = facts.situation
    profiles, leased, pools = situation.config.profiles, leased_seats(situation.records), {pool.name: pool}
    in_force = with_pools(Demand(), pools, profiles, leased=leased)
    shadow = with_pools(Demand(), pools, profiles, leased=leased, plans={pool.name: plan})
    return differences(in_force, shadow)


__all__ = ["Autoscaler"]
