"""What is done about a pool in one cycle: as many steps as the targets need, and on which desktops.

Nobody is cut: only desktops that are free are drained, and one whose sessions are unknown counts as lent. What is nearest to
ready comes first: a draining desktop is pardoned before one is started, and one is started before one is made.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from provisioner.model.autoscale import Decision, PoolCounts, PoolTargets, StepCounts, Use
from provisioner.model.ids import DesktopName
from provisioner.planning.autoscale.standby import KNOWN_DAYS
from provisioner.planning.autoscale.targets import PoolInputs, Sizing
from provisioner.reasons.pools import (
    AUTOSCALE_AT_MOST,
    AUTOSCALE_NEW,
    AUTOSCALE_SPARE,
    AUTOSCALE_STANDBY,
    AUTOSCALE_STOCK,
)
from provisioner.reasons.reason import Reason


def counts_of(uses: Mapping[DesktopName, Use]) -> PoolCounts:
    """How many desktops do what."""
    count = Counter(uses.values())
    return PoolCounts(
        lent=count[Use.LENT] + count[Use.UNKNOWN],
        free=count[Use.FREE],
        preparing=count[Use.PREPARING],
        making=count[Use.MAKING],
        stopped=count[Use.STOPPED],
        draining=count[Use.DRAINING],
    )


def decide(inputs: PoolInputs, uses: Mapping[DesktopName, Use]) -> Decision:
    """The decision about a pool; its counts follow from what each desktop does."""
    inputs = replace(inputs, counts=counts_of(uses))
    sizing = Sizing(inputs)
    steps = steps_of(inputs.counts, sizing.targets, most=inputs.rules.max)
    return Decision(
        at=inputs.now,
        counts=inputs.counts,
        leads=inputs.leads,
        demand=inputs.demand,
        buffers=sizing.buffers,
        within_hours=sizing.within_hours,
        targets=sizing.targets,
        pardon=_named(uses, Use.DRAINING)[: steps.pardon],
        start=_named(uses, Use.STOPPED)[: steps.start],
        drain=_named(uses, Use.FREE)[::-1][: steps.drain],
        make=steps.make,
        because=_because(sizing),
    )


def steps_of(counts: PoolCounts, targets: PoolTargets, *, most: int) -> StepCounts:
    """As many steps as the targets need; never more desktops than `most`.

    What is only on its way to ready is not a reason to drain what is ready: people who come in between would wait.
    """
    missing = max(0, targets.running - counts.running)
    pardon = min(missing, counts.draining)
    start = min(missing - pardon, counts.stopped)
    unmade = max(missing - pardon - start - counts.making, targets.made - counts.made)
    return StepCounts(
        pardon=pardon,
        start=start,
        drain=min(counts.free, max(0, counts.lent + counts.free - targets.running_most)),
        make=max(0, min(unmade, most - counts.made)),
    )


def _named(uses: Mapping[DesktopName, Use], use: Use) -> tuple[DesktopName, ...]:
    return tuple(sorted(name for name, found in uses.items() if found is use))


def _because(sizing: Sizing) -> tuple[Reason, ...]:
    most, wanted = sizing.rules.max, sizing.inputs.counts.lent + sizing.buffers.made
    sized = _sized(sizing)
    return (AUTOSCALE_AT_MOST(wanted=wanted, most=most), sized) if wanted > most else (sized,)


def _sized(sizing: Sizing) -> Reason:
    """Whatever decides how many free desktops run."""
    lent, free = sizing.inputs.counts.lent, sizing.buffers
    if sizing.spare is not None:
        return AUTOSCALE_SPARE(lent=lent, free=free.made)
    counts = {"lent": lent, "ready": free.ready, "made": free.made}
    if (standby := sizing.standby) is not None and standby.is_new:
        return AUTOSCALE_NEW(**counts, days=standby.days, known=KNOWN_DAYS, most=sizing.rules.max)
    words = {**counts, "lead_s": round(sizing.inputs.leads.boot_s)}
    if standby is not None:
        return AUTOSCALE_STANDBY(**words)
    boot = sizing.demand.boot
    percent = sizing.rules.waits_percent
    return AUTOSCALE_STOCK(**words, percent=percent, mean=round(boot.mean, 1), ratio=round(boot.dispersion, 1))
