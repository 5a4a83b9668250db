"""Rotations: hands desktops over at a half-day's change, and says who waits, why and until when. Pure.

Whoever is still logged on keeps the desktop. What is not free then comes from the reserve; whoever finds none waits, is counted
once for the half-day, and gets the first desktop that becomes free.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from provisioner.model.ids import AgentId, DesktopName, Instant
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.lending import Lease, LeaseState
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.seats import pool_of
from provisioner.model.pools import DesktopPool
from provisioner.model.scenario.calendars import Calendar
from provisioner.model.scenario.half_days import PersonWeek, Slot, waits_of
from provisioner.model.scenario.rotation import Rotation, RotationState, Waiting
from provisioner.model.scenario.surges import SurgeRun, SurgeState
from provisioner.model.session_rules import HalfDayEnd
from provisioner.model.site_config import SiteConfig
from provisioner.planning.inputs import Situation
from provisioner.planning.lending.choice import free_desktops, reset_s
from provisioner.planning.lending.draft import LeaseDraft
from provisioner.planning.lending.facts import LendFacts
from provisioner.planning.rotation.handover import due_at, end_of_turn, in_turn, next_slot
from provisioner.planning.rotation.weeks import comes
from provisioner.reasons.pools import IN_DOUBT, LENT_BY_PLAN, OUT_OF_SIGHT, PLAN_OVER, UNUSABLE
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.rotation import NO_DESKTOP_LEFT, SHARE_REFUSED

_SERVING = (SurgeState.RUNNING, SurgeState.GATED)
_NOBODY_ON = frozenset({Phase.RESERVED, Phase.CLONING, Phase.CLONED, Phase.STOPPED})
"""Phases in which nobody can be logged on."""
_NOTICED_S = 60.0
"""A wait that lasts less is none: a log-on takes as long, and a daemon that has just started knows of no empty desktop yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """A half-day, as it is handed over."""

    draft: LeaseDraft
    rotation: Rotation
    calendar: Calendar
    pool: DesktopPool
    weeks: tuple[PersonWeek, ...]
    due: Mapping[AgentId, Slot] = field(default_factory=dict)
    """Whose half-day goes on, or begins soon."""

    @property
    def facts(self) -> LendFacts:
        """As the steps so far have left them."""
        return self.draft.facts

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


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What a rotation comes to in one cycle, beside the leases."""

    state: RotationState
    since: Mapping[AgentId, Instant]
    """Who waits, and since when."""
    counted: tuple[PersonWeek, ...]
    """Weeks with a half-day more of which somebody has waited for a desktop, to be kept."""
    held: frozenset[AgentId]
    """Who keeps the desktop although nobody is logged on there."""


def rotating(situation: Situation) -> tuple[DesktopPool, SurgeRun] | None:
    """The pool of the rotation, and its run; None: there is no rotation, or its run does not go on."""
    scenario, run = situation.config.scenario, situation.records.surge
    rotation = scenario.rotation
    pool = None if rotation is None else situation.config.desktop_pools.get(rotation.pool)
    if scenario.calendar is None or pool is None or run is None or run.state not in _SERVING:
        return None
    return pool, run


def handed_over(
    draft: LeaseDraft, pool: DesktopPool, since: Mapping[AgentId, Instant], refused: frozenset[AgentId]
) -> HandedOver:
    """One cycle's part. `since`: who waited before; `refused`: who gets no half-days in the newest week."""
    turn = _turn(draft, pool)
    _take_back(turn)
    waiting, now = _hand_out(turn), draft.facts.now
    if len(waiting) != len(since):
        why = f": {waiting[0].why}" if waiting else ""
        draft.say("rotation", f"{len(waiting)} people wait for a desktop{why}")
    since = {each.agent_id: since.get(each.agent_id, now) for each in waiting}
    counted = _counted(turn, waiting, since)
    return HandedOver(state=_state(turn, waiting, counted, refused), since=since, counted=counted, held=frozenset(turn.due))


def half_day_end(
    record: DesktopRecord, config: SiteConfig, weeks: Iterable[PersonWeek], now: Instant
) -> HalfDayEnd | None:  # fmt: skip
    """How far the end is of the half-day of the desktop's person, if nothing of theirs follows on that day; None: there is
    none, or nothing is to happen to sessions then."""
    lease, rotation, calendar = record.lease, config.scenario.rotation, config.scenario.calendar
    if rotation is None or calendar is None or not rotation.handover.apply:
        return None
    if lease is None or lease.agent_id is None or pool_of(record.reservation.seat) != rotation.pool:
        return None
    ends = end_of_turn(weeks, lease.agent_id, now, before_s=rotation.ready_before_s, day_of=calendar.date_of)
    return None if ends is None else HalfDayEnd(left_s=ends - now, rules=rotation.handover)


def _turn(draft: LeaseDraft, pool: DesktopPool) -> _Turn:
    facts = draft.facts
    rotation, calendar = facts.situation.config.scenario.rotation, facts.situation.config.scenario.calendar
    assert rotation is not None, "otherwise nothing is handed over"
    assert calendar is not None, "otherwise nothing is handed over"
    weeks = tuple(facts.situation.records.half_days.values())
    due = due_at(weeks, facts.now, before_s=rotation.ready_before_s, day_of=calendar.date_of)
    roster = facts.situation.records.roster
    agents = {} if roster is None else roster.agents
    there = {agent_id: slot for agent_id, slot in due.items() if comes(rotation, agents.get(agent_id), slot, calendar)}
    return _Turn(draft=draft, rotation=rotation, calendar=calendar, pool=pool, weeks=weeks, due=there)


def _take_back(turn: _Turn) -> None:
    """Desktops of people whose half-day is over, if nobody is logged on; and those that cannot be used any more."""
    for name, _, agent_id in list(turn.leases):
        phase = turn.facts.phase(name)
        if not turn.facts.is_usable(name):
            turn.draft.end(name, UNUSABLE(why=turn.facts.out_of_use(name)))
        elif agent_id not in turn.due and (phase in _NOBODY_ON or turn.is_left(name, agent_id)):
            turn.draft.end(name, PLAN_OVER())


def _hand_out(turn: _Turn) -> tuple[Waiting, ...]:
    """A free desktop to everybody who is due and has none, in turn; who is left waits."""
    records = turn.facts.situation.records
    lacking = [agent_id for agent_id in turn.due if agent_id not in records.leased]
    agents = records.roster.agents if records.roster is not None else {}
    ordered = in_turn(lacking, obliged=lambda each: turn.rotation.obliges(agents[each]), waits=waits_of(turn.weeks))
    free = free_desktops(turn.pool.name, turn.facts)
    for agent_id, name in zip(ordered, free, strict=False):
        why = LENT_BY_PLAN(login=turn.facts.login(agent_id), at=turn.calendar.words(turn.due[agent_id].begins))
        turn.draft.change(name, Lease(state=LeaseState.LENT, since=turn.facts.now, agent_id=agent_id), why)
    left = ordered[len(free) :]
    return (*_left(turn, left, had=len(turn.due) - len(left)), *_unseen(turn))


def _left(turn: _Turn, people: list[AgentId], *, had: int) -> Iterator[Waiting]:
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


def _unseen(turn: _Turn) -> Iterator[Waiting]:
    """Whose desktop is on a node that is away, or is not known to be theirs since a backup was restored."""
    records = turn.facts.situation.records
    for agent_id, slot in turn.due.items():
        name = records.leased.get(agent_id)
        if name is None:
            continue
        phase, why = turn.facts.survey.phases.get(name, (Phase.RESERVED, NONE))
        if turn.facts.state(name) is LeaseState.IN_DOUBT:
            reason = IN_DOUBT(desktop=name, login=turn.facts.login(agent_id))
        elif phase is Phase.UNKNOWN:
            reason = OUT_OF_SIGHT(desktop=name, login=turn.facts.login(agent_id), why=why)
        else:
            continue
        yield Waiting(agent_id=agent_id, slot=slot, why=reason, expected_at=slot.ends)


def _counted(turn: _Turn, waiting: Iterable[Waiting], since: Mapping[AgentId, Instant]) -> tuple[PersonWeek, ...]:
    """Once for each person and half-day that has begun."""
    now, weeks = turn.facts.now, {(week.agent_id, slot): week for week in turn.weeks for slot in week.slots}
    lasting = (each for each in waiting if now - max(since[each.agent_id], each.slot.begins) >= _NOTICED_S)
    found = ((weeks.get((each.agent_id, each.slot)), each.slot.begins) for each in lasting)
    return tuple(
        replace(week, waited=(*week.waited, begins)) for week, begins in found if week is not None and begins not in week.waited
    )


def _state(
    turn: _Turn, waiting: tuple[Waiting, ...], counted: Iterable[PersonWeek], refused: frozenset[AgentId]
) -> RotationState:
    half_days = {**turn.facts.situation.records.half_days, **{week.key: week for week in counted}}
    return RotationState(
        weeks=tuple(half_days[key] for key in sorted(half_days)),
        waiting=tuple(sorted(waiting, key=lambda each: each.agent_id)),
        zone=turn.calendar.zone,
        due=len(turn.due),
        has=len(turn.due) - len(waiting),
        staying=sum(agent_id not in turn.due for _, _, agent_id in turn.leases),
        pool=turn.pool.name,
        reserve=turn.rotation.reserve,
        refused=refused,
        refused_because=SHARE_REFUSED(pool=turn.pool.name) if refused else NONE,
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


__all__ = ["HandedOver", "half_day_end", "handed_over", "rotating"]
