"""The judge of forecasts: what it asks, what it lets the forecast know, what it counts."""

import math
from dataclasses import replace

import pytest

from provisioner.cli.forecast.verdict import VerdictWord
from provisioner.model.machines.twin_spec import Durations, RandomFaults
from provisioner.reasons.reason import Reason
from provisioner.reasons.rehearsal import API_WORKERS, BINDS_MOST, BOOTING, TIMETABLE
from provisioner.rehearsal.bands import Band
from provisioner.rehearsal.binding import Doubling
from provisioner.rehearsal.ensemble import EnsembleOutcome
from provisioner.rehearsal.forecast import Forecast
from tests.bench.questions.judged import foreseen, is_wrong, judged, of_band
from tests.bench.questions.kinds import Asked, Kind
from tests.bench.questions.known import binds_rightly
from tests.bench.questions.run import figures_of
from tests.bench.stage import BEGIN

WIDTH, WORKERS = BOOTING(width=8), API_WORKERS()
BAND = Band(early_s=80.0, middle_s=100.0, late_s=120.0)


def a_question(kind: Kind = Kind.KNOWN, *, seed: int = 12, agents: int = 6) -> Asked:
    return Asked(seed=seed, agents=agents, kind=kind)


def a_row(kind=Kind.KNOWN, *, where="held", width=1.4, answer="maybe", wrong=False, said=False, binds=None):
    return {
        "kind": kind, "where": where, "width": width, "answer": answer, "wrong": wrong, "says_unknown": said,
        "binds_right": binds, "cpu_s": 0.5,
    }  # fmt: skip


@pytest.mark.long
def test_a_small_question_has_every_figure():
    row = judged(a_question())

    assert (row["seed"], row["kind"]) == (12, "30 known")
    assert row["where"] in ("held", "later", "earlier")
    assert 0 < row["p5_s"] <= row["p50_s"] <= row["p95_s"]
    assert row["width"] == pytest.approx(row["p95_s"] / row["p5_s"], abs=0.01)
    assert row["real_s"] > 0 < row["cpu_s"]


@pytest.mark.long
@pytest.mark.parametrize("kind", Kind)
def test_the_forecast_knows_nothing_of_the_cluster_but_what_it_has_shown(kind: Kind):
    """L2, F10: a judge that leaks what is hidden judges nothing."""
    asked = a_question(kind, agents=16 if kind is Kind.AMID else 6)  # of a few, all are ready when half of them are seen to be

    question, real_s = foreseen(asked)

    (spec,) = question.stage.twins.values()
    assert spec.durations == Durations() != asked.truth.durations
    assert {node.speed for node in spec.nodes} == {1.0}
    assert {storage.image_operation_s for storage in spec.storages} == {0.6}
    assert (spec.random_faults, spec.faults, spec.log_ons.concurrent) == (RandomFaults(), (), 0)
    assert bool(question.measured) == (kind is not Kind.NEW)
    assert 0.0 < real_s < math.inf


@pytest.mark.long
def test_the_same_seed_asks_the_same_and_another_another():
    first, again, other = (foreseen(a_question(Kind.AMID, seed=seed))[1] for seed in (12, 12, 13))

    assert first == again != other


def test_the_history_had_other_chances_than_what_comes():
    asked = a_question()
    (_, real_s), before = foreseen(asked), asked.before()

    assert max(run.ended_at for run in before) < BEGIN
    assert real_s not in {run.took_s for run in before}


@pytest.mark.parametrize(("real_s", "where"), [(80.0, "held"), (79.0, "earlier"), (121.0, "later"), (math.inf, "later")])
def test_where_what_came_is_of_the_band(real_s: float, where: str):
    assert of_band(BAND, real_s) == {"p5_s": 80.0, "p50_s": 100.0, "p95_s": 120.0, "width": 1.5, "where": where}


def test_without_a_band_nothing_is_held():
    assert of_band(None, 100.0)["where"] == "no band"
    assert figures_of([a_row(where="no band", width=None)])["held"] == 0.0


@pytest.mark.parametrize(
    ("answer", "real_s", "wrong"),
    [
        pytest.param(VerdictWord.YES, 99.0, False, id="yes, and it was"),
        pytest.param(VerdictWord.YES, 101.0, True, id="yes, and it was not"),
        pytest.param(VerdictWord.YES, math.inf, True, id="yes, and it never was"),
        pytest.param(VerdictWord.NO, 99.0, True, id="no, and it was"),
        pytest.param(VerdictWord.NO, math.inf, False, id="no, and it never was"),
        pytest.param(VerdictWord.MAYBE, 101.0, False, id="who says how likely is not wrong"),
    ],
)
def test_a_plain_answer_is_wrong(answer: VerdictWord, real_s: float, wrong: bool):
    assert is_wrong(answer, real_s, 100.0) == wrong


def test_figures_are_of_questions_with_a_history_and_of_those_without():
    known = [a_row(width=1.2), a_row(Kind.POOL, where="later", answer="yes", wrong=True), a_row(Kind.NIGHT, binds=True)]
    new = [a_row(Kind.NEW, width=9.0, said=True), a_row(Kind.NEW, width=9.0, where="earlier", answer="yes", binds=False)]

    found = figures_of([*known, *new])

    assert (found["held"], found["later"], found["earlier"], found["width"]) == (0.667, 0.333, 0.0, 1.4)
    assert (found["new_held"], found["new_said"], found["new_width"]) == (0.5, 0.5, 9.0)
    assert (found["yes_wrong"], found["no_wrong"], found["binds_right"], found["cpu_s"]) == (0.5, None, 0.5, 2.5)


def a_truth(booting_s: float, workers_s: float, *, chance_s: float = 5.0) -> EnsembleOutcome:
    """100 s, with so many saved by twice as much of each of two resources."""
    saved = sorted(((booting_s, WIDTH), (workers_s, WORKERS)), key=lambda pair: -pair[0])
    gains = tuple(Doubling(resource=what, after_s=100.0 - each, saved_s=each, chance_s=chance_s) for each, what in saved)
    binds = TIMETABLE() if saved[0][0] < chance_s else BINDS_MOST(resource=saved[0][1], before_s=100, after_s=50)
    return EnsembleOutcome(forecast=Forecast(wanted=8, ready=8), gains=gains, binds=binds)


@pytest.mark.parametrize(
    ("said", "truth", "right"),
    [
        pytest.param(WIDTH, a_truth(30.0, 2.0), True, id="the best"),
        pytest.param(WORKERS, a_truth(30.0, 20.0), False, id="the second"),
        pytest.param(WORKERS, a_truth(30.0, 26.0), True, id="the second, less than chance behind"),
        pytest.param(WIDTH, a_truth(4.0, 2.0), False, id="the best, within chance"),
        pytest.param(TIMETABLE(), a_truth(4.0, 2.0), True, id="nothing, and so it is"),
        pytest.param(TIMETABLE(), a_truth(30.0, 2.0), False, id="nothing, and something does"),
    ],
)
def test_what_binds_is_what_exceeds_the_spread_of_the_true_seeds(said: Reason, truth: EnsembleOutcome, right: bool):
    assert (
        binds_rightly(said if said.code == "timetable" else BINDS_MOST(resource=said, before_s=90, after_s=60), truth) == right
    )


def test_a_question_is_of_its_kind():
    rotation, pool, night = (a_question(kind).config for kind in (Kind.ROTATION, Kind.POOL, Kind.NIGHT))

    assert rotation.scenario.rotation is not None
    assert [pool.size for pool in (*rotation.desktop_pools.values(), *pool.desktop_pools.values())] == [6, 3]
    assert [wave.name for wave in night.scenario.waves] == ["evening", "morning"]
    assert replace(night, scenario=a_question().config.scenario) == a_question().config
