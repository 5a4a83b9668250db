"""Who should have a desktop when, in a scenario whose waves have deadlines."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from provisioner.model.ids import WaveName
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import PlannedTime, PreparationLevel, Scenario, Wave, share_of
from provisioner.model.scenario.surges import SurgeRun
from provisioner.planning.demand.demand import demand_of
from provisioner.settings.calendar import load_calendar
from tests.builders.cluster import OFFICE
from tests.builders.core import a_roster, an_agent

CALENDAR = load_calendar(Path(__file__).parents[3] / "config" / "calendars" / "departement.yaml")
PARIS = ZoneInfo("Europe/Paris")
FOR_ALL = (Entitlement(profile=OFFICE, who=Selection()),)
AT_8, PM = PlannedTime(day=1, minute=480), PlannedTime(day=1, minute=810)


def paris(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


def text(at):
    return datetime.fromtimestamp(at, PARIS).strftime("%a %d %b %H:%M")


def in_group(*groups):
    return Selection(groups=frozenset(groups))


CRISIS = Wave(name=WaveName("crisis cell"), who=in_group("crisis"), priority=0, ready_by=PlannedTime(after_s=3600))
ESSENTIAL = Wave(name=WaveName("essential"), who=in_group("essential"), priority=1, ready_by=AT_8)
EVERYONE = Wave(
    name=WaveName("everyone else"), who=Selection(), priority=2, ready_by=PM, size=3, every_half_day=True,
    excepted=(in_group("laptops"),),
)  # fmt: skip
INTERNS = Wave(name=WaveName("interns"), who=in_group("laptops"), priority=3)
STOPPED = {"prepare": PreparationLevel.STOPPED}
SUNDAY = "2026-11-29 20:00"


def a_scenario(*waves):
    return Scenario(name="confinement", waves=waves, calendar=CALENDAR, planned=True)


def people(*, everyone=12):
    groups = [*["crisis"] * 2, *["essential"] * 3, *["laptops"] * 2, *[""] * everyone]
    return [an_agent(number, groups=frozenset({group} - {""})) for number, group in enumerate(groups, start=1)]


def demand(*waves, started=SUNDAY, now=SUNDAY, served=(), day_1=None, roster=None):
    rules = Rules(entitlements=FOR_ALL, scenario=a_scenario(*waves))
    run = SurgeRun.begun("confinement", paris(started)) if started else None
    if run and day_1:
        run = SurgeRun(**{**{name: getattr(run, name) for name in run.__dataclass_fields__}, "day_1": day_1})
    return demand_of(a_roster(people() if roster is None else roster), rules, run=run, now=paris(now), served=frozenset(served))


def batches(found, wave):
    """When the batches of the wave open, and when they are due."""
    wants = [*found.wants.values(), *found.ahead.values(), *(entry.then for entry in found.not_wanted if entry.then)]
    return sorted(
        {(text(want.opens_at), text(want.due_at) if want.due_at else "") for want in wants if want.wave == wave.name},
        key=lambda pair: datetime.strptime(f"2026 {pair[0]}", "%Y %a %d %b %H:%M"),  # noqa: DTZ007 (sorted by the wall clock)
    )


def test_each_batch_is_due_as_its_half_day_begins_and_opens_as_the_batch_before_it_is_due():
    found = demand(CRISIS, ESSENTIAL, EVERYONE)

    assert batches(found, CRISIS) == [("Sun 29 Nov 20:00", "Sun 29 Nov 21:00")]
    assert batches(found, ESSENTIAL) == [("Sun 29 Nov 20:00", "Mon 30 Nov 08:00")]
    assert batches(found, EVERYONE) == [
        ("Sun 29 Nov 20:00", "Mon 30 Nov 13:30"),
        ("Mon 30 Nov 13:30", "Tue 01 Dec 08:00"),
        ("Tue 01 Dec 08:00", "Tue 01 Dec 13:30"),
        ("Tue 01 Dec 13:30", "Wed 02 Dec 08:00"),
    ]


def test_a_start_before_christmas_skips_the_closed_days():
    found = demand(CRISIS, ESSENTIAL, EVERYONE, started="2026-12-22 20:00", now="2026-12-22 20:00")

    assert [due for _, due in batches(found, EVERYONE)] == [
        "Wed 23 Dec 13:30", "Mon 28 Dec 08:00", "Mon 28 Dec 13:30", "Tue 29 Dec 08:00",
    ]  # fmt: skip


def test_an_operator_may_say_which_day_is_day_1():
    found = demand(ESSENTIAL, day_1=date(2026, 12, 3))

    assert batches(found, ESSENTIAL) == [("Sun 29 Nov 20:00", "Thu 03 Dec 08:00")]


def test_resources_are_given_by_importance_and_then_by_deadline():
    late_but_important = Wave(
        name=WaveName("first"), who=in_group("essential"), priority=0, ready_by=PlannedTime(day=3, minute=480)
    )
    found = demand(late_but_important, EVERYONE, now="2026-12-01 08:00")

    ranked = [want.wave for want in sorted(found.wants.values(), key=lambda want: want.rank)]
    assert ranked[:3] == ["first"] * 3
    dues = [want.due_at for want in sorted(found.wants.values(), key=lambda want: want.rank) if want.wave == EVERYONE.name]
    assert dues == sorted(dues)


def test_a_wave_without_a_deadline_comes_once_all_batches_before_it_have_opened():
    found = demand(CRISIS, ESSENTIAL, EVERYONE, INTERNS)

    assert batches(found, INTERNS) == [("Tue 01 Dec 13:30", "")]
    assert batches(demand(ESSENTIAL, INTERNS), INTERNS) == [("Sun 29 Nov 20:00", "")]


def test_who_is_excepted_is_in_no_wave():
    found = demand(EVERYONE, now="2026-12-05 08:00")

    assert len(found.wants) == 17 - 2 + 2
    assert {entry.login for entry in found.not_wanted} == {"login0006", "login0007"}


@pytest.mark.parametrize(
    ("now", "wanted", "ahead"),
    [
        pytest.param(SUNDAY, 3, 14, id="at the start: the first batch, and all others are cloned"),
        pytest.param("2026-11-30 13:29", 3, 14, id="just before it is due"),
        pytest.param("2026-11-30 13:30", 6, 11, id="the second batch is booted during the afternoon"),
        pytest.param("2026-12-05 08:00", 17, 0, id="all"),
    ],
)
def test_what_is_prepared_waits_for_its_batch_alone(now, wanted, ahead):
    found = demand(
        Wave(**{**fields(EVERYONE), **STOPPED, "excepted": (in_group("nobody"),)}), now=now, roster=people(everyone=10)
    )

    assert (len(found.wants), len(found.ahead)) == (wanted, ahead)


def test_preparation_may_begin_later_and_the_demand_says_when_it_changes():
    wave = Wave(**{**fields(EVERYONE), **STOPPED, "prepare_from": PlannedTime(day=1, minute=480)})

    found = demand(wave)

    assert (len(found.wants), len(found.ahead)) == (3, 0)
    assert text(found.next_change) == "Mon 30 Nov 08:00"


def test_before_it_is_started_nobody_is_wanted():
    found = demand(CRISIS, EVERYONE, started=None)

    assert not found.wants
    assert not found.ahead
    assert found.next_change is None


def test_who_is_served_stays_wanted_with_the_deadline_of_the_batch():
    found = demand(CRISIS, ESSENTIAL, EVERYONE, served=["agent-0019"])

    want = found.wants["agent:agent-0019"]
    assert text(want.due_at) == "Wed 02 Dec 08:00"


def test_a_share_of_a_wave_is_the_same_people_each_time_and_part_of_any_larger_share():
    everybody = [an_agent(number) for number in range(1, 1001)]
    chosen = {
        percent: {
            want.login
            for want in demand(Wave(name=WaveName("canary"), who=Selection(), percent=percent), roster=everybody).wants.values()
        }
        for percent in (2, 5, 100)
    }

    assert 10 <= len(chosen[2]) <= 30
    assert chosen[2] < chosen[5] < chosen[100]
    assert len(chosen[100]) == 1000
    assert 0.4 < sum(share_of(agent.agent_id) for agent in everybody) / 1000 < 0.6


def fields(wave):
    return {name: getattr(wave, name) for name in wave.__dataclass_fields__}
