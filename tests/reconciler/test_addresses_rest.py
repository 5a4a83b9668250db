"""The address of a desktop that is gone rests: a cached name still leads there, and nobody else's desktop may be there."""

import pytest

from provisioner.model.actions import Clone
from tests.builders.cluster import a_profile, some_addresses
from tests.builders.core import a_config
from tests.builders.reconciler import ready
from tests.reconciler.test_rebuilds import MAY_DELETE, given, lived, of_kind

pytestmark = pytest.mark.long


def a_site_with_pool(last: str):
    """Two ready desktops; the address of the gateway is not a desktop's."""
    pool = some_addresses("10.40.0.10", last, gateway="10.40.0.1")
    site = ready(2, safety=MAY_DELETE, config=a_config(a_profile(addressing=pool)))
    assert addresses(site) == {"vd-5001": "10.40.0.10", "vd-5002": "10.40.0.11"}
    return site


def addresses(site):
    return {name: state.reservation.address for name, state in site.status.desktops.items()}


def test_a_new_desktop_gets_another_address_than_the_one_that_was_just_freed():
    site = given(a_site_with_pool("10.40.0.12"))

    (clone,) = of_kind(lived(site), Clone)

    assert clone.reservation.address == "10.40.0.12"


def test_without_another_it_waits_until_the_address_has_rested_and_says_so():
    site = given(a_site_with_pool("10.40.0.11"))

    assert not of_kind(lived(site, cycles=20), Clone)
    (why,) = site.reasons.values()
    assert (why.code, why.arguments["count"]) == ("addresses_rest", 1)

    (clone,) = of_kind(lived(site), Clone)
    assert clone.reservation.address == "10.40.0.10"
