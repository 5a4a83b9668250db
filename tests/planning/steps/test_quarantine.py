"""Quarantined desktops: kept as they are, whatever else is ordered or due; their agents get others instead."""

from dataclasses import replace

import pytest

from provisioner.model.actions import Assign, Clone
from provisioner.model.departures import DAY_S, Departure, tags_of
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.planning.safety import circumstances_of, is_write, judge_plan
from provisioner.planning.survey.surveyor import Surveyor, survey
from tests.builders.actions import a_name
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop, a_roster, a_situation, an_agent
from tests.planning.plans import plan as planned


def a_quarantine(number=1, **changed):
    return Intent(**{"kind": IntentKind.QUARANTINE, "by": "zoe", "at": NOW - 5, "target": a_name(number), **changed})


PHASES = [Phase.STOPPED, Phase.STARTING, Phase.READY, Phase.FAILED, Phase.UNKNOWN]


@pytest.mark.parametrize("phase", PHASES)
def test_nothing_is_written_to_it_and_its_agent_gets_another(phase):
    plan = planned([a_desktop(1, phase), a_desktop(2)], wanted=2, intents=[a_quarantine()])

    assert [action for action in plan.actions if is_write(action) and action.desktop == "vd-5001"] == []
    (clone,) = (action for action in plan.actions if isinstance(action, Clone))
    assert (clone.reservation.seat, clone.instead_of) == (a_desktop(1).reservation.seat, "vd-5001")
    assert clone.because.startswith("instead of vd-5001")
    assert not any(isinstance(action, Assign) for action in plan.actions)


def test_who_keeps_it_and_why_is_said():
    plan = planned([a_desktop(1)], wanted=1, intents=[a_quarantine(reason="odd log-ons")])

    reasons = [str(deferral.reason) for deferral in plan.deferred if deferral.what == "vd-5001"]
    assert reasons == [
        "in quarantine, by zoe (odd log-ons): kept as it is, and not used; `bascule desktop release vd-5001` ends it"
    ]


@pytest.mark.parametrize("kind", [IntentKind.STOP, IntentKind.RESTART, IntentKind.RECONFIGURE])
@pytest.mark.parametrize("phase", PHASES)
def test_no_other_order_moves_it(kind, phase):
    order = Intent(kind=kind, by="claire", at=NOW - 1, target=a_name(1))
    situation = a_situation([a_desktop(1, phase)], wanted=1, intents=[a_quarantine(), order])
    verdict = judge_plan(
        planned([a_desktop(1, phase)], wanted=1, intents=[a_quarantine(), order]),
        circumstances_of(situation, survey(situation), paused={}),
        situation.config.safety,
    )

    assert [action.word for action in verdict.plan.actions if is_write(action) and action.desktop == "vd-5001"] == []


def test_the_gate_cuts_what_any_step_would_write_to_it():
    situation = a_situation([a_desktop(1, Phase.STOPPED)], wanted=1)
    plan = planned([a_desktop(1, Phase.STOPPED)], wanted=1)
    assert [action.word for action in plan.actions] == ["start"]
    facts = replace(circumstances_of(situation, survey(situation), paused={}), quarantined=frozenset({a_name(1)}))

    verdict = judge_plan(plan, facts, situation.config.safety)

    assert verdict.plan.actions == ()
    assert str(verdict.plan.deferred[-1].reason) == "start: it is in quarantine: nothing is written to it"


def test_it_is_neither_its_agents_nor_superseded_nor_a_double():
    second = a_desktop(2, seat=a_desktop(1).reservation.seat)
    looked = survey(a_situation([a_desktop(1), second], wanted=1, intents=[a_quarantine()]))

    assert looked.of_seat == {second.reservation.seat: second.reservation}
    assert (looked.quarantined, looked.doubled, looked.superseded) == ({"vd-5001"}, (), {})


def test_after_its_release_the_agent_keeps_the_new_one():
    seat = a_desktop(1).reservation.seat
    desktops, superseded = [a_desktop(1), a_desktop(2, seat=seat)], {a_name(1): a_name(2)}
    surveyor = Surveyor()
    kept = surveyor.look(a_situation(desktops, wanted=1, superseded=superseded, intents=[a_quarantine()]))
    assert (kept.of_seat[seat].name, kept.superseded) == ("vd-5002", {})

    released = surveyor.look(a_situation(desktops, wanted=1, superseded=superseded))
    assert (released.of_seat[seat].name, released.superseded) == ("vd-5002", {"vd-5001": "vd-5002"})


@pytest.mark.parametrize("before", [{a_name(2): a_name(1)}, {}], ids=["the one that was used before", "a second one"])
def test_in_quarantine_again_another_takes_its_place_and_says_so(before):
    """M3, seed 1960980: released, it was used again, and the other was superseded by it; then nobody was said to have any."""
    desktops = [a_desktop(1), a_desktop(2, seat=a_desktop(1).reservation.seat)]
    plan = planned(desktops, wanted=1, superseded=before, intents=[a_quarantine()])

    assert not any(isinstance(action, Clone) for action in plan.actions)
    assert dict(plan.superseded) == {a_name(1): a_name(2), **dict.fromkeys(before)}


def test_once_that_is_written_it_is_not_written_again():
    desktops, superseded = [a_desktop(1), a_desktop(2, seat=a_desktop(1).reservation.seat)], {a_name(1): a_name(2)}

    assert planned(desktops, wanted=1, superseded=superseded, intents=[a_quarantine()]).superseded == {}


def test_after_its_release_the_agent_has_it_again_if_there_is_no_other():
    surveyor = Surveyor()
    assert surveyor.look(a_situation([a_desktop(1)], wanted=1, intents=[a_quarantine()])).of_seat == {}

    assert len(surveyor.look(a_situation([a_desktop(1)], wanted=1)).of_seat) == 1


def test_a_leavers_desktop_in_quarantine_is_not_deleted():
    long_gone = Departure(since=NOW - 60 * DAY_S, recycled_at=NOW - 46 * DAY_S)
    desktop = a_desktop(1, Phase.STOPPED)
    tagged = replace(desktop.guest, tags=desktop.guest.tags | tags_of(long_gone))
    left = desktop.but(guest=tagged, departure=long_gone)
    changed = {"wanted": 0, "max_deletes": 1, "roster": a_roster([an_agent(99)])}
    assert [action.word for action in planned([left], **changed).actions] == ["delete"]

    assert planned([left], **changed, intents=[a_quarantine()]).actions == ()
