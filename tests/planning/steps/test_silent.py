"""F5: the person of a desktop that hangs gets another; one of which only the guest agent may be dead is kept."""

from dataclasses import replace

import pytest

from provisioner.model.actions import CheckGuest, Clone, Plan
from provisioner.model.desktops import Phase
from provisioner.model.words import GuestWord
from tests.builders.core import Desktop, a_desktop
from tests.builders.reconciler import kinds
from tests.planning.plans import plan, reasons

WHY = "it was ready, and has not answered for some minutes: QEMU guest agent is not running"


def orders(made: Plan) -> list[str]:
    """But for questions."""
    return kinds(action for action in made.actions if not isinstance(action, CheckGuest))


def hangs(number: int, word: GuestWord = GuestWord.HANGS) -> Desktop:
    """Also its log-on port was tried, if the word says so."""
    desktop = a_desktop(number, Phase.SILENT)
    assert desktop.unheard is not None
    return desktop.but(unheard=replace(desktop.unheard, word=word))


def test_the_person_of_a_desktop_that_hangs_gets_another():
    made = plan([hangs(1), a_desktop(2)], wanted=2)

    assert orders(made) == ["clone vd-5003"]
    assert [each.instead_of for each in made.actions if isinstance(each, Clone)] == ["vd-5001"]


@pytest.mark.parametrize("word", [GuestWord.NO_AGENT, GuestWord.NO_ANSWER])
def test_where_the_agent_alone_may_be_dead_it_is_kept(word):
    made = plan([hangs(1, word), a_desktop(2)], wanted=2)

    assert orders(made) == []
    assert reasons(made) == {"login0001": WHY}


def test_of_many_that_are_silent_at_once_none_is_replaced():
    made = plan([hangs(number) for number in range(1, 4)], wanted=3)

    assert orders(made) == []
    assert reasons(made)["login0001"] == f"{WHY}; 3 desktops of the cluster are so, which is no chance: none is replaced"
