"""Rotations: publishes weeks, hands desktops over at a half-day's change, and says who waits, why and until when.

Whoever is still logged on keeps the desktop. What is not free then comes from the reserve; whoever finds none waits, is counted
once for the half-day, and gets the first desktop that becomes free.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from provisioner.model.calendars import Calendar
from provisioner.model.desktops import Phase
from provisioner.model.half_days import PersonWeek, Slot, waits_of
from provisioner.model.ids import AgentId, DesktopName, Instant
from provisioner.model.lending import Lease, LeaseState
from provisioner.model.pools import DesktopPool
from provisioner.model.records import DesktopRecord
from provisioner.model.rotation import Rotation, RotationState, Waiting
from provisioner.model.scenarios import Scenario
from provisioner.model.seats import pool_of
from provisioner.model.session_rules import HalfDayEnd
from provisioner.model.site_config import SiteConfig
from provisioner.model.surges import SurgeRun, SurgeState
from provisioner.planning.inputs import Situation
from provisioner.planning.lending.choice import free_desktops, reset_s
from provisioner.planning.lending.draft import ended_by_plan, lent_by_plan
from provisioner.planning.lending.facts import LendFacts
from provisioner.planning.rotation.handover import due_at, end_of_turn, in_turn, next_slot
from provisioner.planning.rotation.weeks import comes
from provisioner.planning.survey.survey import Survey
from provisioner.ports import Changes, Events
from provisioner.reasons.pools import IN_DOUBT, LENT_BY_PLAN, OUT_OF_SIGHT, PLAN_OVER, UNUSABLE
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.rotation import NO_DESKTOP_LEFT, SHARE_REFUSED
from provisioner.reconciler.durable_state import RecordCache
from provisioner.reconciler.lend_desk import LendDesk
from provisioner.reconciler.rotation_weeks import WeekPublisher

_SERVING = (SurgeState.RUNNING, SurgeState.GATED)
_NOBODY_ON = frozenset({Phase.RESERVED, Phase.CLONING, Phase.CLONED, Phase.STOPPED})
"""Phases in which nobody can be logged on."""
_NOTICED_S = 60.0
"""A wait that lasts less is none: a log-on takes as long, and a daemon that has just started knows of no empty desktop yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """A half-day, as it is handed over."""

    scenario: Scenario
    rotation: Rotation
    calendar: Calendar
    pool: DesktopPool
    facts: LendFacts
    weeks: tuple[PersonWeek, ...]
    due: Mapping[AgentId, Slot] = field(default_factory=dict)
    """Whose half-day goes on, or begins soon."""

    @property
    def leases(self) -> Iterator[tuple[DesktopName, Lease, AgentId]]:
        """The desktops of the pool that somebody has."""
        for name, record in self.facts.situation.records.desktops.items():
            lease = record.lease
            if lease is None or lease.agent_id is None or lease.state is not LeaseState.LENT:
                continue
            if pool_of(record.reservation.seat) == self.pool.name:
                yield name, lease, lease.agent_id

    def is_left(self, name: DesktopName, agent_id: AgentId) -> bool:
        """Whether the desktop has said since the person's half-day ended that nobody is logged on."""
        report = self.facts.reports.get(name)
        ends = [slot.ends for week in self.weeks if week.agent_id == agent_id for slot in week.slots]
        over = max((at for at in ends if at <= self.facts.now), default=0.0)
        return report is not None and report.read_at >= over and self.facts.is_empty(name)

    def login(self, agent_id: AgentId) -> str:
        """As people know them."""
        roster = self.facts.situation.records.roster
        return agent_id if roster is None or agent_id not in roster.agents else roster.agents[agent_id].login


class RotationDesk:
    """Owned by the control thread. Everything that has to last is in the store: the weeks, the waits and the leases."""

    def __init__(self, cache: RecordCache, desk: LendDesk, *, events: Events) -> None:
        self._cache, self._desk, self._events = cache, desk, events
        self._publisher = WeekPublisher()
        self._since: dict[AgentId, Instant] = {}
        """Who waits, and since when, in this life of the daemon."""
        self.state: RotationState | None = None
        """As the last cycle left it; None: there is no rotation, or its run does not go on."""

    def follow(self, situation: Situation, survey: Survey) -> frozenset[AgentId]:
        """One cycle's part; who keeps the desktop although nobody is logged on there. Raises StoreError."""
        scenario, run = situation.config.scenario, situation.records.surge
        rotation, calendar = scenario.rotation, scenario.calendar
        pool = None if rotation is None else situation.config.desktop_pools.get(rotation.pool)
        if rotation is None or calendar is None or pool is None or run is None or run.state not in _SERVING:
            self.state = None
            return frozenset()
        self._desk.note(situation, survey)
        self._publish(scenario, pool, run, situation)
        turn = self._turn(scenario, rotation, calendar, pool)
        if self._take_back(turn):
            turn = replace(turn, facts=self._desk.facts())
        waiting, before = self._hand_out(turn), len(self._since)
        self._count(turn, waiting)
        self._tell(waiting, before)
        self.state = self._state(turn, waiting)
        return frozenset(turn.due)

    def half_day_of(self, record: DesktopRecord, config: SiteConfig, now: Instant) -> HalfDayEnd | None:
        """How far the end is of the half-day of the desktop's person, if nothing of theirs follows on that day; None: there is
        none, or nothing is to happen to sessions then."""
        lease, rotation, calendar = record.lease, config.scenario.rotation, config.scenario.calendar
        if self.state is None or rotation is None or calendar is None or not rotation.handover.apply:
            return None
        if lease is None or lease.agent_id is None or pool_of(record.reservation.seat) != rotation.pool:
            return None
        weeks = self._cache.state.half_days.values()
        ends = end_of_turn(
            weeks, lease.agent_id, now, before_s=rotation.ready_before_s, day_of=calendar.date_of
        )  # fmt: skip
        return None if ends is None else HalfDayEnd(left_s=ends - now, rules=rotation.handover)

    def _publish(self, scenario: Scenario, pool: DesktopPool, run: SurgeRun, situation: Situation) -> None:
        for changes in self._publisher.due(scenario, pool, run, situation.records, situation.now):
            self._cache.commit(changes)
            for entry in changes.entries:
                self._events.notice("rotation", entry.reason)

    def _turn(self, scenario: Scenario, rotation: Rotation, calendar: Calendar, pool: DesktopPool) -> _Turn:
        facts = self._desk.facts()
        weeks = tuple(facts.situation.records.half_days.values())
        due = due_at(weeks, facts.now, before_s=rotation.ready_before_s, day_of=calendar.date_of)
        roster = facts.situation.records.roster
        agents = {} if roster is None else roster.agents
        there = {agent_id: slot for agent_id, slot in due.items() if comes(rotation, agents.get(agent_id), slot, calendar)}
        return _Turn(
            scenario=scenario, rotation=rotation, calendar=calendar, pool=pool, facts=facts, weeks=weeks, due=there
        )  # fmt: skip

    def _take_back(self, turn: _Turn) -> bool:
        """Desktops of people whose half-day is over, if nobody is logged on; and those that cannot be used any more. Whether
        there were any."""
        ends = list[tuple[DesktopName, Reason]]()
        for name, _, agent_id in turn.leases:
            phase, why = turn.facts.survey.phases.get(name, (Phase.RESERVED, NONE))
            if not turn.facts.is_usable(name):
                ends.append((name, UNUSABLE(why=why)))
            elif agent_id not in turn.due and (phase in _NOBODY_ON or turn.is_left(name, agent_id)):
                ends.append((name, PLAN_OVER()))
        if ends:
            self._desk.keep(ended_by_plan(ends, turn.facts))
        return bool(ends)

    def _hand_out(self, turn: _Turn) -> tuple[Waiting, ...]:
        """A free desktop to everybody who is due and has none, in turn; who is left waits."""
        records = turn.facts.situation.records
        lacking = [agent_id for agent_id in turn.due if agent_id not in records.leased]
        agents = records.roster.agents if records.roster is not None else {}
        ordered = in_turn(
            lacking, obliged=lambda each: turn.rotation.obliges(agents[each]), waits=waits_of(turn.weeks)
        )  # fmt: skip
        free = free_desktops(turn.pool.name, turn.facts)
        lends = [(agent_id, name, self._lent(turn, agent_id)) for agent_id, name in zip(ordered, free, strict=False)]
        if lends:
            self._desk.keep(lent_by_plan(lends, turn.facts))
        left = ordered[len(lends) :]
        return (*self._left(turn, left, had=len(turn.due) - len(left)), *self._unseen(turn))

    @staticmethod
    def _lent(turn: _Turn, agent_id: AgentId) -> Reason:
        return LENT_BY_PLAN(login=turn.login(agent_id), at=turn.calendar.words(turn.due[agent_id].begins))

    def _left(self, turn: _Turn, people: list[AgentId], *, had: int) -> Iterator[Waiting]:
        """Who found no desktop. One that is being reset is free soonest; else the next half-day is the latest."""
        if not people:
            return
        why, soon = _none_left(turn, had)
        for agent_id in people:
            slot = turn.due[agent_id]
            following = next_slot(turn.weeks, agent_id, slot.begins)
            latest = slot.ends if following is None else following.begins
            expected = latest if soon is None else max(slot.begins, turn.facts.now + soon)
            yield Waiting(agent_id=agent_id, slot=slot, why=why, expected_at=expected)

    @staticmethod
    def _unseen(turn: _Turn) -> Iterator[Waiting]:
        """Whose desktop is on a node that is away, or is not known to be theirs since a backup was restored."""
        records = turn.facts.situation.records
        for agent_id, slot in turn.due.items():
            name = records.leased.get(agent_id)
            if name is None:
                continue
            lease, login = records.desktops[name].lease, turn.login(agent_id)
            phase, why = turn.facts.survey.phases.get(name, (Phase.RESERVED, NONE))
            if lease is not None and lease.state is LeaseState.IN_DOUBT:
                reason = IN_DOUBT(desktop=name, login=login)
            elif phase is Phase.UNKNOWN:
                reason = OUT_OF_SIGHT(desktop=name, login=login, why=why)
            else:
                continue
            yield Waiting(agent_id=agent_id, slot=slot, why=reason, expected_at=slot.ends)

    def _count(self, turn: _Turn, waiting: tuple[Waiting, ...]) -> None:
        """Once for each person and half-day that has begun. Raises StoreError."""
        now = turn.facts.now
        self._since = {each.agent_id: self._since.get(each.agent_id, now) for each in waiting}
        weeks = {(week.agent_id, slot): week for week in turn.weeks for slot in week.slots}
        lasting = (each for each in waiting if now - max(self._since[each.agent_id], each.slot.begins) >= _NOTICED_S)
        found = ((weeks.get((each.agent_id, each.slot)), each.slot.begins) for each in lasting)
        counted = tuple(
            replace(week, waited=(*week.waited, begins))
            for week, begins in found
            if week is not None and begins not in week.waited
        )
        if counted:
            self._cache.commit(Changes(half_days=counted))

    def _tell(self, waiting: tuple[Waiting, ...], before: int) -> None:
        if len(waiting) != before:
            why = f": {waiting[0].why}" if waiting else ""
            self._events.notice("rotation", f"{len(waiting)} people wait for a desktop{why}")

    def _state(self, turn: _Turn, waiting: tuple[Waiting, ...]) -> RotationState:
        half_days = self._cache.state.half_days
        return RotationState(
            weeks=tuple(half_days[key] for key in sorted(half_days)),
            waiting=tuple(sorted(waiting, key=lambda each: each.agent_id)),
            zone=turn.calendar.zone,
            due=len(turn.due),
            has=len(turn.due) - len(waiting),
            staying=sum(agent_id not in turn.due for _, _, agent_id in turn.leases),
            pool=turn.pool.name,
            reserve=turn.rotation.reserve,
            refused=self._publisher.refused,
            refused_because=SHARE_REFUSED(pool=turn.pool.name) if self._publisher.refused else NONE,
        )


def _none_left(turn: _Turn, had: int) -> tuple[Reason, float | None]:
    """Why no desktop of the pool is free, and in how many seconds one may be; None: nobody knows."""
    facts, pool = turn.facts, turn.pool
    records = [
        record for record in facts.situation.records.desktops.values() if pool_of(record.reservation.seat) == pool.name
    ]  # fmt: skip
    resetting = sum(record.lease is not None and record.lease.state is LeaseState.TO_RESET for record in records)
    staying = sum(agent_id not in turn.due for _, _, agent_id in turn.leases)
    out = max(0, pool.size - staying - resetting - had)
    why = NO_DESKTOP_LEFT(pool=pool.name, staying=staying, resetting=resetting, out=out, due=had)
    return why, reset_s(pool, facts) if resetting else None


__all__ = ["RotationDesk"]
