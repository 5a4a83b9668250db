"""A help desk restarts a desktop: off, on again before bulk work, done once; never against a session unless that is said."""

from dataclasses import replace

import pytest

from provisioner.errors import GuestUnknown, InUse, Refused
from provisioner.model.actions import Start, Stop
from provisioner.model.budget import Budget
from provisioner.model.intents import Intent, IntentKind, Terms
from tests.builders.cluster import NOW
from tests.builders.core import a_config, a_session
from tests.builders.reconciler import changes, kinds, ready

EVEN = Terms(even_with_session=True)


def an_order(kind=IntentKind.RESTART, target="vd-5001", **changed):
    return Intent(**{"kind": kind, "by": "zoe", "at": NOW, "reason": "she waits", "target": target, **changed})


def given(site, order=None):
    """Give the order as the API does."""
    order = order or an_order()
    assert site.reconciler.obey(replace(order, at=site.clock.at)) == ""
    return site


def standing(site):
    return [(intent.kind, intent.target) for intent in site.store.intents() if intent.kind is not IntentKind.SURGE]


def at_work(site, vmid=5001):
    site.cluster.sessions[vmid] = (a_session(),)
    site.settle(cycles=40)
    return site


def ends(site):
    """What the journal says of orders that have ended, newest first."""
    return [str(line.reason) for line in site.store.journal() if line.result == "withdrawn"]


def test_a_desktop_is_shut_down_and_started_and_the_order_ends_when_it_is_ready_again():
    site = given(ready(2))

    stops = site.look(after=20)
    assert changes(stops) == ["stop vd-5001"]
    assert stops[0].because == "to be restarted, ordered by zoe (she waits)"
    site.carry_out(stops)
    starts = site.look(after=20)
    assert changes(starts) == ["start vd-5001"]
    assert standing(site) == [(IntentKind.RESTART, "vd-5001")]
    site.carry_out(starts)
    site.settle()

    assert site.phases == {"vd-5001": "ready", "vd-5002": "ready"}
    assert standing(site) == []
    assert ends(site) == ["by daemon: ready again"]
    assert ("desktop vd-5001", "ready again, as zoe has ordered") in site.heard.notices


@pytest.mark.long
def test_it_is_done_once_however_often_the_daemon_is_killed():
    site = given(ready(1))
    stops = 0
    for _ in range(30):
        actions = site.look(after=20)
        stops += sum(isinstance(action, Stop) for action in actions)
        site.carry_out(actions)
        site.restart()
    site.settle(cycles=2)

    assert (stops, standing(site), site.phases) == (1, [], {"vd-5001": "ready"})


def test_a_desktop_that_was_given_up_is_tried_again():
    site = ready(1)
    site.cluster.power_off(5001)
    site.carry_out(site.look(after=60), error=Refused("no such bridge"))
    site.look(after=60)
    assert site.phases == {"vd-5001": "failed"}

    given(site).settle()

    assert (site.phases, standing(site)) == ({"vd-5001": "ready"}, [])


def test_one_that_fails_again_ends_the_order_and_says_why():
    site = given(ready(1, config=a_config(budget=Budget(max_attempts=1))))
    site.carry_out(site.look(after=20))
    for _ in range(10):
        site.carry_out(site.look(after=60), error=Refused("no such bridge"))

    assert standing(site) == []
    assert "no such bridge" in ends(site)[0]


@pytest.mark.long
def test_with_a_known_session_it_is_refused():
    site = at_work(ready(2))

    refused = site.reconciler.obey(an_order(at=site.clock.at))

    assert (refused.code, refused.arguments) == ("in_use_now", {"name": "vd-5001", "sessions": 1})
    assert standing(site) == []


@pytest.mark.parametrize("kind", [IntentKind.RESTART, IntentKind.STOP])
def test_to_end_a_session_a_reason_has_to_be_given(kind):
    site = at_work(ready(2))

    assert site.reconciler.obey(an_order(kind, reason=" ", terms=EVEN)).code == "order_reason_wanted"
    assert site.reconciler.obey(an_order(kind, at=site.clock.at, terms=EVEN)) == ""


def test_even_with_a_session_it_is_shut_down_without_a_question_to_the_guest():
    site = given(at_work(ready(1)), an_order(terms=EVEN))

    (stop,) = site.look(after=20)
    assert isinstance(stop, Stop)
    assert (stop.even_with_session, stop.by_force) == (True, False)


def test_a_session_that_begins_after_the_order_is_waited_for():
    """The stop itself asks the guest, right before the shutdown."""
    site = given(ready(1))
    site.carry_out(site.look(after=20), error=InUse("1 session(s) began since it was ordered"))
    site.look(after=1)

    assert site.reasons["vd-5001"].startswith("not shut down, 1 session(s) began since it was ordered")
    assert standing(site) == [(IntentKind.RESTART, "vd-5001")]


def test_unknown_sessions_hold_nothing_up():
    site = ready(1)
    for _ in range(5):
        site.carry_out(site.look(after=400), error=GuestUnknown("no agent"))
    assert site.status.desktops["vd-5001"].sessions is None

    given(site)

    assert kinds(site.look(after=20)) == ["stop vd-5001"]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        pytest.param(an_order(target="vd-9999"), "no_such_desktop", id="no such desktop"),
        pytest.param(an_order(IntentKind.RETRY, terms=EVEN), "order_no_such_terms", id="a retry ends no session"),
    ],
)
def test_an_order_that_could_do_nothing_is_refused(order, code):
    assert ready(1).reconciler.obey(order).code == code


def test_a_desktop_on_a_drained_node_is_not_turned_off_for_nothing():
    site = ready(1)
    node = site.cluster.guests[5001].node
    site.store.give(an_order(IntentKind.DRAIN, f"pve/{node}"))
    site.reconciler.obey(an_order(IntentKind.HOLD, ""))

    assert site.reconciler.obey(an_order()).code == "desktop_on_drained_node"


def test_a_boot_in_time_does_not_begin_anew_and_a_late_one_does():
    site = ready(1)
    site.cluster.power_off(5001)
    site.carry_out(site.look(after=60))
    site.carry_out(site.look(after=5))
    site.look(after=5)
    assert site.phases == {"vd-5001": "starting"}

    refused = site.reconciler.obey(an_order(at=site.clock.at))
    assert refused.code == "still_starting"
    site.clock.at += 3600

    assert site.reconciler.obey(an_order(at=site.clock.at)) == ""


def test_the_last_order_about_a_desktops_power_counts():
    site = given(given(ready(1)), an_order(IntentKind.STOP))

    assert standing(site) == [(IntentKind.STOP, "vd-5001")]


def test_whoever_waits_for_a_restart_is_started_before_bulk_work():
    """A power cut: both are off, one place to boot; the help desk's desktop is the second by rank."""
    site = ready(3, config=a_config(budget=Budget(boots_per_node=1)))
    for vmid in (5001, 5002, 5003):
        site.cluster.move(vmid, "n1")
        site.cluster.power_off(vmid)
    given(site, an_order(target="vd-5003"))

    starts = [action for action in site.look(after=60) if isinstance(action, Start)]

    assert kinds(starts) == ["start vd-5003"]
