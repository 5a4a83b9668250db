"""F14: the report of a night has what was wrong in it, says late where the alert did, and names nobody."""

import json
from dataclasses import replace

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.cli.output import plain
from provisioner.cli.report.surge import surge_report
from provisioner.daemon.report_facts import report_facts
from provisioner.ledger import wave_entry
from provisioner.model.ids import DesktopPoolName, WaveName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.order_words import NotedWord
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.etas import KeptForecast, WaveChange, WaveOutlook
from provisioner.model.scenario.half_days import Share
from provisioner.model.scenario.rotation import Rotation
from provisioner.model.scenario.scenarios import Scenario
from provisioner.ports import Changes, JournalEntry
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.requests import TASK_LOG
from provisioner.reasons.surges import SURGE_PAUSED_WHY, WAVE_LATE, WAVE_READY
from provisioner.reasons.targets import NO_QUORUM
from provisioner.reasons.wrong import (
    CLUSTER_PAUSED,
    DAEMON_BACK,
    DIRECTORY_UNREAD,
    NODE_AWAY,
    STORAGE_FULL,
    WRONG_OVER,
    WRONG_STANDS,
)
from provisioner.views.surge_report.document import surge_report_document
from provisioner.views.surge_report.facts import ReportFacts
from provisioner.views.times import stamp
from tests.builders.progress import a_batch, a_bind, a_moment, a_run, run_began
from tests.builders.store import NOON


def at(minutes):
    return NOON + 60 * minutes


def a_line(minutes, result, reason, *, what=NotedWord.WRONG, about=""):
    return JournalEntry(at=at(minutes), what=what, subject=about, result=result, reason=reason)


def a_spell(began, ended, says, *, about=""):
    """As the daemon notes it: a minute after it began, and five minutes after it was over."""
    yield a_line(began + 1, NotedWord.BEGAN, WRONG_STANDS(stood_s=60.0, what=says), about=about)
    lasted_s = 60.0 * (ended - began)
    yield a_line(ended + 5, NotedWord.OVER, WRONG_OVER(ago_s=300.0, lasted_s=lasted_s, what=says), about=about)


NIGHT = tuple(
    sorted(
        (
            *a_spell(10, 41, NODE_AWAY(node="pve/pve2", desktops=84), about="pve/pve2"),
            *a_spell(15, 25, DIRECTORY_UNREAD(why=Reason("Can't contact LDAP server"))),
            *a_spell(20, 23, CLUSTER_PAUSED(cluster="pve", why=NO_QUORUM()), about="pve"),
            *a_spell(30, 50, STORAGE_FULL(storage="pve/thin"), about="pve/thin"),
            a_line(60, NotedWord.STARTED, DAEMON_BACK(away_s=300.0), what=NotedWord.DAEMON),
        ),
        key=lambda line: line.at,
    )
)


def reported(*noted, minutes=120.0, names=False, **changed):
    facts = ReportFacts(at=at(minutes), **{"run": a_run(), "runs": (1,), "noted": noted, **changed})
    return surge_report_document(facts, names=names)


def said(document):
    """The sentences of the report."""
    return "\n".join(surge_report(plain(document)).lines)


def times_of(document):
    """Of what was wrong: when, until when, what."""
    return [(event.at, event.until, event.what.code) for event in document.timeline if event.until or event.goes_on]


def test_the_night_is_in_the_timeline():
    assert times_of(reported(a_moment(0, a_batch()), lines=NIGHT)) == [
        (stamp(at(10)), stamp(at(41)), "node_is_offline"),
        (stamp(at(15)), stamp(at(25)), "directory_unread"),
        (stamp(at(20)), stamp(at(23)), "cluster_paused"),
        (stamp(at(30)), stamp(at(50)), "storage_is_full"),
        (stamp(at(55)), stamp(at(60)), "report_daemon_absent"),
    ]


def test_how_many_desktops_stood_on_the_node_is_said():
    texts = [event.what.text for event in reported(lines=NIGHT).timeline if event.until]

    assert texts[0] == "node pve/pve2 is offline; desktops on it: 84"
    assert texts[2] == f"cluster pve: nothing is written there: {NO_QUORUM()}"


def test_what_goes_on_says_so_and_what_was_over_before_is_left_out():
    going = next(a_spell(10, 41, NODE_AWAY(node="pve/pve2", desktops=84), about="pve/pve2"))
    earlier = tuple(a_spell(-90, -60, STORAGE_FULL(storage="pve/thin"), about="pve/thin"))

    (event,) = reported(lines=(going,), around=(*earlier, going)).timeline

    assert (event.what.code, event.goes_on, event.until) == ("node_is_offline", True, None)


def test_what_began_before_the_run_is_in_its_night():
    lines = tuple(a_spell(-90, 30, NODE_AWAY(node="pve/pve2", desktops=84), about="pve/pve2"))

    assert times_of(reported(around=lines)) == [(stamp(at(-90)), stamp(at(30)), "node_is_offline")]


def late(minutes, outlook, reason):
    return wave_entry(WaveChange(wave=WaveName("all"), outlook=outlook, at=at(minutes), why=reason))


def test_late_is_said_where_the_alert_said_late():
    """All were ready before the deadline, and a node was lost then: an alert said late, and the report 0."""
    noted = (a_moment(40, a_batch(4)), a_moment(55, a_batch(2)), a_moment(75, a_batch(4)))
    lines = (
        late(60.5, WaveOutlook.LATE, WAVE_LATE(wave="all", count=2, people=4, why=NONE)),
        late(75.5, WaveOutlook.IN_TIME, WAVE_READY(wave="all")),
    )
    document = reported(*noted, lines=lines)

    assert [(batch.late_s, batch.missing_when_due) for batch in document.batches] == [(900.0, 2)]
    assert "of 1 batches whose deadline has come, 1 were late" in said(document)
    assert "wave 'all' was said to be late from" in said(document)
    assert times_of(document) == [(stamp(at(60.5)), stamp(at(75.5)), "wave_late")]
    assert "report_batch_due" in [event.what.code for event in document.timeline]


def test_an_empty_cause_is_not_hidden():
    line = late(60.5, WaveOutlook.LATE, WAVE_LATE(wave="all", count=2, people=4, why=NONE))
    (event,) = reported(lines=(line,)).timeline

    assert event.what.text.endswith("are not ready: ")


def test_what_is_lost_after_the_deadline_is_counted_apart():
    noted = (a_moment(50, a_batch(4)), a_moment(70, a_batch(1)), a_moment(90, a_batch(4)))
    document = reported(*noted)

    assert [(batch.late_s, batch.lost_s) for batch in document.batches] == [(0.0, 1200.0)]
    assert "somebody had no ready desktop again, after the deadline: 1" in said(document)


@pytest.mark.parametrize(
    ("noted", "of"),
    [
        pytest.param([a_batch(400, planned=400), a_batch(399, planned=399)], "399 of 399", id="who had one has left"),
        pytest.param([a_batch(390, planned=400), a_batch(389, planned=399)], "389 of 399", id="one left, ten had none"),
        pytest.param([a_batch(399, planned=399), a_batch(400, planned=400)], "400 of 400", id="one has come"),
        pytest.param([a_batch(4), a_batch(1)], "4 of 4", id="what broke later had been served"),
    ],
)
def test_no_more_are_served_than_planned(noted, of):
    document = reported(*(a_moment(10 * number, batch) for number, batch in enumerate(noted)))

    assert f"{of} people had a ready desktop" in said(document)


def test_a_rotation_is_counted_by_its_half_days():
    pool = DesktopPoolName("desk")
    rotation = Rotation(pool=pool, share=Share(slots=1, of=2), who=Selection())
    run = a_run(as_started=Scenario(name="night", waves=(), planned=True, rotation=rotation))
    half_days = {"wave": WaveName("desk"), "planned": 47}
    noted = (
        a_moment(1, a_batch(45, **half_days, due_at=at(0))),
        a_moment(30, a_batch(47, **half_days, due_at=at(0))),
        a_moment(301, a_batch(47, **half_days, number=5, opens_at=at(300), due_at=at(300))),
    )
    document = reported(*noted, minutes=400, run=run)

    assert [(batch.batch, batch.planned, batch.ready, batch.missing_when_due) for batch in document.batches] == [
        (1, 47, 47, 2),
        (2, 47, 47, 0),
    ]
    assert "half-days of people that have come: 94, 94 of them with a desktop" in said(document)
    assert "of 2 half-days that have begun, 1 began with somebody without a desktop" in said(document)
    assert [event.what.text for event in document.timeline] == [
        "a half-day of pool desk begins, and 2 of its 47 people have no desktop"
    ]


def a_store(*lines):
    store = MemoryStore()
    store.claim()
    store.commit(run_began(a_run()))
    store.commit(Changes(entries=lines))
    store.keep_progress([a_moment(0, a_batch())])
    return store


def test_each_forecast_that_was_given_is_found():
    """Three within ten minutes: a score counts them once, and a report had none of them while they were pending."""
    store = a_store()
    for minutes in (-3, -2, -1):
        forecast = {"made_at": at(minutes), "wanted": 4, "ready_then": 0, "widened": 1.0, "measured": 40}
        store.keep_forecast(KeptForecast(**forecast, early_at=at(30), middle_at=at(40), late_at=at(50)))

    pending = surge_report_document(report_facts(store, None, now=at(20)))
    over = surge_report_document(report_facts(store, None, now=at(60)))

    assert [forecast.held for forecast in pending.forecasts] == [None, None, None]
    assert pending.forecasts_pending == 3
    assert [forecast.held for forecast in over.forecasts] == [False, False, False]


def test_without_a_forecast_that_has_a_band_it_is_not_said_that_none_was_made():
    """A fresh site has measured nothing: its forecasts have no band, and are not kept."""
    (table,) = [table for table in surge_report(plain(reported())).tables if table.name == "forecasts"]

    assert "none was made" not in table.empty
    assert "keeps those that have a band" in table.empty


SECRETS = ("root", "files of another", "claire", "Zoé", "uid=zoe", "vd-0001", "zoe.martin")


def test_no_free_text_and_no_operator_is_in_an_anonymous_report():
    paused = SURGE_PAUSED_WHY(by="root", why="files of another")
    failed = TASK_LOG(why="clone vd-0001", log=Reason("uid=zoe: no such object"))
    lines = (
        *a_spell(10, 41, DIRECTORY_UNREAD(why=Reason("uid=zoe,ou=people: referral"))),
        JournalEntry(at=at(1), what="clone", subject="vd-0001", result="failed", reason=failed),
        JournalEntry(at=at(2), what="clone", subject="vd-0001", result="retry", reason=Reason("for zoe.martin: no")),
    )
    store = a_store(*sorted(lines, key=lambda line: line.at))
    store.give(Intent(kind=IntentKind.FREEZE, by="root", reason="files of another", at=at(3)))
    store.keep_progress([a_moment(5, a_batch(), binds=(replace(a_bind(), reason=paused), a_bind("files of another, by root")))])
    facts = report_facts(store, None, now=at(60))

    hidden = json.dumps(plain(surge_report_document(facts)), ensure_ascii=False)
    shown = json.dumps(plain(surge_report_document(facts, names=True)), ensure_ascii=False)

    assert not [word for word in SECRETS if word in hidden]
    assert not [word for word in SECRETS if word not in shown]
    assert "surge_paused_why" in hidden, "the kind is not a free text"
