"""What the daemon has in memory while it makes desktops: how fast clones and boots were. A rehearsal that goes on has it, too.

Otherwise it would begin as a daemon that has just been started, with few clones and boots at once. A daemon itself begins with
the boots of earlier days.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from provisioner.model.ids import ClusterId, Instant, LockDomain, NodeKey, NodeName, ProfileName
from provisioner.model.measured import MeasuredKind, Measurement
from provisioner.model.profiles import Profile
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


def recall(meter: Meter, measured: Iterable[Measurement], profiles: Mapping[ProfileName, Profile]) -> None:
    """Put the measurements into the meter; they are in the order of their ends."""
    clones: defaultdict[LockDomain, list[CloneRun]] = defaultdict(list)
    boots: list[Measurement] = []
    for each in measured:
        if each.kind in CLONES:
            run = CloneRun(began_at=each.began_at, ended_at=each.ended_at, parallel=each.parallel)
            clones[LockDomain(each.place)].append(run)
        else:
            boots.append(each)
    meter.recall(clones, _boots_of(boots, profiles))


def recall_days(meter: Meter, measured: Iterable[Measurement], profiles: Mapping[ProfileName, Profile]) -> None:
    """Put the first boots of earlier days into the meter: what a node can do does not change overnight."""
    boots = (each for each in measured if each.kind is MeasuredKind.FIRST_BOOT)
    meter.recall_days(_boots_of(sorted(boots, key=lambda each: each.ended_at), profiles))


def _boots_of(measured: Iterable[Measurement], profiles: Mapping[ProfileName, Profile]) -> dict[NodeKey, list[Boot]]:
    by_image = {profile.image: name for name, profile in sorted(profiles.items(), reverse=True)}
    boots: defaultdict[NodeKey, list[Boot]] = defaultdict(list)
    for each in measured:
        if (profile := by_image.get(each.image)) is None:
            continue
        cluster, _, node = each.place.partition("/")
        boot = Boot(
            began_at=each.began_at,
            ended_at=each.ended_at,
            parallel=each.parallel,
            profile=profile,
            image=each.image,
            first=each.kind is MeasuredKind.FIRST_BOOT,
            expected_s=profiles[profile].expected_ready_s,
        )
        boots[NodeKey(ClusterId(cluster), NodeName(node))].append(boot)
    return boots


__all__ = ["BOOTS", "CLONES", "PAUSE_S", "going_on", "recall", "recall_days"]
