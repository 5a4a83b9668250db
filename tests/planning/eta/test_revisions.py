"""How wide the band of an estimate is, from how far the estimates of the last minutes were off."""

import pytest

from provisioner.planning.eta.revisions import ASSUMED, Revisions


def spread_of(*looks, boots=None):
    """Looks half a minute apart, each with when the last is expected, and how many boots were measured by then."""
    revisions = Revisions()
    for number, (last_at, known) in enumerate(zip(looks, boots or [100] * len(looks), strict=True)):
        revisions.add(30.0 * number, last_at, boots=known, batch="monday")
    return revisions.spread


def test_before_anything_is_revised_it_is_assumed():
    assert Revisions().spread == pytest.approx(ASSUMED)
    assert spread_of(600.0) < ASSUMED


def test_estimates_that_hold_make_it_narrower():
    assert spread_of(*[600.0] * 6) == pytest.approx(0.0, abs=0.05)


def test_a_queue_that_becomes_slower_makes_it_wider():
    """From one moment to the next it is three times as slow."""
    assert spread_of(*[600.0] * 6, 1440.0, 1440.0) > 2 * ASSUMED


def test_what_is_expected_at_the_next_look_is_no_revision():
    assert spread_of(20.0, 80.0) == spread_of(20.0, 500.0)


def test_an_error_of_few_measured_boots_counts_less_the_more_are_measured():
    looks = [600.0 + 40.0 * number for number in range(8)]

    assert spread_of(*looks, boots=[1, 4, 9, 16, 25, 36, 49, 64]) < 0.8 * spread_of(*looks)


def test_it_is_never_wider_than_the_worst_surge_that_was_played():
    assert spread_of(100.0, 3000.0, 9000.0) == pytest.approx(0.6)


def test_another_batch_begins_anew():
    revisions = Revisions()
    for at, last_at in ((0.0, 600.0), (30.0, 600.0), (60.0, 2000.0)):
        revisions.add(at, last_at, boots=9, batch="monday")

    assert revisions.spread > ASSUMED
    revisions.add(90.0, 900.0, boots=9, batch="tuesday")
    assert revisions.spread < ASSUMED
