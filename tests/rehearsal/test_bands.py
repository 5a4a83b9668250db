"""Bands: the prediction of the next value from eight."""

import pytest

from provisioner.cli.forecast.picture import wanted_steps
from provisioner.model.ids import WaveName
from provisioner.rehearsal.bands import DRAWS, Band, band_of
from provisioner.rehearsal.ensemble import Ensemble
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.waves import WaveForecast
from tests.builders.rehearsal import a_stage, measured_on
from tests.builders.twin import a_spec


def test_a_band_is_as_wide_as_its_values_are_apart():
    narrow, wide = band_of([98, 99, 100, 100, 100, 101, 101, 102]), band_of([80, 90, 95, 100, 100, 105, 110, 125])

    assert narrow.middle_s == pytest.approx(100, abs=1)
    assert wide.early_s < narrow.early_s < 100 < narrow.late_s < wide.late_s


def test_f10_a_guess_is_less_certain_than_its_own_rehearsals_say():
    """64 of 82 bands held on drawn shapes: guesses are more alike than clusters are. A twin's own durations are not guess."""
    times_s = [80, 90, 95, 100, 100, 105, 110, 125]
    known, guessed = band_of(times_s, unexplained=0.0), band_of(times_s)

    assert guessed.middle_s == known.middle_s
    assert guessed.late_s / guessed.middle_s > (known.late_s / known.middle_s) ** 1.25


def test_the_chance_by_a_time():
    band = Band(early_s=80.0, middle_s=100.0, late_s=125.0)

    assert band.chance_by(100.0) == pytest.approx(0.5)
    assert band.chance_by(125.0) == pytest.approx(0.95)
    assert band.chance_by(80.0) == pytest.approx(0.05)
    assert band.chance_by(-5.0) == pytest.approx(0.0)


def test_a_band_without_width_knows():
    certain = Band(early_s=60.0, middle_s=60.0, late_s=60.0)

    assert (certain.chance_by(59.0), certain.chance_by(60.0)) == (0.0, 1.0)


def test_a_widened_band_keeps_its_middle():
    band = Band(early_s=50.0, middle_s=100.0, late_s=200.0).widened(2.0)

    assert (band.early_s, band.middle_s, band.late_s) == (25.0, 100.0, 400.0)


@pytest.mark.long
def test_earlier_misses_widen_the_bands_of_waves_too():
    spec = a_spec(nodes=2)
    stage, measured = a_stage(spec, agents=6), measured_on(spec, agents=6)
    narrow, wide = (Ensemble(stage, measured, widening=widening) for widening in (1.0, 3.0))
    forecasts = [narrow.run(number) for number in range(1 + DRAWS)]

    for ensemble in (narrow, wide):
        outcome = ensemble.outcome(forecasts)
        assert outcome.waves == {"everyone": outcome.band}
    assert wide.outcome(forecasts).band != narrow.outcome(forecasts).band


def test_what_is_wanted_in_the_picture_is_of_the_rehearsals_that_ready_is_of():
    """F23: a gate opens sooner in most of them than with the most likely durations, and 'ready' lay above 'wanted'."""
    spec = a_spec(nodes=2)
    ensemble = Ensemble(a_stage(spec, agents=4), measured_on(spec, agents=4))
    calm, *draws = (gated(opens_s) for opens_s in (900.0, *(300.0 + 10.0 * number for number in range(DRAWS))))

    outcome = ensemble.outcome([calm, *draws])
    steps = wanted_steps(outcome)

    assert [count for _, count in steps] == [2, 4]
    for reached in outcome.curve:
        wanted = max(count for at, count in steps if at <= reached.band.middle_s)
        assert reached.desktops <= wanted


def gated(opens_s: float) -> Forecast:
    """Two are wanted at once, and two from the gate's opening on, each ready twenty seconds after."""
    ready = (20.0, 20.0, opens_s + 20.0, opens_s + 20.0)
    wave = WaveForecast(name=WaveName("all"), wanted=4, ready=4, batches=((0.0, 2), (opens_s, 2)), ready_after_s=ready)
    return Forecast(wanted=4, ready=4, ready_after_s=ready, waves=(wave,))
