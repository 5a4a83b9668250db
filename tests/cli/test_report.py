"""`bascule report surge`: a page, a spreadsheet, JSON; out of the store, whatever names are in it."""

import csv
import io
import re
import stat
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.cli.choices import CsvStyle
from provisioner.cli.report.capacity import capacity_report
from provisioner.cli.report.comma import csv_of
from provisioner.cli.report.tables import ReportTable, time_cell
from provisioner.model.actions import Result
from provisioner.model.ids import WaveName
from provisioner.model.order_words import NotedWord
from provisioner.model.session_counts import DayPeak, DayReadings, GroupKind, SessionCounts
from provisioner.ports import Changes, JournalEntry
from provisioner.reasons.reason import as_reason
from provisioner.reasons.wrong import DAEMON_BACK, DAEMON_BEGINS, DESKTOPS_SILENT, WRONG_OVER
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.progress import a_batch, a_bind, a_moment, a_run, run_began
from tests.builders.store import NOON, StillClock, an_outcome

HOSTILE = WaveName("=cmd|'/c calc'!A1 <script>alert(1)</script> \x1b[2J\u202e $x^$")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """With a run of two waves; the second has a hostile name."""
    site = a_lonely_site(tmp_path_factory.mktemp("report"))
    other = {"wave": HOSTILE, "number": 1}
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=StillClock())) as store:
        store.claim()
        store.commit(run_began(a_run()))
        store.commit(
            replace(
                run_began(a_run()),
                surge=None,
                outcomes=(an_outcome(1001, result=Result.FAILED, reason=as_reason("x <b>y</b>")),),
            )
        )
        store.keep_progress(
            [
                a_moment(0, a_batch(), a_batch(**other, is_open=False), binds=(a_bind("<i>lock</i>"),)),
                a_moment(20, a_batch(4), a_batch(2, **other), sessions=3),
                a_moment(70, a_batch(4), a_batch(4, **other), sessions=5, counted=7, unknown=1, oldest_s=840.0),
            ]
        )
    return site


def report(site, *words):
    return bascule("report", "surge", "--offline", "--config", str(site.main), *words)


@pytest.mark.long
def test_in_a_terminal_it_says_who_was_late(site):
    ended = report(site)

    assert ended.code == 0
    assert "8 of 8 people had a ready desktop" in ended.out
    assert "of 2 batches whose deadline has come, 1 were late" in ended.out
    assert "(desktops counted: 7, unknown: 1, oldest reading: 14 min 0 s before)" in ended.out, "F13"
    assert "claire" not in ended.out
    assert re.search(r"all +1 +4 +\d\d:\d\d +\d\d:\d\d +\d\d:\d\d +0.0 +4", ended.out), "times of one day need no date"
    assert "claire" in report(site, "--names").out


@pytest.mark.long
def test_the_page_needs_no_network_and_no_name_is_obeyed(site):
    path = site.folder / "report.html"

    ended = report(site, "--output", str(path), "--names")
    page = path.read_text(encoding="utf-8")

    assert (ended.code, ended.out) == (0, "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Tags(page).names.isdisjoint({"script", "link", "iframe", "object", "b", "i"})
    assert not re.search(r"(?:src|href)=\"(?!data:)", page)
    assert "&lt;script&gt;alert(1)" in page
    assert "\x1b" not in page
    assert "\u202e" not in page


class Tags(HTMLParser):
    """The names of all elements of a page."""

    def __init__(self, page):
        super().__init__()
        self.names = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)


def test_a_french_spreadsheet_gets_its_separators_and_no_formula(site):
    path = site.folder / "report.csv"
    report(site, "--output", str(path), "--csv-style", "fr", "--lang", "fr")

    text = path.read_bytes().decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))

    assert text.startswith("\ufeff")
    assert rows[1]["vague"].startswith("'=cmd")
    assert rows[1]["retard min"] == "10"
    assert re.fullmatch(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d", rows[1]["ouvert"])


def test_numbers_and_times_in_each_style():
    table = ReportTable(
        name="x", title="x", columns=("a", "b", "c"), rows=((1.5, time_cell("2026-11-30T07:00:00.000Z"), None),)
    )

    assert csv_of(table, CsvStyle.RFC) == "a,b,c\r\n1.5,2026-11-30T07:00:00Z,\r\n"
    assert csv_of(table, CsvStyle.FR).splitlines()[1].startswith("1,5;30/11/2026 ")


def test_each_table_can_be_had_alone_and_a_wrong_name_names_them(site):
    path = site.folder / "bound.csv"

    assert report(site, "--output", str(path), "--table", "bound").code == 0
    assert path.read_text().splitlines()[1].endswith("`--names` shows them"), "F14: words of others are not for everybody"
    assert report(site, "--output", str(path), "--table", "bound", "--names").code == 0
    assert path.read_text().splitlines()[1].endswith("<i>lock</i>")
    wrong = report(site, "--output", str(path), "--table", "bond")
    assert (wrong.code, "batches, timeline, bound, failures, forecasts, curve" in wrong.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--run", "7"), "there is no run 7; the store has 1"),
        (("--output", "report.pdf"), "a report is an .html, .csv or .json file"),
        (("--output", "/nowhere/at/all/report.csv"), "there is no folder /nowhere/at/all"),
    ],
)
def test_what_cannot_be_reported_is_said_before_anything_is_written(site, words, said):
    ended = report(site, *words)

    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


def test_programs_get_the_document(site):
    document = report(site, "--json").document

    assert [batch["late_s"] for batch in document["batches"]] == [0.0, 600.0]
    assert (document["anonymous"], document["sessions_peak"]["most"]) == (True, 5)


def test_without_a_surge_there_is_nothing_to_report(tmp_path):
    site = a_lonely_site(tmp_path)
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=StillClock())) as store:
        store.claim()

    ended = report(site)

    assert (ended.code, "no surge has been started yet" in ended.err) == (2, True)


def begun(at):
    """The line of the first daemon of an installation."""
    return JournalEntry(at=at, what=NotedWord.DAEMON, subject="", result=NotedWord.STARTED, reason=DAEMON_BEGINS())


def silent(result, reason, *, at):
    return JournalEntry(at=at, what=NotedWord.WRONG, subject="", result=result, reason=reason)


def a_site_with_peaks(folder, *entries):
    """Nine sessions at most on each of three days; desktops push, and each change is dated."""
    site, day = a_lonely_site(folder), int(NOON // 86_400)
    peaks = tuple(DayPeak(day=day - ago, group=None, most=9, at=NOON - ago * 86_400) for ago in range(3))
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=StillClock())) as store:
        store.claim()
        counts = SessionCounts(settled_at=NOON, base={}, recent=(), peaks=peaks, readings=())
        store.commit(Changes(session_counts=counts, entries=entries))
    return site


def test_a_peak_is_exact_only_if_nothing_was_unknown(tmp_path):
    """F14: it said so with 73 desktops that gave no report."""
    says = WRONG_OVER(ago_s=300.0, lasted_s=1200.0, what=DESKTOPS_SILENT(count=73, names="vd-0001"))
    first = replace(begun(NOON - 86_400), reason=DAEMON_BACK(away_s=1.0))
    site = a_site_with_peaks(tmp_path, first, silent(NotedWord.OVER, says, at=NOON))

    ended = bascule("report", "peak", "--offline", "--config", str(site.main))
    document = bascule("report", "peak", "--offline", "--json", "--config", str(site.main)).document

    assert [(peak["exact"], peak["unknown"]) for peak in document["peaks"]] == [(False, 73), (False, None), (False, None)]
    said = " ".join(ended.out.split())
    assert "the true peak: 9 to 82 on" in said
    assert "of 2 days it is not kept whether all desktops were heard" in said


@pytest.mark.long
def test_peaks_are_by_day_and_profile_and_outlive_the_daemon(tmp_path):
    site = a_lonely_site(tmp_path)
    day = int(NOON // 86_400)
    peaks = tuple(
        DayPeak(day=day - ago, group=group, most=most, at=NOON - ago * 86_400)
        for ago, group, most in ((0, None, 9), (0, (GroupKind.PROFILE, "office"), 7), (1, None, 5))
    )
    readings = (DayReadings(day=day - 1, desktops=85, within_s=900.0, inferred=2, off_by=4),)
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=StillClock())) as store:
        store.claim()
        counts = SessionCounts(settled_at=NOON, base={}, recent=(), peaks=peaks, readings=readings)
        store.commit(Changes(session_counts=counts, entries=(begun(NOON - 2 * 86_400),)))

    words = ("report", "peak", "--offline", "--config", str(site.main))
    ended, page = bascule(*words), site.folder / "peaks.html"
    bascule(*words, "--output", str(page))

    assert (ended.code, "the most of all days: 9 sessions" in ended.out) == (0, True)
    assert [(peak["profile"], peak["most"]) for peak in bascule(*words, "--json").document["peaks"]][:2] == [
        (None, 9),
        ("office", 7),
    ]
    assert [(peak["exact"], peak["read_alone"], peak["late_s"]) for peak in bascule(*words, "--json").document["peaks"]] == [
        (True, 0, None),
        (True, 0, None),
        (False, 85, 900.0),
    ]
    said = " ".join(ended.out.split())
    assert (
        "85 desktops at most were counted by reading alone, without a push; their log-ons and log-offs count up to 15" in said
    )
    assert "the true peak may be higher or lower by at most 4 on" in said, "H2: as far as what no event dates can go"
    assert "data:image/svg+xml" in page.read_text()


NO_QUORUM = {
    "code": "no_quorum_left",
    "arguments": {"left": 1, "of": 2},
    "text": "1 of 2 votes are not a quorum: nothing is made again",
}


def test_capacity_says_what_a_lost_node_leaves():
    document = {
        "at": "2026-11-30T07:00:00.000Z",
        "capacity": [
            {
                "profile": "office",
                "free": 12,
                "binds": "memory",
                "after_loss": [
                    {"node": "pve/n1", "at_least": -3, "at_most": -3, "because": NO_QUORUM},
                    {"node": "pve/n2", "at_least": 4, "at_most": 5, "because": None},
                ],
                "gains": [{"resource": "memory", "more": 8, "place": None, "more_there": 0}],
            }
        ],
    }
    now, gains, losses = capacity_report(document).tables

    assert now.rows == (("office", 12, "memory", -3, "pve/n1"),)
    assert gains.rows == (("office", "memory", 8, "", 0),)
    assert [(row[1], row[-1]) for row in losses.rows] == [("pve/n1", NO_QUORUM["text"]), ("pve/n2", "")], "K5"
