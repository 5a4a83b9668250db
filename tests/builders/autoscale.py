"""What was decided about a pool."""

from dataclasses import replace
from typing import Any

from provisioner.model.autoscale import (
    AutoscaleMode,
    AutoscaleRules,
    AutoscaleState,
    Buffers,
    Decision,
    ExpectedDemand,
    LeadDemand,
    Leads,
    PoolAutoscale,
    PoolCounts,
    PoolTargets,
)
from provisioner.model.ids import DesktopName
from provisioner.model.pools import DesktopPool
from provisioner.reasons.pools import AUTOSCALE_SPARE
from tests.builders.arrivals import CALENDAR
from tests.builders.cluster import NOW

DEMAND = LeadDemand(mean=46.5, dispersion=3.0)
DECISION = Decision(
    at=NOW,
    counts=PoolCounts(lent=8, free=3, stopped=2),
    leads=Leads(boot_s=45.0, clone_s=90.0),
    demand=ExpectedDemand(boot=DEMAND, boot_soon=DEMAND, clone=DEMAND),
    buffers=Buffers(ready=5, made=9),
    within_hours=True,
    targets=PoolTargets(running=13, running_most=16, made=17),
    start=(DesktopName("vd-1"), DesktopName("vd-2")),
    make=4,
    because=(AUTOSCALE_SPARE(lent=8, free=5),),
)
IN_SHADOW = AutoscaleState(mode=AutoscaleMode.SHADOW, decision=DECISION, differences={"made": 4}, came=120, waited=1)


def followed(pool: DesktopPool, **rules: Any) -> DesktopPool:
    """The pool with rules to follow its people, in shadow."""
    sizes = AutoscaleRules(**{"max": pool.size, **rules})
    return replace(pool, autoscale=PoolAutoscale(rules=sizes, calendar=CALENDAR))
