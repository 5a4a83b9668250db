"""The wording of every event, in a daemon's log and in a rehearsal's."""

from dataclasses import replace

import pytest

from provisioner.adapters.logs.messages import LineEvents, LineLevel, LogLine
from provisioner.model.actions import Outcome, Plan, Result, Retired
from provisioner.model.deferrals import Deferral
from provisioner.model.demand import Demand
from provisioner.model.departures import LeaverState, LeaverStep
from provisioner.model.ids import GuestKey, Vmid
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Phase, Session, SessionState
from provisioner.model.machines.drift import DifferenceKind
from provisioner.model.people.agents import Roster
from provisioner.model.scenario.surges import SurgeRun
from provisioner.model.status import Status
from tests.builders.monitors import (
    MONDAY,
    PVE,
    a_desktop,
    a_roster,
    a_snapshot,
    a_status,
    a_switch,
    an_api_call,
    an_outcome,
    wants_of,
)


def lines_of(*statuses: Status, least: LineLevel = LineLevel.INFO) -> list[str]:
    """The lines for the last of these statuses, without debug lines."""
    said: list[LogLine] = []
    events = LineEvents(said.append)
    for status in statuses:
        said.clear()
        events.status(status)
    return [str(line) for line in said if line.level is not LineLevel.DEBUG or least is LineLevel.DEBUG]


def a_cordon(node: str) -> Intent:
    return Intent(kind=IntentKind.CORDON, by="ann", at=MONDAY, target=f"pve/{node}")


def one_desktop(phase: Phase, *, because: str = "as observed") -> Status:
    return a_status(desktops=[a_desktop(42, phase, because=because)])


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param(
            one_desktop(Phase.STARTING),
            one_desktop(Phase.READY),
            ["desktop vd-42: phase changed from 'starting' to 'ready'", "cycle: 0 wanted, 1 ready"],
            id="a change of phase, and the new summary",
        ),
        pytest.param(one_desktop(Phase.READY), one_desktop(Phase.READY), [], id="nothing changed: nothing said"),
        pytest.param(
            a_status(),
            one_desktop(Phase.RESERVED),
            ["desktop vd-42: new, phase is 'reserved'", "cycle: 0 wanted, 1 reserved"],
            id="a new desktop",
        ),
        pytest.param(
            one_desktop(Phase.DELETING),
            a_status(),
            ["desktop vd-42: gone, was 'deleting'", "cycle: 0 wanted"],
            id="a deleted one",
        ),
        pytest.param(
            one_desktop(Phase.CLONED),
            one_desktop(Phase.FAILED, because="configure: parameter error"),
            [
                "desktop vd-42: phase changed from 'cloned' to 'failed': configure: parameter error",
                "cycle: 0 wanted, 1 failed",
            ],
            id="a failure carries its reason",
        ),
        pytest.param(
            one_desktop(Phase.READY),
            one_desktop(Phase.UNKNOWN, because="node pve3 is offline"),
            ["desktop vd-42: phase changed from 'ready' to 'unknown': node pve3 is offline", "cycle: 0 wanted, 1 unknown"],
            id="so does what is unknown",
        ),
        pytest.param(
            a_status(), a_status(paused={PVE: "no quorum"}), ["cluster pve: paused: no quorum"], id="a cluster is paused"
        ),
        pytest.param(
            a_status(paused={PVE: "no quorum"}), a_status(), ["cluster pve: no longer paused: no quorum"], id="and goes on"
        ),
        pytest.param(a_status(), a_status(snapshot=a_snapshot(offline=1)), ["node pve/pve0: offline"], id="a node is lost"),
        pytest.param(
            a_status(),
            a_status(snapshot=a_snapshot(maintained=1)),
            ["node pve/pve0: in maintenance mode: nothing new is placed there"],
            id="a node is maintained",
        ),
        pytest.param(
            a_status(snapshot=a_snapshot(maintained=1)),
            a_status(),
            ["node pve/pve0: out of maintenance mode"],
            id="and goes back to work",
        ),
        pytest.param(a_status(snapshot=a_snapshot(offline=1)), a_status(), ["node pve/pve0: online again"], id="and is back"),
        pytest.param(
            a_status(),
            replace(a_status(), intents=(Intent(kind=IntentKind.FREEZE, by="ann", at=MONDAY, reason="storage move"),)),
            ["operator: freeze ordered by ann: storage move"],
            id="a freeze names who and why",
        ),
        pytest.param(
            a_status(),
            replace(a_status(), surge=SurgeRun.begun("confinement", MONDAY)),
            ["scenario: 'confinement' has begun"],
            id="a scenario begins",
        ),
        pytest.param(
            a_status(),
            replace(a_status(), surge=SurgeRun.begun("confinement", MONDAY - 600)),
            ["scenario: 'confinement' goes on, begun 10 min ago"],
            id="a scenario is taken up where it was",
        ),
        pytest.param(
            replace(a_status(), intents=(Intent(kind=IntentKind.HOLD, by="ann", at=MONDAY),)),
            a_status(),
            ["operator: hold withdrawn"],
            id="a hold is taken back",
        ),
        pytest.param(
            replace(a_status(), intents=(a_cordon("pve1"), a_cordon("pve2"))),
            replace(a_status(), intents=(a_cordon("pve2"), a_cordon("pve3"))),
            ["operator: cordon of pve/pve3 ordered by ann", "operator: cordon of pve/pve1 withdrawn"],
            id="each node's order is told for itself",
        ),
        pytest.param(
            a_status(),
            replace(a_status(), blocked=("9 deletes planned, 0 allowed",)),
            ["plan: blocked: 9 deletes planned, 0 allowed"],
            id="what the safety gate stopped, with the arithmetic",
        ),
        pytest.param(
            replace(a_status(), baseline_accepted=False),
            a_status(),
            ["store: baseline accepted: stops and deletes go on"],
            id="a baseline is accepted",
        ),
    ],
)
def test_what_changed_is_said_once(before: Status, after: Status, said: list[str]):
    assert lines_of(before, after) == said
    assert lines_of(before, after, after) == []


def test_a_daemons_first_status_says_the_state_of_things_and_not_1700_phases():
    first = replace(a_switch(1700, ready=1600), paused={PVE: "no quorum"}, baseline_accepted=False, in_flight={"clone": 2})

    assert lines_of(first) == [
        "cluster pve: paused: no quorum",
        "store: baseline not accepted: nothing is stopped, released or deleted",
        "cycle: 1700 wanted, 100 starting, 1600 ready, 2 in flight",
    ]


def test_new_deferrals_are_logged_by_reason_the_most_frequent_first():
    def deferring(**reasons: int) -> Status:
        deferred = [Deferral(what=f"d{n}", seat=None, reason=why) for why, count in reasons.items() for n in range(count)]
        return a_status(plan=Plan(singles=tuple(deferred)))

    assert lines_of(a_status(), deferring(lock=2, memory=7)) == [
        "plan: 7 deferred: memory",
        "plan: 2 deferred: lock",
        "cycle: 0 wanted, 9 deferred",
    ]
    assert lines_of(deferring(lock=2, memory=7), deferring(lock=5, memory=7)) == ["cycle: 0 wanted, 12 deferred"]
    many = deferring(a=1, b=1, c=1, d=1, e=1, f=1, g=1)
    assert len([line for line in lines_of(a_status(), many) if line.startswith("plan")]) == 5


def test_a_leftover_is_reported():
    leftover = Retired(key=GuestKey(PVE, Vmid(10_042)), reason="leftover of an interrupted clone", at=MONDAY)

    assert lines_of(a_status(), a_status(plan=Plan(leftovers=(leftover,)))) == [
        "vm pve/10042: not touched: leftover of an interrupted clone"
    ]


def test_the_status_does_not_repeat_what_a_notice_has_just_said():
    said: list[LogLine] = []
    events = LineEvents(said.append)
    events.status(a_status())
    said.clear()
    events.notice("cluster pve", "paused: no quorum")
    events.status(a_status(paused={PVE: "no quorum"}))

    assert [str(line) for line in said] == ["cluster pve: paused: no quorum"]


@pytest.mark.parametrize(
    ("outcome", "said", "level"),
    [
        pytest.param(an_outcome(42), "desktop vd-42: clone done in 10.0 s", LineLevel.DEBUG, id="done: the phase says enough"),
        pytest.param(
            an_outcome(42, result=Result.RETRY, reason="can't lock file - got timeout", retry_in=12.4),
            "desktop vd-42: clone failed: can't lock file - got timeout, again in 12 s",
            LineLevel.WARNING,
            id="failed, to be tried again",
        ),
        pytest.param(
            an_outcome(42, "checkguest", Result.RETRY, reason="guest agent is not running", retry_in=8),
            "desktop vd-42: checkguest failed: guest agent is not running, again in 8 s",
            LineLevel.DEBUG,
            id="a guest still booting is no failure",
        ),
        pytest.param(
            an_outcome(42, "start", Result.UNKNOWN, reason="the answer was lost"),
            "desktop vd-42: start has an unknown outcome: the answer was lost, looking before anything else",
            LineLevel.WARNING,
            id="unknown: looked at first",
        ),
        pytest.param(
            an_outcome(42, result=Result.REFUSED, reason="template 9000 is missing"),
            "desktop vd-42: clone refused: template 9000 is missing",
            LineLevel.ERROR,
            id="refused",
        ),
        pytest.param(
            an_outcome(42, result=Result.FAILED, reason="5 attempts"),
            "desktop vd-42: clone given up: 5 attempts",
            LineLevel.ERROR,
            id="given up",
        ),
        pytest.param(
            replace(an_outcome(42, "verify", reason="it has no note of ours"), retire_vmid=True),
            "vm pve/42: left alone, and its VMID never handed out again: it has no note of ours",
            LineLevel.WARNING,
            id="somebody else's VM in our range: said, for who put it there does not know",
        ),
    ],
)
def test_outcomes(outcome: Outcome, said: str, level: LineLevel):
    lines: list[LogLine] = []
    LineEvents(lines.append).outcome(outcome)

    assert [(str(line), line.level) for line in lines] == [(said, level)]


@pytest.mark.parametrize(
    ("roster", "error", "said", "level"),
    [
        pytest.param(a_roster(1700), "", "directory: 1700 agents read, 0 rejected", LineLevel.INFO, id="read"),
        pytest.param(
            None,
            "ldaps://dir: certificate has expired",
            "directory: reading not accepted: ldaps://dir: certificate has expired; the last roster stays in force",
            LineLevel.ERROR,
            id="not accepted",
        ),
    ],
)
def test_readings_of_the_directory(roster: Roster | None, error: str, said: str, level: LineLevel):
    lines: list[LogLine] = []
    LineEvents(lines.append).directory_read(roster, error)

    assert [(str(line), line.level) for line in lines] == [(said, level)]


def test_rejected_entries_are_named_at_debug_level():
    lines: list[LogLine] = []
    LineEvents(lines.append).directory_read(a_roster(5, rejected=1), "")

    assert [str(line) for line in lines] == [
        "directory: 5 agents read, 1 rejected",
        "directory: entry uid=x0,ou=people rejected: no login",
    ]
    assert lines[1].level is LineLevel.DEBUG


def test_api_calls_are_for_debugging_and_hold_no_id():
    lines: list[LogLine] = []
    LineEvents(lines.append).api_call(an_api_call("POST", "lock_busy", seconds=10.2))

    assert [str(line) for line in lines] == ["cluster pve: POST /cluster/resources: lock_busy in 10.20 s, 1000 bytes"]
    assert lines[0].level is LineLevel.DEBUG


def test_the_wanted_are_counted_in_the_summary():
    assert lines_of(a_status(demand=wants_of(range(3)))) == ["cycle: 3 wanted"]
    assert lines_of(a_status(demand=Demand(ahead=wants_of(range(2)).wants))) == ["cycle: 0 wanted, 2 ahead of need"]


def a_leaver(*, overdue: bool) -> Status:
    leaving = LeaverState(
        step=LeaverStep.SUSPENDED, reason="gone", since=MONDAY, next_step="stopped", next_at=MONDAY + 600, overdue=overdue
    )
    return a_status(desktops=[replace(a_desktop(1), leaving=leaving)])


def test_a_step_that_is_overdue_is_said_once():
    """A9: no log named a leaver who keeps a desktop by silencing it."""
    assert lines_of(a_leaver(overdue=False), a_leaver(overdue=True)) == [
        "desktop vd-1: its agent is not wanted any more (gone): suspended, and stopped overdue: `bascule status` says why"
    ]
    assert lines_of(a_leaver(overdue=False), a_leaver(overdue=True), a_leaver(overdue=True)) == []


def with_sessions(*logins: str, state: SessionState = SessionState.CONNECTED) -> Status:
    sessions = tuple(Session(login=login, state=state, since=MONDAY) for login in logins)
    return a_status(desktops=[replace(a_desktop(1, sessions=sessions), agent_login="ann")])


def test_strangers_are_counted_when_they_come_and_never_named():
    """A10: strangers were only in status and metric."""
    gone = SessionState.DISCONNECTED
    assert lines_of(with_sessions("ann"), with_sessions("ann", "bob")) == [
        "desktop vd-1: a stranger is logged on (`bascule desktop list` names them)"
    ]
    assert lines_of(with_sessions("bob"), with_sessions("bob", "eve")) == [
        "desktop vd-1: 2 strangers are logged on (`bascule desktop list` names them)"
    ]
    assert lines_of(with_sessions("bob"), with_sessions("bob", state=gone)) == []
    assert lines_of(with_sessions("bob", "eve"), with_sessions("eve")) == []


def differing(at: float, **counts: int) -> Status:
    return replace(a_status(), compared_at=at, differences={DifferenceKind(kind): count for kind, count in counts.items()})


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        pytest.param(
            [differing(1), differing(2, retagged=1, resized=10)],
            ["cluster and store: they differ: 1 retagged, 10 resized (`bascule report drift` names each)"],
            id="A3, A8: once they are counted",
        ),
        pytest.param([differing(1, retagged=2), differing(2, retagged=2)], [], id="as many as before"),
        pytest.param([differing(1, retagged=2), differing(2, retagged=1)], [], id="fewer"),
        pytest.param([differing(1), differing(2, powered_off=1, missing=1, superseded=1)], [], id="each has a line of its own"),
    ],
)
def test_differences_are_said_when_there_are_more(statuses, said):
    assert lines_of(*statuses) == said


@pytest.mark.parametrize(("kind", "level"), [("resized", LineLevel.INFO), ("retagged", LineLevel.WARNING)])
def test_a_difference_that_somebody_has_to_look_at_is_a_warning(kind, level):
    lines: list[LogLine] = []
    events = LineEvents(lines.append)
    events.status(differing(1))
    events.status(differing(2, **{kind: 1}))

    assert [line.level for line in lines if line.subject == "cluster and store"] == [level]
