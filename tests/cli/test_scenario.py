"""`bascule scenario explain`: dates and people in sentences, in two languages, within eighty columns."""

from pathlib import Path

import pytest

from provisioner.settings.shipped import shipped
from tests.builders.cli import a_lonely_site, bascule

CONFINEMENT = """\
name: confinement
calendar: departement
prepare: {level: stopped, from: start}
waves:
  - {name: first, who: {logins: [nobody]}, ready_by: start + 1h}
  - name: everyone else
    who: everyone
    except: {groups: [portables-dsi]}
    percent: 99.9
    ready_by: day 1 pm
    batches: {size: 2, every: half-day}
    gate: {ready: 95%, failed_at_most: 2.5%, go: first batch}
  - {name: rest, who: everyone}
end: {when: 2026-12-18 18:00, batches: {size: 300, every: half-day}, desktops: {keep: 30d}}
"""
START = ("--start", "2026-11-29 20:00")


@pytest.fixture
def scenario(tmp_path):
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "departement.yaml").write_text((shipped() / "calendars" / "departement.yaml").read_text())
    (tmp_path / "c.yaml").write_text(CONFINEMENT)
    return tmp_path / "c.yaml"


def explained(scenario: Path, *options: str, config="absent.yaml"):
    return bascule("scenario", "explain", str(scenario), *options, "-c", str(scenario.parent / config))


def test_it_says_who_has_a_desktop_by_when(scenario):
    a_lonely_site(scenario.parent, agents=5)

    answer = explained(scenario, *START, config="bascule.yaml")

    assert answer.code == 0
    assert (
        answer.out
        == """\
Scenario confinement, if it starts on Sunday 29 November 2026, 20:00
(Europe/Paris).
Day 1 is Monday 30 November 2026.
If resources do not suffice for all, the first wave gets them, then the second,
and so on.

1. first: 1 person named by login.
   Nobody who is entitled and in no earlier wave.

2. everyone else: 99.9 % of everyone, but not members of portables-dsi.
   5 people in 3 batches:
     1 to 2: ready by Monday 30 November 13:30; work begins at the start.
     3 to 4: ready by Tuesday 1 December 08:00; work begins Monday 30 November
     13:30.
     5 to 5: ready by Tuesday 1 December 13:30; work begins Tuesday 1 December
     08:00.
   Desktops of later batches are cloned at the start, and wait switched off.
   The first batch waits for `bascule surge go`.
   A batch waits until 95 % of the desktops of the batch before are ready.
   A batch waits if more than 2.5 % of the batch before have failed.

3. rest: everyone.
   Nobody who is entitled and in no earlier wave.

It ends Friday 18 December 18:00.
The desktops that it made go back then, the last wave's first: 300 at a time,
one each half-day. They are kept for 30 days.
"""
    )


def test_it_says_it_in_french(scenario):
    answer = explained(scenario, *START, "--lang", "fr")

    assert "postes prêts au plus tard lundi 30 novembre 13:30" in " ".join(answer.out.split())
    assert "Le jour 1 est lundi 30 novembre 2026." in answer.out


def test_the_first_of_a_month_in_french(scenario):
    answer = explained(scenario, "--start", "2026-12-01 07:00 Europe/Paris", "--lang", "fr")

    assert "s'il démarre mardi 1er décembre 2026, 07:00" in answer.out


def test_what_is_no_time_is_said_as_it_was_typed(scenario):
    answer = explained(scenario, "--start", "2026-12-01")

    assert (answer.code, "'2026-12-01' is not a time: write 08:00" in answer.err) == (2, True)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_line_is_wider_than_a_terminal(scenario, language):
    a_lonely_site(scenario.parent, agents=40)

    for config in ("bascule.yaml", "absent.yaml"):
        lines = explained(scenario, "--lang", language, config=config).out.splitlines()
        assert max(map(len, lines)) <= 80


def test_without_the_people_it_says_why_there_are_no_numbers(scenario):
    answer = explained(scenario, *START)

    assert answer.code == 0
    assert "How many people that is is not known" not in answer.out
    assert "How many people that are is not known here:" in answer.out
    assert "In batches of 2, one each half-day. The first: ready by Monday 30 November" in answer.out


def test_programs_get_the_dates(scenario):
    a_lonely_site(scenario.parent, agents=5)

    document = explained(scenario, *START, "--day-1", "2026-12-03", "--json", config="bascule.yaml").document

    assert (document["day_1"], document["started_at"]) == ("2026-12-03", "2026-11-29T19:00:00.000Z")
    assert [wave["people"] for wave in document["waves"]] == [0, 5, 0]
    assert document["waves"][1]["batches"][0] == {"opens_at": "2026-11-29T19:00:00.000Z", "due_at": "2026-12-03T12:30:00.000Z"}


@pytest.mark.parametrize(
    ("day", "said"),
    [
        pytest.param("2026-12-24", "2026-12-24 is not a working day of its calendar", id="a closed day"),
        pytest.param("breakfast", "must be a date such as 2026-11-30, or `tomorrow`", id="no date"),
    ],
)
def test_a_wrong_first_day_is_refused(scenario, day, said):
    answer = explained(scenario, "--day-1", day)

    assert answer.code == 2
    assert said in answer.said


@pytest.mark.parametrize("file", sorted((shipped() / "scenarios").glob("*.yaml")), ids=lambda file: file.stem)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_shipped_scenario_can_be_explained(file, language):
    answer = bascule("scenario", "explain", str(file), "--lang", language, "-c", "/nowhere/bascule.yaml")

    assert (answer.code, answer.err) == (0, "")
    assert max(map(len, answer.out.splitlines())) <= 80


def test_a_faulty_file_is_reported_with_its_places(scenario):
    scenario.write_text(CONFINEMENT.replace("day 1 pm", "day 1 noon"))

    answer = explained(scenario)

    assert answer.code == 2
    assert "c.yaml:10:15 waves[1].ready_by: the calendar has no half-day 'noon'" in answer.err


def test_two_scenarios_are_compared_and_the_exit_code_says_whether_they_differ(scenario):
    a_lonely_site(scenario.parent, agents=5)
    other = scenario.parent / "d.yaml"
    config = ("-c", str(scenario.parent / "bascule.yaml"))
    other.write_text(CONFINEMENT.replace("day 1 pm", "day 1 13:30"))
    same = bascule("surge", "diff", str(scenario), str(other), *START, *config)
    other.write_text(CONFINEMENT.replace("day 1 pm", "day 2 am").replace("size: 2", "size: 1"))
    differs = bascule("surge", "diff", str(scenario), str(other), *START, *config)

    assert (same.code, same.out) == (0, "both do the same for everybody\n")
    assert differs.code == 1
    assert "everyone else  the deadline of batch 1 is 1110 min later" in differs.out
    assert bascule("surge", "diff", str(scenario), *config).code == 2


ROTATION = """\
name: rotation
calendar: departement
rotation:
  pool: desk
  people: {who: everyone, except: {groups: [portables-dsi]}, slots: 5 of 10}
  every_slot: {logins: [login0001]}
  together: department
  published: 3 working days ahead
  reserve: 1
end: {when: 2026-12-18 18:00}
"""


def test_it_says_who_comes_by_half_days_and_whether_they_suffice(scenario):
    site = a_lonely_site(scenario.parent, agents=5)
    site.append("pools:\n  desk: {profile: standard, size: 3, lend: by plan, after_person: kept}\n")
    scenario.write_text(ROTATION)

    answer = explained(scenario, *START, config="bascule.yaml")

    assert answer.code == 0
    assert (
        answer.out
        == """\
Scenario rotation, if it starts on Sunday 29 November 2026, 20:00
(Europe/Paris).
Day 1 is Monday 30 November 2026.

By half-days on the desktops of pool desk: everyone, but not members of
portables-dsi. Each wants 5 of 10 half-days of a week.
First, with every half-day: 1 person named by login.
Colleagues of a department have the same half-days where the sums allow it.
The first week, Monday 30 November 08:00 to Friday 4 December 18:00, is
published at the start, and fixed from then on.
Each later week is published 3 working days before it: that from Monday 7
December 08:00 on Wednesday 2 December 08:00.
In the first week 5 people want 25 half-days. With 2 desktops at a time, 20 are
given.
5 half-days are wanted and not given, 1 at most for one person.
Desktops are handed over 15 min before a half-day, as far as they are free.
Nobody gets a message before a half-day ends, and nobody is logged off by its
end.
Whoever is still logged on at its end keeps the desktop. Who comes next gets the
desktop in reserve; if it is not free, they wait, and are told why and until
when.
After a person a desktop waits for the same person.

It ends Friday 18 December 18:00.
The desktops that it made go back then, the last wave's first: all of them, as
fast as may be. They are kept for 30 days.
"""
    )


def test_it_says_for_how_many_a_ceiling_and_the_addresses_suffice(scenario):
    a_lonely_site(scenario.parent, agents=5)
    few = "waves:\n  - {name: all, who: everyone}\nduring: {ceilings: {vpn: {limit: 3}, seats: {limit: 9}}}\n"
    scenario.write_text("name: few\n" + few)

    answer = explained(scenario, config="bascule.yaml")
    ceilings = explained(scenario, "--json", config="bascule.yaml").document["ceilings"]

    assert "Ceiling vpn of 3: 3 of 5 people fit.\n  2 people of wave all get none\n" in answer.out
    assert "Ceiling seats of 9: 5 of 5 people fit.\n" in answer.out
    assert ceilings[0] == {"name": "vpn", "room": 3, "people": 5, "fits": 3, "left_out": [{"wave": "all", "people": 2}]}


SHARED = """\
name: r
calendar: departement
rotation:
  pool: desk
  people: {who: everyone, slots: 5 of 10}
  handover: {warn: [15, 5], disconnected: 10min}
shortage: [{slots: 4 of 10}, refuse]
"""
RULES = "dedicated: false\nhome_share: //files/homes\nsession_rules: {disconnected: 2h, maximum: 12h, warn: [15]}\n"
POOL = """\
receiver: {address: 192.0.2.1, certificate: r.pem, key: r.key}
pools:
  desk:
    profile: shared
    size: 2
    lend: by plan
    after_person: {within_a_day: restart, overnight: rebuild}
    resets: {from: '20:00', until: '06:00', zone: Europe/Paris}
"""


def test_of_a_rotation_it_says_what_happens_to_sessions_and_desktops_in_both_languages(scenario):
    scenario.write_text(SHARED)
    a_lonely_site(scenario.parent, agents=5)
    config = scenario.parent / "bascule.yaml"
    for name in ("r.pem", "r.key"):
        (scenario.parent / name).write_text("-")
    profile = next(scenario.parent.rglob("standard.yaml"))
    (profile.parent / "shared.yaml").write_text(profile.read_text() + RULES)
    config.write_text(config.read_text().replace("profiles:\n", "profiles:\n  shared: shared.yaml\n", 1) + POOL)

    said = {language: explained(scenario, *START, "--lang", language, config="bascule.yaml").out for language in ("en", "fr")}

    english = " ".join(said["en"].split())
    for sentence in (
        "gets a message in the desktop 15, 5 min before the half-day ends, unless the next one of the day is theirs, too.",
        "Once it has been over for 10 min 0 s, a session that has been disconnected for as long is logged off",
        "free with its disk as it is. From 20:00 on (Europe/Paris), whatever was used is deleted and made anew.",
        "disconnected for 2 h 0 min is logged off, with what was not saved (session_rules of profile shared).",
        "logged off 12 h 0 min after its log-on, even if it is connected, with a message 15 min before",
        "people who have had none are planned with 4 of 10 of a week",
    ):
        assert sentence in english.replace("\N{NO-BREAK SPACE}", " ")
    assert "la demi-journée" in said["fr"]
    assert "session_rules" in said["fr"]
    assert max(len(line) for text in said.values() for line in text.splitlines()) <= 80


def test_a_handover_that_does_nothing_is_said_to(scenario):
    scenario.write_text(SHARED.replace("  handover: {warn: [15, 5], disconnected: 10min}\n", ""))

    answer = explained(scenario, *START)

    assert "Nobody gets a message before a half-day ends, and nobody is logged off by its end." in " ".join(answer.out.split())
