"""What the daemon has in memory while it makes desktops: how fast clones and boots were. A rehearsal that goes on has it, too.

Otherwise it would begin as a daemon that has just been started, with few clones and boots at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import inf

from provisioner.model.ids import ClusterId, Instant, LockDomain, NodeKey, NodeName, ProfileName
from provisioner.model.measured import MeasuredKind, Measurement
from provisioner.model.profiles import Profile
from provisioner.model.records import DesktopRecord
from provisioner.pacing.boot_samples import Boot
from provisioner.pacing.clone_samples import CloneRun
from provisioner.pacing.measurements import Meter

CLONES = frozenset({MeasuredKind.CLONE, MeasuredKind.FULL_CLONE})
BOOTS = frozenset({MeasuredKind.BOOT, MeasuredKind.FIRST_BOOT})
PAUSE_S = 600.0
"""Clones that begin after a longer pause belong to another burst: nothing of Bascule takes so long in between."""


def going_on(measured: Iterable[Measurement], *, now: Instant) -> tuple[Measurement, ...]:
    """The measurements of desktops that are being made now, without a long pause, in the order of their ends."""
    latest = sorted((each for each in measured if each.kind in CLONES | BOOTS), key=lambda each: each.ended_at, reverse=True)
    kept: list[Measurement] = []
    since = now
    for each in latest:
        if each.ended_at < since - PAUSE_S:
            break
        kept.append(each)
        since = min(since, each.began_at)
    return tuple(reversed(kept))


def recall(
    meter: Meter, measured: Iterable[Measurement], profiles: Mapping[ProfileName, Profile], records: Iterable[DesktopRecord]
) -> None:
    """Put the measurements into the meter; `records` are those of the desktops."""
    by_image = {profile.image: name for name, profile in sorted(profiles.items(), reverse=True)}
    clones: defaultdict[LockDomain, list[CloneRun]] = defaultdict(list)
    boots: defaultdict[NodeKey, list[Boot]] = defaultdict(list)
    for each in measured:
        profile = by_image.get(each.image)
        if each.kind in CLONES:
            clones[LockDomain(each.place)].append(
                CloneRun(began_at=each.began_at, ended_at=each.ended_at, parallel=each.parallel)
            )
        elif profile is not None:
            cluster, _, node = each.place.partition("/")
            boots[NodeKey(ClusterId(cluster), NodeName(node))].append(
                Boot(began_at=each.began_at, ended_at=each.ended_at, parallel=each.parallel, profile=profile)
            )
    oldest_at = min((record.started_at for record in records if record.started_at and not record.report), default=inf)
    meter.recall(clones, boots, oldest_at=oldest_at)


__all__ = ["BOOTS", "CLONES", "PAUSE_S", "going_on", "recall"]
