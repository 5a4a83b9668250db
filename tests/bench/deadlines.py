"""Waves whose importance and deadlines differ: the order of deadlines where nobody becomes late by it, and without.

Two waves of the same size; the first one, which is more important, is due late. Clones take three times as long, so that a
wave takes some minutes, and a look every half minute can see it coming. In the disturbed case storage becomes three times
slower when the urgent wave has gone first for a while.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from provisioner.model.ids import ClusterId, WaveName
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import PlannedTime, Scenario, Wave
from provisioner.planning.eta.deadline_order import DeadlineOrder
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from tests.bench.parallel import spread
from tests.bench.shapes import SHAPES
from tests.bench.stage import BEGIN, a_config_on, a_roster, slow_down

TITLES = (
    "local-16", "shared-1", "shared-4", "faulty", "early-loss", "windows", "mixed-8", "ceph-1", "wide-3", "windows-ceph",
    "slow-nfs",
)  # fmt: skip
"""The shapes of the reference twins, and those beside them."""
PEOPLE = 160
_EARLY, _LATE = 0.85, 2.5
"""Deadlines, in times of what both waves take together: the second wave alone takes half of that."""
_SLOWER = 3.0
_NODES = 4


class _Never(DeadlineOrder):
    """The order of importance, whatever is due."""

    def look(self, *_: Any, **__: Any) -> None:
        """It stays as it is."""


def rows(title: str, *, people: int = PEOPLE) -> list[dict[str, Any]]:
    """One shape: with and without the mechanism, undisturbed and disturbed."""
    spec = _slowed(title, people)
    whole_s = _played(title, spec, people, dues=(1e6, 1e6), order=_Never()).last_after_s
    assert whole_s is not None
    dues = (_LATE * whole_s, _EARLY * whole_s)
    found = []
    for at_s in (None, 0.4 * whole_s):
        for order in (_Never(), DeadlineOrder()):
            forecast = _played(title, spec, people, dues=dues, order=order, slow_at_s=at_s)
            important, urgent = (people // 2 - wave.late for wave in forecast.waves)
            found.append(
                {
                    "shape": title,
                    "people": people,
                    "whole_s": round(whole_s),
                    "disturbed": at_s is not None,
                    "with": not isinstance(order, _Never),
                    "important_in_time": important,
                    "urgent_in_time": urgent,
                    "last_s": None if forecast.last_after_s is None else round(forecast.last_after_s),
                }
            )
    return found


def _slowed(title: str, people: int) -> TwinSpec:
    nodes = None if title in ("wide-3", "mixed-8") else _NODES
    spec = replace(SHAPES[title], nodes=nodes).spec(seed=2, desktops=people)
    storages = tuple(replace(each, image_operation_s=each.image_operation_s * _SLOWER) for each in spec.storages)
    return replace(spec, storages=storages, faults=())


def _played(
    title: str, spec: TwinSpec, people: int, *, dues: tuple[float, float], order: DeadlineOrder, slow_at_s: float | None = None
) -> Any:
    roster = a_roster(people)
    logins = frozenset(sorted(agent.login for agent in roster.agents.values())[: people // 2])
    waves = (
        Wave(name=WaveName("important"), who=Selection(logins=logins), ready_by=PlannedTime(after_s=dues[0]), priority=0),
        Wave(name=WaveName("urgent"), who=Selection(), ready_by=PlannedTime(after_s=dues[1]), priority=1),
    )
    config = replace(SHAPES[title].config(a_config_on(spec)), scenario=Scenario(name="order", planned=True, waves=waves))
    rehearsal = Rehearsal(Stage(config=config, roster=roster, twins={ClusterId(spec.name): spec}, begins_at=BEGIN))
    rehearsal.reconciler.parts.board.waves.order = order
    if slow_at_s is not None:
        rehearsal.events.after(slow_at_s, lambda: slow_down(rehearsal, _SLOWER))
    return rehearsal.run()


def run(titles: Iterable[str] = TITLES, *, people: int = PEOPLE, jobs: int = 1) -> dict[str, Any]:
    """All shapes."""
    found = spread(partial(rows, people=people), titles, jobs=jobs)
    return {"rows": [row for of_shape in found for row in of_shape]}
