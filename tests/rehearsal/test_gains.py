"""A resource is what binds only where its doubling brings more than chance does."""

import pytest

from provisioner.model.ids import WaveName
from provisioner.reasons.rehearsal import API_WORKERS, BOOTING
from provisioner.rehearsal.binding import binding, gains_of, in_short
from provisioner.rehearsal.waves import WaveForecast

RESOURCES = (BOOTING(width=8), API_WORKERS())


def a_part(end_s: float | None) -> WaveForecast:
    """Two desktops; None: the last is never ready."""
    ready = (1.0,) if end_s is None else (1.0, end_s)
    return WaveForecast(name=WaveName("w"), wanted=2, ready_after_s=ready)


@pytest.mark.parametrize(
    ("chances", "binds"),
    [
        pytest.param([(100, 70, 99), (110, 75, 110), (90, 65, 91)], "booting", id="each time"),
        pytest.param([(100, 70, 99), (95, 99, 95), (90, 80, 90)], "timetable", id="once more than in the median, once nothing"),
        pytest.param([(100, 98.5, 99), (100, 98.5, 99), (100, 98.5, 99)], "timetable", id="each time, and less than 2 %"),
        pytest.param([(100, 85, 70), (110, 94, 80), (90, 77, 60)], "api_workers", id="two of them: the better"),
        pytest.param([(100, 70, 80)], "booting", id="one set of chances: 2 % are enough"),
        pytest.param([(100, 70, 90), (100, None, 90), (100, 70, 90)], "api_workers", id="with one of them not all are served"),
    ],
)
def test_it_is_more_than_chance_if_the_median_exceeds_the_spread(chances: list[tuple[float | None, ...]], binds: str):
    played = [[a_part(end_s) for end_s in ends_s] for ends_s in chances]

    assert in_short(binding(played[0][0], gains_of(RESOURCES, played))).code == binds


def test_a_gain_is_that_of_the_median():
    played = [[a_part(end_s) for end_s in ends_s] for ends_s in ((100, 70, 99), (110, 75, 110), (90, 65, 91))]

    best, *_ = gains_of(RESOURCES, played)

    assert (best.resource.code, best.after_s, best.saved_s, best.chance_s) == ("booting", 70.0, 30.0, 10.0)
