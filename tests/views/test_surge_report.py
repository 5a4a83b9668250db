"""The report of a run: plan against actual, what bound, what failed; and that it names nobody unless it is asked to."""

import json
from dataclasses import replace

import pytest

from provisioner.cli.output import plain
from provisioner.daemon.progress_log import ProgressLog, is_worth_noting
from provisioner.daemon.report_facts import report_facts
from provisioner.model.actions import Result
from provisioner.model.ids import WaveName
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.model.scenario.surges import SurgeState
from provisioner.model.session_counts import DayPeak
from provisioner.model.status import Status
from provisioner.ports import JournalEntry
from provisioner.reasons.hiding import without_names
from provisioner.reasons.reason import as_reason
from provisioner.reasons.requests import BEFORE_REHEARSAL
from provisioner.reasons.wrong import ORDER_SET_ASIDE
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.views.published import Published
from provisioner.views.surge import surge_document
from provisioner.views.surge_report.document import surge_report_document
from provisioner.views.surge_report.facts import ReportFacts
from provisioner.views.times import stamp
from tests.builders.cluster import NOW
from tests.builders.progress import a_batch, a_bind, a_moment, a_run
from tests.builders.rehearsal import a_config_on, a_stage
from tests.builders.store import NOON
from tests.builders.twin import a_spec


def reported(*noted, minutes=120.0, names=False, **changed):
    facts = ReportFacts(at=NOON + 60 * minutes, run=a_run(), runs=(1,), noted=noted, **changed)
    return surge_report_document(facts, names=names)


def a_line(minutes, text, *, subject="vd-0001", result=Result.FAILED, what="clone"):
    return JournalEntry(at=NOON + 60 * minutes, what=what, subject=subject, result=result, reason=as_reason(text))


@pytest.mark.parametrize(
    ("noted", "minutes", "ready_at", "late_s", "missing"),
    [
        pytest.param([a_moment(50, a_batch(4))], 120, 50, 0.0, 0, id="in time"),
        pytest.param([a_moment(50, a_batch(3)), a_moment(70, a_batch(4))], 120, 70, 600.0, 1, id="the last ten minutes late"),
        pytest.param([a_moment(50, a_batch(3))], 90, None, 1800.0, 1, id="not yet, half an hour after it was due"),
        pytest.param([a_moment(50, a_batch(3))], 55, None, 0.0, None, id="not due yet"),
        pytest.param([a_moment(50, a_batch(4, due_at=None))], 120, 50, None, None, id="no deadline"),
        pytest.param(
            [a_moment(50, a_batch(4)), a_moment(70, a_batch(1))], 120, 50, 0.0, 0, id="what breaks later was ready in time"
        ),
    ],
)
def test_a_batch_is_compared_with_its_deadline(noted, minutes, ready_at, late_s, missing):
    (batch,) = reported(*noted, minutes=minutes).batches

    assert (batch.ready_at, batch.late_s, batch.missing_when_due) == (
        None if ready_at is None else stamp(NOON + 60 * ready_at),
        late_s,
        missing,
    )


def test_a_batch_opens_when_it_did_and_not_when_it_was_planned_to():
    (batch,) = reported(a_moment(0, a_batch(is_open=False)), a_moment(20, a_batch())).batches

    assert (batch.opens_at, batch.opened_at) == (stamp(NOON), stamp(NOON + 1200))


def test_what_bound_is_counted_in_desktops_times_minutes_and_a_pause_of_the_daemon_does_not_count():
    noted = (
        a_moment(0, a_batch(), binds=(a_bind("slot 1 of 7 is taken", 4),)),
        a_moment(5, a_batch(), binds=(a_bind("slot 2 of 7 is taken", 2),)),
        a_moment(90, a_batch(4)),
    )
    (bound,) = reported(*noted).bound

    assert (bound.desktop_minutes, bound.most) == (4 * 5 + 2 * 15, 4)


def test_failures_are_counted_by_reason_and_not_by_text():
    lines = (
        a_line(1, "node 3 is full", subject="vd-0001"),
        a_line(2, "node 4 is full", subject="vd-0001"),
        a_line(3, "node 4 is full", subject="vd-0002", result=Result.RETRY),
        a_line(4, "", result=Result.DONE),
    )
    first, second = reported(lines=lines).failures

    assert (first.count, first.desktops, first.result) == (2, 1, "failed")
    assert (second.count, second.result) == (1, "retry")


def test_it_names_nobody_unless_it_is_asked_to():
    given = ORDER_SET_ASIDE(order="drain", by="claire", why="zoe is there", command="bascule report journal")
    lines = (
        a_line(1, "vd-0001 of zoe.martin: no answer (zoe.martin@example.org)."),
        replace(a_line(2, "x", subject="pve1", what="drain"), result="given", reason=given),
    )
    names = frozenset({"vd-0001", "zoe.martin", "zoe.martin@example.org"})

    hidden = json.dumps(plain(surge_report_document(_facts(lines, names))), ensure_ascii=False)
    shown = json.dumps(plain(surge_report_document(_facts(lines, names), names=True)), ensure_ascii=False)

    assert not [word for word in ("vd-0001", "zoe", "claire") if word in hidden]
    assert all(word in shown for word in ("vd-0001", "zoe.martin", "claire", "zoe is there"))
    assert "pve1" in hidden, "a node is not a person"


def _facts(lines, names):
    return ReportFacts(at=NOON + 60, run=a_run(), runs=(1,), lines=lines, names=names)


def test_only_whole_names_are_hidden():
    reason = BEFORE_REHEARSAL()

    assert without_names(as_reason("li: the link of li."), {"li"}) == "…: the link of …."
    assert without_names(reason, {"li"}).code == reason.code


def test_what_changes_the_report_is_noted_at_once_and_the_rest_once_a_minute():
    before = a_moment(0, a_batch(1))

    assert is_worth_noting(before, None)
    assert not is_worth_noting(a_moment(0.5, a_batch(2)), before)
    assert is_worth_noting(a_moment(1, a_batch(2)), before)
    assert not is_worth_noting(a_moment(5, a_batch(1)), before)
    assert is_worth_noting(a_moment(15, a_batch(1)), before)
    assert is_worth_noting(a_moment(0.2, a_batch(4)), before), "all are ready"
    assert is_worth_noting(a_moment(0.2, a_batch(1), state=SurgeState.PAUSED), before)
    assert is_worth_noting(a_moment(60.1, a_batch(1)), a_moment(59.9, a_batch(1))), "it is due"


@pytest.mark.long
def test_a_whole_run_is_reported_as_it_was():
    spec, log = a_spec(), ProgressLog()
    scenario = Scenario(name="two", waves=(Wave(name=WaveName("all"), who=Selection(), size=2, interval_s=600.0),))
    rehearsal = Rehearsal(a_stage(spec, agents=4, config=a_config_on(spec, scenario=scenario), listeners=(log,)))
    rehearsal.run()
    assert rehearsal.reconciler.status is not None
    log.note_last(rehearsal.reconciler.status)
    rehearsal.store.keep_progress(log.take())

    facts = report_facts(rehearsal.store, None, now=rehearsal.events.now)
    assert facts is not None
    report = surge_report_document(facts)

    assert [(batch.batch, batch.planned, batch.ready) for batch in report.batches] == [(1, 2, 2), (2, 2, 2)]
    assert report.ready_peak.most == 4
    first, second = report.batches
    assert (first.ready_at or "") < (second.opened_at or "") < (second.ready_at or "")
    assert [event.what.code for event in report.timeline] == [
        "report_run_is",
        *["report_batch_opened", "report_batch_ready"] * 2,
    ]
    assert report_facts(rehearsal.store, 2, now=rehearsal.events.now) is None


def test_the_most_sessions_say_how_well_they_were_known_then():
    """F13: as it was noted last before the peak."""
    peak = DayPeak(day=0, group=None, most=9, at=NOON + 2400)
    bands = ({"counted": 4, "unknown": 0, "oldest_s": 12.0}, {"counted": 3, "unknown": 1, "oldest_s": 800.0}, {"unknown": 2})
    noted = (a_moment(minutes, a_batch(4), sessions=5, **band) for minutes, band in zip((20, 30, 50), bands, strict=True))

    found = reported(*noted, session_peaks=(peak,))

    assert (found.sessions_peak.counted, found.sessions_peak.unknown, found.sessions_peak.oldest_s) == (3, 1, 800.0)
    assert [point.unknown for point in found.curve] == [0, 1, 2]


def test_ready_in_the_picture_is_of_those_who_are_wanted():
    """F23: desktops of pools, and those made ahead, lay above 'wanted'."""
    later = a_batch(3, number=1, is_open=False)

    (point,) = reported(a_moment(30, a_batch(2), later, ready=40)).curve

    assert (point.wanted, point.served, point.ready) == (4, 2, 40)


def test_what_an_earlier_version_has_noted_has_no_band():
    found = reported(a_moment(30, a_batch(4), sessions=7)).sessions_peak

    assert (found.most, found.counted, found.unknown, found.oldest_s) == (7, None, None, None)


@pytest.mark.parametrize(
    ("minutes", "most"),
    [
        pytest.param(40, 9, id="it was between two moments that were noted"),
        pytest.param(-10, 7, id="it was before the run"),
        pytest.param(500, 7, id="it is of another day, after it"),
    ],
)
def test_the_most_sessions_are_those_of_the_day_if_they_were_in_its_time(minutes, most):
    peak = DayPeak(day=0, group=None, most=9, at=NOON + 60 * minutes)
    noted = (replace(a_moment(30, a_batch(4)), sessions=7), replace(a_moment(50, a_batch(4)), sessions=6))

    found = reported(*noted, session_peaks=(peak,)).sessions_peak

    assert (found.most, found.at) == (most, stamp(NOON + 60 * (minutes if most == 9 else 30)))


def test_without_a_scenario_a_start_is_refused_before_anybody_reads_a_forecast():
    """What a start is refused for is asked of one function, by the loop and for the document."""
    nobody = Scenario(name="", waves=())
    document = surge_document(Published(status=Status(at=NOW), configured=nobody))

    assert document.start_refused is not None
    assert document.start_refused.code == "surge_no_scenario"
    assert surge_document(Published(status=Status(at=NOW))).start_refused is None
