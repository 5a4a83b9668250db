"""The surge for people: short lines, by the site's clock, whatever the machine's is."""

from typing import Any

import pytest

from provisioner.cli import times
from provisioner.cli.surge.lines import eta_lines, run_lines
from provisioner.cli.surge.terms import start_lines
from provisioner.model.ids import WaveName
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.waves import PartKind, WaveForecast
from provisioner.settings.site_zone import SiteZone

NOW = "2026-11-29T19:00:00.000Z"
RUN: dict[str, Any] = {
    "number": 1,
    "scenario": "confinement",
    "state": "running",
    "since": NOW,
    "by": "claire",
    "reason": None,
    "started_at": NOW,
    "ends_at": None,
    "kept_until": None,
    "returned_at": None,
    "zone": "Europe/Paris",
}
ETA: dict[str, Any] = {
    "people": 300,
    "ready_by": "2026-11-29T20:00:00.000Z",
    "early_at": "2026-11-29T19:50:00.000Z",
    "at": "2026-11-29T20:04:00.000Z",
    "late_at": "2026-11-30T07:00:00.000Z",
    "late": 60,
    "held": 0,
    "held_by": None,
    "on_before": None,
    "says": {"text": "wave 'essential services' will be 14 min late"},
}


def lines_of(zone: str | None, **changed: Any) -> list[str]:
    waves = [{"wave": "essential services", "eta": ETA | changed}, {"wave": "everyone else", "eta": None}]
    times.use_zone(SiteZone(zone))
    return list(eta_lines(waves, now=NOW))


def test_a_wave_is_said_by_the_sites_clock_with_the_date_of_another_day_and_how_many_are_in_time():
    lines = lines_of("Europe/Paris")

    assert lines == [
        "wave essential services: ready at 21:04, between 20:50 and 2026-11-30 08:00",
        "wave 'essential services' will be 14 min late",
        "  by 21:00, 240 of its 300 people will have one",
    ]
    assert max(map(len, lines)) <= 80


def test_what_opens_later_of_a_paused_surge_has_a_time_only_if_it_goes_on_before():
    lines = lines_of("Europe/Paris", on_before="2026-11-29T19:30:00.000Z", late=0, says=None)

    assert lines == ["wave essential services: ready at about 21:04, if the surge goes on before 20:30"]


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Cayenne", "Indian/Reunion", None])
def test_no_line_has_an_offset_or_seconds(zone: str | None):
    said = "\n".join((*lines_of(zone), *run_lines({"run": RUN, "halted": None, "made": {}})))

    assert "+0" not in said
    assert ":00:00" not in said


def test_what_waits_for_somebody_has_no_time_of_day():
    lines = lines_of("Europe/Paris", held_by={"text": "it waits for an operator"})

    assert lines[0] == "wave essential services: ready some 64 min after it goes on"


def test_desktops_that_wait_for_somebody_have_no_part_in_the_time_that_is_said():
    assert lines_of("Europe/Paris", held=3)[:2] == [
        "wave essential services: ready at 21:04, between 20:50 and 2026-11-30 08:00",
        "  but for 3 desktops, of which that is not known",
    ]


def test_where_nobody_comes_by_itself_no_time_is_said():
    lines = lines_of("Europe/Paris", held=60, at=None, early_at=None, late_at=None)

    assert lines[0] == ("wave essential services: when 60 desktops will be ready is not known")


def test_a_deadline_that_is_over_promises_nobody_a_desktop():
    assert lines_of("Europe/Paris", ready_by="2026-11-29T18:00:00.000Z")[-1] == "wave 'essential services' will be 14 min late"


def test_the_run_says_when_its_time_counts_from_and_in_which_zone():
    times.use_zone(SiteZone("Europe/Paris"))
    lines = list(run_lines({"run": RUN, "halted": None, "made": {}}))

    assert [*lines, times.zone_line()] == [
        "run 1 of scenario 'confinement' is running since 2026-11-29 20:00, by claire",
        "its time counts from 2026-11-29 20:00",
        "times are those of Europe/Paris",
    ]


def with_wave(ready: int, *, already: int = 0) -> Forecast:
    """Beside a pool of 9 desktops, which are nobody's."""
    after = (*[0.0] * already, *[60.0] * (ready - already))
    wave = WaveForecast(name=WaveName("all"), wanted=400, ready=ready, ready_after_s=after)
    pool = WaveForecast(name=WaveName("pool desk"), kind=PartKind.POOL, wanted=9, ready=9, ready_after_s=(60.0,) * 9)
    return Forecast(wanted=409, ready=ready + 9, waves=(wave, pool))


@pytest.mark.parametrize(
    ("forecast", "said"),
    [
        pytest.param(None, "scenario 'confinement' concerns 400 more people", id="none was made"),
        pytest.param(with_wave(348), "scenario 'confinement' gives a desktop to 348 more people", id="some"),
        pytest.param(
            with_wave(349, already=1),
            "scenario 'confinement' gives a desktop to 348 more people",
            id="one has it",
        ),
    ],
)
def test_the_question_before_a_start_has_the_numbers_of_the_forecast(forecast, said):
    """F9: `surge start` asked about 400 where 348 get a desktop."""
    document: Any = {"scenario": "confinement", "waiting": 400, "ceilings": (), "shortage": None}

    assert start_lines(document, forecast) == [said]
