"""Desktops that follow their changed profile, and how an operator's order for that ends."""

from dataclasses import replace

import pytest

from provisioner import errors
from provisioner.model.actions import Reconfigure, Start, Stop
from provisioner.model.intents import Intent, IntentKind
from tests.builders.cluster import OFFICE, a_profile
from tests.builders.reconciler import kinds, ready

CHANGED = a_profile(bridge="vmbr1")


def reloaded(site, profile=CHANGED):
    site.reconciler.follow(replace(site.reconciler.config, profiles={profile.name: profile}))
    return site


def order(site, target="vd-5001"):
    site.store.give(Intent(kind=IntentKind.RECONFIGURE, by="zoe", at=site.clock.at, target=target))


def orders_left(site):
    return [intent.target for intent in site.store.intents() if intent.kind is IntentKind.RECONFIGURE]


def of_kind(orders, kind):
    return [command for command in orders if isinstance(command, kind)]


def test_a_desktop_that_is_off_is_configured_again_and_then_started():
    site = reloaded(ready(1))
    site.cluster.power_off(5001)

    first = of_kind(site.look(after=60), Reconfigure)
    assert kinds(first) == ["reconfigure vd-5001"]
    assert site.status.desktops["vd-5001"].because.startswith("being configured again: its profile has changed")
    site.carry_out(first)

    assert kinds(of_kind(site.look(after=5), Start)) == ["start vd-5001"]
    assert site.status.differences == {}


def test_a_failure_holds_nothing_up_and_is_told():
    site = reloaded(ready(1))
    site.cluster.power_off(5001)
    site.carry_out(of_kind(site.look(after=60), Reconfigure), error=errors.Forbidden("Permission check failed"))

    assert kinds(of_kind(site.look(after=5), Start)) == ["start vd-5001"]
    assert not site.reconciler.records.desktops["vd-5001"].attempts
    assert site.reconciler.records.reconfigured["vd-5001"].failure == "Permission check failed"


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(errors.InUse("its VM is running by now: it was not sent"), id="the listing was old"),
        pytest.param(errors.NotSent("frozen by an operator before it was sent"), id="frozen meanwhile"),
        pytest.param(errors.GuestBusy("VM is locked (backup)"), id="a backup was faster"),
    ],
)
def test_a_failure_that_passes_by_itself_is_tried_again_before_the_start(error):
    site = reloaded(ready(1))
    site.cluster.power_off(5001)
    order(site)
    site.carry_out(of_kind(site.look(after=60), Reconfigure), error=error)

    assert kinds(site.look(after=5)) == ["reconfigure vd-5001"]
    assert orders_left(site) == ["vd-5001"]


def test_an_order_shuts_down_configures_and_ends():
    site = reloaded(ready(1))
    order(site)
    for _ in range(4):
        if stops := of_kind(orders := site.look(after=5), Stop):
            break
        site.carry_out(orders)
    site.carry_out(stops)

    site.carry_out(of_kind(site.look(after=20), Reconfigure))
    assert orders_left(site) == ["vd-5001"]
    assert kinds(of_kind(site.look(after=5), Start)) == ["start vd-5001"]

    assert orders_left(site) == []
    assert ("desktop vd-5001", "configured again, as zoe has ordered") in site.heard.notices


@pytest.mark.parametrize(
    ("target", "why"),
    [
        pytest.param("vd-9999", "there is no such desktop any more", id="gone"),
        pytest.param("vd-5001", "its profile office is no longer configured", id="without a profile"),
    ],
)
def test_an_order_that_cannot_be_carried_out_ends_with_the_reason(target, why):
    site = reloaded(ready(1), a_profile("other"))
    order(site, target)

    site.look(after=10)

    assert orders_left(site) == []
    assert (f"desktop {target}", f"not configured again, as zoe has ordered: {why}") in site.heard.notices


def test_an_order_ends_with_a_failure_so_that_the_desktop_is_not_shut_down_again():
    site = ready(1)
    site.cluster.power_off(5001)
    order(site)
    site.carry_out(of_kind(site.look(after=60), Reconfigure), error=errors.Refused("parameter verification failed"))

    site.look(after=5)

    assert orders_left(site) == []
    assert site.heard.notices[-1] == (
        "desktop vd-5001",
        "not configured again, as zoe has ordered: parameter verification failed",
    )


def test_an_order_for_all_that_are_off_ends_when_they_follow():
    site = reloaded(ready(2))
    site.cluster.power_off(5001)
    order(site, "")
    site.carry_out(of_kind(site.look(after=60), Reconfigure))
    assert orders_left(site) == [""]

    site.look(after=5)

    assert orders_left(site) == []
    assert site.status.differences == {"outdated": 1}, "the other one runs"


def test_a_reload_tries_common_causes_at_once():
    """E7: only where profiles have changed."""
    site = ready(1)
    tried = []
    site.reconciler.flight.retry = tried.append

    reloaded(site, a_profile())
    assert tried == []
    reloaded(site)
    assert tried == [site.clock.at]
    assert site.reconciler.config.profiles[OFFICE] is CHANGED
