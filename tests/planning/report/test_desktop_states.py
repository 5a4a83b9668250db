"""The state of each desktop, from the previous status and the changes since: it is what a status from scratch says.

Inputs change here that are of no desktop: the clock, measured boots, an uptime, the directory.
"""

from dataclasses import replace

import pytest

from provisioner.model.actions import Plan
from provisioner.model.departures import Departure
from provisioner.model.ids import Vmid
from provisioner.model.lending import Lease, LeaseState
from provisioner.model.machines.desktops import FirstBoot, Phase
from provisioner.model.machines.seats import pool_seat
from provisioner.pacing.boot_limits import BootHistory
from provisioner.pacing.limits import MeasuredLimits
from provisioner.planning.report.status import StatusInputs, build_status
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import Surveyor, survey
from tests.builders.actions import a_name, an_agent_id
from tests.builders.cluster import NOW, PVE, a_profile
from tests.builders.core import a_desktop, a_report, a_roster, a_situation, a_want, an_agent
from tests.builders.pools import DESK

OFFICE = a_profile().name


def states_after(first, then):
    """What the second status says of each desktop, and whether it went over all of them."""
    surveyor = Surveyor()
    before = status_of(first, surveyor.look(first), before=None, changed=None)
    looked = surveyor.look(then)
    status = status_of(then, looked, before=before, changed=looked.fresh)
    assert looked.fresh is not None, "a look at everything shows nothing here"
    return status.desktops


def status_of(situation, survey_result, *, before, changed):
    room = free_resources(situation, survey_result)
    return build_status(situation, survey_result, Plan(), StatusInputs(), room=room, before=before, changed=changed)


def from_scratch(situation):
    return status_of(situation, survey(situation), before=None, changed=None).desktops


def undated(states):
    return {name: replace(state, since=NOW) for name, state in states.items()}


def where_boots_are_slow_after(seconds, *, up_s):
    desktop = a_desktop(1, Phase.STARTING).but(started_at=NOW - up_s, uptime_s=up_s)
    return slow_after(seconds, a_situation([desktop], wanted=1))


def slow_after(seconds, situation):
    return replace(situation, limits=MeasuredLimits(booted=BootHistory(slow_after_s={OFFICE: seconds})))


@pytest.mark.parametrize(
    ("before_s", "then_s", "slow"),
    [
        pytest.param(60, 240, False, id="slower boots were measured: it is not slow any more (M2)"),
        pytest.param(240, 60, True, id="quicker boots were measured: it is slow now"),
    ],
)
def test_a_slow_desktop_is_slow_by_the_boots_that_are_measured_now(before_s, then_s, slow):
    first = where_boots_are_slow_after(before_s, up_s=100)

    assert states_after(first, slow_after(then_s, first))[a_name(1)].slow is slow


# -- inputs that are of no desktop ---------------------------------------------------------------------------------------

STARTING = a_desktop(1, Phase.STARTING)
SEAT = pool_seat(DESK, 1)
LENT = a_situation([a_desktop(1, seat=SEAT).but(assigned=False)], wanted=[a_want(1, seat=SEAT, login="")])
LEFT = a_desktop(1).but(departure=Departure(since=NOW - 60))


def later(situation, seconds):
    return replace(situation, now=situation.now + seconds)


def with_uptime(situation, seconds):
    """The same VMs in the next listing: only an uptime is another."""
    view = situation.snapshot.clusters[PVE]
    listed = replace(view, taken_at=situation.now, uptimes_s={Vmid(5001): seconds})
    return replace(situation, snapshot=situation.snapshot.with_view(listed))


def lent(situation):
    """To agent 1."""
    lease = Lease(state=LeaseState.LENT, since=NOW, agent_id=an_agent_id(1))
    records = {name: replace(record, lease=lease) for name, record in situation.records.desktops.items()}
    return replace(situation, records=replace(situation.records, desktops=records))


def with_roster(situation, *agents):
    return replace(situation, records=replace(situation.records, roster=a_roster(agents)))


STARTS, LATE = a_situation([STARTING], wanted=1), a_profile().ready_timeout_s
BY_HAND = a_situation([STARTING.but(started_at=None, uptime_s=500)], wanted=1)
SAYS = a_report(first_boot=FirstBoot.RUNNING)
REPORTS = a_situation([STARTING.but(report=SAYS, started_at=NOW - 400, uptime_s=400)], wanted=1)
READS = a_situation([a_desktop(1)], wanted=1)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        pytest.param(slow_after(60, STARTS), later(slow_after(60, STARTS), 70), id="it becomes slow"),
        pytest.param(STARTS, later(STARTS, LATE), id="it becomes late: who is logged on is unknown"),
        pytest.param(later(STARTS, LATE), later(STARTS, LATE + 9), id="it is late for longer"),
        pytest.param(BY_HAND, with_uptime(later(BY_HAND, LATE), 500 + LATE), id="somebody else started it: it becomes late"),
        pytest.param(with_uptime(later(BY_HAND, LATE), 9), with_uptime(later(BY_HAND, LATE + 9), 18), id="started once more"),
        pytest.param(REPORTS, with_uptime(later(REPORTS, 20), 5), id="its report is of an older boot now"),
        pytest.param(READS, later(READS, 1_800), id="its sessions were read too long ago"),
        pytest.param(
            with_roster(lent(LENT), an_agent(1)),
            with_roster(lent(LENT), an_agent(1, login="married")),
            id="the borrower has another login",
        ),
        pytest.param(
            with_roster(a_situation([LEFT])), with_roster(a_situation([LEFT]), an_agent(1)), id="who had left is listed again"
        ),
    ],
)
def test_a_state_from_changes_is_the_state_from_scratch(first, then):
    then = replace(then, demand=first.demand, config=first.config)
    same = then.records.desktops == first.records.desktops
    records = replace(then.records, desktops=first.records.desktops) if same else then.records

    assert same, "nothing of a desktop changes here"
    assert undated(states_after(first, replace(then, records=records))) == undated(from_scratch(then))
