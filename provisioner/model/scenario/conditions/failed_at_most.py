"""`failed_at_most: 2%`: not too many of the desktops of the batch before have failed."""

from provisioner.model.machines.desktops import Phase
from provisioner.model.scenario.gate_condition import EPSILON, SHARE, BatchBefore, GateCondition, percent, share
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.surges import GATE_FAILED, GATE_FAILED_STATED


def _shut_by(value: float, before: BatchBefore) -> Reason:
    failed, most = before.phases.get(Phase.FAILED, 0), int(value * before.people + EPSILON)
    if failed <= most:
        return NONE
    return GATE_FAILED(wave=before.wave, batch=before.index + 1, failed=failed, total=before.people, most=most)


CONDITION = GateCondition(
    key="failed_at_most",
    help="The largest part of them that have failed: `2%`. Left out: any.",
    place=2,
    schema=SHARE,
    parse=share,
    shut_by=_shut_by,
    stated=lambda value: GATE_FAILED_STATED(share=percent(value)),
    strictness=lambda value: 2.0 - value,
)
