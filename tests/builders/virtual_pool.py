"""A pool in virtual time: people take free desktops or wait, and the autoscaler is asked every few seconds."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from math import exp, inf
from random import Random

from provisioner.model.autoscale import AutoscaleRules, Buffers, ExpectedDemand, LeadDemand, Leads, PoolCounts
from provisioner.model.session_counts import ArrivalQuarter, quarters_of, with_arrivals
from provisioner.planning.autoscale.decision import steps_of
from provisioner.planning.autoscale.demand import LearnedArrivals, expected_demand
from provisioner.planning.autoscale.targets import PoolInputs, Sizing, with_recent
from tests.builders.arrivals import CALENDAR, Visit

LEADS = Leads(boot_s=45.0, clone_s=60.0)
"""Means. The autoscaler is given them as a daemon measures them: from taken to ready, so with a cycle until it sees it."""
RULES = AutoscaleRules(max=3000)
_CYCLE_S, _NIGHT_S, _SHUTDOWN_S, _SIGMA = 5.0, 60.0, 15.0, 0.15
_MEASURED = Leads(boot_s=LEADS.boot_s + _CYCLE_S, clone_s=LEADS.clone_s + _CYCLE_S)
NO_DEMAND = ExpectedDemand(**dict.fromkeys(("boot", "boot_soon", "clone"), LeadDemand(mean=0.0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What came of some days."""

    people: int
    waited: int
    waits_s: float
    """The longest wait."""
    hours: float
    """Desktop-hours, running or on the way up or down."""
    least_hours: float
    """Those of a plan that knows the future: each visit, and the preparation before it."""
    most: int
    """Desktops in use at once."""
    office_hours: float
    """Those of so many desktops from the first half-day's begin to the last one's end, each day."""

    @property
    def waited_share(self) -> float:
        """Of all people."""
        return self.waited / self.people


@dataclass
class VirtualPool:
    """Desktops are alike: only how many there are counts. Leads scatter around their means."""

    rules: AutoscaleRules
    random: Random
    free: int = 0
    stopped: int = 0
    lent: int = 0
    draining: int = 0
    preparing: list[float] = field(default_factory=list)
    making: list[float] = field(default_factory=list)
    stopping: list[float] = field(default_factory=list)
    leaving: list[float] = field(default_factory=list)
    queue: deque[Visit] = field(default_factory=deque)
    now: float = 0.0
    area_s: float = 0.0
    waited: int = 0
    longest_s: float = 0.0
    most: int = 0

    @property
    def counts(self) -> PoolCounts:
        """What the autoscaler sees: whoever waits is lent a desktop that is on its way, as long as there are any."""
        promised = min(len(self.queue), len(self.preparing))
        return PoolCounts(
            lent=self.lent + promised,
            free=self.free,
            preparing=len(self.preparing) - promised,
            making=len(self.making),
            stopped=self.stopped,
            draining=self.draining,
        )

    def count_anew(self) -> None:
        """Nothing that was before counts."""
        self.area_s, self.waited, self.longest_s, self.most = 0.0, 0, 0.0, self.lent

    def advance(self, until: float) -> None:
        """All that happens by itself until then."""
        while (soonest := self._soonest()) <= until:
            self._pass(soonest)
            self._settle()
        self._pass(until)

    def play(self, coming: deque[Visit], until: float) -> list[float]:
        """Until then, with all who come before; when they came."""
        came = []
        while coming and coming[0].came < until:
            visit = coming.popleft()
            self.advance(visit.came)
            self.arrive(visit)
            came.append(visit.came)
        self.advance(until)
        return came

    def _soonest(self) -> float:
        return min(queue[0] if queue else inf for queue in (self.preparing, self.making, self.stopping, self.leaving))

    def _pass(self, until: float) -> None:
        running = self.lent + self.free + self.draining + len(self.preparing) + len(self.stopping)
        self.area_s += running * (until - self.now)
        self.now = until

    def _settle(self) -> None:
        while self.leaving and self.leaving[0] <= self.now:
            heappop(self.leaving)
            self.lent -= 1
            self._prepare()
        while self.preparing and self.preparing[0] <= self.now:
            heappop(self.preparing)
            self.free += 1
        for queue in (self.making, self.stopping):
            while queue and queue[0] <= self.now:
                heappop(queue)
                self.stopped += 1
        self._serve()

    def arrive(self, visit: Visit) -> None:
        """Somebody comes."""
        self.queue.append(visit)
        if not self.free:
            self.waited += 1
        self._serve()

    def _serve(self) -> None:
        while self.queue and self.free:
            visit = self.queue.popleft()
            self.longest_s = max(self.longest_s, self.now - visit.came)
            self.free, self.lent = self.free - 1, self.lent + 1
            self.most = max(self.most, self.lent)
            heappush(self.leaving, visit.left + self.now - visit.came)

    def _prepare(self) -> None:
        heappush(self.preparing, self.now + self._scattered(LEADS.boot_s))

    def _scattered(self, mean_s: float) -> float:
        return mean_s * exp(self.random.gauss(-(_SIGMA**2) / 2, _SIGMA))

    def step(self, inputs: PoolInputs) -> Buffers:
        """One cycle: what was drained in the last cycle is shut down; what is decided now happens."""
        for _ in range(self.draining):
            heappush(self.stopping, self.now + _SHUTDOWN_S)
        self.draining = 0
        sizing = Sizing(inputs)
        steps = steps_of(inputs.counts, sizing.targets, most=self.rules.max)
        self.free -= steps.drain
        self.draining = steps.drain
        self.stopped -= steps.start
        for _ in range(steps.start):
            self._prepare()
        for _ in range(steps.make):
            heappush(self.making, self.now + self._scattered(LEADS.clone_s))
        return sizing.buffers


Blind = Callable[[ExpectedDemand], ExpectedDemand]
"""What an autoscaler that is wrong makes of the demand."""


def poisson_only(demand: ExpectedDemand) -> ExpectedDemand:
    """As if people always came independently of each other."""
    alone = {name: replace(getattr(demand, name), dispersion=1.0) for name in ("boot", "boot_soon", "clone")}
    return ExpectedDemand(**alone)


def play_week(
    earlier: Sequence[Sequence[Visit]],
    days: Sequence[Sequence[Visit]],
    *,
    rules: AutoscaleRules = RULES,
    seed: int = 1,
    blind: Blind = lambda demand: demand,
    warm: int = 0,
) -> Week:
    """These days, after earlier ones that were learned from; the last `warm` of them are played, too, and not counted."""
    pool = VirtualPool(rules=rules, random=Random(seed))
    known = list(quarters_of(visit.came for day in earlier[: len(earlier) - warm] for visit in day))
    for day in earlier[len(earlier) - warm :]:
        known += _play_day(pool, known, day, blind)
    pool.count_anew()
    for day in days:
        known += _play_day(pool, known, day, blind)
    visits = [visit for day in days for visit in day]
    stays_s = sum(visit.left - visit.came for visit in visits)
    span_h = (CALENDAR.half_days[-1].ends - CALENDAR.half_days[0].begins) / 60.0
    return Week(
        people=len(visits),
        waited=pool.waited,
        waits_s=pool.longest_s,
        hours=pool.area_s / 3600.0,
        least_hours=(stays_s + len(visits) * LEADS.boot_s) / 3600.0,
        most=pool.most,
        office_hours=len(days) * span_h * pool.most,
    )


def _play_day(
    pool: VirtualPool, known: Iterable[ArrivalQuarter], visits: Sequence[Visit], blind: Blind
) -> list[ArrivalQuarter]:
    """From midnight to midnight; what was learned today."""
    learned, today = LearnedArrivals(known, CALENDAR), dict[float, ArrivalQuarter]()
    begin = CALENDAR.instant(CALENDAR.date_of(visits[0].came), 0)
    pool.now = begin if pool.now == 0.0 else pool.now
    recent: tuple[tuple[float, Buffers], ...] = ()
    coming, minute, demand, decided = deque(visits), 0.0, NO_DEMAND, None
    for until in _cycles(begin, visits):
        came = pool.play(coming, until)
        today = with_arrivals(today, came) if came else today
        if not came and until // 60.0 == minute and pool.counts == decided:
            continue
        if came or until // 60.0 > minute:
            minute, demand = until // 60.0, blind(expected_demand(learned, today, until, _MEASURED, pool.rules))
        inputs = PoolInputs(
            now=until,
            rules=pool.rules,
            calendar=CALENDAR,
            counts=(decided := pool.counts),
            leads=_MEASURED,
            demand=demand,
            recent=recent,
        )
        recent = with_recent(recent, until, pool.step(inputs), _MEASURED)
    return list(today.values())


def _cycles(begin: float, visits: Sequence[Visit]) -> Iterator[float]:
    """While people come or leave every few seconds, at night every minute."""
    first, last = visits[0].came - 3600.0, max(visit.left for visit in visits) + 600.0
    at = begin
    while at < begin + 86400.0:
        yield at
        at += _CYCLE_S if first <= at <= last else _NIGHT_S


__all__ = ["LEADS", "RULES", "VirtualPool", "Week", "play_week", "poisson_only"]
