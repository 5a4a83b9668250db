"""`rotation` of a scenario: what it comes to, and what is refused at its place."""

import json
from dataclasses import replace

import pytest

from provisioner.adapters.sql.rules_codec import plain_rules, rules_of
from provisioner.model.people.profiles import Selection
from provisioner.model.rules import Rules
from provisioner.model.scenario.half_days import Share
from provisioner.model.scenario.rotation import Absence, Rotation
from provisioner.model.scenario.scenarios import Shortage
from provisioner.model.session_rules import HandoverRules
from provisioner.settings.scenario import load_scenario
from tests.builders.settings import STANDARD, a_site

CALENDAR = "zone: Europe/Paris\nhalf_days: {am: '08:00-12:30', pm: '13:30-18:00'}\n"
PEOPLE = "people: {who: everyone, except: {groups: [g1], logins_from: absents.csv}, slots: 5 of 10}"
PROFILE = STANDARD + "dedicated: false\nhome_share: //files.dep.example/homes\n"
POOL = "profile: shared, size: 20, lend: by plan, after_person: restart"


def a_rotating_site(tmp_path, rotation, *, pool=POOL, head="name: r\ncalendar: town\n", away="login,from,until\n"):
    (tmp_path / "calendars").mkdir()
    site = a_site(tmp_path).change("  standard: standard.yaml\n", "  standard: standard.yaml\n  shared: shared.yaml\n")
    site.write("shared.yaml", PROFILE).write("calendars/town.yaml", CALENDAR)
    site.write("absents.csv", "login\nlogin0001\n").write("away.csv", away)
    site.append(f"scenario: r.yaml\npools:\n  desk: {{{pool}}}\n")
    return site.write("r.yaml", f"{head}rotation: {{{rotation}}}\n")


def test_every_key_reaches_the_scenario_and_the_store_keeps_all(tmp_path):
    text = (
        f"pool: desk, {PEOPLE}, every_slot: {{groups: [g2]}}, together: department, published: 1 working day ahead, "
        "reserve: 3, ready_before: 20min, absences_from: away.csv"
    )
    settings = a_rotating_site(tmp_path, text, away="Login;from;until\nab;2026-12-01;2026-12-04\n\n").load()

    assert settings.scenario is not None
    assert settings.scenario.rotation == Rotation(
        pool="desk",
        share=Share(slots=5, of=10),
        who=Selection(),
        excepted=(Selection(groups=frozenset({"g1"})), Selection(logins=frozenset({"login0001"}))),
        obliged=Selection(groups=frozenset({"g2"})),
        by_department=True,
        published_days=1,
        reserve=3,
        ready_before_s=1200.0,
        absences=(Absence(login="ab", first="2026-12-01", last="2026-12-04"),),
    )
    assert (settings.scenario.planned, settings.scenario.by_hand) == (True, True)
    rotation = replace(settings.scenario.rotation, handover=HandoverRules(warn_minutes=(15, 5), disconnected_s=600.0))
    rules = Rules(entitlements=(), scenario=replace(settings.scenario, rotation=rotation))
    assert rules_of(plain_rules(rules)) == rules
    assert rules.groups == {"g1", "g2"}


@pytest.mark.parametrize(
    ("rotation", "pool", "expected"),
    [
        pytest.param(f"pool: desk, {PEOPLE}", POOL, [], id="what is fine"),
        pytest.param(
            f"pool: dask, {PEOPLE}",
            POOL,
            ["r.yaml:3:18 rotation.pool: there is no pool dask in bascule.yaml; did you mean 'desk'?"],
            id="an unknown pool",
        ),
        pytest.param(
            f"pool: desk, {PEOPLE}",
            "profile: shared, size: 20",
            ["r.yaml:3:18 rotation.pool: pool desk lends on request: give it `lend: by plan`"],
            id="a pool that lends on request",
        ),
        pytest.param(
            f"pool: desk, {PEOPLE}",
            "profile: shared, size: 20, lend: by plan, after_person: kept",
            ["r.yaml:3:18 rotation.pool: pool desk keeps its desktops for their person (after_person): nobody else gets one"],
            id="desktops that are kept",
        ),
        pytest.param(
            f"pool: desk, {PEOPLE}, reserve: 20",
            POOL,
            ["r.yaml:3:124 rotation.reserve: is as large as pool desk, which has 20 desktops: nobody would have a half-day"],
            id="nothing but reserve",
        ),
        pytest.param(
            "pool: desk, people: {who: everyone, slots: 11 of 10}",
            POOL,
            ["r.yaml:3:55 rotation.people.slots: must be a part of a week's half-days such as 5 of 10"],
            id="more than there are",
        ),
        pytest.param(
            f"pool: desk, {PEOPLE}, published: tomorrow",
            POOL,
            ["r.yaml:3:126 rotation.published: must be such as 3 working days ahead, 20 at most"],
            id="no days",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(tmp_path, rotation, pool, expected):
    assert a_rotating_site(tmp_path, rotation, pool=pool).problems() == expected


@pytest.mark.parametrize("line", ["ab,2026-12-05,2026-12-04", "ab,tomorrow,2026-12-04", ",2026-12-01,2026-12-04", "ab"])
def test_an_absence_without_two_dates_is_refused_with_its_line(tmp_path, line):
    site = a_rotating_site(tmp_path, f"pool: desk, {PEOPLE}, absences_from: away.csv", away=f"login,from,until\n{line}\n")

    (problem,) = site.problems()

    assert "line 2: must be a login and two dates" in problem


def test_half_days_need_a_calendar_and_a_scenario_without_waves_a_rotation(tmp_path):
    site = a_rotating_site(tmp_path, f"pool: desk, {PEOPLE}", head="name: r\n")
    assert [line.partition("rotation: ")[2] for line in site.problems()] == [
        "needs a calendar: half-days are those of a calendar"
    ]
    (tmp_path / "r.yaml").write_text("name: r\n")
    assert site.problems() == ["r.yaml:1:1 waves: at least one wave is needed, or a rotation"]


def test_the_shipped_rotation_is_one():
    from provisioner.settings.shipped import shipped

    rotation = load_scenario(shipped() / "scenarios" / "rotation.yaml").rotation

    assert rotation is not None
    assert (rotation.share, rotation.reserve, rotation.published_days) == (Share(slots=5, of=10), 30, 3)


@pytest.mark.parametrize(
    ("shortage", "expected"),
    [
        pytest.param("[{slots: 4 of 10}, {slots: 2 of 6}, refuse]", [], id="less and less, then none"),
        pytest.param(
            "[{slots: 4 of 8}]",
            ["r.yaml:4:20 shortage[0].slots: is no fewer half-days than 5 of 10, which come before"],
            id="as many",
        ),
        pytest.param(
            "[{slots: 3 of 10}, {slots: 4 of 10}]",
            ["r.yaml:4:38 shortage[1].slots: is no fewer half-days than 3 of 10, which come before"],
            id="more and more",
        ),
        pytest.param(
            "[{slots: 0 of 10}]",
            ["r.yaml:4:20 shortage[0].slots: must be a part of a week's half-days such as 5 of 10"],
            id="none",
        ),
        pytest.param(
            "[{profile: standard}]",
            [
                "r.yaml:4:22 shortage[0].profile: there is no wave: people of a rotation have the desktops of its pool, "
                "whatever their profile"
            ],
            id="a profile for nobody",
        ),
    ],
)
def test_a_shortage_of_half_days_means_what_it_says_or_is_refused_at_its_place(tmp_path, shortage, expected):
    site = a_rotating_site(tmp_path, f"pool: desk, {PEOPLE}")
    site.write("r.yaml", (tmp_path / "r.yaml").read_text() + f"shortage: {shortage}\n")

    assert site.problems() == expected


def test_a_shortage_of_half_days_reaches_the_scenario_and_the_store(tmp_path):
    site = a_rotating_site(tmp_path, f"pool: desk, {PEOPLE}")
    site.write("r.yaml", (tmp_path / "r.yaml").read_text() + "shortage: [{slots: 4 of 10}, {slots: 3 of 10}, refuse]\n")
    scenario = site.load().scenario

    assert scenario is not None
    assert scenario.shortage == Shortage(shares=(Share(slots=4, of=10), Share(slots=3, of=10)), refuses=True)
    rules = Rules(entitlements=(), scenario=scenario)
    assert rules_of(json.loads(json.dumps(plain_rules(rules)))) == rules
