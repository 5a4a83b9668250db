"""Which pairs of a rekey intent are carried out, and why the others are refused."""

from dataclasses import replace

import pytest

from provisioner.model.ids import AgentId
from provisioner.model.intents import Rekey
from provisioner.planning.roster.rekeys import apply_rekeys
from tests.builders.actions import an_agent_id
from tests.builders.core import a_desktop, a_memory

ONE, TWO, NEW, OTHER = an_agent_id(1), an_agent_id(2), AgentId("new"), AgentId("other")


@pytest.mark.parametrize(
    ("order", "rekeys", "why"),
    [
        pytest.param([(ONE, NEW)], {ONE: NEW}, [], id="a desktop's agent"),
        pytest.param([(ONE, NEW), (ONE, NEW)], {ONE: NEW}, [], id="said twice"),
        pytest.param([(ONE, NEW), (TWO, NEW)], {}, ["more than once"] * 2, id="two for one"),
        pytest.param([(ONE, NEW), (ONE, OTHER)], {}, ["more than once"] * 2, id="one for two"),
        pytest.param([(ONE, TWO)], {}, [f"{TWO} has vd-5002 already"], id="the new one has a desktop"),
        pytest.param([(ONE, ONE)], {}, [], id="G1: the same id is for the next reading"),
        pytest.param([(ONE, TWO), (TWO, ONE)], {ONE: TWO, TWO: ONE}, [], id="G1: two exchange their ids"),
        pytest.param([(ONE, TWO), (TWO, NEW)], {ONE: TWO, TWO: NEW}, [], id="G1: the second goes on under another one"),
        pytest.param(
            [(ONE, TWO), (TWO, OTHER), (AgentId("ghost"), OTHER)],
            {},
            ["more than once", "more than once", f"{TWO} has vd-5002 already"],
            id="G1: the second cannot go on, so the first cannot",
        ),
        pytest.param([(AgentId("ghost"), NEW)], {}, ["no agent in force and no desktop has the id ghost"], id="nobody"),
        pytest.param([(AgentId("ghost"), NEW), (TWO, OTHER)], {TWO: OTHER}, ["no agent in force"], id="the others go on"),
        pytest.param([(AgentId("before"), ONE)], {}, [], id="carried out before, by a daemon that was killed right after"),
    ],
)
def test_no_rekey_gives_another_agents_desktop_or_a_second_one(order, rekeys, why):
    """C2."""
    records = a_memory([a_desktop(1), a_desktop(2)], rekeyed={AgentId("before"): ONE})

    done = apply_rekeys([Rekey(*pair) for pair in order], records)

    assert done.rekeys == rekeys
    assert [reason in refusal for reason, refusal in zip(why, done.refused, strict=True)] == [True] * len(why)


def with_second(**changed):
    """The person's own desktop, and one that was made later for the new id."""
    records = a_memory([a_desktop(1), a_desktop(2)])
    second = records.desktops["vd-5002"]
    later = replace(second, reservation=replace(second.reservation, reserved_at=second.reservation.reserved_at + 60), **changed)
    return replace(records, desktops={**records.desktops, "vd-5002": later})


def test_an_empty_second_desktop_is_kept_aside():
    """G4: a batch of a migration gave the person a second one, before anybody said who it is."""
    done = apply_rekeys([Rekey(ONE, TWO)], with_second())

    assert (done.rekeys, done.seconds, done.refused) == ({ONE: TWO}, {"vd-5002": "vd-5001"}, ())


def test_a_second_desktop_that_somebody_was_logged_on_to_is_not_given_up():
    """G4."""
    done = apply_rekeys([Rekey(ONE, TWO)], with_second(logged_on=True))

    assert (done.rekeys, done.seconds) == ({}, {})
    assert "somebody may have been logged on to it" in done.refused[0]


def test_the_second_desktop_is_the_later_one():
    """G4: else the new id is that of somebody who was there before."""
    assert apply_rekeys([Rekey(TWO, ONE)], with_second()).rekeys == {}
