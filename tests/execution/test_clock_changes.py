"""A store written by a clock one hour ahead, read after the correction: nothing waits an hour, or counts an hour too much."""

from dataclasses import replace

import pytest

from provisioner.execution.clock_changes import clock_changes
from provisioner.model.budget import Budget
from provisioner.model.departures import Departure
from provisioner.model.guard import GuardRecord, RosterMove
from provisioner.model.ids import AgentId
from provisioner.model.kept.records import Records
from provisioner.model.machines.desktops import LONGEST_DELETE_WAIT_S, Attempts, Unheard
from provisioner.model.words import GuestWord
from provisioner.ports import Changes
from tests.builders.actions import a_name, a_reservation
from tests.builders.cluster import NOW
from tests.builders.core import a_report, a_roster
from tests.builders.records import PARTS, a_step, records_of

AHEAD = NOW + 3600
BUDGET = Budget(retry_cap_s=300)
ZOE = AgentId("zoe")


def kept_of(kept):
    """Records with one desktop, and these other values."""
    parts = {word: value for word, value in kept.items() if word in PARTS}
    others = {word: value for word, value in kept.items() if word not in PARTS}
    return Records(desktops=records_of(a_reservation(), **parts), **others)


def put_right(**kept) -> Changes:
    """The changes that the correction makes."""
    return clock_changes(kept_of(kept), NOW, BUDGET)


@pytest.mark.parametrize(
    ("kept", "changed"),
    [
        pytest.param({"started": {a_name(): AHEAD}}, {"started": {a_name(): None}}, id="a start, of which the uptime tells"),
        pytest.param(
            {"unheard": {a_name(): Unheard(word=GuestWord.NOT_ASKED, text="no", since=AHEAD)}},
            {"unheard": {a_name(): Unheard(word=GuestWord.NOT_ASKED, text="no", since=NOW)}},
            id="a question in vain",
        ),
        pytest.param(
            {"departures": {a_name(): Departure(since=AHEAD, recycled_at=AHEAD + 1)}},
            {"departures": {a_name(): Departure(since=NOW, recycled_at=NOW)}},
            id="a departure, which else waits for its date",
        ),
        pytest.param({"departures": {a_name(): Departure(since=NOW - 9, ended=True)}}, {}, id="a departure of before"),
        pytest.param(
            {"deletions": {(a_name(), 0.0): AHEAD, (a_name(2), 0.0): NOW - 9}},
            {"deletions": {(a_name(), 0.0): NOW}},
            id="a delete counts for a day from now",
        ),
        pytest.param(
            {
                "guard": GuardRecord(
                    left={ZOE: RosterMove(at=AHEAD, places=("it",))}, joined={ZOE: RosterMove(at=AHEAD, allowed=True)}
                )
            },
            {
                "guard": GuardRecord(
                    left={ZOE: RosterMove(at=NOW, places=("it",))}, joined={ZOE: RosterMove(at=NOW, allowed=True)}
                )
            },
            id="a move in the directory, which would make a day last for as long",
        ),
        pytest.param({"guard": GuardRecord(left={ZOE: RosterMove(at=NOW - 9)})}, {}, id="a move of before"),
        pytest.param(
            {"roster": replace(a_roster(), read_at=AHEAD, full_at=AHEAD - 600)},
            {"roster": replace(a_roster(), read_at=NOW, full_at=NOW)},
            id="a roster",
        ),
        pytest.param({"roster": a_roster()}, {}, id="a roster of before"),
    ],
)
def test_what_is_dated_later_than_now_counts_from_now(kept, changed):
    assert put_right(**kept) == a_step(kept_of(kept).desktops, **changed)


@pytest.mark.parametrize(
    ("read_at", "dated"),
    [
        pytest.param(NOW - 60, {}, id="of before"),
        pytest.param(AHEAD, {a_name(): a_report(read_at=0.0, written_at=None)}, id="of any boot"),
    ],
)
def test_a_report_that_is_dated_later_than_now_proves_nothing_of_this_boot(read_at, dated):
    kept = {"reports": {a_name(): a_report(read_at=read_at)}}

    assert put_right(**kept) == a_step(kept_of(kept).desktops, reports=dated)


@pytest.mark.parametrize(
    ("set_back_s", "others", "dated"),
    [
        pytest.param(20.0, {}, NOW - 60 - 20, id="by so much, as the daemon that saw it says"),
        pytest.param(0.0, {a_name(2): NOW + 15}, NOW - 60 - 15, id="by so much at least, as another report shows"),
        pytest.param(20.0, {a_name(2): NOW + 15}, NOW - 60 - 20, id="the more of both"),
        pytest.param(0.0, {a_name(2): NOW - 9}, NOW - 60, id="it was not set back"),
    ],
)
def test_a_report_may_be_older_by_as_much_as_the_clock_was_set_back(set_back_s, others, dated):
    """M3, seed 837254: read by a clock 20 s ahead; after the clock was put right it looked newer than the next boot."""
    reports = {name: a_report(read_at=read_at) for name, read_at in others.items()}
    reservations = (a_reservation(), *(a_reservation(2) for _ in others))
    kept = Records(desktops=records_of(*reservations, reports={a_name(): a_report(read_at=NOW - 60)} | reports))

    changes = clock_changes(kept, NOW, BUDGET, set_back_s=set_back_s)

    report = changes.desktops.get(a_name(), kept.desktops[a_name()]).report
    assert report.read_at == dated


@pytest.mark.parametrize(
    ("departure", "wait_s", "kept_s"),
    [
        pytest.param(None, 300, 300, id="within what is waited at most"),
        pytest.param(None, 600, 600, id="until nothing of an earlier desktop can come out"),
        pytest.param(None, 3600, 600, id="longer"),
        pytest.param(Departure(since=NOW - 9, recycled_at=NOW - 9), 3600, 3600, id="a delete is waited for longer"),
        pytest.param(Departure(since=NOW - 9, recycled_at=NOW - 9), 86400, LONGEST_DELETE_WAIT_S, id="and not for ever"),
    ],
)
def test_no_wait_is_longer_than_the_longest_there_is(departure, wait_s, kept_s):
    attempts = Attempts(count=1, reason="no", retry_at=NOW + wait_s)
    departures = {} if departure is None else {a_name(): departure}

    kept = {"attempts": {a_name(): attempts}, "departures": departures}

    expected = {} if kept_s == wait_s else {a_name(): replace(attempts, retry_at=NOW + kept_s)}
    assert put_right(**kept) == a_step(kept_of(kept).desktops, attempts=expected)
