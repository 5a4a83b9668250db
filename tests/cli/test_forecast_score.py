"""`bascule forecast --score`: what came of earlier forecasts, from the store alone."""

from contextlib import closing
from dataclasses import replace

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.model.actions import Result
from provisioner.model.scenario.etas import KeptForecast
from provisioner.ports import Changes
from tests.builders.cli import a_lonely_site, bascule, files_of
from tests.builders.store import NOON, StillClock, an_outcome

FORECAST = KeptForecast(
    made_at=NOON, wanted=2, ready_then=0, early_at=NOON + 80, middle_at=NOON + 100, late_at=NOON + 125, measured=50
)


@pytest.fixture
def site(tmp_path):
    return a_lonely_site(tmp_path)


def _scored(site, *words):
    return bascule("forecast", "--score", "--config", str(site.main), *words)


def _filled(site, *ready_at: float) -> None:
    ready = [
        replace(an_outcome(1_001 + number), action="ready", result=Result.DONE, started_at=NOON, ended_at=at)
        for number, at in enumerate(ready_at)
    ]
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=StillClock())) as store:
        assert not store.keep_forecast(FORECAST), "there is no store, and none is made"
        assert not (site.folder / "bascule.db").exists()
        store.claim()
        assert store.keep_forecast(FORECAST)
        store.commit(Changes(outcomes=tuple(ready)))


def test_a_forecast_that_was_wrong_is_a_miss_and_the_next_are_widened(site):
    _filled(site, NOON + 60, NOON + 200)

    ended, document = _scored(site), _scored(site, "--json").document

    assert ended.code == 0
    assert ended.out.startswith("0% of 1 forecast held what came")
    assert "widened by the power 3.1" in ended.out
    assert (document["coverage"], document["bias"], document["pending"]) == (0.0, 2.0, 0)


@pytest.mark.long
def test_a_forecast_that_was_right(site):
    _filled(site, NOON + 60, NOON + 110)

    assert _scored(site).out.startswith("100% of 1 forecast held what came")


def test_without_a_store_there_is_nothing_to_score_and_none_is_made(site):
    before = files_of(site.folder)

    ended = _scored(site)

    assert (ended.code, ended.out) == (0, "no forecast has come to its end yet\n")
    assert files_of(site.folder) == before
