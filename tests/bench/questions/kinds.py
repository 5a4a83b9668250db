"""Which questions are asked: what is known by then, who is to have a desktop, and when it is asked."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random

from provisioner.model.ids import WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.people.profiles import Selection
from provisioner.model.pools import AfterPerson, DesktopPool, Lend
from provisioner.model.scenario.etas import Measurement
from provisioner.model.scenario.scenarios import PreparationLevel, Scenario, Wave
from provisioner.model.site_config import SiteConfig
from provisioner.rehearsal.measuring import Measuring
from provisioner.rehearsal.rehearse import Rehearsal
from tests.bench.drawn.shape import Drawn
from tests.bench.questions.known import EARLIER, history_of, stage_of
from tests.bench.stage import BEGIN, PROFILE, a_config_on
from tests.builders.shared_site import DESK, HELP, a_shared_scenario

KNOWN = 30
"""Desktops of another day."""
_MORNING_S = 12 * 3600.0
_BEFORE_S = 60.0
_SHARES = (0.2, 0.8)
"""Of the desktops, as many are ready when it is asked in the middle."""


class Kind(enum.StrEnum):
    """Of a question."""

    NEW = "no history"
    KNOWN = "30 known"
    AMID = "mid-switch"
    ROTATION = "rotation"
    POOL = "pool"
    NIGHT = "night"
    """Half of the desktops were made last night; the others' people come in the morning."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question, about a cluster that nobody chose."""

    seed: int
    agents: int
    kind: Kind

    @cached_property
    def shape(self) -> Drawn:
        """The cluster."""
        return Drawn(seed=self.seed, desktops=self.agents)

    @cached_property
    def truth(self) -> TwinSpec:
        """As it is."""
        return self.shape.spec(seed=self.seed, desktops=self.agents)

    @cached_property
    def chance(self) -> Random:
        """Of the question."""
        return Random(f"{self.seed}-{self.kind}")

    @cached_property
    def plain(self) -> SiteConfig:
        """Everybody at once."""
        return self.shape.config(a_config_on(self.truth))

    @cached_property
    def config(self) -> SiteConfig:
        """Who is to have a desktop."""
        change = {Kind.ROTATION: _rotating, Kind.POOL: _with_a_pool, Kind.NIGHT: _by_night}.get(self.kind)
        return self.plain if change is None else change(self, self.plain)

    @property
    def people(self) -> int:
        """In the directory: of a rotation twice as many as desktops."""
        return {Kind.ROTATION: 2 * self.agents, Kind.POOL: self.agents - self.agents // 2}.get(self.kind, self.agents)

    def before(self) -> tuple[Measurement, ...]:
        """What was measured on other days."""
        if self.kind in (Kind.NEW, Kind.NIGHT):
            return ()
        return history_of(self.plain, replace(self.truth, seed=self.seed + EARLIER), KNOWN, shape=self.shape)

    def reality(self, measuring: Measuring, before: Sequence[Measurement]) -> Rehearsal:
        """What comes, as far as the moment of the question; the daemon has begun with what was measured before."""
        stage = stage_of(self.config, self.truth, self.people)
        reality = Rehearsal(replace(stage, listeners=(measuring,), earlier=tuple(before)))
        self.shape.disturb(reality, agents=self.agents)
        reality.go_on(until=self._moment(reality))
        return reality

    def _moment(self, reality: Rehearsal) -> Callable[[], bool]:
        loop, share = reality.reconciler, self.chance.uniform(*_SHARES)
        if self.kind is Kind.NIGHT:
            return lambda: reality.events.now >= BEGIN + _MORNING_S - _BEFORE_S
        if self.kind is Kind.AMID:
            return lambda: bool(loop.status) and loop.status.phases.get(Phase.READY, 0) >= share * self.agents
        return lambda: bool(loop.flight.snapshot.clusters)


def _rotating(asked: Asked, config: SiteConfig) -> SiteConfig:
    pool = DesktopPool(name=DESK, profile=PROFILE, size=asked.agents, lend=Lend.BY_PLAN, after_person=AfterPerson.RESTART)
    return replace(config, desktop_pools={DESK: pool}, scenario=a_shared_scenario(by_hand=False))


def _with_a_pool(asked: Asked, config: SiteConfig) -> SiteConfig:
    """Half of the desktops are lent, and some of them are off until they are needed."""
    size = asked.agents // 2
    pool = DesktopPool(name=HELP, profile=PROFILE, size=size, spare=asked.chance.choice((size // 3, size)))
    return replace(config, desktop_pools={HELP: pool})


def _by_night(asked: Asked, config: SiteConfig) -> SiteConfig:
    prepare = asked.chance.choice((PreparationLevel.NONE, PreparationLevel.STOPPED))
    evening = Wave(name=WaveName("evening"), who=Selection(), percent=50)
    morning = Wave(name=WaveName("morning"), who=Selection(), after_s=_MORNING_S, prepare=prepare)
    return replace(config, scenario=Scenario(name="night", waves=(evening, morning)))


__all__ = ["KNOWN", "Asked", "Kind"]
