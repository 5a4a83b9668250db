"""A leaver who keeps a desktop by silencing or faking its reports: shown, counted, and stopped by an intent."""

from dataclasses import replace

import pytest

from provisioner.model.budget import Pace
from provisioner.model.departures import LeaverRules
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.twin_spec import PushSpec
from provisioner.pve.wire import ApiResponse
from tests.builders.spoken import Says, Spoken
from tests.builders.twin import a_spec
from tests.builders.views import desktop_rows
from tests.reconciler.test_who_is_logged_on import with_sessions

pytestmark = pytest.mark.long

OVERDUE = "bascule_desktops_leaving_overdue"
HOUR, DAY = 3600.0, 86400.0
CALM = Pace(observe_idle_s=60.0)
"""Few observations, because these tests cover days."""
LADDER = LeaverRules(stop_after_s=600.0, recycle_after_s=3 * DAY, delete_after_s=30 * DAY)


def agent_off(_answer: ApiResponse, _now: float) -> ApiResponse:
    return ApiResponse(status=500, reason="QEMU guest agent is not running")


def of_one(vmid: int, says: Says) -> Says:
    """Changes the reports of this desktop; all other desktops report the truth."""

    def say(answer: ApiResponse, now: float) -> ApiResponse:
        boot_id = f"{vmid:08x}-"
        return says(answer, now) if answer.ok and boot_id in str(answer.data) else answer

    return say


def a_leaver(says: Says) -> Spoken:
    """The first of four agents has left, and the desktop reports what the leaver likes."""
    site = Spoken(agents=4, leavers=LADDER, pace=CALM).all_ready()
    site.says = of_one(20001, says)
    return site.leaves(1)


@pytest.mark.parametrize(
    ("says", "phase"),
    [
        pytest.param(agent_off, Phase.SILENT, id="the agent is off"),
        pytest.param(with_sessions("agent-0001"), Phase.READY, id="a session that never ends"),
        pytest.param(with_sessions(*"abcdefgh"), Phase.READY, id="sessions without end"),
    ],
)
def test_a_leaver_whose_desktop_cannot_be_stopped_is_counted_by_the_step_that_is_due(says: Says, phase: Phase):
    """A9: within two hours after the step was due, and not before."""
    site = a_leaver(says).play(900)
    assert site.metric(OVERDUE) == {}, "due for minutes: stops are a few at a time"

    site.play(2 * HOUR)

    assert site.states[0].phase is phase
    assert site.metric(OVERDUE) == {("stopped",): 1}


@pytest.mark.parametrize("skew_s", [0.0, 150.0])
def test_a_leaver_in_good_order_is_never_overdue(skew_s: float):
    """A9: if the desktop is shut down in time, the leaver is only on the ladder. A wrong clock changes nothing."""
    site = (
        Spoken(a_spec(push=PushSpec(skew_s=skew_s)), agents=4, leavers=LADDER, pace=CALM).all_ready().leaves(1).play(3 * HOUR)
    )

    assert abs(site.twin.cluster.guests[20001].skew_s) >= skew_s / 5
    assert site.states[0].phase is Phase.STOPPED
    assert site.metric(OVERDUE) == {}


def test_a_leaver_whose_vm_was_paused_for_an_hour_goes_down_all_the_same():
    """H2: nothing sets its clock, and nothing pushes: what was read of it was not evidence until its next boot."""
    site = Spoken(agents=4, leavers=LADDER, pace=CALM).all_ready().play(2 * HOUR)
    guest = site.twin.cluster.guests[20001]
    assert guest.boot is not None
    guest.boot = replace(guest.boot, began_at=guest.boot.began_at + HOUR)
    guest.skew_s -= HOUR
    site.play(600)
    assert site.states[0].sessions is None, "by its clock"

    site.leaves(1).play(2 * HOUR)

    assert site.states[0].phase is Phase.STOPPED
    assert site.metric(OVERDUE) == {}


def test_the_age_of_unknown_sessions_is_shown_in_days():
    """A9: "unknown" alone does not show that it has been so for three days."""
    site = a_leaver(agent_off).play(2 * HOUR)
    (state, *_) = site.states
    assert state.sessions is None
    assert state.unknown_since is not None

    later = {days: replace(site.status, at=state.unknown_since + days * DAY) for days in (0.9, 1.1, 2.5)}
    rows = {days: str(desktop_rows(status)[state.reservation.name][-1]) for days, status in later.items()}
    assert "unknown" not in rows[0.9]
    assert rows[1.1].endswith("; sessions unknown for 1 day")
    assert rows[2.5].endswith("; sessions unknown for 2 days")


def ordered(site: Spoken, name: str = "vd-20001") -> Spoken:
    intent = Intent(kind=IntentKind.STOP, by="claire", at=site.events.now, reason="left in May", target=name)
    site.store.give(intent)
    return site


def standing(site: Spoken) -> list[str]:
    return [intent.target for intent in site.store.intents() if intent.kind is IntentKind.STOP]


def test_an_order_stops_a_desktop_with_unknown_sessions():
    """A9: its guest agent is off for days; the intent is carried out once, and withdrawn."""
    site = ordered(a_leaver(agent_off).play(2 * HOUR)).play(300)

    assert site.states[0].phase is Phase.STOPPED
    assert standing(site) == []
    assert site.play(HOUR).metric(OVERDUE) == {}
    assert [line.reason for line in site.store.journal() if line.what == "stop" and line.result == "given"] == [
        "by claire: left in May"
    ]


def test_an_order_never_stops_a_desktop_with_a_known_session():
    """A9: a user is logged on as far as known: the intent waits, with a reason."""
    site = ordered(a_leaver(with_sessions("agent-0001")).play(HOUR)).play(HOUR)

    assert site.states[0].phase is Phase.READY
    assert standing(site) == ["vd-20001"]
    waits = [wait.reason for wait in site.status.plan.deferred if wait.what == "vd-20001"]
    assert waits == ["not shut down, it has 1 open session(s): ordered by claire (left in May)"]


def test_an_order_waits_while_the_last_known_session_may_be_open():
    """A9: sessions stay known for a while after the guest agent was turned off."""
    site = a_leaver(with_sessions("agent-0001")).play(HOUR)
    site.says = of_one(20001, agent_off)
    ordered(site).play(600)

    assert (site.states[0].phase, site.twin.truth().cut) == (Phase.SILENT, 0)


def test_a_session_that_began_after_the_order_is_not_cut():
    """A9: the guest is asked right before the stop, and that answer counts."""
    site = a_leaver(agent_off).play(2 * HOUR)
    site.says = with_sessions("agent-0001")
    ordered(site).play(400)

    assert site.states[0].phase is Phase.READY


def test_an_order_stops_a_desktop_that_never_reported():
    """A9: a faked boot that never ends is stopped as well."""
    site = Spoken(agents=2, says=agent_off).play(600)
    assert site.states[0].phase is Phase.STARTING

    ordered(site).play(60)

    assert "phase changed from 'starting' to 'stopping'" in " ".join(str(line) for line in site.lines)


def test_freeze_and_hold_go_before_such_an_order():
    """A9: freeze and hold override an intent for one desktop."""
    site = a_leaver(agent_off).play(2 * HOUR)
    site.store.give(Intent(kind=IntentKind.HOLD, by="zoe", at=site.events.now))
    ordered(site).play(300)

    assert site.states[0].phase is Phase.SILENT
