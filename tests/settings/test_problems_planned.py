"""A single problem in a planned scenario, in its calendar, or in a list of logins."""

import re

import pytest

from provisioner.errors import SettingsError
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import PlannedTime, PreparationLevel
from provisioner.settings.scenario import load_scenario
from provisioner.settings.scenario_times import written_time
from tests.builders.settings import a_site

CALENDAR = "zone: Europe/Paris\nhalf_days: {am: '08:00-12:30', pm: '13:30-18:00'}\n"
HEAD = "name: surge\ncalendar: town\nwaves:\n"
SHORT = "name: s\nwaves:\n  - {name: a, who: everyone, ready_by: start + 1h}\n"
PLANNED = "must be such as `start + 1h`, `day 1 08:00`, `day 1 pm` (a half-day of the calendar), or a date and time"
NEEDED = "needs a calendar: name one by `calendar:`, a file in the folder calendars/"
LANGUAGES = (
    "does not go with {}: either waves have deadlines (ready_by, batches), and their order is their importance, or each says "
    "when it opens (after, size, interval, priority, starts_at, prepare_before)"
)
MOMENT = "must be a time with its zone, such as 2026-11-03 06:00 Europe/Paris or 2026-11-03T06:00:00+01:00"


def wave(more, *, who="everyone"):
    return f"  - {{name: a, who: {who}, {more}}}\n"


def a_planned_site(tmp_path, surge, calendar=CALENDAR, absents="login\nlogin0001\n"):
    (tmp_path / "calendars").mkdir()
    site = a_site(tmp_path).append("scenario: surge.yaml\n").write("surge.yaml", surge)
    return site.write("calendars/town.yaml", calendar).write("absents.csv", absents)


@pytest.mark.parametrize(
    ("surge", "expected"),
    [
        pytest.param(HEAD + wave("ready_by: day 1 pm"), [], id="a half-day"),
        pytest.param(HEAD + wave("ready_by: start + 1h"), [], id="a time after the start"),
        pytest.param(HEAD + wave("ready_by: 2026-11-30 08:00"), [], id="a date in the calendar's zone"),
        pytest.param(HEAD + wave("ready_by: 2026-11-30 08:00 Europe/Berlin"), [], id="a date with its zone"),
        pytest.param(
            HEAD + wave("ready_by: day 1 pn"),
            ["surge.yaml:4:40 waves[0].ready_by: the calendar has no half-day 'pn'; known here: am, pm"],
            id="a half-day that there is not",
        ),
        pytest.param(
            HEAD + wave("ready_by: tomorrow"), [f"surge.yaml:4:40 waves[0].ready_by: {PLANNED}"], id="a time of no known form"
        ),
        pytest.param(HEAD + wave("ready_by: day 0 pm"), [f"surge.yaml:4:40 waves[0].ready_by: {PLANNED}"], id="no day 0"),
        pytest.param(
            HEAD + wave("ready_by: 2026-03-29 02:30"),
            ["surge.yaml:4:40 waves[0].ready_by: does not exist: the clocks go forward in that hour"],
            id="an hour that is skipped",
        ),
        pytest.param(
            HEAD + wave("ready_by: 2999-01-01 08:00"),
            ["surge.yaml:4:40 waves[0].ready_by: must be a time in the years 1970 to 2199"],
            id="a year far ahead",
        ),
        pytest.param(
            "name: s\nwaves:\n" + wave("ready_by: day 1 08:00"),
            [f"surge.yaml:3:40 waves[0].ready_by: {NEEDED}"],
            id="a day without a calendar",
        ),
        pytest.param(
            "name: s\nwaves:\n" + wave("batches: {size: 3, every: half-day}"),
            [f"surge.yaml:3:56 waves[0].batches.every: {NEEDED}"],
            id="half-days without a calendar",
        ),
        pytest.param(
            HEAD + wave("batches: {size: 3, every: halfday}"),
            ["surge.yaml:4:56 waves[0].batches.every: must be half-day, or a duration such as 2h"],
            id="an interval of no known form",
        ),
        pytest.param(
            HEAD + wave("batches: {sizes: 3, every: 2h}"),
            [
                "surge.yaml:4:40 waves[0].batches.sizes: unknown key; did you mean 'size'?",
                "surge.yaml:4:30 waves[0].batches.size: is missing",
            ],
            id="a misspelt key",
        ),
        pytest.param(
            HEAD + wave("ready_by: day 1 pm, priority: 3"),
            [f"surge.yaml:4:50 waves[0].priority: {LANGUAGES.format('calendar')}"],
            id="a priority besides a deadline",
        ),
        pytest.param(
            "name: s\nstarts_at: 2026-11-03 06:00 Europe/Paris\nwaves:\n" + wave("ready_by: start + 1h"),
            [f"surge.yaml:2:1 starts_at: {LANGUAGES.format('waves[0].ready_by')}"],
            id="a start besides a deadline",
        ),
        pytest.param(
            HEAD.replace("town", "twon") + wave("ready_by: day 1 pm"),
            [
                "surge.yaml:2:11 calendar: unknown calendar 'twon': calendars/twon.yaml is not there; "
                "did you mean 'town'?"
            ],
            id="a calendar that there is not",
        ),
        pytest.param(
            HEAD + wave("percent: 0"), ["surge.yaml:4:39 waves[0].percent: must be more than 0"], id="a share of nobody"
        ),
        pytest.param(
            "name: s\nprepare: {level: stoped, from: start}\nwaves:\n" + wave("ready_by: start + 1h"),
            ["surge.yaml:2:18 prepare.level: must be 'none', 'stopped' or 'running'"],
            id="a level that there is not",
        ),
        pytest.param(
            HEAD + wave("ready_by: day 1 pm", who="{logins_from: absent.csv}"),
            ["surge.yaml:4:34 waves[0].who.logins_from: cannot read absent.csv: No such file or directory"],
            id="a list of logins that there is not",
        ),
        pytest.param(HEAD + wave("except: {logins_from: absents.csv}"), [], id="a list of logins"),
        pytest.param(
            HEAD + wave("except: {groups: [x], zzzzzz: [y]}"),
            ["surge.yaml:4:52 waves[0].except.zzzzzz: unknown key; known here: {criteria}"],
            id="an unknown criterion",
        ),
        pytest.param(SHORT + "during: {survive: 2 nodes, deletes: none}\n", [], id="room is kept"),
        pytest.param(
            HEAD + wave("ready_by: day 1 pm") + "during: {outside_hours: stop when logged off, ready_before: 30min}\n",
            [],
            id="off outside the hours",
        ),
        pytest.param(
            HEAD + wave("ready_by: day 1 pm") + "during: {outside_hours: stop when logged of}\n",
            [
                "surge.yaml:5:25 during.outside_hours: must say what becomes of desktops outside the hours; did you mean "
                "'stop when logged off'?"
            ],
            id="outside the hours: misspelt",
        ),
        pytest.param(
            HEAD + wave("ready_by: day 1 pm") + "during: {outside_hours: 5}\n",
            [
                "surge.yaml:5:25 during.outside_hours: must say what becomes of desktops outside the hours; known here: "
                "leave running, stop when logged off"
            ],
            id="outside the hours: no phrase",
        ),
        pytest.param(
            SHORT + "during: {outside_hours: stop when logged off}\n",
            ["surge.yaml:4:25 during.outside_hours: needs a calendar: the hours are those of a calendar"],
            id="outside the hours of no calendar",
        ),
        pytest.param(
            HEAD + wave("ready_by: day 1 pm") + "during: {ready_before: 30min}\n",
            ["surge.yaml:5:10 during.ready_before: has no meaning without `outside_hours: stop when logged off`"],
            id="up again without being off",
        ),
        pytest.param(
            HEAD + wave("ready_by: day 1 pm") + "during: {outside_hour: leave running}\n",
            ["surge.yaml:5:10 during.outside_hour: unknown key; did you mean 'outside_hours'?"],
            id="outside the hours: misspelt key",
        ),
        pytest.param(
            SHORT + "during: {survive: 1}\n",
            ["surge.yaml:4:19 during.survive: must be a number of nodes such as 1 node or 2 nodes"],
            id="to survive one of what",
        ),
        pytest.param(
            SHORT + "during: {deletes: some}\n", ["surge.yaml:4:19 during.deletes: must be 'none'"], id="some deletes"
        ),
        pytest.param(
            SHORT + "during: {ceilings: {vpn: {limit: 5, counts: session}}}\n",
            ["surge.yaml:4:45 during.ceilings.vpn.counts: must be 'desktops' or 'sessions'"],
            id="a ceiling of something else",
        ),
        pytest.param(
            SHORT + "during: {ceilings: {vpn: {limit: 5, in_use: sum(x)}}}\n",
            [
                "surge.yaml:4:37 during.ceilings.vpn.in_use: needs the section `prometheus` of bascule.yaml: "
                "nobody could be asked"
            ],
            id="a ceiling that asks nobody",
        ),
        pytest.param(SHORT + "shortage: [{profile: standard}, refuse]\n", [], id="less, then none"),
        pytest.param(
            SHORT + "shortage: [{profile: standart}]\n",
            ["surge.yaml:4:22 shortage[0].profile: unknown profile 'standart'; did you mean 'standard'?"],
            id="a lesser profile that there is not",
        ),
        pytest.param(
            SHORT + "shortage: [refuse, {profile: standard}]\n",
            ["surge.yaml:4:20 shortage[1]: comes after `refuse`: nobody is left for it"],
            id="something after a refusal",
        ),
        pytest.param(
            SHORT + "shortage: [{profile: standard}, {profile: standard}]\n",
            ["surge.yaml:4:43 shortage[1].profile: profile standard comes twice"],
            id="a lesser profile twice",
        ),
        pytest.param(SHORT + "shortage: [reject]\n", ["surge.yaml:4:12 shortage[0]: must be 'refuse'"], id="another word"),
        pytest.param(
            SHORT + "shortage: [{profil: standard}]\n",
            [
                "surge.yaml:4:12 shortage[0].profile: is missing",
                "surge.yaml:4:13 shortage[0].profil: unknown key; did you mean 'profile'?",
            ],
            id="a misspelt key of a shortage",
        ),
        pytest.param(
            SHORT + "shortage: [{slots: 4 of 10}]\n",
            ["surge.yaml:4:20 shortage[0].slots: needs a rotation: only people who share desktops have half-days"],
            id="half-days of nobody",
        ),
        pytest.param(
            SHORT + "shortage: [{slot: 4 of 10}]\n",
            [
                "surge.yaml:4:12 shortage[0].slots: is missing",
                "surge.yaml:4:13 shortage[0].slot: unknown key; did you mean 'slots'?",
            ],
            id="a misspelt key of fewer half-days",
        ),
    ],
)  # fmt: skip
def test_problems_of_a_planned_scenario(tmp_path, surge, expected):
    criteria = "attributes, departments, groups, logins, logins_from, sites, units"
    lines = [line.format(folder=tmp_path, criteria=criteria) if "{" in line else line for line in expected]

    assert sorted(a_planned_site(tmp_path, surge).problems()) == sorted(lines)


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [
        pytest.param(
            CALENDAR.replace("Paris", "Pariss"),
            "calendars/town.yaml:1:7 zone: is not a time zone that this machine knows; did you mean 'Europe/Paris'?",
            id="a zone that there is not",
        ),
        pytest.param(
            CALENDAR.replace("13:30-", "12:00-"),
            "calendars/town.yaml:2:36 half_days.pm: begins before half-day 'am' has ended: give half-days in their order",
            id="half-days that overlap",
        ),
        pytest.param(
            CALENDAR.replace("08:00-12:30", "8-12"),
            "calendars/town.yaml:2:17 half_days.am: must be two times of one day such as '08:00-12:30', "
            "in quotes, the earlier first",
            id="hours of no known form",
        ),
        pytest.param(
            CALENDAR + "closed: {public_holidays: XX}\n",
            "calendars/town.yaml:3:27 closed.public_holidays: must be a country's code such as FR, or one with its region "
            "such as FR-57, whose public holidays are known",
            id="a country that there is not",
        ),
        pytest.param(
            CALENDAR + "closed: {dates: [2026-13-24]}\n",
            "calendars/town.yaml:3:18 closed.dates[0]: must be a date such as 2026-12-24",
            id="a date that there is not",
        ),
        pytest.param(
            CALENDAR + "working_days: [mon, lundi]\n",
            "calendars/town.yaml:3:21 working_days[1]: must be 'mon', 'tue', 'wed', 'thu', 'fri', 'sat' or 'sun'",
            id="a day that there is not",
        ),
    ],
)
def test_problems_of_its_calendar(tmp_path, calendar, expected):
    assert a_planned_site(tmp_path, HEAD + wave("ready_by: day 1 pm"), calendar).problems() == [expected]


@pytest.mark.parametrize(
    ("absents", "said"),
    [
        pytest.param("name\nx\n", "its first line must name the columns, and one of them must be login", id="no such column"),
        pytest.param("", "its first line must name the columns, and one of them must be login", id="an empty file"),
    ],
)
def test_problems_of_a_list_of_logins(tmp_path, absents, said):
    site = a_planned_site(tmp_path, HEAD + wave("except: {logins_from: absents.csv}"), absents=absents)

    assert site.problems() == [f"surge.yaml:4:52 waves[0].except.logins_from: absents.csv: {said}"]


def test_a_list_of_nobody_selects_nobody_and_is_refused(tmp_path):
    site = a_planned_site(tmp_path, HEAD + wave("percent: 5", who="{logins_from: absents.csv}"), absents="login\n")

    assert site.problems() == ["surge.yaml:4:34 waves[0].who.logins_from: absents.csv lists no login: nobody would be selected"]


@pytest.mark.parametrize("text", ["login\na\nb\n", "\ufeffName;Login\nA;a\nB; b \n", "x\tlogin\n1\ta\n2\tb\n3\t\n"])
def test_logins_are_read_from_files_of_spreadsheets(tmp_path, text):
    a_planned_site(tmp_path, HEAD + wave("percent: 5", who="{logins_from: absents.csv, logins: [c]}"), absents=text)

    assert load_scenario(tmp_path / "surge.yaml").waves[0].who == Selection(logins=frozenset("abc"))


def test_what_a_planned_wave_says_becomes_values(tmp_path):
    a_planned_site(
        tmp_path,
        "name: s\ncalendar: town\nprepare: {level: stopped, from: start}\nwaves:\n"
        "  - {name: a, who: {groups: [x]}, ready_by: day 2 pm, except: {groups: [y], sites: [z]}}\n"
        "  - {name: b, who: everyone, batches: {size: 300, every: 2h}, prepare: none}\n",
    )

    first, second = load_scenario(tmp_path / "surge.yaml").waves

    assert (first.ready_by, first.prepare, first.prepare_from) == (
        PlannedTime(day=2, minute=810), PreparationLevel.STOPPED, PlannedTime()
    )  # fmt: skip
    assert first.excepted == (Selection(groups=frozenset("y")), Selection(sites=frozenset("z")))
    assert (second.size, second.interval_s, second.every_half_day, second.prepare) == (
        300,
        7200.0,
        False,
        PreparationLevel.NONE,
    )
    assert (first.priority, second.priority) == (0, 1)


def test_a_broken_calendar_is_the_only_problem(tmp_path):
    a_planned_site(tmp_path, HEAD + wave("ready_by: day 1 pm"), "zone: nowhere\n")

    with pytest.raises(SettingsError) as error:
        load_scenario(tmp_path / "surge.yaml")

    assert {line.split(":")[0].rsplit("/", 1)[-1] for line in str(error.value).splitlines()} == {"town.yaml"}


@pytest.mark.parametrize(
    ("text", "time"), [("tomorrow 08:00", "08:00"), ("demain  08:00", "08:00"), ("today 23:59", "23:59"), ("8:00", "08:00")]
)
def test_a_time_that_moves_on_with_the_day_is_refused_with_the_date_that_it_is_now(tmp_path, text, time):
    """F23: `bascule forecast --by` takes it, which knows what day it is; a file is read again on other days."""
    site = a_planned_site(tmp_path, HEAD + wave(f"ready_by: '{text}'"))

    with pytest.raises(SettingsError) as wrong:
        load_scenario(site.folder / "surge.yaml")

    said = re.fullmatch(
        rf"surge\.yaml:4:40 waves\[0\]\.ready_by: is another time on each day that the file is read: "
        rf"write `(.*)` if that is meant, `day 1 {time}` or `start \+ 12h`",
        str(wrong.value).replace(f"{site.folder}/", ""),
    )
    assert said is not None, str(wrong.value)
    assert written_time(said[1]).planned.at is not None, "what it says to write is taken, at any time"
