"""A cluster drawn by a seed, with what an administrator would write for it, and the foreign load on it."""

import math
from dataclasses import dataclass, replace
from functools import cached_property, partial

from provisioner.model.ids import PoolName
from provisioner.model.machines.twin_spec import ApiSpec, Durations, Fault, LogOns, RandomFaults, RivalLocks, TwinSpec
from provisioner.model.people.profiles import CloneKind
from provisioner.model.site_config import SiteConfig
from provisioner.rehearsal.rehearse import Rehearsal
from tests.bench.best import TOLERATED_PERCENT
from tests.bench.drawn.hardware import hardware_of
from tests.bench.drawn.ranges import Figures, drawn_figures
from tests.bench.drawn.splitting import split_bound_s
from tests.bench.stage import PROFILE, held_by, slow_down

_PATIENCE = 20.0
"""A desktop is given up after so many times what it takes alone: what is slow here is slow, not broken."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A shape that nobody chose: the same for the same seed and number of desktops."""

    seed: int
    desktops: int

    @cached_property
    def figures(self) -> Figures:
        """What was drawn."""
        return drawn_figures(self.seed)

    @property
    def full(self) -> bool:
        """Whether clones are full."""
        return self.figures.kinds["clone"] == "full"

    @property
    def _fault_share(self) -> float:
        return 0.0 if self.figures.kinds["chance"] == "none" else round(self.figures.of["fault_share"], 4)

    @property
    def tolerated_percent(self) -> float:
        """Lock time-outs that count for nothing: few, and as many as the twin may make by chance (two standard deviations)."""
        share = self._fault_share
        return TOLERATED_PERCENT + 100 * (share + 2 * math.sqrt(share / self.desktops))

    @cached_property
    def calm(self) -> TwinSpec:
        """Without failures and foreign load: what the hardware can do."""
        hardware = hardware_of(self.seed, self.figures, desktops=self.desktops)
        of = self.figures.of
        return TwinSpec(
            name="drawn",
            seed=self.seed,
            nodes=hardware.nodes,
            storages=hardware.storages,
            templates=hardware.templates,
            durations=_durations(self.figures),
            api=ApiSpec(write_s=round(of["write_s"], 3), read_s=round(of["read_s"], 4)),
            log_ons=LogOns(concurrent=self.desktops if self.figures.kinds["log_ons"] == "everybody" else 0),
        )

    @cached_property
    def bound_s(self) -> float:
        """Of its hardware, whatever the load."""
        return split_bound_s(self.calm, desktops=self.desktops, holds=held_by(self.calm), full=self.full)

    def spec(self, *, seed: int, desktops: int) -> TwinSpec:
        """The twin; `seed`: of its durations."""
        return replace(self.calm, seed=seed, random_faults=RandomFaults(share=self._fault_share), faults=self._rivals)

    @property
    def _rivals(self) -> tuple[Fault, ...]:
        """Another client on every storage."""
        if self.figures.kinds["load"] not in ("rival", "both"):
            return ()
        hold_s, (from_s, lasts_s) = round(self.figures.of["rival_hold_s"], 2), self._load_s
        every_s = round(hold_s * self.figures.of["rival_idle"], 2)
        return tuple(
            RivalLocks(storage=each.storage, hold_s=hold_s, every_s=every_s, at_s=from_s, for_s=lasts_s)
            for each in self.calm.storages
        )

    @property
    def _load_s(self) -> tuple[float, float]:
        """When foreign load comes, and how long it stays."""
        of = self.figures.of
        return round(of["load_from"] * self.bound_s, 1), round(of["load_lasts"] * self.bound_s, 1)

    def disturb(self, rehearsal: Rehearsal, *, agents: int) -> None:
        """The storages get slow, and recover."""
        if self.figures.kinds["load"] not in ("slow storage", "both"):
            return
        slower, (from_s, lasts_s) = self.figures.of["slower"], self._load_s
        rehearsal.events.after(from_s, partial(slow_down, rehearsal, slower))
        rehearsal.events.after(from_s + lasts_s, partial(slow_down, rehearsal, 1 / slower))

    def config(self, config: SiteConfig) -> SiteConfig:
        """As an administrator who has made a single desktop, on the fastest node, would write it."""
        profile = config.profiles[PROFILE]
        alone_s = _alone_s(self.calm.durations)
        profile = replace(
            profile,
            clone=CloneKind.FULL if self.full else CloneKind.LINKED,
            expected_ready_s=round(max(30.0, alone_s)),
            ready_timeout_s=round(max(profile.ready_timeout_s, _PATIENCE * alone_s)),
            clone_timeout_s=3600.0 if self.full else profile.clone_timeout_s,
        )
        pooled = self.figures.kinds["pool"] == "pool"
        pools = dict.fromkeys(config.naming.vmids, PoolName("desks")) if pooled else {}
        return replace(config, profiles={PROFILE: profile}, pools=pools)


def _durations(figures: Figures) -> Durations:
    of, setup = figures.of, figures.kinds["setup"]
    width = round(of["boots_width"])
    restarts = setup == "restarts"
    return Durations(
        sigma=round(of["sigma"], 3),
        clone_outside_lock_s=round(of["clone_outside_lock_s"], 2),
        start_task_s=round(of["start_task_s"], 2),
        configure_s=round(of["configure_s"], 3),
        boot_s=round(of["boot_s"], 1),
        first_boot_s=round(of["first_boot_s"], 1),
        boots_width=width,
        boots_before_loss=round(width * of["loss_from"]),
        boots_loss=round(of["boots_loss"], 4),
        setup_s=0.0 if setup == "none" else round(of["setup_s"], 1),
        setup_spread_s=0.0 if setup == "none" else round(of["setup_s"] * of["setup_spread"], 1),
        setup_restarts=2 if restarts else 0,
        setup_failures=round(of["setup_failures"], 4) if restarts else 0.0,
    )


def _alone_s(durations: Durations) -> float:
    """From a start order to ready, alone on its node."""
    boots = 1 + durations.setup_restarts
    inside_s = durations.setup_s + durations.setup_spread_s / 2 + durations.first_boot_s
    return durations.start_task_s + boots * durations.boot_s + inside_s
