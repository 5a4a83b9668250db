"""A desktop's root has its key, and can say anything: it counts for that desktop alone, within bounds (H2)."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from provisioner.model.ids import DesktopName
from provisioner.model.machines.desktops import EventKind
from provisioner.model.status import Status
from provisioner.sessions.push import Push, signature_of
from provisioner.sessions.timeline import HORIZON_S
from provisioner.wrong.desktops import of_desktops
from tests.builders.cluster import NOW, a_profile
from tests.sessions.desktops import SpeakingDesktop
from tests.sessions.site import Site

BOOTED = NOW - 300
MOST = 4
"""Sessions that a desktop can have (`max_sessions` of the site's profile)."""


def a_site(*vmids: int) -> Site:
    """Whose profile has a desktop for `MOST` people at once."""
    site, profile = Site(dict.fromkeys(vmids, "standard"), at=NOW), a_profile("standard", max_sessions=MOST)
    site.config = replace(site.config, profiles={profile.name: profile})
    return site


def liar(site: Site, vmid: int = 5001) -> SpeakingDesktop:
    """A desktop that Bascule has read, and whose root says what they like from now on."""
    desktop = SpeakingDesktop(vmid=vmid, booted_at=BOOTED)
    site.pull(desktop)
    site.cycle()
    return desktop


def said(desktop: SpeakingDesktop, at: float, *, sequence: int | None = None, **lies: object) -> Push:
    """A rightly signed push with these members instead."""
    document = desktop.document(at) | lies
    number = document["sequence"] if sequence is None else sequence
    text = json.dumps(document | {"sequence": number})
    push = Push(vmid=desktop.push(at).vmid, boot_id=desktop.history.boot_id, sequence=number, signature="", body=text)
    return replace(push, signature=signature_of(desktop.history.secret, push))


def events(first: int, *kinds: EventKind, at_s: float = 290.0) -> list[dict[str, object]]:
    return [
        {"number": first + index, "event": kind.value, "user": f"made-up-{index}", "at_s": at_s + index / 1000}
        for index, kind in enumerate(kinds)
    ]


def sessions(count: int) -> list[dict[str, object]]:
    return [{"user": f"made-up-{index}", "state": "connected", "since": NOW} for index in range(count)]


def test_ten_pushes_of_one_desktop_lift_the_days_peak_by_no_more_than_it_can_hold():
    """H2: 64 log-ons in each, and nobody there at its end: the peak was 30, and 670 after them, kept for a year."""
    site = a_site(*range(5001, 5032))
    honest = [SpeakingDesktop(vmid=vmid, booted_at=BOOTED) for vmid in range(5002, 5032)]
    for desktop in honest:
        desktop.changes(NOW - 1, s1=("p", 299.0, True))
        site.pull(desktop)
    hostile = liar(site)
    assert site.figures.day_peak == 30

    for number in range(10):
        site.clock.at = NOW + 10 + number
        made_up = events(1 + 64 * number, *[EventKind.LOGON] * 64)
        site.push(said(hostile, site.clock.at, events=made_up, event_number=64 * (number + 1)))

    assert site.figures.day_peak <= 30 + MOST
    assert site.open() == 30


@pytest.mark.parametrize(
    ("made_up", "count"),
    [
        pytest.param(events(1, *[EventKind.LOGON] * 5, *[EventKind.LOGOFF] * 5), 0, id="more than it can hold in between"),
        pytest.param(events(1, EventKind.LOGOFF, EventKind.LOGON), 0, id="fewer than none in between"),
        pytest.param(events(1, *[EventKind.LOGON] * 3), 0, id="they lead to other sessions than it tells"),
        pytest.param(events(40, EventKind.LOGON, EventKind.LOGOFF), 0, id="they do not go on from the last that is known"),
    ],
)
def test_events_that_do_not_lead_from_the_known_to_the_told_sessions_are_not_believed(made_up, count):
    """H2: what it tells counts, when it was heard; nothing that only its events say."""
    site = a_site(5001)
    hostile = liar(site)
    site.clock.at = NOW + 10

    site.push(said(hostile, NOW + 10, events=made_up, event_number=made_up[-1]["number"], sessions=sessions(count)))

    assert (site.open(), site.figures.day_peak) == (count, count)


def test_at_no_moment_one_desktop_has_more_than_it_can_hold_however_its_events_are_dated():
    """H2: each document is within the bounds, and dates its log-ons before the log-offs of the one before."""
    site = a_site(5001)
    hostile = liar(site)
    number = 0
    for step in range(6):
        site.clock.at = at = NOW + 300 + 30 * step
        made_up = events(number + 1, *[EventKind.LOGON] * MOST, *[EventKind.LOGOFF] * MOST, at_s=301.0)
        made_up[MOST:] = [{**event, "at_s": 580.0 + 30 * step} for event in made_up[MOST:]]
        number += 2 * MOST
        site.push(said(hostile, at, events=made_up, event_number=number))

    assert site.figures.day_peak <= MOST


@pytest.mark.long
def test_a_flood_is_cut_and_costs_no_more_than_a_desktop_has_to_say():
    """H2: 8,671 pushes within two minutes held the control thread for 162 s, and made 40 MB in the store."""
    site = a_site(5001, 5002)
    hostile = liar(site)
    words: Counter[str] = Counter()
    for number in range(2000):
        site.clock.at = at = NOW + 10 + number * 0.06
        made_up = events(1 + 2 * number, EventKind.LOGON, EventKind.LOGOFF, at_s=at - BOOTED)
        words.update(site.push(said(hostile, at, events=made_up, event_number=2 * (number + 1))))

    assert words["accepted"] <= 70
    assert words["cut"] == 2000 - words["accepted"]
    assert len(site.intake.counts().recent) <= 40, "log-ons and log-offs that are kept, and stored with each cycle"


def test_a_sequence_number_beyond_its_uptime_is_not_taken():
    """H2: nor can it go ahead little by little."""
    site = a_site(5001)
    hostile = liar(site)
    site.clock.at = NOW + 10

    assert site.push(said(hostile, NOW + 10, sequence=10**12)) == ["ahead"]
    for step in range(1, 12):
        site.clock.at = NOW + 10 + 30 * step
        ahead = int((310 + 30 * step + 170 * step) * 1e6)
        words = site.push(said(hostile, site.clock.at, sequence=ahead))
    assert words == ["ahead"]

    assert site.push(hostile.push(site.clock.at)) != ["ahead"]


def test_what_an_honest_desktop_sends_after_an_outage_is_taken():
    """It tells its newest document, with the sixteen last events; those that waited in the receiver come with it."""
    site = a_site(5001)
    desktop = liar(site)
    waiting = []
    for minute in range(20):
        desktop.changes(NOW + 60 * minute, **({"s1": ("p", 300.0 + 60 * minute, True)} if minute % 2 else {}))
        waiting.append((desktop.push(NOW + 60 * minute + 0.1), NOW + 60 * minute + 0.2))
    site.clock.at = NOW + 1200
    site.hear(waiting[1:])

    assert site.figures.pushes == {"accepted": 19}
    assert (site.open(), site.figures.day_peak, site.figures.inferred) == (1, 1, 0)


def test_a_desktop_that_says_that_its_pushes_took_long_does_not_move_the_delay():
    """H2: with 170 s each it made a mean of two seconds out of half a one; the median is that of desktops, not of pushes."""
    site = a_site(*range(5001, 5006))
    hostile, *honest = [liar(site, vmid) for vmid in range(5001, 5006)]
    for number in range(1, 20):
        site.clock.at = at = NOW + 200 + 60 * number
        site.push(said(hostile, at - 170.0), *[desktop.push(at - 0.5) for desktop in honest])

    assert site.figures.push_delay_s == pytest.approx(0.5)


def test_how_long_pushes_take_is_unknown_while_nothing_is_pushed():
    """H2: 0 s is the best that pushes can do, not what is known of none: neither before the first nor when the last is old."""
    site = a_site(5001)
    desktop = liar(site)
    assert site.figures.push_delay_s is None

    site.clock.at = at = NOW + 60
    site.push(desktop.push(at - 0.5))
    assert site.figures.push_delay_s == pytest.approx(0.5)

    site.clock.at = at + HORIZON_S + 1
    assert site.figures.push_delay_s is None


def test_one_desktops_word_makes_a_days_peak_inexact_by_no_more_than_it_can_hold():
    """H2: what no event dates counts when it is heard: how far off a day's figures can be is said beside them."""
    site = a_site(5001, 5002)
    hostile = liar(site)
    for number in range(1, 30):
        site.clock.at = NOW + 30 * number
        site.push(said(hostile, site.clock.at, sessions=sessions(number % (MOST + 1))))

    (readings,) = site.intake.counts().readings
    assert (readings.inferred > MOST, readings.off_by) == (True, MOST)


def test_a_document_that_is_read_again_and_again_under_one_number_gets_old():
    """H2: with another time of day in it each time it counted for ever, and the oldest reading of the site was hours old."""
    site = a_site(5001)
    hostile = liar(site)
    for minute in range(1, 20):
        site.clock.at = NOW + 60 * minute
        site.pull(hostile, sequence=10**10)
        site.cycle()

    report = site.cache.state.desktops[site.names[5001]].report
    assert report is not None
    assert report.read_at <= NOW + 60 + 180


def test_what_was_cut_is_named_for_an_hour():
    """H2: counted by its word, and the desktop by its name."""
    site = a_site(5001, 5002)
    hostile, honest = liar(site), liar(site, 5002)
    for number in range(200):
        site.clock.at = NOW + 10 + number * 0.1
        site.push(said(hostile, site.clock.at), honest.push(site.clock.at) if number % 100 == 0 else said(hostile, NOW + 1))

    assert site.intake.cut_lately(site.clock.at) == (site.names[5001],)
    assert site.intake.cut_lately(site.clock.at + 3700) == ()


def test_the_list_of_what_is_wrong_names_it():
    """H2: what is cut is not a secret."""
    (entry,) = of_desktops(Status(at=NOW, cut=(DesktopName("vd-5001"),)), [])

    assert (entry.names, entry.concerns) == (("vd-5001",), 1)
    assert str(entry.says).endswith("it concerns nobody else: vd-5001")


@pytest.mark.parametrize("written_at", [0.0, NOW + 10, 253_402_300_799.0])
@pytest.mark.parametrize("since", [0.0, 253_402_300_799.0])
def test_no_session_that_a_desktop_tells_of_began_at_a_time_without_a_date(written_at: float, since: float):
    """H2: its clock at 1970, and a session since the year 9999, was one since 10057: a person's card was an error 500."""
    site = a_site(5001)
    hostile = liar(site)
    site.clock.at = NOW + 10
    site.push(said(hostile, site.clock.at, written_at=written_at, sessions=[sessions(1)[0] | {"since": since}]))
    site.cycle()

    (session,) = site.state(site.names[5001]).sessions or ()
    assert 0 <= session.since <= site.clock.at
