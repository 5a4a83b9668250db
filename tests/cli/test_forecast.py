"""`bascule forecast`: a rehearsed switch, without any server and without waiting in real time."""

import pytest

from provisioner.cli.forecast.runs import results_of
from tests.builders.cli import SMALL_TWIN, a_lonely_site, bascule, files_of


@pytest.fixture
def site(tmp_path):
    site = a_lonely_site(tmp_path, agents=12)
    site.change("vmids: {pve1: 9001}", "vmids: {pve1: 9001, pve2: 9002}", name="standard.yaml")
    return site.write("small.yaml", SMALL_TWIN)


def _forecast(site, *words):
    return bascule("forecast", "--config", str(site.main), "--twin", str(site.folder / "small.yaml"), *words)


@pytest.mark.long
def test_a_forecast_says_how_long_it_takes_and_what_holds_it_back(site):
    before = files_of(site.folder)

    ended = _forecast(site)

    assert (ended.code, ended.err) == (0, "")
    said = ended.out.splitlines()
    assert said[0] == "12 of 12 wanted desktops would be ready"
    assert said[1].startswith("all ready after ")
    assert [line.split()[0] for line in said[3:6]] == ["50%", "90%", "100%"]
    assert said[6].startswith("what it waits for: ")
    assert max(map(len, said[:6])) <= 100
    assert files_of(site.folder) == before


def test_the_first_rehearsal_that_ends_is_said_before_the_last():
    """Found by a walk: on a first evening a bar alone was shown for minutes."""
    said: list[int] = []

    assert results_of(lambda number: number * number, 5, first=said.append) == [0, 1, 4, 9, 16]
    assert len(said) == 1


@pytest.mark.long
def test_the_same_forecast_twice_is_the_same(site):
    first, second = _forecast(site, "--json").document, _forecast(site, "--json").document
    assert first.pop("at") < second.pop("at")

    assert first == second
    assert (first["wanted"], first["ready"], first["writes"], first["lock_timeouts"]) == (12, 12, 36, 0)
    times = [first["seconds_to"][share] for share in ("50%", "90%", "100%")]
    assert times == sorted(times)


@pytest.mark.long
def test_agents_left_without_a_desktop_are_listed_with_the_reason(site):
    site.change("memory_mib: 4096", "memory_mib: 16384", name="standard.yaml")

    ended = _forecast(site, "--json")

    document = ended.document
    assert ended.code == 1
    assert document["ready"] < document["wanted"] == 12
    assert sum(document["unmet"].values()) == 12 - document["ready"]
    assert "memory" in " ".join(document["unmet"])
    assert "memory" in document["binds"]


@pytest.mark.long
def test_a_deadline_is_answered_first(site):
    late, early = (
        _forecast(site, "--by", "2099-01-01 08:00"),
        _forecast(site, "--by", "2020-01-01 08:00 Europe/Paris", "--json"),
    )

    assert (late.code, late.out.splitlines()[0]) == (0, "yes: all would be ready by 2099-01-01 08:00")
    assert (early.code, early.document["verdict"], early.document["chance"]) == (1, "no", 0.0)
    band = early.document["band"]
    assert 0 < band["p5_s"] < band["p50_s"] < band["p95_s"]
    assert early.document["measured"] is None, "the durations are the file's"


def test_a_deadline_that_is_no_time_is_refused(site):
    ended = _forecast(site, "--by", "breakfast")

    assert (ended.code, ended.out) == (2, "")
    assert "breakfast" in ended.err


@pytest.mark.long
def test_a_wave_without_agents_makes_it_fail(site):
    waves = "[{name: rest, who: {departments: [Nowhere]}}, {name: all, who: everyone}]"
    site.append("scenario: surge.yaml\n").write("surge.yaml", f"name: surge\nwaves: {waves}\n")

    ended = _forecast(site)

    assert ended.code == 1
    assert "wave rest is without agents" in ended.out


@pytest.mark.long
def test_a_forecast_that_was_cut_fails_and_says_so(site):
    site.append("scenario: surge.yaml\n").write("surge.yaml", "name: surge\nwaves: [{name: late, who: everyone, after: 3h}]\n")

    ended = _forecast(site, "--hours", "1")

    assert ended.code == 1
    assert "cut before the end" in ended.out
    assert "the waves of 12 agents have not opened" in ended.out


@pytest.mark.long
def test_where_not_everybody_is_served_in_time_the_largest_wave_is_said_and_what_would_help(site):
    people = (site.folder / "people.ldif").read_text().splitlines()
    chief = next(line.removeprefix("uid: ") for line in people if line.startswith("uid: "))
    cell = f"{{name: crisis cell, who: {{logins: [{chief}]}}, ready_by: start + 1h}}"
    waves = f"[{cell}, {{name: rest, who: everyone, ready_by: start + 1h}}]"
    seats = "during: {ceilings: {vpn: {limit: 7}}}"
    site.append("scenario: surge.yaml\n").write("surge.yaml", f"name: surge\nwaves: {waves}\n{seats}\n")

    ended, document = _forecast(site), _forecast(site, "--json").document

    (line,) = (line for line in ended.out.splitlines() if line.startswith("wave 'rest': "))
    assert line.startswith("wave 'rest': at most 6 of its 11 people would have a desktop by ")
    assert line.endswith(": the scenario's ceiling 'vpn' allows 7 desktops, and people who are more important have them")
    assert "100 more of ceiling 'vpn'" in ended.out
    cell, rest = document["fits"]
    assert (cell["people"], cell["in_time"], cell["limits"]) == (1, 1, [])
    assert (rest["people"], rest["in_time"], rest["largest"], rest["binds_code"]) == (11, 6, 6, "ceiling")
    assert [(each["what_code"], each["people"]) for each in document["bought"] if each["people"]] == [("seats_more", 5)]


@pytest.mark.long
def test_the_gain_of_preparing_desktops(site):
    before = files_of(site.folder)

    ended = _forecast(site, "--levels")

    assert (ended.code, ended.err) == (0, "")
    said = ended.out.splitlines()
    assert said[0] == "the switch of 12 desktops, from its start:"
    assert [" ".join(line.split("  ")[0].split()) for line in said[2:5]] == ["none", "stopped desktops", "running desktops"]
    assert all("12 of 12" in line for line in said[2:5])
    assert said[4].split("12 of 12")[1].split()[:4] == ["0", "s", "0", "s"]
    assert files_of(site.folder) == before


@pytest.mark.long
def test_the_levels_for_programs(site):
    levels = _forecast(site, "--levels", "--json").document["levels"]

    assert [(level["level"], level["made_before"], level["ready"], level["wanted"]) for level in levels] == [
        ("none", 0, 12, 12), ("stopped", 12, 12, 12), ("running", 12, 12, 12)
    ]  # fmt: skip
    times = [level["seconds_to"]["100%"] for level in levels]
    assert times == sorted(times, reverse=True)
    assert times[2] == levels[2]["longest_wait_s"] == 0
    assert [level["memory_mib"] for level in levels] == [0, 12 * 4096, 12 * 4096]


@pytest.mark.long
def test_levels_that_leave_somebody_without_a_desktop_end_in_1(site):
    site.change("memory_mib: 4096", "memory_mib: 16384", name="standard.yaml")

    ended = _forecast(site, "--levels")

    assert ended.code == 1
    assert "could not be made stopped before the start" in ended.out


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param(SMALL_TWIN.replace("cores", "coers"), "unknown key; did you mean 'cores'?", id="an unknown key"),
        pytest.param(SMALL_TWIN.replace("cores: 16", "cores: none"), "must be a whole number", id="a word for a number"),
    ],
)
def test_a_twin_file_that_is_wrong_is_told_with_its_place(site, text, complaint):
    site.write("small.yaml", text)

    ended = _forecast(site)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"{site.folder}/small.yaml:2:")
    assert complaint in ended.err


def test_a_forecast_of_a_cluster_that_does_not_answer_ends_in_3(site):
    ended = bascule("forecast", "--config", str(site.main))

    assert (ended.code, ended.out) == (3, "")
    assert "Connection refused" in ended.err
    assert len(ended.err.splitlines()) == 1


SHARED = "dedicated: false\nhome_share: //files.dep.example/homes\n"
TOWN = "zone: Europe/Paris\nhalf_days: {am: '08:00-12:30', pm: '13:30-18:00'}\n"


@pytest.mark.long
def test_a_rotation_and_its_pool_are_foreseen(site):
    """L5: it said that nobody is wanted, and ended with 1."""
    (site.folder / "calendars").mkdir()
    standard = (site.folder / "standard.yaml").read_text()
    site.change("  standard: standard.yaml\n", "  standard: standard.yaml\n  shared: shared.yaml\n")
    site.write("shared.yaml", standard + SHARED).write("calendars/town.yaml", TOWN)
    site.write("turns.yaml", "name: turns\ncalendar: town\nrotation: {pool: desk, people: {who: everyone, slots: 5 of 10}}\n")
    site.append("timezone: Europe/Paris\nscenario: turns.yaml\n")
    site.append("pools: {desk: {profile: shared, size: 6, lend: by plan, after_person: restart}}\n")

    ended, document = _forecast(site), _forecast(site, "--json").document

    said = ended.out.splitlines()
    assert (ended.code, said[0]) == (0, "6 of 6 wanted desktops would be ready")
    rows = [line.split("  ")[0] for line in said if line.startswith(("pool desk ", "half-day of "))]
    assert (len(rows), rows[0], rows[1][-5:], rows[2][-5:]) == (3, "pool desk", "08:00", "13:30")
    assert [(wave["kind"], wave["wanted"], wave["ready"], wave["late"]) for wave in document["waves"]] == [
        ("pool", 6, 6, 0), ("half_day", 6, 6, 0), ("half_day", 6, 6, 0)
    ]  # fmt: skip
    assert (document["nobody"], document["not_wanted"]) == ("", {})
    assert _forecast(site, "--levels").code == 2
