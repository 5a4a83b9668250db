"""The daemon asks each night how ready the site is: when, how often, and what becomes of a run without an answer."""

import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.capabilities.readiness.history import ANSWERS, DRILLS
from provisioner.capabilities.readiness.model import DrillPlace, KeptDrill, Readiness, StandingState
from provisioner.capabilities.readiness.settings import ReadinessSettings
from provisioner.capabilities.readiness.work import AGAIN_S, LATE_S, ReadinessWatch, last_due
from provisioner.daemon.beside import OwnCommand
from provisioner.errors import StoreError
from provisioner.model.kept.store_fit import D, HistoryTable
from provisioner.reasons.reason import NONE
from provisioner.reasons.trials import IN_A_SURGE
from tests.builders.monitors import SetClock
from tests.builders.patience import FUSE_S

PARIS = ZoneInfo("Europe/Paris")
RULES = ReadinessSettings(at=180, zone="Europe/Paris", scenario=Path("/etc/bascule/confinement.yaml"))
SAYS = (sys.executable, "-S", "-c")


def paris(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


@pytest.mark.parametrize(
    ("now", "due"),
    [
        pytest.param("2026-11-27T03:00", "2026-11-27T03:00", id="on the minute"),
        pytest.param("2026-11-27T02:59", "2026-11-26T03:00", id="a minute before: last night"),
        pytest.param("2026-11-27T23:59", "2026-11-27T03:00", id="in the evening"),
        pytest.param("2026-03-29T12:00", "2026-03-29T03:00", id="the day of the clocks"),
        pytest.param("2026-03-30T01:00", "2026-03-29T03:00", id="the night after the clocks"),
        pytest.param("2026-10-26T02:00", "2026-10-25T03:00", id="the night after the long one"),
        pytest.param("2027-01-01T00:00", "2026-12-31T03:00", id="New Year"),
    ],
)
def test_when_the_last_night_was_due(now, due):
    assert last_due(paris(now), RULES) == paris(due)


@pytest.mark.parametrize("rules", [RULES, replace(RULES, zone=None)], ids=["by its zone", "by the machine's"])
@pytest.mark.parametrize("at", [90, 120, 150, 179, 180], ids=lambda at: f"{at // 60:02}:{at % 60:02}")
@pytest.mark.parametrize("change", ["2026-10-25", "2026-03-29"])
def test_no_night_is_due_twice_and_each_once(rules, at, change):
    """In the hour that comes twice a run was due twice; a time that is skipped is as long after the change."""
    noon = paris(f"{change}T12:00") - 86_400
    looks = [last_due(noon + 60.0 * minute, replace(rules, at=at)) for minute in range(2 * 1440)]

    assert len(set(looks)) == 3, "those of the day before, of the change and of the day after"
    assert looks == sorted(looks)


class Night:
    """A watch whose command is some lines of Python."""

    def __init__(self, program: str, *, now: str = "2026-11-27T03:01", rules: ReadinessSettings | None = RULES) -> None:
        self.store, self.clock, self.said = MemoryStore(), SetClock(paris(now)), list[str]()
        words: Sequence[str] = (*SAYS, program) if program else ()
        self.watch = ReadinessWatch(
            OwnCommand(words=words, options=("--config", "/etc/bascule/bascule.yaml")),
            rules=lambda: rules,
            rate=1.0,
            store=self.store,
            clock=self.clock,
            notice=lambda subject, text: self.said.append(f"{subject}: {text}"),
            start=lambda work: work(),
        )

    def look_twice(self) -> None:
        """The run, and the one more that there is if it kept no answer."""
        self.watch.round()
        self.clock.at += AGAIN_S
        self.watch.round()

    def codes(self) -> list[str]:
        return [cause.what.code for answer in self.store.latest(ANSWERS, 9) for cause in answer.causes]


FAILS = "import sys; print('no such file', file=sys.stderr); sys.exit(2)"


def test_a_night_without_an_answer_counts_as_nothing_and_says_why():
    night = Night(FAILS)
    night.look_twice()

    (answer,) = night.store.latest(ANSWERS, 9)
    assert (answer.percent, answer.scenario, night.codes()) == (0, "confinement", ["readiness_ended_silent"])
    assert "exit code 2" in str(answer.causes[0].what)
    assert "no such file" in night.said[1]


def test_a_run_that_fails_is_no_answer_and_there_is_one_more_after_some_minutes():
    night = Night(FAILS)
    night.watch.round()
    night.clock.at += AGAIN_S - 1
    night.watch.round()

    assert night.codes() == []
    assert night.said == [
        "readiness: the nightly run has kept no answer (exit code 2): no such file; it is asked once more in 10 min"
    ]

    night.clock.at += 1
    for _ in range(3):
        night.watch.round()
        night.clock.at += AGAIN_S

    assert night.codes() == ["readiness_ended_silent"]
    assert len(night.said) == 2


def test_a_run_is_asked_for_once_more_as_soon_as_ever_after_the_clock_was_set_back():
    night = Night(FAILS, now="2026-11-27T05:00")
    night.watch.round()
    night.clock.at -= 3600
    night.watch.round()
    night.clock.at += AGAIN_S
    night.watch.round()

    assert night.codes() == ["readiness_ended_silent"]


def test_an_answer_in_the_meantime_is_enough():
    night = Night(FAILS)
    night.watch.round()
    night.clock.at += AGAIN_S
    night.store.add(ANSWERS, Readiness(at=night.clock.now() - 30, scenario="confinement", wanted=1, ready=1))
    night.watch.round()

    assert (night.codes(), len(night.said)) == ([], 1)


def test_a_second_run_is_left_out_once_people_are_at_work():
    night = Night(FAILS)
    night.clock.at = paris("2026-11-27T03:00") + LATE_S - 60
    night.look_twice()

    assert night.codes() == ["readiness_ended_silent"]


def test_a_night_is_asked_for_once_and_the_next_again():
    night = Night(FAILS)
    for _ in range(3):
        night.look_twice()
    night.clock.at += 86_400
    night.look_twice()

    assert len(night.store.latest(ANSWERS, 9)) == 2


def test_an_answer_of_tonight_is_enough_whoever_has_asked():
    night = Night(FAILS)
    night.store.add(ANSWERS, Readiness(at=night.clock.now() - 30, scenario="confinement", wanted=1, ready=1))
    night.watch.round()

    assert night.codes() == []


@pytest.mark.parametrize(
    ("after_s", "asked"),
    [
        pytest.param(LATE_S - 60, True, id="the daemon was down at three, and starts at eight"),
        pytest.param(LATE_S + 60, False, id="people are at work"),
    ],
)
def test_a_night_that_was_missed_is_made_up_for_before_people_are_at_work(after_s, asked):
    night = Night(FAILS)
    night.clock.at = paris("2026-11-27T03:00") + after_s
    night.watch.round()

    assert bool(night.said) is asked


def test_without_the_section_or_a_command_nothing_is_asked():
    for night in (Night(FAILS, rules=None), Night("")):
        night.watch.round()
        assert night.store.latest(ANSWERS, 9) == ()


def test_a_program_that_is_not_there_is_named():
    night = Night(FAILS)
    night.watch = ReadinessWatch(
        OwnCommand(words=("/nowhere/bascule",)), rules=lambda: RULES, rate=1.0, store=night.store, clock=night.clock,
        notice=lambda *_: None, start=lambda work: work(),
    )  # fmt: skip
    night.look_twice()

    assert night.codes() == ["readiness_not_started"]


def test_a_run_that_hangs_is_ended():
    night = Night("import time; time.sleep(60)", rules=ReadinessSettings(at=180, zone="Europe/Paris", within_s=0.2))
    night.watch.round()

    assert night.codes() == ["readiness_no_answer_within"]


class Surge(MemoryStore):
    """Of a command whose trial is left out while a surge is under way: so many times, and then has it."""

    def __init__(self, clock: SetClock, times: int) -> None:
        super().__init__()
        self.clock, self.times, self.asked = clock, times, 0

    def answers(self) -> None:
        self.asked += 1
        untried = IN_A_SURGE(state="running") if self.asked <= self.times else NONE
        self.add(ANSWERS, Readiness(at=self.clock.now(), scenario="confinement", wanted=4, ready=4, untried=untried))


def in_a_surge(times: int) -> Night:
    night = Night(FAILS)
    store = Surge(night.clock, times)
    night.store = night.watch._store = store
    night.watch._start = lambda work: (store.answers(), work())
    return night


def test_a_night_without_the_trial_that_was_asked_for_is_asked_once_more():
    night = in_a_surge(times=1)
    night.look_twice()

    assert night.said == [
        "readiness: no trial desktop was made: a surge is under way (it is running); it is asked once more in 10 min",
        "readiness: 100 of 100: 4 of 4 people",
    ]
    assert [answer.percent for answer in night.store.latest(ANSWERS, 9)] == [100, None]


def test_a_night_whose_trial_is_left_out_again_is_kept_as_not_known():
    night = in_a_surge(times=9)
    for _ in range(3):
        night.look_twice()

    assert night.said[1:] == [
        "readiness: not known, for no trial desktop was made: a surge is under way (it is running); otherwise 4 of 4 people"
    ]
    assert [answer.percent for answer in night.store.latest(ANSWERS, 9)] == [None, None]


def test_after_a_restart_a_night_without_its_trial_is_no_answer_of_tonight():
    night = in_a_surge(times=1)
    night.watch.round()
    again = in_a_surge(times=0)
    again.store.add(ANSWERS, *night.store.latest(ANSWERS, 1))
    again.watch.round()

    assert again.said == ["readiness: 100 of 100: 4 of 4 people"]


class DiskFull(MemoryStore):
    """Keeps nothing."""

    def latest(self, history: HistoryTable[D], limit: int) -> tuple[D, ...]:
        raise StoreError("disk full")


def test_a_store_that_keeps_nothing_is_named_and_the_night_is_not_asked_for_again():
    night = Night(FAILS)
    night.watch._store = DiskFull()
    night.watch.round()
    night.watch.round()

    assert night.said == [
        "readiness: the answers that are kept cannot be read: disk full",
        "readiness: no answer is kept: disk full",
    ]


def test_its_part_of_the_status_is_the_last_answer_and_the_last_drill_of_each_kind_and_outlasts_a_store_that_is_away():
    night = Night("")
    drills = [KeptDrill(at=at, scenario="a", place=place, planned=2, ready=1) for at, place in enumerate([*DrillPlace] * 2)]
    for drill in drills:
        night.store.add(DRILLS, drill)
    night.store.add(ANSWERS, answer := Readiness(at=1.0, scenario="a", wanted=1, ready=1))
    night.watch.round()
    night.watch._store = DiskFull()
    night.watch.round()

    assert night.watch.now() == StandingState(answer=answer, drills={drill.place: drill for drill in drills[2:]})


def test_nobody_is_shown_an_answer_once_nobody_asks_any_more():
    night = Night("", rules=None)
    night.store.add(ANSWERS, Readiness(at=1.0, scenario="a", wanted=1, ready=1))
    night.watch.round()

    assert night.watch.now() == StandingState()


def test_it_looks_as_soon_as_it_is_opened_and_ends():
    night, looked = Night("", rules=None), threading.Event()
    night.watch._rules = looked.set
    night.watch.open()

    assert looked.wait(FUSE_S)
    night.watch.close()
    assert not night.watch._thread.is_alive()


def test_what_the_command_is_told():
    night = Night("import sys; print(*sys.argv[1:], file=sys.stderr)")
    night.watch.round()

    said = "readiness /etc/bascule/confinement.yaml --keep --json --trial --config /etc/bascule/bascule.yaml"
    assert said in night.said[0]
