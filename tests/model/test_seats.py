"""Seats as text and back."""

import pytest

from provisioner.model.ids import AgentId, Seat
from provisioner.model.machines.seats import SeatKind, agent_at, seat_named, seat_of


@pytest.mark.parametrize("kind", SeatKind)
def test_a_seat_is_read_as_it_was_written(kind):
    assert seat_named(f"{kind}:burst/3") == f"{kind}:burst/3"


@pytest.mark.parametrize("text", ["", "agent:", "burst/3", "robot:burst/3", ":3"])
def test_a_text_that_is_no_seat_names_none(text):
    assert seat_named(text) is None


@pytest.mark.parametrize("agent_id", ["a1", "pool:burst/3", "cn=x,dc=y"])
def test_an_agent_s_seat_is_that_agent_s_whatever_the_id_looks_like(agent_id):
    assert agent_at(seat_of(AgentId(agent_id))) == agent_id


@pytest.mark.parametrize("other", [None, Seat("pool:burst/3"), Seat("trial:a1")])
def test_other_seats_are_no_agent_s(other):
    assert agent_at(other) is None
