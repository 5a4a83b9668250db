"""`ready: 95%`: enough of the desktops of the batch before are ready. Desktops are whole: of three, 95 % are three."""

from math import ceil

from provisioner.model.machines.desktops import Phase
from provisioner.model.scenario.gate_condition import EPSILON, SHARE, BatchBefore, GateCondition, percent, share
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.surges import GATE_READY, GATE_READY_STATED


def _needed(value: float, people: int) -> int:
    return ceil(value * people - EPSILON)


def _shut_by(value: float, before: BatchBefore) -> Reason:
    ready, needed = before.phases.get(Phase.READY, 0), _needed(value, before.people)
    if ready >= needed:
        return NONE
    return GATE_READY(wave=before.wave, batch=before.index + 1, ready=ready, total=before.people, needed=needed)


CONDITION = GateCondition(
    key="ready",
    help="The least part of the desktops of the batch before that are ready: `95%`. Left out: any.",
    place=1,
    schema=SHARE,
    parse=share,
    shut_by=_shut_by,
    stated=lambda value: GATE_READY_STATED(share=percent(value)),
    strictness=lambda value: value,
    needs_ready=_needed,
)
