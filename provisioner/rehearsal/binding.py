"""What a switch, or a wave of it, waits for: the resource whose doubling shortens it most. Pure. The only definition of that.

A resource that is busy all the time need not be the one that others wait for, and a lock whose waiters poll is idle although it
binds. So each resource of the twins is doubled, and the switch rehearsed again, with other chances, too: what shortens it by no
more than chance is not named. During a surge `planning/eta` asks its queue, which knows no chance, in the same way. Who gets no
desktop at all waits for what is missing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from statistics import median
from typing import Protocol

from provisioner.model.ids import ClusterId
from provisioner.model.machines.twin_spec import StorageSpec, TwinSpec
from provisioner.model.people.profiles import CloneKind
from provisioner.model.site_config import SiteConfig
from provisioner.planning.eta.waves import LEAST
from provisioner.reasons import rehearsal as reasons
from provisioner.reasons.reason import Reason

CHANCES = 3
"""With so many sets of chances each resource is doubled: of two, none is in the middle."""
Twins = Mapping[ClusterId, TwinSpec]


class SwitchPart(Protocol):
    """A switch, or a part of it. Times in seconds from one beginning."""

    @property
    def wanted(self) -> int:
        """Desktops."""

    @property
    def ready_after_s(self) -> Sequence[float]:
        """When each was ready."""

    @property
    def last_opens_after_s(self) -> float:
        """When its last batch opens."""

    @property
    def last_after_s(self) -> float | None:
        """When the last desktop was ready; None: never."""

    @property
    def lacks(self) -> Reason:
        """What most of those wait for who have no desktop at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubling:
    """What twice as much of a resource would bring."""

    resource: Reason
    after_s: float
    """When the last desktop would be ready."""
    saved_s: float
    """Seconds saved."""
    chance_s: float
    """So much may be chance."""

    @property
    def sure(self) -> bool:
        """Whether it is more than chance."""
        return self.saved_s >= self.chance_s > 0.0


def gains_of(resources: Iterable[Reason], chances: Sequence[Sequence[SwitchPart]]) -> tuple[Doubling, ...]:
    """The best first. `chances`: for each set of chances what came as it is, and then with each resource doubled."""
    found = (_gain(each, [(whole, again[at]) for whole, *again in chances]) for at, each in enumerate(resources))
    return tuple(sorted(filter(None, found), key=lambda gain: (gain.after_s, gain.resource)))


def _gain(resource: Reason, pairs: Sequence[tuple[SwitchPart, SwitchPart]]) -> Doubling | None:
    """The median over all chances. As far as they are apart may be chance, and `LEAST`. None: some desktop is never ready."""
    ends_s = [(whole.last_after_s, again.last_after_s) for whole, again in pairs]
    saved_s = [end_s - again_s for end_s, again_s in ends_s if end_s is not None and again_s is not None]
    if len(saved_s) < len(pairs):
        return None
    end_s, opens_s = ends_s[0][0] or 0.0, max(0.0, pairs[0][0].last_opens_after_s)
    chance_s = max(LEAST * (end_s - opens_s), max(saved_s) - min(saved_s))
    return Doubling(resource=resource, after_s=end_s - median(saved_s), saved_s=median(saved_s), chance_s=chance_s)


def binding(part: SwitchPart, gains: Sequence[Doubling]) -> Reason:
    """What the whole switch, or one wave, waits for, from the gains of all resources, the best first."""
    end_s = part.last_after_s
    if not part.wanted:
        return reasons.NONE_WANTED()
    if part.lacks or not part.ready_after_s:
        return part.lacks or reasons.NONE_READY()
    if end_s is None:
        return reasons.NEVER_READY(count=part.wanted - len(part.ready_after_s))
    if end_s <= max(0.0, part.last_opens_after_s):
        return reasons.READY_BEFORE()
    best = next((gain for gain in gains if gain.sure), None)
    if best is None:
        return reasons.TIMETABLE()
    return reasons.BINDS_MOST(resource=best.resource, before_s=round(end_s), after_s=round(best.after_s))


def in_short(binds: Reason) -> Reason:
    """The resource alone, without what its doubling would bring."""
    resource = binds.arguments.get("resource")
    return resource if isinstance(resource, Reason) else binds


def doubled(twins: Twins, *, full: bool) -> Iterator[tuple[Reason, Twins]]:
    """Each resource that desktops are made with, and twins with twice as much of it: the storages of disks, those of cloud-init
    drives, the nodes, the API's workers.

    Storages of one role are one resource: desktops take another of them if one is busy.
    """
    templates = [template for spec in twins.values() for template in spec.templates]
    disks = frozenset(template.storage for template in templates)
    drives = frozenset(template.cloud_init_storage or template.storage for template in templates) - disks
    for storages in filter(None, (disks, drives)):
        names = ", ".join(sorted(storages))
        yield reasons.LOCK_OF(domain=names), _each(twins, storages, _faster_lock)
        if full:
            yield reasons.COPYING(domain=names), _each(twins, storages, _faster_copies)
    width = min(spec.durations.boots_width for spec in twins.values())
    yield reasons.BOOTING(width=width), {key: _wider(spec) for key, spec in twins.items()}
    yield reasons.API_WORKERS(), {key: _more_workers(spec) for key, spec in twins.items()}


def clones_in_full(config: SiteConfig) -> bool:
    """Whether desktops of any profile are full clones, which copy their disks."""
    return any(profile.clone is CloneKind.FULL for profile in config.profiles.values())


def _each(twins: Twins, storages: Set[str], change: Callable[[StorageSpec], StorageSpec]) -> Twins:
    return {
        cluster: replace(spec, storages=tuple(change(each) if each.storage in storages else each for each in spec.storages))
        for cluster, spec in twins.items()
    }


def _faster_lock(storage: StorageSpec) -> StorageSpec:
    return replace(storage, image_operation_s=storage.image_operation_s / 2)


def _faster_copies(storage: StorageSpec) -> StorageSpec:
    return replace(storage, copy_gib_per_second=storage.copy_gib_per_second * 2)


def _wider(spec: TwinSpec) -> TwinSpec:
    durations = spec.durations
    wider = replace(durations, boots_width=2 * durations.boots_width, boots_before_loss=2 * durations.boots_before_loss)
    return replace(spec, durations=wider)


def _more_workers(spec: TwinSpec) -> TwinSpec:
    return replace(spec, api=replace(spec.api, workers=min(64, 2 * spec.api.workers)))


__all__ = ["CHANCES", "Doubling", "SwitchPart", "binding", "clones_in_full", "doubled", "gains_of", "in_short"]
