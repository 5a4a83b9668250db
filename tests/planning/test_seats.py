"""Desktops of no single agent: a spare of a pool, a trial, a probe. They are made like all others, and not assigned."""

from dataclasses import replace

import pytest

from provisioner.model.ids import Seat
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.ownership import NoteKey, note_for, read_note
from provisioner.model.machines.seats import is_trial, pool_of
from provisioner.planning.survey.surveyor import survey
from tests.builders.actions import a_reservation, a_seat
from tests.builders.core import a_desktop, a_situation, a_want
from tests.planning.plans import orders, plan

OTHERS = [Seat("pool:burst/1"), Seat("trial:evening"), Seat("probe:standard@n1")]


def wanted(other):
    return [a_want(1, seat=other, login=other, by="a test wants a spare")]


@pytest.mark.parametrize("other", OTHERS)
def test_it_is_reserved_for_its_seat(other):
    (clone,) = plan(wanted=wanted(other)).actions

    assert (clone.reservation.seat, clone.reservation.agent_id, clone.because) == (other, None, "a test wants a spare")


@pytest.mark.parametrize(
    ("phase", "ordered"),
    [
        (Phase.UNPROVEN, ["verify vd-5001"]),
        (Phase.CLONED, ["configure vd-5001"]),
        (Phase.STOPPED, ["start vd-5001"]),
        (Phase.READY, []),
    ],
)
@pytest.mark.parametrize("other", OTHERS)
def test_it_goes_the_way_of_every_desktop_and_is_assigned_to_no_agent(other, phase, ordered):
    desktop = a_desktop(1, phase, seat=other).but(assigned=False)

    assert orders(plan([desktop], wanted=wanted(other))) == ordered


@pytest.mark.parametrize("other", OTHERS)
def test_it_is_served_once_it_is_ready(other):
    survey_result = survey(a_situation([a_desktop(1, seat=other).but(assigned=False)], wanted=wanted(other)))

    assert (survey_result.unserved, survey_result.of_seat[other].name) == ({}, "vd-5001")


@pytest.mark.parametrize("other", OTHERS)
def test_it_is_no_leaver_s_where_nothing_wants_it(other):
    situation = a_situation([a_desktop(1, seat=other)], wanted=0)

    assert survey(situation).leavers == {}
    over = []  # a trial's desktop is of no use then, and a pool's is shut down once its sessions were read again
    if is_trial(other) or pool_of(other):
        over = ["stop vd-5001"] if is_trial(other) else ["checkguest vd-5001"]
    assert orders(plan([a_desktop(1, seat=other)], wanted=0)) == over


@pytest.mark.parametrize("other", [*OTHERS, a_seat(1)])
def test_its_note_names_its_seat(other):
    reservation, key = a_reservation(1, seat=other), NoteKey(installation="prefecture", secret=b"secret")

    found = read_note(note_for(reservation, key), key, node=reservation.node)

    assert found is not None
    assert found == replace(reservation, reserved_at=float(int(reservation.reserved_at)))


def test_the_note_of_another_seat_does_not_prove_it():
    pool, agents = a_reservation(1, seat=OTHERS[0]), a_reservation(1)

    assert not pool.may_be_noted_as(OTHERS[1])
    assert not agents.may_be_noted_as(OTHERS[0])
    assert not pool.may_be_noted_as(None)
