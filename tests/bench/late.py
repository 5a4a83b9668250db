"""Warnings that a wave will be late, on every shape, in virtual time: in time, and not in vain.

One wave of 60 to 200 people with a deadline. Each shape is slowed down, each case by factors of its own, so that a wave takes
10 to 60 minutes: otherwise nothing could be said five minutes before. How long it takes undisturbed is played first; the
deadline leaves a part of that over. In the disturbed cases something happens at a random time before the deadline.
"""

import enum
import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from provisioner.model.actions import Outcome
from provisioner.model.agents import Roster
from provisioner.model.desktops import Phase
from provisioner.model.etas import WaveOutlook
from provisioner.model.ids import ClusterId, WaveName
from provisioner.model.profiles import Selection
from provisioner.model.scenarios import Ceiling, PlannedTime, Scenario, Wave
from provisioner.model.status import Status
from provisioner.model.twin_spec import KillNode, TwinSpec
from provisioner.ports import ApiCall
from provisioner.reconciler import run as run_loop
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from tests.bench.parallel import spread
from tests.bench.shapes import SHAPES
from tests.bench.stage import BEGIN, a_config_on, a_roster, slow_down

TITLES = (
    "local-16", "shared-1", "shared-4", "faulty", "early-loss", "windows", "mixed-8", "ceph-1", "wide-3", "windows-ceph",
    "slow-nfs",
)  # fmt: skip
"""The shapes of the reference twins, and those beside them."""
WAVES = 300
"""A third of them disturbed."""
IN_TIME_S = 300.0
"""A warning is in time if it comes so long before the deadline."""
_DESKTOPS = (60, 200)
_SLACK = (1.2, 2.0)
"""Deadlines, in times of what the wave takes undisturbed: a forecast's band ends at about 1.2 times its middle."""
_LOCK, _BOOT = (2.0, 8.0), (1.0, 4.0)
MOST_OPERATION_S = 4.0
"""A slower image operation would make clones fail: nobody waits for a lock for longer than 10 s."""
_NODES = (3, 6)
"""Nodes that are left of the larger twins."""
SLOWER = 3.0
_FAR_S = 30 * 86_400.0
"""A deadline that no wave misses."""


class Event(enum.StrEnum):
    """What happens."""

    NOTHING = "nothing"
    NODE_LOST = "node lost"
    SLOW_STORAGE = "storage three times slower"
    CEILING = "ceiling hit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One wave."""

    title: str
    seed: int
    event: Event = Event.NOTHING


def cases(waves: int = WAVES) -> list[Case]:
    """So many, in turn of every shape and event: a run that is cut short has a third of them disturbed, too."""
    events = [event for event in Event if event is not Event.NOTHING]
    upset = [Case(title=TITLES[seed % len(TITLES)], seed=seed, event=events[seed % 3]) for seed in range(waves // 3)]
    clean = [Case(title=TITLES[seed % len(TITLES)], seed=10_000 + seed) for seed in range(waves - len(upset))]
    groups = ((each, *clean[2 * at : 2 * at + 2]) for at, each in enumerate(upset))
    return [case for group in groups for case in group] + clean[2 * len(upset) :]


def run(asked: Iterable[Case], *, desktops: tuple[int, int] = _DESKTOPS, jobs: int = 1) -> dict[str, Any]:
    """All cases, and the figures over them."""
    return figures(spread(partial(played, desktops=desktops), list(asked), jobs=jobs)) | {"desktops": desktops}


def figures(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Over all cases."""
    upset = [case for case in found if case["event"] != Event.NOTHING]
    clean = [case for case in found if case["event"] == Event.NOTHING]
    late = [case for case in upset if case["late"]]
    return {
        "cases": found,
        "late": len(late),
        "good": sum(map(is_good, upset)),
        "excused": sum(is_good(case) or case["left_s"] < IN_TIME_S for case in upset),
        "upset": len(upset),
        "false": sum(case["warned_s"] is not None and not case["late"] for case in clean),
        "clean": len(clean),
    }


def is_good(case: Mapping[str, Any]) -> bool:
    """Whether it was not late, or warned of in time."""
    return not case["late"] or (case["warned_s"] is not None and case["warned_s"] >= IN_TIME_S)


def played(case: Case, *, desktops: tuple[int, int] = _DESKTOPS) -> dict[str, Any]:
    """What was said, and what came."""
    chance = random.Random(f"{case.title}-{case.seed}")
    people = chance.randint(*desktops)
    spec = _slowed(case, chance, people)
    whole_s = undisturbed_s(case, spec, people)
    due_s = round(whole_s * chance.uniform(*_SLACK))
    at_s = chance.uniform(0.0, due_s)
    if case.event is Event.NODE_LOST:
        spec = replace(spec, faults=(*spec.faults, KillNode(node=chance.choice(spec.nodes).name, at_s=at_s)))
    watch = Watch(BEGIN + due_s)
    rehearsal = rehearsal_of(case, spec, people, due_s=due_s, watch=watch)
    _disturb(rehearsal, case, at_s=at_s, limit=chance.randint(people // 2, people - 1))
    run_loop(rehearsal.reconciler, rehearsal.calls, until=lambda: watch.over)
    found = {
        "title": case.title,
        "seed": case.seed,
        "event": case.event.value,
        "people": people,
        "whole_s": round(whole_s),
        "due_s": due_s,
        "left_s": round(due_s - at_s),
        "late": watch.ready < people,
        "ready": watch.ready,
        "warned_s": watch.warned_s,
        "said": watch.said,
    }
    print(found, flush=True)
    return found


def _slowed(case: Case, chance: random.Random, people: int) -> TwinSpec:
    """The shape with durations of its own, and fewer nodes."""
    shape = SHAPES[case.title]
    nodes = chance.randint(*_NODES)
    spec = replace(shape, nodes=None if case.title in ("wide-3", "mixed-8") else nodes).spec(
        seed=1 + case.seed, desktops=people
    )
    lock, boot = (math.exp(chance.uniform(*map(math.log, span))) for span in (_LOCK, _BOOT))
    operations = (min(MOST_OPERATION_S, storage.image_operation_s * lock) for storage in spec.storages)
    storages = tuple(replace(each, image_operation_s=seconds) for each, seconds in zip(spec.storages, operations, strict=True))
    return replace(
        spec,
        storages=storages,
        faults=tuple(fault for fault in spec.faults if not isinstance(fault, KillNode)),
        durations=replace(spec.durations, boot_s=spec.durations.boot_s * boot),
    )


def undisturbed_s(case: Case, spec: TwinSpec, people: int) -> float:
    """How long the wave takes if nothing happens."""
    forecast = rehearsal_of(case, spec, people, due_s=_FAR_S, watch=Watch(math.inf)).run()
    assert forecast.last_after_s is not None, (case, forecast)
    return forecast.last_after_s


def rehearsal_of(case: Case, spec: TwinSpec, people: int, *, due_s: float, watch: "Watch") -> Rehearsal:
    """One wave of so many people, with a deadline."""
    config = replace(SHAPES[case.title].config(a_config_on(spec)), scenario=_scenario(due_s))
    stage = Stage(
        config=config, roster=a_roster(people), twins={ClusterId(spec.name): spec}, begins_at=BEGIN, listeners=(watch,)
    )
    return Rehearsal(stage)


def _scenario(due_s: float) -> Scenario:
    wave = Wave(name=WaveName("everyone"), who=Selection(), ready_by=PlannedTime(after_s=due_s))
    return Scenario(name="late", planned=True, waves=(wave,))


def _disturb(rehearsal: Rehearsal, case: Case, *, at_s: float, limit: int) -> None:
    if case.event is Event.SLOW_STORAGE:
        rehearsal.events.after(at_s, lambda: slow_down(rehearsal, SLOWER))
    elif case.event is Event.CEILING:
        config = rehearsal.stage.config
        ceiling = replace(config.scenario, ceilings=(Ceiling(name="vpn", limit=limit),))
        rehearsal.events.after(at_s, lambda: rehearsal.reconciler.follow(replace(config, scenario=ceiling)))


class Watch:
    """Notes the first warning before the deadline, and how many are ready at the deadline."""

    def __init__(self, due_at: float) -> None:
        self._due_at = due_at
        self.ready = 0
        self.warned_s: float | None = None
        """So long before the deadline; None: it was not warned of."""
        self.said = ""
        self.over = False

    def status(self, status: Status) -> None:
        eta = next(iter(status.etas.values()), None)
        if self.warned_s is None and eta is not None and eta.outlook is WaveOutlook.EXPECTED_LATE:
            self.warned_s, self.said = round(self._due_at - status.at), eta.because.code
        if status.at >= self._due_at and not self.over:
            self.over = True
            self.ready = sum(state.wanted and state.phase is Phase.READY for state in status.desktops.values())

    def api_call(self, call: ApiCall) -> None:
        """Nothing is said in it."""

    def outcome(self, outcome: Outcome) -> None:
        """Nothing is said in it."""

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """It is read once."""

    def notice(self, subject: str, text: str) -> None:
        """The status says it, too."""
