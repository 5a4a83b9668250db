"""Warnings that a wave will be late, on a few small waves."""

import pytest

from tests.bench.late import IN_TIME_S, TITLES, Case, Event, cases, figures, played
from tests.bench.sections_late import alone, late


@pytest.mark.long
@pytest.mark.parametrize(
    ("case", "is_late"),
    [
        pytest.param(Case(title="wide-3", seed=41, event=Event.CEILING), True, id="a ceiling leaves some without"),
        pytest.param(Case(title="mixed-8", seed=6, event=Event.NODE_LOST), False, id="a node is lost, and there is time"),
        pytest.param(Case(title="ceph-1", seed=10_007), False, id="nothing happens"),
    ],
)
def test_a_wave_is_in_time_or_was_warned_of_in_time_and_not_in_vain(case: Case, is_late: bool):
    found = played(case)

    assert found["late"] is is_late
    if is_late:
        assert found["warned_s"] >= IN_TIME_S
    if case.event is Event.NOTHING:
        assert found["warned_s"] is None


def test_every_shape_and_event_is_asked():
    asked = cases()

    assert {case.title for case in asked} == set(TITLES)
    assert {case.event for case in asked} == set(Event)
    assert len({(case.title, case.event) for case in asked}) == len(TITLES) * len(Event)


def a_result(event=Event.NODE_LOST, **changed):
    usual = {"event": event.value, "late": True, "warned_s": 400.0, "left_s": 500}
    return usual | changed


def test_the_figures_say_what_was_missed_and_what_was_said_in_vain():
    found = figures(
        [
            a_result(),
            a_result(warned_s=200.0),
            a_result(warned_s=290.0, left_s=330),
            a_result(warned_s=None, left_s=100),
            a_result(late=False, warned_s=None),
            a_result(Event.NOTHING, late=False, warned_s=None),
            a_result(Event.NOTHING, late=False),
        ]
    )

    assert [found[key] for key in ("good", "excused", "upset", "false", "clean")] == [2, 3, 5, 1, 2]
    assert "2 of 5 disturbed waves" in late(found | {"desktops": (60, 200)})[-1]


def test_what_clones_alone_are_measured_for_is_shown_with_and_without():
    row = {"seed": 1, "whole_s": 575, "due_s": 920, "at_s": 230, "with": 590, "without": 260}
    switch = {"title": "ceph-1", "with": 180.8, "without": 180.8}

    lines = alone({"title": "slow-nfs", "people": 60, "rows": [row], "desktops": 100, "switches": [switch]})

    assert "| 1 | 575 | 230 | 920 | 590 | 260 |" in lines
    assert "| ceph-1 | 180.8 | 180.8 |" in lines
