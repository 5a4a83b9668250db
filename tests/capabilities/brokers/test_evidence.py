"""A broker's word beside the desktops': it keeps a desktop on while somebody is connected, and never says that nobody is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.capabilities.brokers.evidence import FRESH_S, SETTLED_S, disagreements, fresh_uses
from provisioner.capabilities.brokers.model import STATES, BrokerState, BrokerUse
from provisioner.model.actions import Stop
from provisioner.model.ids import DesktopName
from provisioner.model.intents import Intent, IntentKind
from tests.builders.cluster import NOW
from tests.builders.core import a_session
from tests.builders.reconciler import Site
from tests.reconciler.test_grants import a_site as a_site_with_a_pool
from tests.reconciler.test_lending import lend
from tests.reconciler.test_pools import calm

NAME, OTHER = DesktopName("vd-5001"), DesktopName("vd-5002")


def a_use(name=NAME, *, began_at=NOW - 600, login="login0001"):
    return BrokerUse(desktop=name, login=login, began_at=began_at)


def a_state(*uses, at=NOW):
    return BrokerState(broker="guacamole", uses=uses, uses_at=at)


@pytest.mark.parametrize(
    ("age_s", "counts"), [(0, True), (FRESH_S, True), (FRESH_S + 1, False), (-5, False)], ids=["now", "old", "too old", "ahead"]
)
def test_an_answer_counts_while_it_is_fresh(age_s, counts):
    assert (NAME in fresh_uses((a_state(a_use(), at=NOW - age_s),), NOW)) is counts


def test_no_answer_is_nobody_known_and_the_first_connection_counts():
    assert fresh_uses((BrokerState(broker="guacamole", uses=(a_use(),)),), NOW) == {}
    found = fresh_uses((a_state(a_use(), a_use(began_at=NOW - 900)), a_state(a_use(OTHER))), NOW)
    assert {name: use.began_at for name, use in found.items()} == {NAME: NOW - 900, OTHER: NOW - 600}


@given(order=st.permutations([a_state(a_use()), a_state(a_use(OTHER)), a_state(a_use(began_at=NOW - 900))]))
def test_the_order_of_sources_does_not_matter(order):
    assert fresh_uses(order, NOW) == fresh_uses((a_state(a_use(began_at=NOW - 900)), a_state(a_use(OTHER))), NOW)


@pytest.mark.parametrize(
    ("sessions", "began_at", "count"),
    [
        pytest.param((), NOW - 600, 1, id="the desktop says nobody"),
        pytest.param((a_session(),), NOW - 600, 0, id="both say somebody"),
        pytest.param(None, NOW - 600, 0, id="unknown is no disagreement"),
        pytest.param((), NOW - SETTLED_S / 2, 0, id="just connected"),
    ],
)
def test_what_is_a_disagreement(sessions, began_at, count):
    assert disagreements({NAME: a_use(began_at=began_at)}, {NAME: sessions}, NOW) == count


def connected(site: Site, name, *, login="login0001"):
    """The broker says so, whenever it is asked."""
    site.reconciler.board.parts[STATES] = lambda: (a_state(a_use(name, began_at=NOW - 900, login=login), at=site.clock.at),)


def is_shut_down(site: Site) -> bool:
    """Whether it is, within ten cycles."""
    for _ in range(10):
        ordered = site.look(after=20)
        if any(isinstance(action, Stop) for action in ordered):
            return True
        site.carry_out(ordered)
    return False


@pytest.mark.parametrize("says", [True, False])
def test_a_desktop_that_somebody_is_connected_to_is_not_shut_down_though_it_says_nobody_is_there(says):
    site = Site(agents=1)
    site.come_to_rest()
    (name,) = site.reconciler.status.desktops
    if says:
        connected(site, name)
    assert site.reconciler.obey(Intent(kind=IntentKind.STOP, by="zoe", at=site.clock.at, target=name)) == ""
    assert is_shut_down(site) is not says
    if says:
        assert site.reconciler.status.desktops[name].sessions == ()
        site.reconciler.board.parts[STATES] = lambda: (a_state(at=site.clock.at),)
        assert is_shut_down(site)


def test_a_free_desktop_that_somebody_is_connected_to_is_lent_to_nobody():
    site = a_site_with_a_pool()
    (name,) = (name for name, state in site.reconciler.status.desktops.items() if state.reservation.agent_id is None)
    connected(site, name)
    calm(site, cycles=1)
    assert lend(site, 2).desktop is None
    site.reconciler.board.parts[STATES] = lambda: (a_state(at=site.clock.at),)
    calm(site, cycles=1)
    assert lend(site, 2).desktop == name
