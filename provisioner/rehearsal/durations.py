"""The durations of a twin, and how far they may be wrong: from what its cluster has shown, and from priors. Pure.

Candidates are drawn from the priors. Each is as likely as it explains the clones and the boots that were measured, with how
many ran beside them and on which node; a few, by their likelihood, are what the rehearsals of a forecast play with.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import exp, log, sqrt
from statistics import fmean, stdev

from provisioner.model.machines.twin_spec import RandomFaults, StorageSpec, TwinSpec
from provisioner.model.scenario.etas import Measurement
from provisioner.reasons import rehearsal as reasons
from provisioner.reasons.reason import Reason
from provisioner.rehearsal.evidence import (
    BootGuess,
    Speeds,
    boots_explained,
    clones_explained,
    node_of,
)
from provisioner.rehearsal.priors import COPY_GIB_PER_SECOND, FAULTS, OPERATION_S, OUTSIDE_S, SIGMA, normal, quantile

_SEEN = 0.4
"""Spread of the width's logarithm below which it was seen; nothing seen leaves it at 0.8."""
_LATE = 1.5
"""Looks after which the end of a clone is known at most: it is seen by the next, and taken up by the cycle after it."""
_SLOWEST, _FASTEST = 0.05, 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a cluster has shown of one image: clones by their storage, and boots by their node."""

    clones: tuple[Measurement, ...] = ()
    boots: tuple[Measurement, ...] = ()
    under_way: tuple[Measurement, ...] = ()
    """Boots that have taken so long until now: a slow node is the last to show one."""
    look_s: float = 0.0
    """Seconds between two observations of clones: an end is seen so late at most."""
    full: bool = False
    """Whether the clones are full."""
    expected_s: float = 60.0
    """What the profile expects of a boot."""

    @property
    def desktops(self) -> int:
        """Whose clones and boots were measured."""
        return min(len(self.clones), len(self.boots))


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The twins that the measurements allow."""

    spec: TwinSpec
    """The middle; without a measurement the twin's own durations."""
    draw: Callable[[int], TwinSpec]
    """Others, by number from 0."""
    desktops: int = 0
    """Desktops whose clones and boots were measured."""
    assumed: tuple[Reason, ...] = ()
    """What was not measured."""


def estimate(spec: TwinSpec, shown: Shown, *, draws: int) -> Estimate:
    """A twin without desktops, as its cluster may be."""
    middle, twins = (_Twins(spec, shown, draws=count) for count in (1, draws))
    return Estimate(
        spec=middle.spec_of(0) if shown.desktops else spec,
        draw=twins.drawn,
        desktops=shown.desktops,
        assumed=tuple(_assumed(spec, shown, twins.boots)),
    )


class _Twins:
    """A twin for each of the guesses."""

    def __init__(self, spec: TwinSpec, shown: Shown, *, draws: int) -> None:
        self._spec, self._shown, self._draws = spec, shown, draws
        self.boots = boots_explained(shown.boots, shown.under_way, expected_s=shown.expected_s, draws=draws)
        speeds = self.boots[draws // 2].speeds
        self._clones = _by_storage(shown)
        self._guesses = {
            storage: clones_explained(
                clones, _of_local(spec, storage, speeds), _LATE * shown.look_s, full=shown.full, draws=draws
            )
            for storage, clones in self._clones.items()
        }

    def drawn(self, number: int) -> TwinSpec:
        """With other chances, and what no measurement shows: errors of what was measured, unlike nodes, and failures."""
        spec, boot = self.spec_of(number), self.boots[number]
        off = {
            node.name: exp(boot.doubt.get(node.name, boot.spread) * normal("speed", number, node.name)) for node in spec.nodes
        }
        nodes = tuple(replace(node, speed=min(_FASTEST, max(_SLOWEST, node.speed * off[node.name]))) for node in spec.nodes)
        faults = RandomFaults(share=FAULTS[number % len(FAULTS)], lock_timeouts=0.75, start_failures=0.0, lost_answers=0.25)
        return replace(spec, seed=spec.seed + 1 + number, nodes=nodes, random_faults=faults)

    def spec_of(self, number: int) -> TwinSpec:
        """With the guesses of this number."""
        boot, spec = self.boots[number], self._spec
        outside_s = [guesses[self._place(number)].outside_s for guesses in self._guesses.values()]
        durations = replace(
            spec.durations,
            sigma=self._sigma(boot, number),
            clone_outside_lock_s=fmean(outside_s) if outside_s else OUTSIDE_S.at(quantile(number, 7, of=self._draws)),
            start_task_s=boot.start_s,
            boot_s=boot.work_s,
            first_boot_s=boot.idle_s,
            boots_width=max(1, round(boot.width)),
            boots_before_loss=max(1, round(boot.before)),
            boots_loss=min(1.0, boot.loss),
        )
        nodes = tuple(replace(node, speed=boot.speeds.get(node.name, 1.0)) for node in spec.nodes)
        storages = tuple(self._storage(each, number) for each in spec.storages)
        return replace(spec, durations=durations, nodes=nodes, storages=storages)

    def _place(self, number: int) -> int:
        """The guess of the clones beside this one of the boots: quick ones are not always together."""
        return number * 3 % self._draws if self._draws > 1 else 0

    def _sigma(self, boot: BootGuess, number: int) -> float:
        """Of each part of a boot, from the spread of the whole. Few boots say little of it."""
        parts = (boot.start_s, boot.work_s, boot.idle_s)
        shown = boot.unexplained * sum(parts) / sqrt(sum(part**2 for part in parts))
        known = len(self._shown.boots) / (len(self._shown.boots) + 5.0)
        supposed = SIGMA.at((1.0 - known) * quantile(number, 5, of=self._draws))
        return min(1.0, exp(known * log(max(shown, 0.02)) + (1.0 - known) * log(supposed)))

    def _storage(self, storage: StorageSpec, number: int) -> StorageSpec:
        guesses = self._guesses.get(storage.storage)
        if guesses is None:  # as fast as those that have shown it
            guesses = next(iter(self._guesses.values()), None)
        if guesses is None:
            chance = quantile(number, 3, of=self._draws)
            copies = COPY_GIB_PER_SECOND.at(-chance)
            return replace(storage, image_operation_s=OPERATION_S.at(chance), copy_gib_per_second=copies)
        guess = guesses[self._place(number)]
        error = guess.unexplained / sqrt(sum(map(len, self._clones.values()))) * quantile(number, 5, of=self._draws)
        hold_s = guess.hold_s * exp(error)
        images, gib = _images_of(self._spec, storage.storage)
        if self._shown.full:  # they wait for copies, and linked ones for image operations
            return replace(storage, copy_gib_per_second=gib / hold_s)
        return replace(storage, image_operation_s=hold_s / images)


def _by_storage(shown: Shown) -> dict[str, list[Measurement]]:
    storages: dict[str, list[Measurement]] = {}
    for clone in shown.clones:  # of a lock domain, `cluster/node/storage` or `cluster/storage`
        storages.setdefault(clone.place.rpartition("/")[2], []).append(clone)
    return storages


def _of_local(spec: TwinSpec, name: str, speeds: Speeds) -> Speeds:
    """The nodes' speeds, if the storage is theirs."""
    return {} if any(each.shared and each.storage == name for each in spec.storages) else speeds


def _images_of(spec: TwinSpec, name: str) -> tuple[int, float]:
    """Image operations of a clone on this storage, and GiB of a full one."""
    template = next((each for each in spec.templates if each.storage == name), None)
    if template is None:
        return 1, 1.0
    beside = template.cloud_init_storage not in (None, name)
    images = 1 + template.data_disks + template.efi + template.tpm + (template.cloud_init and not beside)
    return images, max(1.0, float(template.disk_gib + template.data_disks))


def _assumed(spec: TwinSpec, shown: Shown, boots: Sequence[BootGuess]) -> Iterator[Reason]:
    durations = spec.durations
    if not shown.clones:
        for storage in spec.storages:
            yield reasons.ASSUMED_HOLD(storage=storage.storage, seconds=storage.image_operation_s)
    if not shown.boots:
        yield reasons.ASSUMED_BOOT(seconds=durations.boot_s + durations.first_boot_s)
    widths = [log(guess.width) for guess in boots]
    if stdev(widths) > _SEEN:
        yield reasons.ASSUMED_WIDTH(width=round(exp(fmean(widths))))
    unknown = sorted({node.name for node in spec.nodes} - {node_of(boot) for boot in (*shown.boots, *shown.under_way)})
    if shown.boots and unknown:
        yield reasons.ASSUMED_SPEED(count=len(unknown), nodes=", ".join(unknown))


__all__ = ["Estimate", "Shown", "estimate"]
