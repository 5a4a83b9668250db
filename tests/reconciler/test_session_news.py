"""A push is shown within two seconds, whatever the cluster does meanwhile; and however many come, once a second."""

from itertools import pairwise
from math import inf
from types import SimpleNamespace
from typing import cast

import pytest

from provisioner.model.budget import Pace
from provisioner.model.machines.desktops import GuestReport, Phase
from provisioner.model.machines.twin_spec import LogOns, PushSpec
from provisioner.model.status import DesktopState, Status
from provisioner.pacing.probe_timing import sessions_known_for_s
from provisioner.planning.report.session_news import with_old_sessions, with_reports
from provisioner.reconciler.parts import LoopState
from provisioner.reconciler.session_news import SessionNews
from provisioner.rehearsal.rehearse import Rehearsal
from tests.builders.cluster import NOW
from tests.builders.core import a_report
from tests.builders.monitors import a_desktop, a_session
from tests.builders.rehearsal import a_stage
from tests.builders.twin import a_spec
from tests.scenarios.witness import Witness


class Shown(Witness):
    """The statuses, with their times and open sessions; and when a cycle decided."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: list[tuple[float, int]] = []
        self.cycles: set[float] = set()

    def status(self, status: Status) -> None:
        self.counts.append((status.at, sum(len(state.sessions or ()) for state in status.desktops.values())))
        if status.planned_at is not None:
            self.cycles.add(status.planned_at)


def shown_of(people: LogOns, *, agents: int, delay_s: float) -> tuple[Rehearsal, Shown]:
    spec = a_spec(log_ons=people, push=PushSpec(share=1.0, delay_s=delay_s))
    shown = Shown()
    rehearsal = Rehearsal(a_stage(spec, agents=agents, settle_s=people.spread_s, listeners=(shown,)))
    rehearsal.run()
    return rehearsal, shown


@pytest.mark.long
def test_a_log_on_is_shown_as_soon_as_its_push_has_come_and_no_cycle_runs_for_it():
    rehearsal, shown = shown_of(LogOns(concurrent=3, spread_s=600.0), agents=3, delay_s=1.0)
    (twin,) = rehearsal.twins.values()
    log_ons = sorted(session.since for guest in twin.cluster.guests.values() for session in guest.sessions)

    first = [next(at for at, count in shown.counts if count == number) for number in (1, 2, 3)]
    waits = [at - since for at, since in zip(first, log_ons, strict=True)]

    assert all(0 < wait_s <= 2.0 for wait_s in waits), waits
    assert min(later - at for at, later in pairwise(sorted(shown.cycles)[-20:])) > 5.0, "at rest, the period of pvestatd"


@pytest.mark.long
def test_many_log_ons_at_once_are_published_once_a_second():
    _, shown = shown_of(LogOns(concurrent=40, spread_s=20.0), agents=40, delay_s=0.0)
    again = [at for at, _ in shown.counts if at not in shown.cycles]

    assert len(again) > 5
    assert min(later - at for at, later in pairwise(again)) >= 0.999


JDUPONT, ZOE = a_session("jdupont", source="push"), a_session("zoe", source="push")


@pytest.mark.parametrize(
    ("state", "report", "sessions"),
    [
        pytest.param(a_desktop(1), a_report(sessions=(JDUPONT,)), (JDUPONT,), id="somebody came"),
        pytest.param(a_desktop(1, sessions=(JDUPONT,)), a_report(), (), id="somebody went"),
        pytest.param(a_desktop(1, sessions=None), a_report(sessions=(ZOE,)), (ZOE,), id="it was silent for long"),
        pytest.param(a_desktop(1), a_report(connections=1), None, id="somebody is at the log-on mask"),
        pytest.param(a_desktop(1, Phase.STOPPED), a_report(sessions=(ZOE,)), (), id="it is off: a push of before"),
        pytest.param(a_desktop(1, Phase.UNKNOWN, sessions=None), a_report(), None, id="its node is away"),
    ],
)
def test_what_a_report_changes(state: DesktopState, report: GuestReport, sessions):
    name = state.reservation.name
    before = Status(at=NOW, desktops={name: state})
    after = with_reports(before, {name: report}, Pace())

    assert after.desktops[name].sessions == sessions
    assert after.moved == ({name} if after.desktops[name] != state else set())
    assert (after.desktops[name].unknown_since is not None) is (sessions is None and state.phase is Phase.READY)


LAST = NOW - sessions_known_for_s(Pace())
"""What was heard before is too old."""


@pytest.mark.parametrize(
    ("state", "heard_at", "sessions"),
    [
        pytest.param(a_desktop(1, sessions=(JDUPONT,)), LAST - 1, None, id="too old"),
        pytest.param(a_desktop(1, sessions=(JDUPONT,)), LAST + 1, (JDUPONT,), id="not too old"),
        pytest.param(a_desktop(1), LAST - 1, None, id="that nobody was there is as old"),
        pytest.param(a_desktop(1, Phase.STOPPED), LAST - 1, (), id="off"),
        pytest.param(a_desktop(1, Phase.STARTING), None, (), id="it has let nobody in yet"),
    ],
)
def test_what_nobody_hears_anew_becomes_unknown(state: DesktopState, heard_at: float | None, sessions):
    """N8: while the store was away, the last counts were shown as if they had just been heard."""
    name = state.reservation.name
    heard = {} if heard_at is None else {name: heard_at}
    after = with_old_sessions(Status(at=LAST, planned_at=LAST, desktops={name: state}), heard, Pace(), now=NOW)

    shown = after.desktops[name]
    assert (after.at, shown.sessions, after.moved) == (NOW, sessions, {name} if shown != state else set())
    assert shown.unknown_since == (heard_at if sessions is None else state.unknown_since)


def test_whether_it_has_let_somebody_in_since_nobody_knows_after_a_while():
    """It was shown as empty for as long as the store was away: it had been starting when the last cycle looked."""
    state = a_desktop(1, Phase.STARTING)
    name = state.reservation.name
    after = with_old_sessions(Status(at=LAST, planned_at=LAST - 1, desktops={name: state}), {}, Pace(), now=NOW)

    assert (after.desktops[name].sessions, after.desktops[name].unknown_since) == (None, LAST - 1)


@pytest.mark.long
def test_the_count_goes_with_it():
    """N8: metrics and the list say the same: these sessions are not open, they were when they were last heard of."""
    rehearsal, _ = shown_of(LogOns(concurrent=3, spread_s=60.0), agents=3, delay_s=1.0)
    parts, before = rehearsal.reconciler.parts, rehearsal.reconciler.status
    later = SimpleNamespace(now=lambda: parts.clock.now() + sessions_known_for_s(Pace()) + 60.0)
    known = {name: getattr(parts, name) for name in ("board", "sessions", "records", "config")}

    after = SessionNews(cast("LoopState", SimpleNamespace(clock=later, **known))).aged()

    assert before is not None
    assert after is not None
    assert (before.session_figures.all_open, after.session_figures.all_open, after.session_figures.last_known) == (3, 0, 3)


def test_a_desktop_that_is_not_in_the_status_yet_is_left_out():
    assert with_reports(Status(at=NOW), {a_desktop(1).reservation.name: a_report()}, Pace()).desktops == {}


def test_before_the_first_status_there_is_nothing_to_show():
    """The control loop waits for what is due: after a restart it went round and round until the cluster had answered."""
    parts = SimpleNamespace(sessions=SimpleNamespace(has_news=True), board=SimpleNamespace(status=None))

    assert SessionNews(cast("LoopState", parts)).due_at == inf

    parts.board.status = Status(at=NOW)
    assert SessionNews(cast("LoopState", parts)).due_at < NOW
