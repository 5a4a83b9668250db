"""How wide the band of an estimate is, from how far the estimates of the last minutes were off."""

from itertools import accumulate

import pytest

from provisioner.planning.eta.revisions import Look, Revisions

ASSUMED = 0.2
PEOPLE, EACH_S = 60, 10.0


def a_look(at, ready, coming, *, boots=100):
    return Look(at=at, ready=ready, coming=coming, boots=boots)


def a_queue(now, ready, *, each_s=EACH_S, people=PEOPLE, last_after_s=0.0):
    """Everybody's, one after the other; the last one later."""
    coming = [now + each_s * number for number in range(1, people - ready + 1)]
    return a_look(now, ready, [*coming[:-1], coming[-1] + last_after_s])


def spread_of(*looks):
    revisions = Revisions()
    for look in looks:
        revisions.add(look, batch="monday")
    return revisions.spread


def test_before_anything_is_revised_it_is_assumed():
    assert Revisions().spread == pytest.approx(ASSUMED)
    assert spread_of(a_queue(0.0, 0)) == pytest.approx(ASSUMED)


def test_estimates_that_hold_make_it_narrower():
    assert spread_of(*(a_queue(30.0 * look, 3 * look) for look in range(6))) == pytest.approx(0.0, abs=0.05)


def test_a_queue_that_becomes_slower_makes_it_wider():
    """From one moment to the next it is three times as slow."""
    fast = [a_queue(30.0 * look, 3 * look) for look in range(6)]
    slow = [a_queue(180.0 + 30.0 * look, 18 + look, each_s=3 * EACH_S) for look in range(2)]

    assert spread_of(*fast, *slow) > 2 * ASSUMED


def test_a_last_desktop_that_is_begun_anew_does_not():
    """Everybody was ready as estimated; the last one began anew 10 s before its end, and takes 800 s more."""
    looks = [a_queue(30.0 * look, 3 * look) for look in range(20)]
    anew = a_look(600.0, PEOPLE - 1, [600.0 + 800.0])

    assert spread_of(*looks, anew) < ASSUMED


def test_an_error_of_few_measured_boots_counts_less_the_more_are_measured():
    """The first boots that end are the short ones: each look finds that boots take longer."""
    measured = [1, 4, 9, 16, 25, 36, 49, 64]
    ends = list(accumulate([900.0, *[60.0] * 7]))

    def looks(boots):
        queues = (
            [at + (end - at) * part / PEOPLE for part in range(1, PEOPLE + 1)]
            for at, end in zip(range(0, 240, 30), ends, strict=True)
        )
        return [a_look(30.0 * at, 0, coming, boots=known) for at, (coming, known) in enumerate(zip(queues, boots, strict=True))]

    assert spread_of(*looks(measured)) < 0.8 * spread_of(*looks([64] * 8))


def test_another_batch_begins_anew():
    revisions = Revisions()
    revisions.add(a_queue(0.0, 0), batch="monday")
    revisions.add(a_queue(300.0, 0, each_s=3 * EACH_S), batch="monday")

    assert revisions.spread > ASSUMED
    revisions.add(a_queue(330.0, 0, each_s=EACH_S), batch="tuesday")
    assert revisions.spread == pytest.approx(ASSUMED)


def test_who_is_no_longer_ready_is_estimated_again():
    """A node is lost, with desktops that were ready."""
    assert spread_of(a_queue(0.0, 10), a_queue(300.0, 30), a_queue(330.0, 5)) > ASSUMED


def test_those_that_do_not_come_any_more_are_no_revision():
    """A ceiling leaves some without."""
    assert spread_of(a_queue(0.0, 0), a_queue(30.0, 3, people=40), a_queue(60.0, 6, people=40)) == pytest.approx(0.0, abs=0.05)
