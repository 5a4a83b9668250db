"""Which weeks of a rotation are to be published now, and what they are. No week is planned twice from the same."""

from collections.abc import Iterator, Mapping
from itertools import takewhile

from provisioner.model.ids import AgentId, Instant
from provisioner.model.kept.records import Records
from provisioner.model.pools import DesktopPool
from provisioner.model.scenario.calendars import Calendar
from provisioner.model.scenario.half_days import PersonWeek, waits_of
from provisioner.model.scenario.rotation import Rotation
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.scenario.surges import SurgeRun
from provisioner.model.words import JournalWord
from provisioner.planning.rotation.weeks import Week, desktops_planned, planned_week, weeks_of
from provisioner.ports import Changes, JournalEntry
from provisioner.reasons.rotation import WEEK_PUBLISHED


class WeekPublisher:
    """Plans weeks as they are due, and gives newcomers what is left of a published one."""

    def __init__(self) -> None:
        self._about: tuple[object, ...] = ()
        """What the last plans were made from: nothing new comes of the same."""
        self.refused: frozenset[AgentId] = frozenset()
        """Who gets no half-days in the newest week that is published."""

    def due(self, scenario: Scenario, pool: DesktopPool, run: SurgeRun, records: Records, now: Instant) -> list[Changes]:
        """The weeks that are new, or have new people: each is published at once."""
        rotation, calendar, roster = scenario.rotation, scenario.calendar, records.roster
        if rotation is None or calendar is None or roster is None or records.provisional:
            self._about, self.refused = (), frozenset()
            return []
        weeks = list(_open_weeks(rotation, calendar, run, now))
        about = (roster, scenario, pool.size, run.number, tuple(week.begins for week in weeks))
        if about == self._about:
            return []
        self._about = about
        people = [agent for _, agent in sorted(roster.agents.items()) if scenario.rotates(agent)]
        kept, found = dict(records.half_days), list[Changes]()
        for week in weeks:
            plan = planned_week(
                rotation,
                calendar,
                week,
                people,
                run=run.number,
                desktops=desktops_planned(scenario, pool),
                fixed={agent_id: each for (begins, agent_id), each in kept.items() if begins == week.begins},
                waited=waits_of(each for (begins, _), each in kept.items() if begins < week.begins),
                now=now,
                shortage=scenario.shortage,
                earlier={each.agent_id: each for _, each in sorted(kept.items()) if each.week < week.begins and each.slots},
            )
            self.refused = plan.refused
            if plan.weeks:
                kept |= {each.key: each for each in plan.weeks}
                found.append(Changes(half_days=plan.weeks, entries=(_entry(plan.weeks, calendar, run, now),)))
        return found


def _open_weeks(rotation: Rotation, calendar: Calendar, run: SurgeRun, now: Instant) -> Iterator[Week]:
    """The weeks that are not over and are to be published by now; the first of a run at once."""
    first_day = run.day_1 or calendar.day_1(run.started_at)
    weeks = weeks_of(rotation, calendar, first_day)
    first = next(weeks)
    if first.slots[-1].begins > now:
        yield first
    yield from (week for week in takewhile(lambda week: week.published_at <= now, weeks) if week.slots[-1].begins > now)


def _entry(plan: tuple[PersonWeek, ...], calendar: Calendar, run: SurgeRun, now: Instant) -> JournalEntry:
    waits: Mapping[AgentId, int] = waits_of(plan)
    return JournalEntry(
        at=now,
        what=JournalWord.ROTATION.value,
        subject=run.scenario,
        result=JournalWord.PUBLISHED.value,
        reason=WEEK_PUBLISHED(
            week=calendar.words(plan[0].week),
            people=len(plan),
            given=sum(len(week.slots) for week in plan),
            waits=sum(waits.values()),
            most=max(waits.values(), default=0),
        ),
    )


__all__ = ["WeekPublisher"]
