"""L3: which desktops come before a new one on a node, and what never keeps anybody out for good."""

from dataclasses import replace

import pytest

from provisioner.model.machines.desktops import UNTRIED, Attempts, Phase
from provisioner.pacing.boot_limits import Boot, BootHistory
from provisioner.pacing.limits import MeasuredLimits
from provisioner.planning.steps.boot_queues import boot_queues
from provisioner.planning.steps.boots_in_progress import booting_on
from provisioner.planning.survey.surveyor import survey
from tests.builders.cluster import NOW, a_profile
from tests.builders.core import a_config, a_desktop, a_situation, a_want
from tests.planning.plans import orders, plan

STUCK = Attempts(count=3, reason="no luck", retry_at=NOW + 600)
LARGE = a_profile("large", expected_ready_s=900.0)


def waiting(*, age_s, attempts=UNTRIED, **changed):
    """Twenty desktops that wait for their boot, ten on each of two nodes."""
    desktops = (a_desktop(number, Phase.CLONED, nodes=2, reserved_at=NOW - age_s, **changed) for number in range(1, 21))
    return [desktop.but(attempts=attempts) for desktop in desktops]


@pytest.mark.parametrize(
    ("age_s", "attempts", "placed"),
    [
        pytest.param(60.0, UNTRIED, False, id="its nodes are about to show how fast they are"),
        pytest.param(60.0, STUCK, True, id="what fails shows nothing"),
        pytest.param(86_400.0, UNTRIED, True, id="nor does what never gets as far as its boot"),
    ],
)
def test_l3_desktops_that_never_boot_keep_nobody_out(age_s, attempts, placed):
    made = plan(waiting(age_s=age_s, attempts=attempts), wanted=21)

    assert ("clone vd-5021" in orders(made)) is placed


@pytest.mark.parametrize(
    ("wanted", "may_wait"),
    [
        pytest.param(20, 10, id="ten for each: a slow node would be the last with more than it boots at first"),
        pytest.param(400, 15, id="200 for each: it would have its share of them however slow it is"),
    ],
)
def test_l3_a_node_of_unknown_pace_has_as_many_as_it_boots_and_more_only_where_a_slow_node_has_its_share(wanted, may_wait):
    situation = a_situation(wanted=wanted)

    assert set(boot_queues(situation, survey(situation), {}).unknown.values()) == {may_wait}


@pytest.mark.parametrize("cloned", [0, 44])
def test_who_waits_for_a_boot_counts_once_with_a_desktop_or_without(cloned):
    """A law of plans, by chance: with its clone in flight a person counted twice, and the same plan once more had one more."""
    desktops = [a_desktop(number, Phase.CLONED, nodes=2) for number in range(1, cloned + 1)]
    situation = a_situation(desktops, wanted=88)

    assert set(boot_queues(situation, survey(situation), {}).unknown.values()) == {11}


def test_l3_what_boots_on_a_node_of_unknown_pace_counts_until_it_is_seen_to_be_ready():
    desktops = [a_desktop(number, Phase.STARTING, nodes=2) for number in range(1, 11)]
    situation = a_situation(desktops, wanted=20)
    found = survey(situation)
    boots = booting_on(situation, found.not_ready[Phase.STARTING].values())

    assert sorted(boot_queues(situation, found, boots).unknown.values()) == [5, 5]


def test_l3_boots_that_hang_keep_nobody_out():
    """Chaos, seed 40: after a restart nine boots of each node hung, and two people were never given a desktop."""
    hours_ago = NOW - 7200.0
    starting = (a_desktop(number, Phase.STARTING, nodes=2, reserved_at=hours_ago) for number in range(1, 21))

    made = plan([each.but(started_at=hours_ago, uptime_s=7200) for each in starting], wanted=21)

    assert "clone vd-5021" in orders(made)


def test_l3_desktops_of_a_broken_profile_keep_no_other_out():
    wants = [a_want(number, profile="large") for number in range(1, 21)] + [a_want(21)]

    made = plan(waiting(age_s=60.0, profile="large"), wanted=wants, config=a_config(a_profile(), LARGE))

    assert "clone vd-5021" in orders(made)


def test_l3_a_profile_that_nobody_waits_for_makes_no_node_slow():
    situation = a_situation(wanted=3, config=a_config(a_profile(), LARGE))

    assert set(boot_queues(situation, survey(situation), {}).boot_s.values()) == {60.0}


def test_l3_a_node_that_is_known_as_slow_is_not_slow_twice():
    """Four times as slow on earlier days, and by three boots of today."""
    node = a_desktop(1, Phase.STARTING).reservation.node_key
    limits = MeasuredLimits(booted=history(node, took_s=240.0))
    situation = replace(a_situation(wanted=3), limits=limits)

    assert boot_queues(situation, survey(situation), {}).boot_s[node] == pytest.approx(240.0, rel=0.05)


def history(node, *, took_s):
    few = [Boot(profile=a_profile().name, began_at=NOW - took_s, ended_at=NOW) for _ in range(3)]
    elsewhere = [Boot(profile=a_profile().name, began_at=NOW - 60.0, ended_at=NOW) for _ in range(13)]
    return BootHistory(of_node={node: few}, anywhere=elsewhere, alone_s={a_profile().name: 60.0}, slower={node: 4.0})
