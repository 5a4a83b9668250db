"""A quarantine from its order to its release."""

from dataclasses import replace

import pytest

from provisioner.model.intents import Intent, IntentKind, Terms, Withdrawal
from tests.builders.cluster import NOW
from tests.builders.core import a_session
from tests.builders.reconciler import kinds, ready


def an_order(kind=IntentKind.QUARANTINE, target="vd-5001", **changed):
    return Intent(**{"kind": kind, "by": "zoe", "at": NOW, "reason": "odd log-ons", "target": target, **changed})


def quarantined(site, **changed):
    assert site.reconciler.obey(replace(an_order(**changed), at=site.clock.at)) == ""
    return site


def release(site):
    order = Withdrawal(kind=IntentKind.QUARANTINE, by="zoe", at=site.clock.at, target="vd-5001")
    assert site.reconciler.obey(order) == ""


def written(site, cycles=20):
    """What is ordered about the desktop, besides questions."""
    orders = []
    for _ in range(cycles):
        actions = site.look(after=20)
        orders += [
            word for word in kinds(actions) if word.endswith("vd-5001") and not word.startswith(("checkguest", "verify"))
        ]
        site.carry_out(actions)
        site.cluster.come_out()
    return orders


def test_it_is_not_touched_and_its_agent_gets_another():
    site = quarantined(ready(2))

    assert written(site) == []
    assert site.phases == {"vd-5001": "ready", "vd-5002": "ready", "vd-5003": "ready"}
    state, other = site.status.desktops["vd-5001"], site.status.desktops["vd-5003"]
    assert (state.quarantined, state.wanted, state.superseded_by) == (True, False, "vd-5003")
    assert (other.wanted, other.agent_login) == (True, state.agent_login)
    assert site.reconciler.records.desktops["vd-5003"].assigned_to == state.reservation.agent_id
    assert state.sessions == ()


def test_it_stands_through_the_daemons_death():
    site = quarantined(ready(1))
    site.restart()
    site.cluster.power_off(5001)

    assert written(site) == []
    assert site.phases == {"vd-5001": "stopped", "vd-5002": "ready"}


def test_released_it_stays_unused_if_the_agent_has_been_given_another():
    site = quarantined(ready(1))
    written(site)
    release(site)

    assert written(site, cycles=5) == []
    assert site.status.desktops["vd-5001"].superseded_by == "vd-5002"
    assert not site.status.desktops["vd-5001"].quarantined


def test_released_at_once_it_is_the_agents_again():
    site = quarantined(ready(1))
    release(site)

    assert written(site, cycles=5) == []
    assert site.phases == {"vd-5001": "ready"}
    assert site.status.desktops["vd-5001"].wanted


@pytest.mark.long
def test_with_a_known_session_it_needs_a_word_and_a_reason():
    site = ready(1)
    site.cluster.sessions[5001] = (a_session(),)
    site.settle(cycles=40)
    assert site.reconciler.obey(an_order(at=site.clock.at)).code == "in_use_now"

    quarantined(site, terms=Terms(even_with_session=True))

    assert written(site) == []
    assert site.status.desktops["vd-5001"].sessions == (a_session(),)


def test_while_it_lasts_other_orders_about_it_are_refused():
    site = quarantined(ready(1))

    for kind in (IntentKind.STOP, IntentKind.RESTART, IntentKind.RECONFIGURE, IntentKind.RETRY):
        assert site.reconciler.obey(an_order(kind, at=site.clock.at)).code == "in_quarantine_by", kind


def test_a_desktop_that_is_being_made_cannot_be_kept():
    site = ready(1)
    site.cluster.power_off(5001)
    site.carry_out(site.look(after=60))
    quarantined(site)
    site.look(after=20)
    assert site.phases["vd-5002"] == "cloning"

    assert site.reconciler.obey(an_order(target="vd-5002", at=site.clock.at)).code == "not_made_yet"
