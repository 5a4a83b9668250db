"""What is decided about pools that follow their people is a value: a store that fails costs no line of the journal."""

from collections import Counter
from dataclasses import replace

from provisioner.model.autoscale import Spare
from provisioner.planning.autoscale.rounds import autoscale_round
from provisioner.planning.autoscale.uses import LeadTimes
from tests.builders.pools import DESK
from tests.reconciler.test_autoscaler import a_site


def test_the_same_is_decided_as_often_as_it_is_asked_and_said_once():
    site = a_site(min=3, spare=Spare(count=2))
    site.clock.at += 61
    parts = site.reconciler.parts
    facts, pools = parts.lend_desk.facts(), site.config.desktop_pools
    arrivals = {DESK: parts.arrivals.of(DESK, facts.now)}
    done = replace(parts.autoscale.pools[DESK], steps=Counter(made=2))
    before = replace(parts.autoscale, pools={DESK: done})
    first, again = (autoscale_round(before, pools, facts, arrivals) for _ in range(2))
    following = autoscale_round(first, pools, facts, arrivals)

    assert first.entries == again.entries != ()
    assert first.plans == again.plans == following.plans
    assert following.entries == ()


def test_a_lead_time_is_from_when_a_desktop_is_wanted_until_it_is_there():
    wanted = LeadTimes().looked({"pool/desk/1": False, "pool/desk/2": False}, 10.0)
    there = wanted.looked({"pool/desk/1": True}, 40.0)

    assert (wanted.seconds(25.0), there.seconds(25.0)) == (25.0, 30.0)
    assert there.looked({"pool/desk/2": True}, 90.0).took == (30.0,), "what was not wanted in between has shown nothing"
