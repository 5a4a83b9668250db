"""G8: whom an operator was shown, as digests: the same people again, and nobody else."""

from dataclasses import replace

import pytest

from provisioner.model.ids import AgentId
from provisioner.planning.roster.shown import has_owner, is_entry, is_owner, shown_as, without_owner
from tests.builders.core import an_agent

PAUL = an_agent(1, login="pmartin", display_name="Paul Martin", mail="paul.martin@x.example")
JEANNE = an_agent(1, login="jdupont", display_name="Jeanne Dupont", mail="jeanne.dupont@x.example")
SHOWN = shown_as(PAUL, JEANNE)
KEY = PAUL.agent_id


def test_both_people_are_known_again_and_told_apart():
    assert [is_entry(SHOWN, agent, KEY) for agent in (PAUL, JEANNE, None)] == [True, False, False]
    assert [is_owner(SHOWN, agent, KEY) for agent in (PAUL, JEANNE, None)] == [False, True, False]


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"display_name": "MARTIN, Paul", "mail": "Paul.Martin@X.example"}, True),
        ({"unit": "ou=elsewhere", "department": "Roads", "groups": frozenset({"g"})}, True),
        ({"login": "paul.martin"}, False),
        ({"display_name": "Paul Durand"}, False),
        ({"mail": ""}, False),
        ({"attributes": {"employeenumber": ("4711",)}}, False),
    ],
)
def test_what_identifies_a_person_counts_and_nothing_else(changed, same):
    assert is_entry(SHOWN, replace(PAUL, **changed), KEY) is same


def test_the_owner_is_known_under_another_id_too():
    """The number is the id, until the person goes on under another one."""
    jeanne = replace(JEANNE, attributes={"employeenumber": (str(KEY),)})
    former = replace(jeanne, agent_id=AgentId(f"{KEY}~former-1"))

    assert is_owner(shown_as(PAUL, jeanne), former, KEY)


def test_an_owner_who_is_like_the_entry_was_shown_too():
    """G8: an entry that was put right again."""
    again = shown_as(PAUL, replace(PAUL, unit="ou=before"))

    assert has_owner(again)
    assert is_owner(again, PAUL, KEY)


def test_an_entry_alone_has_no_owner():
    alone = (shown_as(PAUL), without_owner(SHOWN), "")

    assert not any(map(has_owner, alone))
    assert is_entry(without_owner(SHOWN), PAUL, KEY)


def test_nobody_is_named():
    words = {
        word for agent in (PAUL, JEANNE) for word in (agent.login, agent.mail, agent.agent_id, *agent.display_name.split())
    }

    assert not {word for word in words if word.lower() in SHOWN}
