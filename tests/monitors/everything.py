"""A status that has something of every subject of the core: a series of each metric."""

from dataclasses import replace

from monitors.facts import DaemonFacts
from monitors.recorder import Recorder
from provisioner.extensions import Parts
from provisioner.model.scenario.ceilings import Ceiling, CeilingState
from provisioner.model.scenario.rotation import RotationState
from provisioner.model.session_counts import SessionTotals, ShownGroups
from provisioner.model.status import Status
from tests.builders.autoscale import IN_SHADOW, followed
from tests.builders.monitors import MONDAY, a_recorder, a_switch
from tests.builders.pools import A_POOL, DESK

_NONE = Parts()
VPN = Ceiling(name="vpn", limit=600)


def everything() -> Status:
    """A switch, with a pool that follows its people, a rotation and a ceiling."""
    status = replace(
        a_switch(20),
        planned_at=MONDAY,
        pools=(replace(A_POOL, pool=followed(A_POOL.pool)),),
        session_figures=SessionTotals(groups=ShownGroups(pools=frozenset({DESK})), push_delay_s=0.4),
        autoscale={DESK: IN_SHADOW},
        rotation=RotationState(),
    )
    return replace(status, demand=replace(status.demand, ceilings=(CeilingState(ceiling=VPN),)))


def that_knows_everything(parts: Parts = _NONE) -> Recorder:
    """A recorder that has that status. `parts`: of capabilities."""
    recorder = a_recorder()
    recorder.facts = DaemonFacts(certificates={"api.certificate": MONDAY})
    recorder.status(replace(everything(), parts=parts))
    return recorder


__all__ = ["everything", "that_knows_everything"]
