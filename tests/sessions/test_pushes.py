"""Pushes: what is taken, what is refused, and that no push says anything about another desktop."""

import json
from dataclasses import replace

import pytest

from provisioner.model.departures import DAY_S
from provisioner.model.ids import ProfileName
from provisioner.model.order_words import NotedWord
from provisioner.model.people.profiles import ReadinessLevel
from provisioner.model.session_counts import SessionTotals
from provisioner.ports import JournalEntry
from provisioner.reasons.wrong import DAEMON_BEGINS
from provisioner.views.peaks import DayPeakDocument, peaks_document
from tests.builders.cluster import NOW
from tests.sessions.desktops import SpeakingDesktop
from tests.sessions.site import Site, moved

BOOTED = NOW - 300


class Two:
    """A site of two desktops, which Bascule has read both."""

    def __init__(self) -> None:
        self.site = Site({5001: "standard", 5002: "standard"}, at=NOW)
        self.first, self.other = (SpeakingDesktop(vmid=vmid, booted_at=BOOTED) for vmid in (5001, 5002))
        for desktop in (self.first, self.other):
            self.site.pull(desktop)
        self.site.cycle()

    def at(self, seconds: float) -> float:
        self.site.clock.at = NOW + seconds
        return self.site.clock.at


@pytest.fixture
def two() -> Two:
    return Two()


def test_a_log_on_and_a_log_off_are_counted_when_they_are_pushed(two: Two):
    two.first.changes(two.at(10), s1=("jdupont", 310.0, True))
    assert two.site.push(two.first.push(two.at(10.1))) == ["accepted"]
    assert two.site.open() == 1

    two.first.changes(two.at(20))
    two.site.push(two.first.push(two.at(20.1)))

    assert (two.site.open(), two.site.figures.day_peak) == (0, 1)


def test_a_lost_push_is_made_good_by_the_next_one_and_the_peak_is_exact(two: Two):
    two.first.changes(two.at(10), s1=("jdupont", 310.0, True))
    two.site.push(two.first.push(two.at(10.1)))
    two.other.changes(two.at(12), s1=("zlefevre", 312.0, True))
    two.other.changes(two.at(15))
    two.first.changes(two.at(16))
    two.site.push(two.first.push(two.at(16.1)))
    assert two.site.figures.day_peak == 1

    two.site.push(two.other.push(two.at(70)))

    assert (two.site.open(), two.site.figures.day_peak, two.site.figures.inferred) == (0, 2, 0)


@pytest.mark.parametrize("skew_s", [-300.0, 300.0])
def test_a_desktop_whose_clock_is_wrong_is_counted_alike(two: Two, skew_s):
    two.first.skew_s = skew_s
    two.first.changes(two.at(10), s1=("jdupont", 310.0, True))

    assert two.site.push(two.first.push(two.at(10.1))) == ["accepted"]
    two.site.cycle()
    report = two.site.cache.state.desktops[two.site.names[5001]].report

    assert report is not None
    assert report.sessions[0].since == pytest.approx(NOW + 10, abs=0.5), "by Bascule's clock"
    assert report.doubt(two.site.clock.at) == ""


@pytest.mark.parametrize("skew_s", [-300.0, 300.0])
def test_what_is_read_with_a_wrong_clock_is_no_evidence_and_yet_its_pushes_are(skew_s):
    site, desktop = Site({5001: "standard"}, at=NOW), SpeakingDesktop(vmid=5001, booted_at=BOOTED, skew_s=skew_s)
    site.pull(desktop)
    site.cycle()
    assert site.state(site.names[5001]).sessions is None

    site.clock.at = NOW + 10
    assert site.push(desktop.push(NOW + 10)) == ["accepted"]
    site.cycle()

    assert site.state(site.names[5001]).sessions == ()


@pytest.mark.parametrize(
    ("push", "word"),
    [
        pytest.param(lambda two: two.first.push(two.at(10), secret="ab" * 32), "forged", id="any secret"),
        pytest.param(lambda two: two.first.push(two.at(10), secret=two.other.history.secret), "forged", id="another's secret"),
        pytest.param(lambda two: two.first.push(two.at(10), vmid=5002), "unknown_boot", id="another's VMID, its own boot"),
        pytest.param(
            lambda two: moved(two.first.push(two.at(10), vmid=5002), boot_id=two.other.history.boot_id),
            "forged",
            id="another's VMID and boot",
        ),
        pytest.param(lambda two: two.first.push(two.at(10), vmid=5999), "unknown_desktop", id="nobody's VMID"),
        pytest.param(lambda two: moved(two.first.push(two.at(10)), sequence=10**14), "forged", id="another sequence number"),
        pytest.param(lambda two: moved(two.first.push(two.at(10)), body='{"version": 1}'), "forged", id="another body"),
        pytest.param(lambda two: two.first.push(two.at(10), body='{"version": 1}'), "malformed", id="signed nonsense"),
        pytest.param(lambda two: two.first.push(two.at(10), body="[" * 50_000), "malformed", id="signed, and nested deeply"),
        pytest.param(
            lambda two: two.first.push(
                two.at(10), body=json.dumps({**two.first.document(two.at(10)), "boot_id": two.other.history.boot_id})
            ),
            "malformed",
            id="signed, about another boot",
        ),
        pytest.param(
            lambda two: two.first.push(
                two.at(10), body=json.dumps({**two.first.document(two.at(10)), "push_secret": "ab" * 32})
            ),
            "malformed",
            id="signed, with another secret for later",
        ),
    ],
)
def test_what_is_not_its_own_and_new_is_refused_and_changes_nothing(two: Two, push, word):
    two.first.changes(two.at(5), s1=("jdupont", 305.0, True))
    before = two.site.figures.open
    sent = push(two)
    two.at(10)

    assert two.site.push(sent) == [word]
    two.site.cycle()

    for name in two.site.names.values():
        record = two.site.cache.state.desktops[name]
        assert record.report is not None
        assert record.report.sessions == ()
    assert two.site.figures.open == before


def test_a_push_that_was_held_back_for_more_than_three_minutes_is_late(two: Two):
    two.first.changes(two.at(10), s1=("jdupont", 310.0, True))
    sent = two.first.push(two.at(10.1))
    two.at(200)

    assert two.site.push(sent) == ["late"]
    assert two.site.open() == 0


def test_a_push_that_is_played_back_or_doubled_counts_once(two: Two):
    two.first.changes(two.at(10), s1=("jdupont", 310.0, True))
    first = two.first.push(two.at(10.1))
    two.first.changes(two.at(20))
    second = two.first.push(two.at(20.1))

    assert two.site.push(first, second, second, first) == ["accepted", "accepted", "repeated", "repeated"]
    assert two.site.open() == 0


def test_a_played_back_push_counts_no_more_after_a_restart(two: Two):
    two.first.changes(two.at(10), s1=("jdupont", 310.0, True))
    sent = two.first.push(two.at(10.1))
    two.site.push(sent)
    two.first.changes(two.at(20))
    two.site.push(two.first.push(two.at(20.1)))
    two.site.cycle()
    two.site.restart()

    assert two.site.push(sent) == ["repeated"]
    assert (two.site.open(), two.site.figures.day_peak) == (0, 1)


def test_a_desktop_that_was_restarted_is_read_soon_and_then_pushes_count_again(two: Two):
    two.first.changes(two.at(10), s1=("jdupont", 310.0, True))
    two.site.push(two.first.push(two.at(10.1)))
    two.first.begin(two.at(60))
    two.first.changes(two.at(70), s1=("zlefevre", 10.0, True))

    assert two.site.push(two.first.push(two.at(70.1))) == ["unknown_boot"]
    two.site.cycle()
    report = two.site.cache.state.desktops[two.site.names[5001]].report
    assert report is not None
    assert report.ask_at is not None

    two.at(80)
    two.site.pull(two.first)
    two.first.changes(two.at(90))
    assert two.site.push(two.first.push(two.at(90.1))) == ["accepted"]
    assert (two.site.open(), two.site.figures.day_peak, two.site.figures.inferred) == (0, 1, 0)


def test_a_desktop_that_pushes_is_not_read_because_somebody_says_that_it_has_restarted(two: Two):
    """H2: whoever reaches the receiver can say so, unsigned: all desktops were read each minute then, and not heard by push."""
    name = two.site.names[5001]
    two.site.push(two.first.push(two.at(60)))
    two.site.cycle()

    assert two.site.push(moved(two.first.push(two.at(70)), boot_id="0-0")) == ["unknown_boot"]
    two.site.cycle()
    asked = two.site.cache.state.desktops[name].report
    two.site.push(two.first.push(two.at(120)))
    two.site.cycle()
    report = two.site.cache.state.desktops[name].report

    assert asked is not None
    assert asked.ask_at is not None
    assert asked.ask_at > two.site.clock.at, "not before its next push"
    assert report is not None
    assert report.ask_at is None


def test_what_says_nothing_new_is_stored_only_from_time_to_time(two: Two):
    """The store must not write 28 rows a second for 1,700 desktops at rest."""
    name = two.site.names[5001]
    stored: set[float] = set()
    for minute in range(1, 31):
        two.site.push(two.first.push(two.at(60.0 * minute)))
        two.site.cycle()
        report = two.site.cache.state.desktops[name].report
        assert report is not None
        stored.add(report.read_at)

    assert len(stored) <= 5
    assert max(stored) >= two.site.clock.at - two.site.config.pace.session_interval_s / 2


def test_a_pull_that_a_push_has_overtaken_changes_nothing(two: Two):
    two.first.changes(two.at(10), s1=("jdupont", 310.0, True))
    two.site.push(two.first.push(two.at(10.5)))
    two.first.sessions = {}
    two.site.pull(two.first, late_s=5.0)
    two.site.cycle()

    assert two.site.open() == 1
    assert len(two.site.state(two.site.names[5001]).sessions or ()) == 1


def test_a_pull_that_a_push_has_overtaken_makes_nothing_old(two: Two):
    """The push said nothing new and was not stored; the reading that follows must not make its sessions doubtful."""
    two.site.push(two.first.push(two.at(100)))
    two.at(103)
    two.site.pull(two.first, late_s=5.0)
    two.site.cycle()
    report = two.site.cache.state.desktops[two.site.names[5001]].report

    assert report is not None
    assert report.read_at == NOW + 100


def test_the_same_document_read_again_is_as_good_as_before(two: Two):
    two.at(20)
    two.site.pull(two.first)
    two.at(26)
    two.site.pull(two.first, late_s=6.0)
    two.site.cycle()
    report = two.site.cache.state.desktops[two.site.names[5001]].report

    assert report is not None
    assert report.read_at == NOW + 26


def test_sessions_that_no_event_told_of_are_counted_when_they_are_seen(two: Two):
    """Of an image before bascule-guest."""
    two.first.sessions = {"s1": ("jdupont", 305.0, True)}
    two.at(10)
    two.site.pull(two.first)

    assert (two.site.open(), two.site.figures.inferred) == (1, 1)


def test_a_day_says_how_many_desktops_were_counted_by_reading_alone_and_how_late(two: Two):
    two.site.push(two.other.push(two.at(5)))
    two.at(10)
    two.site.pull(two.first)
    two.first.changes(two.at(100), s1=("jdupont", 400.0, True))
    two.at(310)
    two.site.pull(two.first)
    two.site.pull(two.other)
    (numbered,) = peaks_of(two)
    two.first.sessions = {}
    two.at(360)
    two.site.pull(two.first)
    (undated,) = peaks_of(two)
    two.site.restart()

    assert (numbered.exact, numbered.read_alone, numbered.late_s) == (False, 1, 300.0), "what came since is not known yet"
    assert peaks_of(two, later_s=DAY_S)[0].exact is False, "a log-off that no event dates"
    assert (undated.read_alone, undated.late_s) == (1, 300.0)


def test_a_finished_day_is_exact_if_the_readings_have_dated_everything(two: Two):
    two.at(10)
    two.site.pull(two.first)
    two.first.changes(two.at(100), s1=("jdupont", 400.0, True))
    two.at(310)
    two.site.pull(two.first)

    assert [peak.exact for peak in peaks_of(two)] == [False]
    assert [peak.exact for peak in peaks_of(two, later_s=DAY_S)][-1:] == [True]


def peaks_of(two: Two, *, later_s: float = 0.0) -> list[DayPeakDocument]:
    """Of all desktops together, as the store has them; the newest day first."""
    two.site.cycle()
    begins = JournalEntry(at=NOW, what=NotedWord.DAEMON, subject="", result=NotedWord.STARTED, reason=DAEMON_BEGINS())
    found = peaks_document(two.site.store.session_counts(), (begins,), now=two.site.clock.at + later_s)
    return [peak for peak in found.peaks if peak.profile is None]


def test_whoever_is_silent_for_long_is_unknown_and_not_counted(two: Two):
    two.first.changes(two.at(10), s1=("jdupont", 310.0, True))
    two.site.push(two.first.push(two.at(10.1)))
    two.site.cycle()
    two.at(1900)
    two.site.cycle()
    assert two.site.open() == 0

    two.site.push(two.first.push(two.at(1910)))

    assert (two.site.open(), two.site.figures.day_peak) == (1, 1), "known again, and the earlier event is not counted twice"


def test_the_secret_is_shown_nowhere(two: Two):
    secret = two.first.history.secret
    two.site.push(two.first.push(two.at(10)))
    two.site.cycle()
    shown = [repr(two.site.cache.state.desktops), repr(two.site.figures), repr(two.site.listener)]

    assert not any(secret in text for text in shown)
    assert isinstance(two.site.figures, SessionTotals)


@pytest.mark.parametrize(
    ("readiness", "ready"),
    [
        pytest.param(ReadinessLevel.REPORT, True, id="its own word is enough"),
        pytest.param(ReadinessLevel.PORT, False, id="its port is to be tried first"),
        pytest.param(ReadinessLevel.FIRST_BOOT, False, id="its port and its first-boot data are to be looked at first"),
    ],
)
def test_a_push_makes_no_desktop_ready_whose_port_is_to_be_tried(readiness: ReadinessLevel, ready: bool):
    site, desktop = Site({5001: "standard"}, at=NOW), SpeakingDesktop(vmid=5001, booted_at=BOOTED)
    profile = replace(next(iter(site.config.profiles.values())), readiness=readiness)
    site.config = replace(site.config, profiles={ProfileName("standard"): profile})
    site.pull(desktop, first_boot="running", ready_at=None)
    site.cycle()

    for seconds in (10, 20, 90):
        site.clock.at = NOW + seconds
        assert site.push(desktop.push(site.clock.at)) == ["accepted"]
        site.cycle()
        report = site.cache.state.desktops[site.names[5001]].report
        assert report is not None
        assert report.ready is ready, f"after {seconds} s"

    site.pull(desktop)  # the readiness check has tried the port: what comes of it is believed
    site.cycle()
    report = site.cache.state.desktops[site.names[5001]].report
    assert report is not None
    assert report.ready
