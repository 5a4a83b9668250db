"""Desktops that an operator restarts: off first, then before bulk work, within the configured limits."""

from dataclasses import replace

from provisioner.model.actions import Start, Stop
from provisioner.model.budget import Budget
from provisioner.model.intents import Intent, IntentKind, Terms
from provisioner.model.machines.desktops import Phase
from tests.builders.actions import a_name
from tests.builders.cluster import NOW
from tests.builders.core import a_config, a_desktop, a_report, a_session, an_agent_id
from tests.planning.plans import plan as planned

ONE_BOOT = a_config(budget=Budget(boots_per_node=1))


def a_restart(number, *, kind=IntentKind.RESTART, at=NOW - 5, **changed):
    return Intent(kind=kind, by="zoe", at=at, target=a_name(number), **changed)


def of(plan, kind):
    return [action.desktop for action in plan.actions if isinstance(action, kind)]


def bulk(numbers):
    """Desktops that were made and never used, as in a surge."""
    return [replace(a_desktop(number, Phase.STOPPED, node="n1"), assigned=False) for number in numbers]


def test_it_is_started_before_everybody_of_higher_rank():
    assert of(planned(bulk([1, 2, 3]), wanted=3, config=ONE_BOOT), Start) == ["vd-5001"]
    assert of(planned(bulk([1, 2, 3]), wanted=3, config=ONE_BOOT, intents=[a_restart(3)]), Start) == ["vd-5003"]


def test_the_oldest_order_comes_first():
    orders = [a_restart(2, at=NOW - 5), a_restart(3, at=NOW - 9)]

    assert of(planned(bulk([1, 2, 3]), wanted=3, config=ONE_BOOT, intents=orders), Start) == ["vd-5003"]


def test_the_configured_limit_holds_for_it_too():
    booting = a_desktop(1, Phase.STARTING, node="n1")
    plan = planned([booting, *bulk([2])], wanted=2, config=ONE_BOOT, intents=[a_restart(2)])

    assert of(plan, Start) == []
    assert "boot" in next(str(deferral.reason) for deferral in plan.deferred if deferral.what == "login0002")


def test_nobody_is_served_or_deferred_twice():
    plan = planned(bulk([1, 2, 3]), wanted=3, config=ONE_BOOT, intents=[a_restart(2)])

    about = [action.desktop for action in plan.actions] + [deferral.what for deferral in plan.deferred]
    assert len(about) == len(set(about)) == 3


def test_a_desktop_that_no_batch_wants_yet_is_started_too():
    plan = planned(bulk([1]), wanted=0, intents=[a_restart(1)])

    assert of(plan, Start) == ["vd-5001"]


def test_a_running_desktop_is_shut_down_and_not_started_at_once():
    plan = planned([a_desktop(1)], wanted=1, intents=[a_restart(1)])

    assert [(type(action), action.desktop) for action in plan.actions] == [(Stop, "vd-5001")]
    assert plan.actions[0].though_unknown


def test_what_was_started_since_the_order_is_not_shut_down_again():
    desktop = replace(a_desktop(1), started_at=NOW - 4)

    assert of(planned([desktop], wanted=1, intents=[a_restart(1)]), Stop) == []


def test_a_session_is_ended_only_if_the_order_says_so():
    busy = a_desktop(1).but(report=a_report(sessions=(a_session(),)))
    even = Terms(even_with_session=True, by_force=True)

    assert of(planned([busy], wanted=1, intents=[a_restart(1)]), Stop) == []
    (stop,) = planned([busy], wanted=1, intents=[a_restart(1, reason="it hangs", terms=even)]).actions
    assert (stop.even_with_session, stop.by_force) == (True, True)


def test_under_a_hold_and_a_freeze_nothing_is_shut_down():
    for kind in (IntentKind.HOLD, IntentKind.FREEZE):
        standing = [Intent(kind=kind, by="claire", at=NOW - 9), a_restart(1)]
        assert of(planned([a_desktop(1)], wanted=1, intents=standing), Stop) == []


def test_what_its_agent_uses_no_more_is_left_alone():
    """Drawn seed 1960775: the order had ended, "its agent has another desktop", and it was shut down all the same."""
    both, superseded = [a_desktop(1), a_desktop(2, agent_id=an_agent_id(1))], {a_name(1): a_name(2)}

    assert of(planned(both, wanted=1, superseded=superseded, intents=[a_restart(1)]), Stop) == []
    assert of(planned(both, wanted=1, superseded=superseded, intents=[a_restart(2)]), Stop) == [a_name(2)]
