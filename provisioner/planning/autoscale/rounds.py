"""Each cycle: what is decided about every pool with rules, from how many people come, and what is wanted of each seat. Pure.

In shadow the same is decided from the same inputs, and nothing is ordered: the differences are counted.
"""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace

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
from provisioner.model.kept.records import Records
from provisioner.model.machines.seats import pool_of
from provisioner.model.pools import DesktopPool
from provisioner.model.scenario.calendars import Calendar
from provisioner.model.session_counts import ArrivalQuarter, quarter_begin
from provisioner.model.words import JournalWord
from provisioner.planning.autoscale.decision import decide
from provisioner.planning.autoscale.demand import LearnedArrivals, expected_demand
from provisioner.planning.autoscale.seats import SeatUse, seat_plan
from provisioner.planning.autoscale.targets import PoolInputs, with_recent
from provisioner.planning.autoscale.uses import LeadTimes, Looked, look, uses_of
from provisioner.planning.demand.pools import Plans, Pools, leased_seats, with_pools
from provisioner.planning.demand.shadow import differences
from provisioner.planning.lending.facts import LendFacts
from provisioner.ports import JournalEntry
from provisioner.reasons.pools import AUTOSCALE_STEPS
from provisioner.reasons.reason import NONE

_SAID_EVERY_S = 60.0
"""Steps of one minute are one line of the journal: a rush has hundreds."""
_STALE_S = 5.0
"""The pace of cycles while desktops are on their way: with people coming, a pool is looked at as often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Who has come to a pool."""

    quarters: Mapping[Instant, ArrivalQuarter]
    """Quarters of an hour, by their begins."""
    came: int
    """In this life of the daemon."""
    waited: int
    """Of them, people who got no ready desktop at once."""
    came_lately: int
    """Within this quarter of an hour and the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedPool:
    """What was decided about one pool, and what is remembered of it."""

    boots: LeadTimes = LeadTimes()
    clones: LeadTimes = LeadTimes()
    recent: tuple[tuple[Instant, Buffers], ...] = ()
    plan: SeatPlan = SeatPlan()
    learned: tuple[object, LearnedArrivals] | None = None
    looked: Looked | None = None
    """How its desktops were at the last decision; None: there was none in this life of the daemon."""
    steps: Counter[str] = field(default_factory=Counter)
    """What was done since the last line of the journal."""
    said_at: Instant = 0.0
    state: AutoscaleState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoscaleRound:
    """What was decided last, and what the journal is to say of it."""

    pools: Mapping[DesktopPoolName, DecidedPool] = field(default_factory=dict)
    plans: Plans = field(default_factory=dict)
    """Of the pools that follow their people."""
    entries: tuple[JournalEntry, ...] = ()

    def is_stale(self, now: Instant) -> bool:
        """Whether a pool follows its people, and the decision is so old that lends since may have changed it."""
        return any(name in self.plans and now - state.decision.at >= _STALE_S for name, state in self.states.items())

    @property
    def states(self) -> Mapping[DesktopPoolName, AutoscaleState]:
        """What was decided, by pool."""
        return {name: pool.state for name, pool in self.pools.items() if pool.state is not None}


def as_it_is(before: AutoscaleRound, pools: Pools, records: Records) -> AutoscaleRound:
    """There was no cycle yet: whatever runs stays on, and nothing is made."""
    known = {name: pool for name, pool in before.pools.items() if name in pools}
    return AutoscaleRound(
        pools=known, plans={name: _off(name, records) for name, pool in sorted(pools.items()) if pool.follows}
    )


def autoscale_round(
    before: AutoscaleRound, pools: Pools, facts: LendFacts, arrivals: Mapping[DesktopPoolName, Arrivals]
) -> AutoscaleRound:
    """The next round. `arrivals`: of all pools."""
    named = {name: pool for name, pool in sorted(pools.items()) if _mode(pool) is not AutoscaleMode.OFF}
    decided = {
        name: _decided(pool, before.pools.get(name, DecidedPool()), facts, arrivals[name]) for name, pool in named.items()
    }
    plans = {name: decided[name].plan for name, pool in named.items() if pool.follows}
    entries = {name: line for name in plans if (line := _line(name, decided[name], facts.now)) is not None}
    said = {name: replace(decided[name], steps=Counter(), said_at=facts.now) for name in entries}
    return AutoscaleRound(pools=decided | said, plans=plans, entries=tuple(entries.values()))


def _decided(pool: DesktopPool, known: DecidedPool, facts: LendFacts, arrivals: Arrivals) -> DecidedPool:
    rules, now = _rules(pool), facts.now
    idle: Set[Seat] = known.plan.idle if pool.follows else frozenset()
    uses = uses_of(pool, facts, idle)
    known = _measured(pool, known, now, uses)
    leads, key = _leads(pool, known, facts), (quarter_begin(now), rules.calendar)
    learned = known.learned[1] if known.learned is not None and known.learned[0] == key else _learned(arrivals, *key)
    inputs = PoolInputs(
        now=now,
        rules=rules.rules,
        calendar=rules.calendar,
        counts=PoolCounts(),
        leads=leads,
        demand=expected_demand(learned, arrivals.quarters, now, leads, rules.rules),
        recent=known.recent,
    )
    decision = decide(inputs, {each.desktop: each.use for each in uses.values()})
    plan, (looked, steps) = seat_plan(pool.name, uses, decision), look(known.looked, uses, idle)
    state = AutoscaleState(
        mode=rules.mode,
        decision=decision,
        differences={} if pool.follows else _differences(pool, plan, facts),
        came=arrivals.came,
        waited=arrivals.waited,
        came_lately=arrivals.came_lately,
        learned_days=learned.days_before(now),
    )
    return replace(
        known,
        recent=with_recent(known.recent, now, decision.buffers, leads),
        plan=plan,
        learned=(key, learned),
        looked=looked,
        steps=known.steps + steps,
        state=state,
    )


def _measured(pool: DesktopPool, known: DecidedPool, now: Instant, uses: Mapping[Seat, SeatUse]) -> DecidedPool:
    """How long boots and clones take in this pool; in shadow nothing is ordered that could be measured."""
    if not pool.follows:
        return known
    up = {each.seat: each.use in (Use.FREE, Use.LENT) for each in uses.values() if each.seat in known.plan.running}
    made = {seat: seat in uses and uses[seat].use is not Use.MAKING for seat in known.plan.off}
    return replace(known, boots=known.boots.looked(up, now), clones=known.clones.looked(made, now))


def _leads(pool: DesktopPool, known: DecidedPool, facts: LendFacts) -> Leads:
    """As measured in this pool; before, what boots and clones take anywhere."""
    limits, profile = facts.situation.limits, facts.situation.config.profiles.get(pool.profile)
    boot_s = limits.boot_alone_s(profile) if profile is not None else 0.0
    clone_s = max(limits.clone_s.values(), default=boot_s)
    return Leads(boot_s=known.boots.seconds(boot_s), clone_s=known.clones.seconds(clone_s))


def _learned(arrivals: Arrivals, until: Instant, calendar: Calendar) -> LearnedArrivals:
    """Made anew when a quarter of an hour has ended, or the calendar is another."""
    return LearnedArrivals((each for at, each in arrivals.quarters.items() if at < until), calendar)


def _line(name: DesktopPoolName, known: DecidedPool, now: Instant) -> JournalEntry | None:
    """What was done since the last line, with the last decision's inputs."""
    if not known.steps or now - known.said_at < _SAID_EVERY_S or known.state is None:
        return None
    because = known.state.decision.because
    steps = {word: known.steps[word] for word in ("pardoned", "started", "drained", "made")}
    reason = AUTOSCALE_STEPS(**steps, why=because[0] if because else NONE)
    return JournalEntry(at=now, what=JournalWord.AUTOSCALE.value, subject=name, result=Result.DONE.value, reason=reason)


def _off(name: DesktopPoolName, records: Records) -> SeatPlan:
    seats = (record.reservation.seat for record in records.desktops.values() if pool_of(record.reservation.seat) == name)
    return SeatPlan(off=tuple(sorted(filter(None, seats))))


def _mode(pool: DesktopPool) -> AutoscaleMode:
    return AutoscaleMode.OFF if pool.autoscale is None else pool.autoscale.mode


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


__all__ = ["Arrivals", "AutoscaleRound", "as_it_is", "autoscale_round"]
