"""A help desk has a desktop made anew: off, deleted within the budget, another one before bulk work; done once."""

from dataclasses import replace

import pytest

from provisioner.model.actions import Clone, Delete, Stop
from provisioner.model.budget import Safety
from provisioner.model.intents import Intent, IntentKind, Terms
from tests.builders.actions import an_agent_id
from tests.builders.cluster import NOW
from tests.builders.core import a_session
from tests.builders.reconciler import kinds, ready

MAY_DELETE = Safety(max_deletes=1)


def an_order(kind=IntentKind.REBUILD, target="vd-5001", **changed):
    return Intent(**{"kind": kind, "by": "zoe", "at": NOW, "reason": "its disk is broken", "target": target, **changed})


def given(site, order=None):
    assert site.reconciler.obey(replace(order or an_order(), at=site.clock.at)) == ""
    return site


def standing(site):
    return [(intent.kind, intent.target) for intent in site.store.intents() if intent.kind is not IntentKind.SURGE]


def lived(site, *, cycles=40, killed=False):
    """Everything that is ordered meanwhile."""
    ordered = []
    for cycle in range(cycles):
        actions = site.look(after=20)
        ordered += actions
        site.carry_out(actions)
        site.cluster.come_out()
        if killed and (cycle < 3 or cycle % 3 == 0):
            site.restart()
    site.settle(cycles=2)
    return ordered


def of_kind(actions, kind):
    return [action for action in actions if isinstance(action, kind)]


@pytest.mark.parametrize("killed", [False, True])
def test_it_is_shut_down_deleted_and_made_anew_once(killed):
    site = given(ready(2, safety=MAY_DELETE))

    ordered = lived(site, killed=killed)

    assert kinds(of_kind(ordered, Stop)) == ["stop vd-5001"]
    assert kinds(of_kind(ordered, Delete)) == ["delete vd-5001"]
    (clone,) = of_kind(ordered, Clone)
    assert clone.reservation.agent_id == an_agent_id(1)
    assert set(site.phases.values()) == {"ready"}
    assert len(site.phases) == 2
    assert site.reconciler.records.desktops[clone.desktop].assigned_to == an_agent_id(1)
    assert standing(site) == []
    ended = next(line for line in site.store.journal() if line.result == "withdrawn")
    assert ended.reason == f"by daemon: deleted; {clone.desktop} is ready instead"


def test_it_says_before_what_it_waits_for():
    site = given(ready(1, safety=MAY_DELETE))
    site.look(after=20)

    assert site.reasons["login0001"] == "to be deleted and made anew, ordered by zoe (its disk is broken)"


def test_while_nothing_may_be_deleted_it_is_refused():
    assert ready(1).reconciler.obey(an_order()).code == "deletes_forbidden"


def test_with_a_known_session_it_is_refused_unless_that_is_said():
    site = ready(1, safety=MAY_DELETE)
    site.cluster.sessions[5001] = (a_session(),)
    site.settle(cycles=40)
    assert site.reconciler.obey(an_order(at=site.clock.at)).code == "in_use_now"

    given(site, an_order(terms=Terms(even_with_session=True)))
    (stop,) = site.look(after=20)

    assert stop.even_with_session


def test_under_a_hold_nothing_is_deleted():
    site = given(given(ready(1, safety=MAY_DELETE), an_order(IntentKind.HOLD, "")))

    assert of_kind(lived(site, cycles=10), (Stop, Delete)) == []
    assert standing(site) == [(IntentKind.HOLD, ""), (IntentKind.REBUILD, "vd-5001")]


def test_another_order_about_it_takes_its_place_as_long_as_nothing_is_deleted():
    site = given(given(ready(1, safety=MAY_DELETE)), an_order(IntentKind.RESTART))

    assert of_kind(lived(site), Delete) == []
    assert standing(site) == []


def test_nobody_comes_before_whoever_waits_for_a_new_desktop():
    """Two agents join, and there is room for one desktop more after the deletion: it is the old agent's."""
    site = given(ready(1, safety=MAY_DELETE))
    for _ in range(6):
        actions = site.look(after=20)
        site.carry_out(actions)
        if of_kind(actions, Delete):
            break
    (intent,) = (intent for intent in site.store.intents() if intent.kind is IntentKind.REBUILD)
    assert intent.terms.agent == an_agent_id(1)

    first = of_kind(site.look(after=20), Clone)[0]
    assert first.reservation.agent_id == an_agent_id(1)
