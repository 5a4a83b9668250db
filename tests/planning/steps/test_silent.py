"""F5: the person of a desktop that hangs gets another; one of which only the guest agent may be dead is kept."""

from dataclasses import replace

import pytest

from provisioner.model.actions import CheckGuest, Clone, Plan
from provisioner.model.machines.desktops import Phase
from provisioner.model.words import GuestWord
from provisioner.planning.steps.planner import make_plan
from tests.builders.cluster import NOW
from tests.builders.core import Desktop, a_desktop, a_report, a_roster, a_situation
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
    assert reasons(made)["login0001"] == f"{WHY}; 3 desktops of the cluster are so, which is not by chance: none is replaced"


def test_as_long_as_nobody_is_known_desktops_are_read_all_the_same():
    """F5, life 839: a store that was lost, a directory that is away, and the daemon begun anew: a desktop that hung was called
    ready for good, as nobody was to have one, and it was not known of any who was at work."""
    report = a_report(read_at=NOW - 1000, ready_at=NOW - 4000)
    desktop = a_desktop(1).but(report=report, started_at=NOW - 5000, uptime_s=5000)
    known = a_situation([desktop], wanted=0, roster=a_roster(1))
    nobody = replace(known, records=replace(known.records, roster=None))

    assert [each.desktop for each in make_plan(known).actions if isinstance(each, CheckGuest)] == []
    assert [each.desktop for each in make_plan(nobody).actions if isinstance(each, CheckGuest)] == ["vd-5001"]
