"""`bascule surge sheet`: one page for those who decide; each figure is the forecast's, and nothing is changed."""

import json
from stat import S_IMODE

import pytest

from tests.builders.cli import SMALL_TWIN, a_lonely_site, bascule, files_of

pytestmark = pytest.mark.long

SCENARIO = """\
name: crisis
calendar: departement
waves:
  - {name: <b>first</b>, who: everyone, percent: 40, ready_by: 2099-11-30 08:00}
  - {name: rest, who: everyone, ready_by: 2099-11-30 13:30}
during: {ceilings: {vpn: {limit: 7}}}
shortage: [refuse]
"""
CALENDAR = """\
zone: America/Cayenne
working_days: [mon, tue, wed, thu, fri]
half_days: {am: '08:00-12:30', pm: '13:30-18:00'}
"""
DRILL = {
    "scenario": "crisis",
    "began_at": "2026-11-20T12:00:00.000Z",
    "batches": [{"planned": 12, "ready": 11, "late_s": None}, {"planned": 3, "ready": 3, "late_s": 60.0}],
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = a_lonely_site(tmp_path_factory.mktemp("sheet"), agents=12)
    site.main.write_text(f"{site.main.read_text(encoding='utf-8')}\ntimezone: America/Cayenne\n", encoding="utf-8")
    (site.folder / "calendars").mkdir()
    site.write("twin.yaml", SMALL_TWIN).write("crisis.yaml", SCENARIO).write("calendars/departement.yaml", CALENDAR)
    return site.write("drill.json", json.dumps(DRILL)).write("no-drill.json", "{}")


def sheet(site, *more, **environment):
    words = ("--twin", str(site.folder / "twin.yaml"), "--config", str(site.main))
    return bascule("surge", "sheet", str(site.folder / "crisis.yaml"), *words, *more, **environment)


@pytest.fixture(scope="module")
def text(site):
    before = files_of(site.folder)
    ended = sheet(site, "--drill", str(site.folder / "drill.json"))
    assert files_of(site.folder) == before
    return ended


def test_it_says_whether_it_holds_who_gets_none_and_why(text):
    lines = text.out.splitlines()

    assert text.code == 1
    assert lines[0].startswith("Scenario crisis, if it starts on ")
    assert "(America/Cayenne)" in " ".join(lines[:2])
    assert "No: 5 of 12 people would have no desktop in time." in lines
    assert any(line.startswith("* rest: ") and "Monday 30 November 2099 13:30" in line for line in lines)
    assert "the scenario's ceiling 'vpn' allows 7 desktops" in " ".join(text.out.split())
    assert "100 more of ceiling 'vpn': 5 more people in time" in " ".join(text.out.split())
    assert "14 of 15 people had a desktop; 1 of 2 batches were late" in " ".join(text.out.split())
    assert "2026-11-20 09:00" in text.out


def test_it_is_one_page_of_eighty_columns(text):
    lines = text.out.splitlines()

    assert max(map(len, lines)) <= 80
    assert len(lines) <= 66


def test_its_figures_are_those_of_the_forecast(site):
    document = sheet(site, "--json").document

    assert (document["scenario"], document["zone"], document["drill"]) == ("crisis", "America/Cayenne", None)
    assert (document["people"], document["people_in_time"]) == (12, 7)
    fits = document["forecast"]["fits"]
    assert sum(fit["in_time"] for fit in fits) == document["people_in_time"] == document["forecast"]["ready"]
    assert [batch["in_time"] for batch in document["batches"]] == [fit["in_time"] for fit in fits]
    assert document["batches"][1]["due_at"] == "2099-11-30T16:30:00.000Z"


def test_the_page_is_private_opens_without_a_network_and_obeys_no_name(site):
    path = site.folder / "sheet.html"

    ended = sheet(site, "--output", str(path), BASCULE_LANG="fr")

    page = path.read_text(encoding="utf-8")
    assert (ended.code, S_IMODE(path.stat().st_mode)) == (1, 0o600)
    assert '<html lang="fr">' in page
    assert "Non\N{NO-BREAK SPACE}: 5 personnes sur 12 n&#39;auraient pas de poste" in page
    assert "Dernier exercice" in page
    assert "&lt;b&gt;first&lt;/b&gt;" in page
    assert "<b>" not in page
    assert "http" not in page.replace("Content-Security-Policy", "").replace("http-equiv", "")
    assert "size: A4" in page
    path.unlink()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("--output", "sheet.csv"), "a sheet is an .html or .json file", id="no spreadsheet"),
        pytest.param(("--drill", "no-drill.json"), "is not what `bascule scenario drill", id="no drill"),
    ],
)
def test_what_it_cannot_do_is_said(site, words, said):
    option, name = words

    ended = sheet(site, option, str(site.folder / name))

    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
