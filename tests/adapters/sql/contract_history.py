"""What the clusters have shown, and the forecasts that were given, in every store."""

from contextlib import closing
from dataclasses import replace
from math import inf

import pytest

from provisioner.errors import StoreError
from provisioner.model.ids import AgentId, DesktopPoolName
from provisioner.model.scenario.etas import FORECASTS_KEPT, KEPT, KeptForecast, MeasuredKind, Measurement
from provisioner.model.scenario.half_days import PersonWeek, Share, Slot
from provisioner.model.scenario.surges import SurgeChange, SurgeRun
from provisioner.model.session_counts import MINUTES, ArrivalQuarter, PoolQuarter
from provisioner.ports import Changes
from tests.adapters.sql.filled import OpenStore, claimed
from tests.builders.progress import a_batch, a_bind, a_moment, a_run, run_began
from tests.builders.store import NOON


def a_measurement(number: int = 0, *, place: str = "pve/n1/thin", kind: MeasuredKind = MeasuredKind.CLONE) -> Measurement:
    return Measurement(kind=kind, place=place, image="golden-1", began_at=NOON + number, took_s=1.5, parallel=2.25)


def a_quarter(pool: str, after_s: float, *came: int, waited: int = 0) -> PoolQuarter:
    minutes = (*came, *[0] * (MINUTES - len(came)))
    quarter = ArrivalQuarter(at=NOON + after_s, minutes=minutes)
    return PoolQuarter(pool=DesktopPoolName(pool), quarter=quarter, waited=waited)


def a_forecast(number: int = 0) -> KeptForecast:
    return KeptForecast(
        made_at=NOON + number,
        widened=1.5,
        wanted=9,
        ready_then=2,
        early_at=NOON + 50,
        middle_at=NOON + 60,
        late_at=NOON + 75,
        measured=7,
    )


class HistoryContract:
    """Measurements and forecasts outlive the daemon, and the oldest go."""

    def test_arrivals_are_kept_as_last_counted_and_go_after_two_months(self, open_store: OpenStore):
        with closing(open_store()) as store:
            store.claim()
            store.keep_arrivals([a_quarter("desk", 0), a_quarter("other", 900), a_quarter("desk", 900, 2, 5)])
            store.keep_arrivals([a_quarter("desk", 900, 3, 6, waited=4)])
            store.keep_arrivals(())

        kept = (a_quarter("desk", 0), a_quarter("desk", 900, 3, 6, waited=4), a_quarter("other", 900))
        assert open_store().arrivals() == kept
        with closing(open_store()) as store:
            store.claim()
            store.keep_arrivals([newest := a_quarter("desk", 900 * 6000)])
            assert store.arrivals() == (newest,)

    def test_nobody_but_the_owner_keeps_arrivals(self, open_store: OpenStore):
        with pytest.raises(StoreError):
            open_store().keep_arrivals([a_quarter("desk", 0)])

    def test_measurements_outlive_the_daemon_and_every_process_reads_them(self, open_store: OpenStore):
        store = claimed(open_store)
        measured = (a_measurement(), a_measurement(1, kind=MeasuredKind.FIRST_BOOT, place="pve/n1"))
        store.keep_measured(measured)
        store.keep_measured(())
        assert open_store().measured() == measured
        store.close()

        assert claimed(open_store).measured() == measured

    def test_the_latest_of_each_group_are_kept(self, open_store: OpenStore):
        store = claimed(open_store)
        other = a_measurement(place="pve/n2/thin")
        store.keep_measured([other, *map(a_measurement, range(KEPT))])
        store.keep_measured([a_measurement(KEPT)])

        kept = store.measured()
        assert kept[0] == other
        assert [each.began_at - NOON for each in kept[1:]] == list(range(1, KEPT + 1))

    def test_only_the_owner_keeps_measurements(self, open_store: OpenStore):
        with pytest.raises(StoreError):
            open_store().keep_measured([a_measurement()])

    def test_another_process_keeps_a_forecast(self, open_store: OpenStore):
        store = claimed(open_store)

        assert open_store().keep_forecast(a_forecast())
        assert open_store().forecasts() == store.forecasts() == (a_forecast(),)

    def test_the_latest_forecasts_are_kept(self, open_store: OpenStore):
        store = claimed(open_store)
        for number in range(FORECASTS_KEPT + 2):
            store.keep_forecast(a_forecast(number))

        assert [forecast.made_at - NOON for forecast in store.forecasts()] == list(range(2, FORECASTS_KEPT + 2))

    def test_how_far_a_run_was_outlives_the_daemon(self, open_store: OpenStore):
        store = claimed(open_store)
        noted = (
            a_moment(0, a_batch(opens_at=inf, due_at=None), binds=(a_bind(),)),
            a_moment(1, a_batch(4), sessions=2, unknown=1, oldest_s=9.5),
        )
        store.commit(run_began(a_run()))
        store.commit(run_began(a_run(2)))
        store.keep_progress([*noted, a_moment(2, run=2)])
        store.keep_progress(())
        store.close()

        assert open_store().progress(1) == noted
        assert open_store().progress(3) == ()
        assert [run.number for run in open_store().runs()] == [1, 2]

    def test_only_the_owner_keeps_how_far_a_run_was(self, open_store: OpenStore):
        with pytest.raises(StoreError):
            open_store().keep_progress([a_moment(0)])

    def test_half_days_outlive_the_daemon_and_a_change_of_ids_and_end_with_their_run(self, open_store: OpenStore):
        store = claimed(open_store)
        first = a_person_week("a", slots=2)
        store.commit(Changes(surge=a_change_of_run(1), half_days=(first, a_person_week("b"), a_person_week("a", week=7.0))))
        store.commit(Changes(half_days=(replace(first, waited=(NOON,)),)))
        store.commit(Changes(rekeyed={AgentId("b"): AgentId("c")}))
        store.close()

        kept = open_store().load().half_days
        assert kept == {
            week.key: week for week in (replace(first, waited=(NOON,)), a_person_week("c"), a_person_week("a", week=7.0))
        }

        store = claimed(open_store)
        store.load()
        store.commit(Changes(surge=a_change_of_run(2)))
        assert store.load().half_days == {}


def a_person_week(agent_id: str, *, week: float = 0.0, slots: int = 1) -> PersonWeek:
    half_days = tuple(Slot(begins=NOON + week + at, ends=NOON + week + at + 0.5) for at in range(slots))
    return PersonWeek(run=1, week=NOON + week, agent_id=AgentId(agent_id), wants=3, slots=half_days, less=Share(slots=3, of=8))


def a_change_of_run(number: int) -> SurgeChange:
    run = SurgeRun.begun("rotation", NOON, number=number)
    return SurgeChange(run=run, what="begin", by="daemon", at=NOON)
