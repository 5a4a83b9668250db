"""Answers of the standing readiness and drills, in every store."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.adapters.sql.store import SqlStore
from provisioner.capabilities.readiness.history import ANSWERS, DRILLS
from provisioner.capabilities.readiness.model import Cause, DrillPlace, KeptDrill, Readiness
from provisioner.capabilities.readiness.reasons import FROZEN, LATE, LATE_FOR
from tests.adapters.sql.filled import OpenStore, claimed
from tests.builders.store import NOON, StillClock, an_erasure

STORES = pytest.mark.parametrize("open_store", ["memory", "sqlite"], indirect=True)


@pytest.fixture
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenStore]:
    with ExitStack() as until_the_end:
        in_memory = MemoryStore()

        def opened() -> Any:
            if request.param == "memory":
                return in_memory
            store = SqlStore(f"sqlite:///{tmp_path}/store.db", clock=StillClock())
            until_the_end.callback(store.close)
            return store

        yield opened


def a_readiness(number: int = 0, **changed: Any) -> Readiness:
    return Readiness(at=NOON + number, **{"scenario": "confinement", "wanted": 9, "ready": 8, **changed})


def a_drill(number: int = 0) -> KeptDrill:
    return KeptDrill(
        at=NOON + number, scenario="confinement", place=DrillPlace.TWIN, planned=9, ready=8, batches=3, late_batches=1
    )


@STORES
def test_answers_and_drills_outlive_the_daemon_newest_first_and_another_process_keeps_them(open_store: OpenStore):
    store = claimed(open_store)
    store.add(ANSWERS, a_readiness())
    last = a_readiness(1, causes=(Cause(what=FROZEN(), people=9),), doubts=(LATE(),), untried=LATE())
    assert open_store().add(ANSWERS, last)
    assert open_store().add(DRILLS, a_drill())
    store.close()

    kept = claimed(open_store)
    assert kept.latest(ANSWERS, 9) == (last, a_readiness())
    assert kept.latest(DRILLS, DRILLS.most) == (a_drill(),)


@STORES
def test_the_latest_answers_and_drills_are_kept(open_store: OpenStore):
    store = claimed(open_store)
    for number in range(DRILLS.most + 2):
        store.add(DRILLS, a_drill(number))

    assert [drill.at - NOON for drill in store.latest(DRILLS, DRILLS.most)] == list(range(DRILLS.most + 1, 1, -1))


@STORES
def test_no_answer_names_a_person_who_was_forgotten(open_store: OpenStore):
    store = claimed(open_store)
    why = LATE_FOR(why="éloïse has no login")
    store.add(ANSWERS, a_readiness(causes=(Cause(what=why, people=9),), untried=why))
    store.forget(an_erasure("éloïse"))

    (answer,) = store.latest(ANSWERS, 1)
    assert "éloïse" not in f"{answer}{answer.causes[0].what.arguments}{answer.untried.arguments}"
