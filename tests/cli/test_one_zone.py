"""F7: whatever the machine's clock and a calendar's are, an answer has one zone, the site's, and names it once."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.adapters.sql.store import SqlStore
from provisioner.model.departures import LeaverState, LeaverStep
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.model.scenario.calendars import Calendar, HalfDay
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.scenario.surges import SurgeRun, SurgeState
from provisioner.reasons.reason import as_reason
from provisioner.settings.site_zone import SiteZone
from provisioner.views.published import Published
from tests.builders.api import an_api_site, serving
from tests.builders.cli import Ended, a_lonely_site, bascule, keep
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.builders.progress import a_batch, a_moment, a_run, run_began
from tests.builders.records import a_step
from tests.builders.store import NOON, StillClock, a_name, an_outcome
from tests.builders.views import a_publication
from tests.views.test_why_places import EVERYONE

PARIS, UTC = "Europe/Paris", "UTC"
SITES = [pytest.param(PARIS, UTC, id="a site in Paris, a machine in UTC"), pytest.param(UTC, PARIS, id="the other way round")]
REUNION = Calendar(
    zone="Indian/Reunion", working_days=frozenset(range(7)), half_days=(HalfDay(name="day", begins=480, ends=1080),)
)
_SHOWN = re.compile(r"(?:(\d{4}-\d\d-\d\d) )?\b(\d\d:\d\d)(:\d\d)?\b")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


@pytest.fixture
def machine() -> Iterator["Machine"]:
    """The zone of this process, to be set."""
    before = os.environ.get("TZ")
    yield Machine()
    os.environ.pop("TZ", None) if before is None else os.environ.update(TZ=before)
    time.tzset()


class Machine:
    """Where a command runs."""

    def is_in(self, zone: str) -> None:
        os.environ["TZ"] = zone
        time.tzset()


def published(*, at: float = NOW) -> Published:
    """With times of everything that has some: orders, a run by a calendar of a third zone, a leaver, a desktop that failed."""
    made = a_publication(
        a_desktop(1), a_desktop(3, Phase.FAILED), a_desktop(4, Phase.STOPPED), wanted=4, agents=5, waves=[EVERYONE]
    )
    status = made.status
    run = SurgeRun(scenario="surge", number=3, state=SurgeState.PENDING, started_at=at, since=at, by="claire", reason="")
    hold = Intent(kind=IntentKind.HOLD, by="claire", at=at - 90, reason="storm", until=at + 86_400)
    name = a_name(5001)
    leaving = LeaverState(
        step=LeaverStep.SUSPENDED, reason=as_reason("left"), since=at - 120, next_step="stopped", next_at=at + 3600
    )
    desktops = {**status.desktops, name: replace(status.desktops[name], leaving=leaving)}
    scenario = Scenario(name="surge", waves=(EVERYONE,), calendar=REUNION)
    status = replace(status, surge=run, intents=(hold,), desktops=desktops, at=at)
    return replace(made, status=status, scenario=scenario)


def answered(tmp_path: Path, zone: str, *words: str, at: float = NOW, store: MemoryStore | None = None, **more: str) -> Ended:
    kept = store or journal_at(at)
    site = an_api_site(
        published(at=at), zone=lambda: SiteZone(zone), journal=lambda lines, subject: kept.journal(limit=lines, subject=subject)
    )
    with serving(tmp_path, site) as socket:
        return bascule(*words, "--socket", str(socket), **more)


def journal_at(*times: float) -> MemoryStore:
    store = MemoryStore()
    store.claim()
    for at in times:
        store.commit(a_step(outcomes=(an_outcome(5001, action="delete", ended_at=at),)))
    return store


def times_shown(text: str) -> set[str]:
    """Without their seconds; those of the day have no date."""
    return {" ".join(filter(None, found.groups()[:2])) for found in _SHOWN.finditer(text)}


def times_known(json: str, zone: str) -> set[str]:
    """Of a document: each with its date and without."""
    local = [datetime.fromisoformat(stamp).astimezone(ZoneInfo(zone)) for stamp in _STAMP.findall(json)]
    return {f"{at:%Y-%m-%d %H:%M}" for at in local} | {f"{at:%H:%M}" for at in local}


@pytest.mark.long
@pytest.mark.parametrize(("site", "machine_in"), SITES)
@pytest.mark.parametrize(
    ("command", "has_times"),
    [
        ("status", True),
        ("why login0001", True),
        ("why login0003", True),
        ("why everyone", True),
        ("desktop show login0001", True),
        ("desktop list", True),
        ("agent list", True),
        ("report journal", True),
        ("surge status", True),
        ("node list", False),
        ("report plan", True),
    ],
)
def test_every_time_is_by_the_sites_clock_which_is_named_once(tmp_path, machine, site, machine_in, command, has_times):
    machine.is_in(machine_in)

    ended = answered(tmp_path, site, *command.split())
    document = answered(tmp_path, site, *command.split(), "--json")

    assert ended.err == ""
    shown = times_shown(ended.out)
    assert bool(shown) is has_times, ended.out
    assert shown <= times_known(document.out, site), ended.out
    assert ended.out.count(site) == has_times, ended.out
    assert not re.search(rf"{machine_in}|Reunion|\d[+-]\d\d:?\d\d\b|\dZ\b", ended.out), ended.out
    assert site not in document.out, "programs have times in UTC"


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "fr"])
def test_it_is_named_in_the_language_of_the_command_within_the_twenty_lines(tmp_path, language):
    ended = answered(tmp_path, PARIS, "status", "--lang", language)

    said = {"en": "times are those of Europe/Paris", "fr": "fuseau horaire\u00a0: Europe/Paris"}
    assert ended.out.splitlines()[-1] == said[language]
    assert len(ended.out.splitlines()) <= 20


@pytest.mark.long
@pytest.mark.parametrize(
    ("zone", "shown"), [(PARIS, ["03:00:30", "01:59:30"]), (UTC, ["01:00:30", "00:59:30"])], ids=["Paris", "UTC"]
)
def test_across_a_change_to_summer_time(tmp_path, machine, zone, shown):
    """The night of 2027-03-28: in Paris nothing is between 02:00 and 03:00."""
    machine.is_in(PARIS if zone == UTC else UTC)
    change = datetime.fromisoformat("2027-03-28T01:00:00+00:00").timestamp()

    ended = answered(tmp_path, zone, "report", "journal", store=journal_at(change - 30, change + 30))

    assert re.findall(r"2027-03-28 (\S+)", ended.out) == shown


@pytest.mark.long
@pytest.mark.parametrize(("site", "machine_in"), SITES)
@pytest.mark.parametrize("page", [True, False], ids=["a page", "a terminal"])
def test_a_report_too(tmp_path, machine, site, machine_in, page):
    machine.is_in(machine_in)
    files = a_lonely_site(tmp_path).append(f"timezone: {site}\n")
    with closing(SqlStore(f"sqlite:///{tmp_path}/bascule.db", clock=StillClock())) as store:
        store.claim()
        store.commit(run_began(a_run()))
        store.keep_progress([a_moment(0, a_batch()), a_moment(70, a_batch(4))])
    file = tmp_path / "report.html"

    words = ("report", "surge", "--config", str(files.main))
    ended = bascule(*words, *(("--output", str(file)) if page else ()))
    text = re.sub(r"base64,\S+", "", file.read_text(encoding="utf-8")) if page else ended.out

    began = datetime.fromtimestamp(NOON, ZoneInfo(site))
    assert f"began {began:%Y-%m-%d %H:%M}" in text
    assert (text.count(site), machine_in in text) == (1, False)


def test_a_site_that_names_no_zone_has_its_machines(tmp_path, machine):
    machine.is_in("America/Cayenne")
    site = a_lonely_site(tmp_path)
    keep(site, a_step(outcomes=(an_outcome(5001),)))

    machines = bascule("report", "journal", "--offline", "--config", str(site.main))
    site.append("timezone: Indian/Reunion\n")
    named = bascule("report", "journal", "--offline", "--config", str(site.main))

    assert [ended.out.splitlines()[-1].rpartition(" ")[2] for ended in (machines, named)] == [
        "America/Cayenne",
        "Indian/Reunion",
    ]


@pytest.mark.long
@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", ""])
def test_a_zone_that_is_not_known_here_is_left_out(tmp_path, machine, zone):
    """Of a daemon on a machine with other files."""
    machine.is_in("America/Cayenne")

    assert answered(tmp_path, zone, "report", "journal").out.splitlines()[-1] == "times are those of America/Cayenne"


@pytest.mark.long
@pytest.mark.parametrize(("site", "until"), [(PARIS, "2099-06-01T06:00:00.000Z"), (UTC, "2099-06-01T08:00:00.000Z")])
def test_what_people_write_is_by_the_same_clock(tmp_path, machine, site, until):
    machine.is_in("America/Cayenne")
    orders = []

    def take(order):
        orders.append(order)
        return an_api_site().order(order)

    with serving(tmp_path, an_api_site(published(), zone=lambda: SiteZone(site), order=take)) as socket:
        ended = bascule("hold", "start", "--until", "2099-06-01 08:00", "--socket", str(socket))

    assert ended.out.splitlines()[0].startswith("held until 2099-06-01 08:00: nothing is stopped")
    assert [order.until for order in orders] == [datetime.fromisoformat(until).timestamp()]


def test_a_time_in_json_on_standard_output_is_followed_by_nothing(tmp_path):
    ended = answered(tmp_path, PARIS, "surge", "status", "--json")

    assert ended.document["run"]["started_at"].endswith("Z")


_FORBIDDEN = re.compile(r"\.(?:astimezone|fromtimestamp|localtime)\(|ZoneInfo\(")
_MAY = {
    "views/times.py": "stamps of documents, in UTC",
    "views/peaks.py": "the store counts days in UTC",
    "cli/report/comma.py": "a spreadsheet for programs, in UTC",
    "capabilities/notices/webhook.py": "JSON, in UTC",
    "capabilities/readiness/work.py": "when a night is due",
}


def test_no_other_module_turns_an_instant_into_words():
    root = Path(__file__).parents[2] / "provisioner"
    files = (file for part in ("cli", "views", "capabilities") for file in (root / part).rglob("*.py"))
    found = {str(file.relative_to(root)) for file in files if _FORBIDDEN.search(file.read_text(encoding="utf-8"))}

    assert found == _MAY.keys(), "use cli/times.py, or settings/site_zone.py"
