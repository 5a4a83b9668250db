"""The description of a fault, before it is played."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.model.commands import Completion
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.site_config import SiteConfig
from tests.bench.faults.ears import Reason

if TYPE_CHECKING:
    from tests.bench.faults.scene import Scene

HOUR_S = 3600.0
Rights = Mapping[str, frozenset[str]]


def _never(_: Completion) -> bool:
    return False


def _nothing(_: "Scene") -> None:
    """Happens."""


def _as_it_is(spec: TwinSpec) -> TwinSpec:
    return spec


def _as_it_is(config: SiteConfig) -> SiteConfig:
    return config


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One fault."""

    row: str
    """Of the list of what was found: A1 … E12."""
    what: str
    reason: Reason | None
    """None: the fault needs no reason; `held` says what must hold instead."""
    heard: Callable[[Completion], bool] = _never
    """Whether an answer is the first that speaks of the fault. What no answer speaks of, the fault itself says (Scene.hear)."""
    spec: Callable[[TwinSpec], TwinSpec] = _as_it_is
    config: Callable[[SiteConfig], SiteConfig] = _as_it_is
    rights: Callable[[TwinSpec], Rights] | None = None
    """Of the daemon's token; None: it may do anything."""
    at_start: Callable[["Scene"], None] = _nothing
    at_work: Callable[["Scene"], None] | None = None
    """When everybody has a desktop: then the hour begins. None: it begins with the first order."""
    lasts_s: float = HOUR_S
    brief_s: float = 400.0
    """So long is enough to see what there is to be seen."""
    held: Callable[["Scene"], str] = lambda _: ""
    """What else must hold at the end; empty: it does."""


__all__ = ["HOUR_S", "Case", "Rights"]
