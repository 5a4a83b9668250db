"""Pools that follow their people as metrics: what was decided, and from what."""

from dataclasses import replace

from monitors.gauges.autoscale import (
    arrivals,
    counted,
    difference,
    dispersion,
    expected,
    free_wanted,
    in_force,
    lead,
    learned_days,
    target,
    waits,
    waits_wanted,
)
from provisioner.model.autoscale import AutoscaleMode, Spare
from tests.builders.autoscale import IN_SHADOW, followed
from tests.builders.monitors import a_status
from tests.builders.pools import A_POOL, DESK
from tests.monitors.test_pools import read

ON = replace(IN_SHADOW, mode=AutoscaleMode.ON, differences={})


def a_site(state=IN_SHADOW, **rules):
    pool = replace(A_POOL, pool=followed(A_POOL.pool, **rules))
    return replace(a_status(), pools=(pool,), autoscale={DESK: state})


def test_what_is_wanted_runs_exists_and_is_free():
    assert read(target, a_site()) == {("desk", "running"): 13, ("desk", "running_most"): 16, ("desk", "existing"): 17}
    assert read(free_wanted, a_site()) == {("desk", "ready"): 5, ("desk", "made"): 9}
    assert read(counted, a_site())["desk", "lent"] == 8
    assert sum(read(counted, a_site()).values()) == 13


def test_from_how_many_people_and_how_long_a_desktop_takes():
    assert read(expected, a_site()) == {("desk", lead): 46.5 for lead in ("boot", "boot_soon", "clone")}
    assert set(read(dispersion, a_site()).values()) == {3.0}
    assert read(lead, a_site()) == {("desk", "boot"): 45.0, ("desk", "clone"): 90.0}
    assert read(learned_days, replace(a_site(), autoscale={DESK: replace(ON, learned_days=12)})) == {("desk",): 12}


def test_only_a_shadow_differs_from_what_is_in_force():
    assert (read(in_force, a_site()), read(in_force, a_site(ON))) == ({("desk",): 0}, {("desk",): 1})
    assert read(difference, a_site()) == {("desk", "running"): 0, ("desk", "made"): 4, ("desk", "off"): 0, ("desk", "none"): 0}
    assert read(difference, a_site(ON)) == {}


def test_who_came_and_who_waited_beside_what_the_site_wants():
    assert (read(arrivals, a_site()), read(waits, a_site())) == ({("desk",): 120}, {("desk",): 1})
    assert read(waits_wanted, a_site(waits_percent=2.0)) == {("desk",): 0.02}
    assert read(waits_wanted, a_site(spare=Spare(count=3))) == {}, "the site has said how many are free"
    assert read(waits_wanted, replace(a_site(), pools=(A_POOL,))) == {}, "the pool has no rules since the last decision"
