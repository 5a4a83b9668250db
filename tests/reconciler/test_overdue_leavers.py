"""A leaver who keeps a desktop by making it say nothing, or what is not so: shown, counted, and stopped by an order."""

import pytest

from provisioner.cli.look_rows import desktop_row
from provisioner.model.departures import Leavers
from provisioner.model.desktops import Phase
from provisioner.pve.wire import ApiResponse
from tests.builders.spoken import Says, Spoken
from tests.reconciler.test_who_is_logged_on import with_sessions

OVERDUE = "bascule_desktops_leaving_overdue"
HOUR, DAY = 3600.0, 86400.0
LADDER = Leavers(stop_after_s=600.0, recycle_after_s=3 * DAY, delete_after_s=30 * DAY)


def agent_off(_answer: ApiResponse, _now: float) -> ApiResponse:
    return ApiResponse(status=500, reason="QEMU guest agent is not running")


def of_one(vmid: int, says: Says) -> Says:
    """Every other desktop tells the truth."""

    def say(answer: ApiResponse, now: float) -> ApiResponse:
        boot_id = f"{vmid:08x}-"
        return says(answer, now) if answer.ok and boot_id in str(answer.data) else answer

    return say


def a_leaver(says: Says) -> Spoken:
    """Of four agents the first has left, and the desktop says what it likes."""
    site = Spoken(agents=4, leavers=LADDER).all_ready()
    site.says = of_one(20001, says)
    return site.leaves(1)


@pytest.mark.parametrize(
    "says",
    [
        pytest.param(agent_off, id="the agent is off"),
        pytest.param(with_sessions("agent-0001"), id="a session that never ends"),
        pytest.param(with_sessions(*"abcdefgh"), id="sessions without end"),
    ],
)
def test_a_leaver_whose_desktop_cannot_be_stopped_is_counted_by_the_step_that_is_due(says: Says):
    """A9: within two hours of when it was due, and not before it is."""
    site = a_leaver(says).play(900)
    assert site.metric(OVERDUE) == {}, "due for minutes: stops are a few at a time"

    site.play(2 * HOUR)

    assert site.states[0].phase is Phase.READY
    assert site.metric(OVERDUE) == {("stopped",): 1}


def test_a_leaver_in_good_order_is_never_overdue():
    """A9: whose desktop is shut down in its time is on the ladder, and no more."""
    site = Spoken(agents=4, leavers=LADDER).all_ready().leaves(1).play(3 * HOUR)

    assert site.states[0].phase is Phase.STOPPED
    assert site.metric(OVERDUE) == {}


def test_how_long_nobody_has_known_who_is_logged_on_is_said_in_days():
    """A9: "unknown" alone says neither since when nor that it is for the third day."""
    site = a_leaver(agent_off).play(2.5 * DAY)

    assert "sessions unknown for 2 days" in str(desktop_row(site.states[0])[-1])
