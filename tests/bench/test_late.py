"""Warnings that a wave will be late, and bands, on a few small waves."""

import math
from dataclasses import replace

import pytest

from tests.bench import judges_late
from tests.bench.late import IN_TIME_S, Case, Event, cases, figures, played, scored, shape_of, undisturbed_s
from tests.bench.late_hearing import Band
from tests.bench.sections_late import alone, late
from tests.bench.stage import can_hold

SEED = 1


def test_every_event_is_asked_and_a_third_of_the_waves_is_disturbed():
    asked = cases(18, seed=SEED)

    assert {case.event for case in asked} == set(Event)
    assert sum(case.event is not Event.NOTHING for case in asked) == 6
    assert len({case.seed for case in asked}) == 18
    assert all(480.0 <= shape_of(case.seed).bound_s <= 2400.0 for case in asked)
    assert asked == cases(18, seed=SEED)


@pytest.mark.long
def test_a_wave_that_a_ceiling_leaves_short_is_late_and_was_warned_of_in_time():
    found = played(Case(seed=33, event=Event.CEILING))

    assert found["late"]
    assert found["warned_s"] >= IN_TIME_S


@pytest.mark.long
def test_a_wave_to_which_nothing_happens_is_in_time_and_its_bands_are_scored():
    found = played(Case(seed=27))

    assert not found["late"]
    assert found["held"] > found["sooner"] + found["later"]


def test_a_band_is_scored_at_each_tenth_of_what_the_wave_took():
    bands = [Band(0.0, None, None), Band(25.0, 60.0, 99.0), Band(35.0, 70.0, 120.0), Band(75.0, 101.0, 120.0)]

    found = scored(bands, 100.0, since_s=0.0)

    assert [found[key] for key in ("unknown", "later", "held", "sooner")] == [2, 1, 4, 2]
    assert found["widths"] == [1.65, *[1.71] * 4, 1.19, 1.19]
    assert sum(scored(bands, 100.0, since_s=50.0)[key] for key in ("unknown", "later", "held", "sooner")) == 5
    assert scored(bands, math.inf, since_s=0.0)["widths"] == [], "nobody knows what would have come"


def a_result(event=Event.NODE_LOST, **changed):
    usual = {"event": event.value, "late": True, "warned_s": 400.0}
    return usual | {"held": 0, "sooner": 0, "later": 0, "unknown": 0, "widths": []} | changed


def test_the_figures_say_what_was_missed_and_what_was_said_in_vain():
    found = figures(
        [
            a_result(held=5, widths=[1.3, 1.5, 2.0]),
            a_result(warned_s=200.0),
            a_result(warned_s=None, later=1),
            a_result(late=False, warned_s=None),
            a_result(Event.NOTHING, late=False, warned_s=None),
            a_result(Event.NOTHING, late=False),
        ]
    ) | {"desktops": (60, 120), "seed": 7}

    assert [found[key] for key in ("good", "late", "upset", "false", "clean", "width")] == [1, 3, 4, 1, 2, 1.5]
    assert "1 of 3 disturbed waves" in late(found)[-1]
    assert judges_late.in_time(found) == (False, "1 of 3, shapes from seed 7")
    assert judges_late.in_vain(found) == (False, "1 of 2")
    assert judges_late.bands(found) == (False, "83.3% of 6, later 16.7%")


def test_what_is_as_promised_is_met():
    found = {"good": 19, "late": 20, "seed": 7, "false": 1, "clean": 50, "held": 90, "sooner": 6, "later": 4}

    assert all(judge(found)[0] for judge in (judges_late.in_time, judges_late.in_vain, judges_late.bands))
    assert not judges_late.in_time(found | {"late": 0})[0]
    assert not judges_late.bands(found | {"held": 0, "sooner": 0, "later": 0})[0]


def test_what_clones_alone_are_measured_for_is_shown_with_and_without():
    row = {"seed": 1, "whole_s": 575, "due_s": 920, "at_s": 230, "with": 590, "without": 260}
    switch = {"title": "ceph-1", "with": 180.8, "without": 180.8}

    lines = alone({"title": "slow-nfs", "people": 60, "rows": [row], "desktops": 100, "switches": [switch]})

    assert "| 1 | 575 | 230 | 920 | 590 | 260 |" in lines
    assert "| ceph-1 | 180.8 | 180.8 |" in lines


@pytest.mark.long
def test_nodes_that_make_no_progress_with_too_many_boots_are_not_given_more_once_these_are_late():
    """L6: two nodes of width 2 that lose by each boot more; one was given 25, and 25 of 68 people had never a desktop."""
    shape = shape_of(1796187632)
    spec = replace(shape.spec(seed=shape.seed, desktops=shape.desktops), faults=())

    assert undisturbed_s(shape, spec, can_hold(spec, wanted=shape.desktops)) < 7200.0
