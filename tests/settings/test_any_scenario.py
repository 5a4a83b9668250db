"""Any change to a planned scenario, its calendar or its list of logins: a scenario, or lines with places; never a traceback.

Whatever is accepted has a demand and can be explained.
"""

import re
from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.cli.scenario.lines import Explained, explained_lines
from provisioner.errors import SettingsError
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.rules import Rules
from provisioner.model.scenario.surges import SurgeRun
from provisioner.planning.demand.agenda import agenda_of, people_of
from provisioner.planning.demand.demand import demand_of
from provisioner.reasons.reason import NONE
from provisioner.settings.scenario import load_scenario
from provisioner.settings.shipped import shipped
from tests.builders.cluster import NOW, OFFICE
from tests.builders.core import a_roster
from tests.settings.test_any_input import LINE, values

ROSTER = a_roster(30)
FOR_ALL = (Entitlement(profile=OFFICE, who=Selection()),)
SCENARIO = """\
name: confinement
calendar: town
prepare: {level: stopped, from: start}
waves:
  - name: crisis cell
    who: {groups: [cellule-crise], logins: [login0001]}
    ready_by: start + 1h
  - name: everyone else
    who: everyone
    except: {groups: [portables], logins_from: absents.csv}
    percent: 50
    ready_by: day 1 pm
    batches: {size: 3, every: half-day}
    gate: {ready: 95%, failed_at_most: 2%, go: first batch}
  - name: rest
    who: {sites: [Melun]}
during:
  survive: 1 node
  deletes: none
  ceilings:
    vpn: {limit: 600, counts: sessions, in_use: 'sum(vpn)'}
shortage:
  - {profile: light}
  - refuse
end:
  when: 2026-12-18 18:00
  batches: {size: 3, every: 2h}
  desktops: {keep: 30d}
"""
CALENDAR = """\
zone: Europe/Paris
working_days: [mon, tue]
half_days: {am: '08:00-12:30', pm: '13:30-18:00'}
closed:
  public_holidays: FR
  dates: [2026-12-24]
"""
ABSENTS = "login;name\nlogin0002;A\n"
FILES = {"c.yaml": SCENARIO, "calendars/town.yaml": CALENDAR, "absents.csv": ABSENTS}
WORDS = sorted(
    {*re.findall(r"[\w:%-]+", SCENARIO + CALENDAR), "day 99 pm", "day 0 pm", "9999-12-31 23:59", "start + 99999d", "0"}
)
MANY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def changed(draw):
    """One file with a line replaced, removed, doubled or swapped, or with one word for another."""
    name = draw(st.sampled_from(sorted(FILES)))
    lines = FILES[name].splitlines()
    index = draw(st.integers(0, len(lines) - 1))
    key = lines[index].split(":")[0]
    line = draw(
        st.sampled_from(["", lines[index] * 2, f"{key}:", f"{key[:-1]}: x", f"{key}: {draw(st.sampled_from(WORDS))}"])
        | values.map(lambda value: f"{key}: {value!r}")
        | st.sampled_from(WORDS).map(lambda word: re.sub(r"[\w%-]+(?=\W*$)", lambda _: word, lines[index]))
    )
    return name, "\n".join([*lines[:index], line, *lines[index + 1 :]]) + "\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "calendars").mkdir()
    return tmp_path


def loaded(folder, changes):
    for name, text in {**FILES, **changes}.items():
        (folder / name).write_text(text, encoding="utf-8", errors="surrogatepass")
    try:
        return load_scenario(folder / "c.yaml"), []
    except SettingsError as error:
        return None, str(error).splitlines()


@pytest.mark.long
@MANY
@given(change=changed())
def test_a_changed_file_gives_a_scenario_that_works_or_lines_with_places(folder, change):
    scenario, problems = loaded(folder, dict([change]))
    assert all(LINE.match(line) for line in problems)
    if scenario is None:
        assert problems
        return
    run, rules = SurgeRun.begun(scenario.name, NOW), Rules(entitlements=FOR_ALL, scenario=scenario)
    demand = demand_of(ROSTER, rules, run=run, now=NOW, phases={})
    assert len({want.seat for want in chain(demand.wants.values(), demand.ahead.values())}) + len(demand.not_wanted) == 30
    people = people_of(ROSTER, rules)
    explained = Explained(scenario=scenario, run=run, agenda=agenda_of(scenario, run, people), people=people, unknown=NONE)
    assert all(len(line) <= 80 for line in explained_lines(explained) if " " in line)


def test_the_unchanged_files_are_right(folder):
    assert loaded(folder, {})[1] == []


def test_the_shipped_calendar_is_found_by_its_name(tmp_path):
    (tmp_path / "c.yaml").write_text(
        f"name: s\ncalendar: {shipped()}/calendars/departement.yaml\nwaves:\n  - {{name: a, who: everyone}}\n"
    )

    assert load_scenario(tmp_path / "c.yaml").calendar is not None
