"""`bascule surge people`: a spreadsheet of who gets a desktop when, private, for each service or site."""

import csv
from stat import S_IMODE

import pytest

from tests.builders.cli import a_lonely_site, bascule

SCENARIO = """\
name: crisis
calendar: departement
waves:
  - {name: first, who: everyone, percent: 40, ready_by: 2099-11-30 08:00}
  - {name: rest, who: everyone, ready_by: 2099-11-30 13:30, batches: {size: 3, every: half-day}}
during: {ceilings: {vpn: {limit: 10}}}
"""
CALENDAR = """\
zone: Europe/Paris
working_days: [mon, tue, wed, thu, fri]
half_days: {am: '08:00-12:30', pm: '13:30-18:00'}
"""
AGENTS, LIMIT = 12, 10


@pytest.fixture
def site(tmp_path):
    site = a_lonely_site(tmp_path, agents=AGENTS)
    (site.folder / "calendars").mkdir()
    (site.folder / "files").mkdir()
    return site.write("crisis.yaml", SCENARIO).write("calendars/departement.yaml", CALENDAR)


def people(site, output, *more):
    words = ("--config", str(site.main), "--output", str(site.folder / output), "--start", "2099-11-28 20:00")
    return bascule("surge", "people", str(site.folder / "crisis.yaml"), *words, *more)


def rows_of(path, *, delimiter=","):
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=delimiter))


def test_everybody_who_gets_a_desktop_is_in_it_in_the_order_of_importance_with_times_in_utc(site):
    ended = people(site, "all.csv")

    path = site.folder / "all.csv"
    rows = rows_of(path)
    assert (ended.code, S_IMODE(path.stat().st_mode)) == (0, 0o600)
    assert len(rows) == LIMIT, "a ceiling leaves the last two none"
    assert list(rows[0]) == ["login", "name", "department", "site", "wave", "desktop", "opens", "ready by"]
    waves = [row["wave"] for row in rows]
    assert waves == sorted(waves)
    assert {row["ready by"] for row in rows if row["wave"] == "first"} == {"2099-11-30T07:00:00Z"}
    rest = [row["ready by"] for row in rows if row["wave"] == "rest"]
    assert rest[:4] == ["2099-11-30T12:30:00Z"] * 3 + ["2099-12-01T07:00:00Z"]
    assert {row["desktop"] for row in rows} == {""}, "none is reserved"
    assert len({row["login"] for row in rows}) == LIMIT


def test_a_french_spreadsheet_has_semicolons_and_the_clock_of_the_site(site):
    site.append("timezone: Europe/Paris\n")
    ended = people(site, "all.csv", "--csv-style", "fr")
    assert (ended.out, ended.err.splitlines()[-1]) == ("", "times are those of Europe/Paris")

    first = rows_of(site.folder / "all.csv", delimiter=";")[0]
    assert (first["opens"], first["ready by"]) == ("28/11/2099 20:00:00", "30/11/2099 08:00:00")


def test_programs_get_the_same_people(site):
    words = ("--config", str(site.main), "--start", "2099-11-28 20:00", "--json")
    document = bascule("surge", "people", str(site.folder / "crisis.yaml"), *words).document

    people(site, "all.csv")
    assert [person["login"] for person in document["people"]] == [row["login"] for row in rows_of(site.folder / "all.csv")]
    assert document["people"][0]["ready_by"] == "2099-11-30T07:00:00.000Z"


def test_it_goes_nowhere_unless_it_is_said(site):
    ended = bascule("surge", "people", str(site.folder / "crisis.yaml"), "--config", str(site.main))

    assert (ended.code, ended.out) == (2, "")
    assert "--output" in ended.err


@pytest.mark.parametrize("column", ["department", "site"])
def test_each_service_or_site_has_a_file_of_its_own(site, column):
    ended = people(site, "files", "--split", column)

    files = sorted((site.folder / "files").iterdir())
    assert ended.code == 0
    assert {S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert all(len({row[column] for row in rows_of(path)}) == 1 for path in files)
    assert sum(len(rows_of(path)) for path in files) == LIMIT
    assert len(files) > 1


def test_no_service_writes_outside_of_the_folder(site):
    ldif = site.folder / "people.ldif"
    text = ldif.read_text(encoding="utf-8")
    value = next(line for line in text.splitlines() if line.startswith("departmentNumber"))
    ldif.write_text(text.replace(value, "departmentNumber: ../../=cmd"), encoding="utf-8")

    people(site, "files", "--split", "department")

    (path,) = (path for path in (site.folder / "files").iterdir() if path.name == "cmd.csv")
    assert {row["department"] for row in rows_of(path)} == {"../../=cmd"}


@pytest.mark.parametrize(
    ("output", "words", "said"),
    [
        pytest.param("all.json", (), "is a .csv file", id="no other kind"),
        pytest.param("absent", ("--split", "site"), "there is no folder", id="no folder"),
    ],
)
def test_what_it_cannot_write_is_said(site, output, words, said):
    ended = people(site, output, *words)

    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
