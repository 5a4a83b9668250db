"""The standing readiness as numbers: what made it fall is a label."""

from dataclasses import replace

from provisioner.capabilities.readiness.gauges import ROOM
from provisioner.capabilities.readiness.model import STATE, Cause, DrillPlace, KeptDrill, Readiness, StandingState
from provisioner.capabilities.readiness.reasons import FAULT, FROZEN, LATE_FOR
from provisioner.extensions import Parts
from provisioner.reasons import subjects
from provisioner.reasons.reason import Reason
from provisioner.reasons.rehearsal import ROOM_SHORT
from provisioner.reasons.trials import IN_A_SURGE, PORT_CLOSED, REACHED
from tests.builders.monitors import a_recorder, a_switch
from tests.capabilities.gauges import labels_of, labels_with
from tests.monitors.scraping import scrape

PROFILE = FAULT(subject=subjects.PROFILE(profile="cad"), what=PORT_CLOSED())
ANSWER = Readiness(at=1e9, scenario="confinement", wanted=40, ready=30, causes=(Cause(what=PROFILE, people=10),))


def values(
    answer: Readiness | None, drills: tuple[KeptDrill, ...] = (), begins: str = "bascule_readiness_"
) -> dict[str, float]:
    recorder = a_recorder()
    state = StandingState(answer=answer, drills={drill.place: drill for drill in drills})
    recorder.status(replace(a_switch(2), parts=Parts().having(STATE, state)))
    found = {}
    for (name, labels), value in scrape(recorder).items():
        if name.startswith(begins) and not name.endswith("_total"):
            words = [word for _, word in sorted(labels)]
            found[" ".join([name.removeprefix(begins), *words])] = value
    return found


def test_the_last_answer_is_a_ratio_with_its_time_and_what_made_it_fall():
    assert values(ANSWER) == {
        "ratio": 0.75,
        "people ready": 30,
        "people wanted": 40,
        "timestamp_seconds": 1e9,
        "trial_desktops": 0,
        "cause_people trial_port_closed profile cad": 10,
    }


def test_without_an_answer_nothing_is_said_but_that_there_is_none():
    assert values(None) == {"timestamp_seconds": 0}


def test_where_no_trial_was_made_that_was_asked_for_no_ratio_is_told():
    found = values(replace(ANSWER, causes=(), untried=IN_A_SURGE(state="running")))

    assert found == {"people ready": 30, "people wanted": 40, "timestamp_seconds": 1e9, "trial_desktops": 0}


def test_trial_desktops_that_were_reached_are_counted():
    trial = FAULT(subject=subjects.PROFILE(profile="cad"), what=REACHED(storage="thin", ready_s=74, took_ms=9, steps=""))

    assert values(replace(ANSWER, trials=(trial, trial)))["trial_desktops"] == 2


def test_the_last_drill_of_each_kind_says_how_many_had_a_desktop_and_when():
    twin = KeptDrill(at=2e9, scenario="confinement", place=DrillPlace.TWIN, planned=40, ready=30, batches=4, late_batches=1)
    canary = KeptDrill(at=1e9, scenario="confinement", place=DrillPlace.CANARY, planned=0, ready=0)

    assert values(ANSWER, (twin, canary), "bascule_drill_") == {
        "ratio twin": 0.75,
        "ratio canary": 0,
        "late_batches twin": 1,
        "late_batches canary": 0,
        "timestamp_seconds twin": 2e9,
        "timestamp_seconds canary": 1e9,
    }


def test_a_cause_is_named_by_the_reason_that_says_most():
    short = LATE_FOR(why=ROOM_SHORT(count=2, binds="addresses"))
    causes = (
        Cause(what=FROZEN(), people=40),
        Cause(what=LATE_FOR(why=Reason("memory", "waits_memory")), people=3),
        Cause(what=short, people=2),
    )
    found = values(replace(ANSWER, causes=causes))

    assert {name: value for name, value in found.items() if name.startswith("cause")} == {
        "cause_people readiness_frozen ": 40,
        "cause_people waits_memory ": 3,
        "cause_people room_short addresses": 2,
    }


def test_every_row_has_a_series_with_its_labels():
    drill = KeptDrill(at=1.0, scenario="surge", place=DrillPlace.TWIN, planned=9, ready=9)

    assert labels_with(ROOM, STATE, StandingState(answer=ANSWER, drills={drill.place: drill})) == labels_of(ROOM)
