"""Warnings that a wave will be late, and its bands, on drawn clusters in virtual time.

One wave of 60 to 120 people with a deadline, on shapes that nobody chose (`drawn`) and whose hardware takes 8 to 40 minutes: a
warning of a shorter wave helps nobody. How long it takes undisturbed is played first; the deadline leaves a part of that over.
In a third of the cases something happens while desktops are made, at the latest when a warning can still come in time. Bands
are scored at several moments of each wave, of disturbed waves from then on: what has not happened yet is in none.
"""

import enum
import math
import random
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, islice
from typing import Any, Protocol

from provisioner.errors import DirectoryUnavailable
from provisioner.model.ids import ClusterId, WaveName
from provisioner.model.machines.twin_spec import KillNode, RivalLocks, TwinSpec
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.ceilings import Ceiling
from provisioner.model.scenario.gates import Gate
from provisioner.model.scenario.scenarios import PlannedTime, Scenario, Wave
from provisioner.model.site_config import SiteConfig
from provisioner.reconciler import run as run_loop
from provisioner.rehearsal.rehearse import Rehearsal, Stage, rehearsal_key
from provisioner.twin.calls import VirtualCalls
from tests.bench.drawn.shape import Drawn
from tests.bench.late_hearing import Band, Watch
from tests.bench.parallel import spread
from tests.bench.stage import BEGIN, a_config_on, a_roster, can_hold, slow_down

WAVES = 300
"""A third of them disturbed."""
IN_TIME_S = 300.0
"""A warning is in time if it comes so long before the deadline."""
_NOTICED_S = 120.0
"""What happens comes at least so much sooner."""
_DESKTOPS = (60, 120)
_BOUND_S = (480.0, 2400.0)
_SLACK = (1.2, 2.0)
"""Deadlines, in times of what the wave takes undisturbed: a forecast's band ends at about 1.2 times its middle."""
SLOWER = 3.0
_FAR_S = 30 * 86_400.0
"""A deadline that no wave misses."""
_LOOKS = tuple(tenth / 10 for tenth in range(1, 10))
"""When bands are scored, in shares of what the wave takes."""
WAVE = WaveName("everyone")


class Event(enum.StrEnum):
    """What happens."""

    NOTHING = "nothing"
    NODE_LOST = "a node dies"
    SLOW_STORAGE = "storage slows"
    LOAD = "foreign load comes"
    GATE = "a gate is held"
    CEILING = "a ceiling is hit"
    SILENT = "the directory falls silent"


class Configured(Protocol):
    """A shape, as far as its wave needs it."""

    def config(self, config: SiteConfig) -> SiteConfig:
        """What an administrator would write for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One wave; the seed is that of the shape, too."""

    seed: int
    event: Event = Event.NOTHING


def cases(waves: int = WAVES, *, seed: int) -> list[Case]:
    """So many, on shapes from this seed on: a run that is cut short has a third of them disturbed, too."""
    events = [event for event in Event if event is not Event.NOTHING]
    seeds = islice((number for number in count(seed) if _is_long(number)), waves)
    return [
        Case(seed=number, event=Event.NOTHING if at % 3 else events[at // 3 % len(events)]) for at, number in enumerate(seeds)
    ]


def _is_long(seed: int) -> bool:
    least, most = _BOUND_S
    return least <= shape_of(seed).bound_s <= most


def shape_of(seed: int) -> Drawn:
    """With people of its own."""
    return Drawn(seed=seed, desktops=random.Random(seed).randint(*_DESKTOPS))


def run(waves: int = WAVES, *, seed: int | None = None, jobs: int = 1) -> dict[str, Any]:
    """All cases, and the figures over them; the first seed, None: the seconds of the clock."""
    first = int(time.time()) if seed is None else seed
    print(f"late with --seed {first}", flush=True)
    return figures(spread(played, cases(waves, seed=first), jobs=jobs)) | {"desktops": _DESKTOPS, "seed": first}


def figures(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Over all cases."""
    upset = [case for case in found if case["event"] != Event.NOTHING]
    clean = [case for case in found if case["event"] == Event.NOTHING]
    late = [case for case in upset if case["late"]]
    return {
        "cases": list(found),
        "late": len(late),
        "good": sum(map(is_good, late)),
        "upset": len(upset),
        "false": sum(case["warned_s"] is not None and not case["late"] for case in clean),
        "clean": len(clean),
        **{key: sum(case[key] for case in found) for key in ("held", "sooner", "later", "unknown")},
        "width": _median([width for case in found for width in case["widths"]]),
    }


def is_good(case: Mapping[str, Any]) -> bool:
    """Whether it was not late, or warned of in time."""
    return not case["late"] or (case["warned_s"] is not None and case["warned_s"] >= IN_TIME_S)


def _median(numbers: list[float]) -> float | None:
    return sorted(numbers)[len(numbers) // 2] if numbers else None


def played(case: Case) -> dict[str, Any]:
    """What was said, and what came."""
    chance, shape = random.Random(f"late {case.seed}"), shape_of(case.seed)
    spec = replace(shape.spec(seed=case.seed, desktops=shape.desktops), faults=())
    people = can_hold(spec, wanted=shape.desktops)
    whole_s = undisturbed_s(shape, spec, people)
    due_s = round(whole_s * chance.uniform(*_SLACK))
    at_s = chance.uniform(0.0, min(whole_s, max(1.0, due_s - IN_TIME_S - _NOTICED_S)))
    watch = Watch(BEGIN + due_s, WAVE)
    rehearsal = rehearsal_of(
        shape, _faulty(case, spec, shape, at_s, chance), people, due_s=due_s, watch=watch, event=case.event
    )
    _disturb(rehearsal, case, shape, at_s=at_s, limit=chance.randint(people // 2, people - 1))
    run_loop(rehearsal.reconciler, rehearsal.calls, until=lambda: watch.over)
    since_s = 0.0 if case.event is Event.NOTHING else at_s + _NOTICED_S / 2
    found = {
        "seed": case.seed,
        "event": case.event.value,
        "people": people,
        "whole_s": round(whole_s),
        "due_s": due_s,
        "left_s": None if case.event is Event.NOTHING else round(due_s - at_s),
        "late": watch.ready < people,
        "ready": watch.ready,
        "warned_s": watch.warned_s,
        "said": watch.said,
        **scored(watch.bands, watch.came_at - BEGIN, since_s=since_s),
    }
    print(found, flush=True)
    return found


def scored(bands: Sequence[Band], came_s: float, *, since_s: float) -> dict[str, Any]:
    """How many of the bands at these moments held what came, from `since_s` on. Times from the beginning, in seconds."""
    moments = [share * came_s for share in _LOOKS if since_s <= share * came_s < math.inf]
    last = [max((band for band in bands if band.at <= moment), default=None, key=lambda band: band.at) for moment in moments]
    known = [band for band in last if band is not None and band.early is not None and band.late is not None]
    sooner, later = sum(came_s < band.early for band in known), sum(came_s > band.late for band in known)
    return {
        "held": len(known) - sooner - later,
        "sooner": sooner,
        "later": later,
        "unknown": len(moments) - len(known),
        "widths": [round(band.late / max(1.0, band.early), 2) for band in known],
    }


def _faulty(case: Case, spec: TwinSpec, shape: Drawn, at_s: float, chance: random.Random) -> TwinSpec:
    if case.event is Event.NODE_LOST:
        return replace(spec, faults=(KillNode(node=chance.choice(spec.nodes).name, at_s=at_s),))
    if case.event is Event.LOAD:
        hold_s = round(shape.figures.of["rival_hold_s"], 2)
        every_s = round(hold_s * shape.figures.of["rival_idle"], 2)
        rivals = (
            RivalLocks(storage=each.storage, hold_s=hold_s, every_s=every_s, at_s=at_s, for_s=_FAR_S) for each in spec.storages
        )
        return replace(spec, faults=tuple(rivals))
    return spec


def _disturb(rehearsal: Rehearsal, case: Case, shape: Drawn, *, at_s: float, limit: int) -> None:
    config = rehearsal.stage.config
    if case.event is Event.SLOW_STORAGE:
        rehearsal.events.after(at_s, partial(slow_down, rehearsal, SLOWER))
    elif case.event is Event.LOAD:
        rehearsal.events.after(at_s, partial(slow_down, rehearsal, shape.figures.of["slower"]))
    elif case.event is Event.CEILING:
        ceiling = replace(config.scenario, ceilings=(Ceiling(name="vpn", limit=limit),))
        rehearsal.events.after(at_s, partial(rehearsal.reconciler.follow, replace(config, scenario=ceiling)))
    elif case.event is Event.SILENT:
        directory = _Silent(rehearsal, at=BEGIN + at_s)
        key = rehearsal_key(config.installation)
        rehearsal.calls = VirtualCalls(twins=rehearsal.twins, events=rehearsal.events, directory=directory, key=key)


@dataclass(frozen=True, slots=True)
class _Silent:
    """A directory that answers no more from then on."""

    rehearsal: Rehearsal
    at: float

    def read(self, since: Roster | None = None, *, in_force: Roster | None = None) -> Roster:
        """Everybody; raises DirectoryUnavailable."""
        if self.rehearsal.events.now >= self.at:
            raise DirectoryUnavailable("no answer")
        return replace(self.rehearsal.stage.roster, read_at=self.rehearsal.events.now)


def undisturbed_s(shape: Configured, spec: TwinSpec, people: int) -> float:
    """How long the wave takes if nothing happens."""
    forecast = rehearsal_of(shape, spec, people, due_s=_FAR_S, watch=Watch(math.inf, WAVE)).run()
    assert forecast.last_after_s is not None, (shape, forecast)
    return forecast.last_after_s


def rehearsal_of(
    shape: Configured, spec: TwinSpec, people: int, *, due_s: float, watch: Watch, event: Event = Event.NOTHING
) -> Rehearsal:  # fmt: skip
    """One wave of so many people, with a deadline."""
    config = replace(shape.config(a_config_on(spec)), scenario=_scenario(due_s, held=event is Event.GATE))
    stage = Stage(
        config=config, roster=a_roster(people), twins={ClusterId(spec.name): spec}, begins_at=BEGIN, listeners=(watch,)
    )
    return Rehearsal(stage)


def _scenario(due_s: float, *, held: bool) -> Scenario:
    """`held`: behind a wave of a quarter of the people, and a gate that nobody opens."""
    gate = Gate.of(go=True) if held else None
    wave = Wave(name=WAVE, who=Selection(), ready_by=PlannedTime(after_s=due_s), gate=gate, priority=1)
    first = Wave(name=WaveName("first"), who=Selection(), percent=25.0, ready_by=PlannedTime(after_s=due_s), priority=0)
    return Scenario(name="late", planned=True, waves=(first, wave) if held else (wave,))


def of_events(found: Mapping[str, Any]) -> Iterable[tuple[Event, list[dict[str, Any]]]]:
    """The cases by what happened."""
    return ((event, [case for case in found["cases"] if case["event"] == event.value]) for event in Event)
