"""`go: first batch`: the wave waits for an operator."""

from provisioner.model.scenario.gate_condition import BatchBefore, GateCondition
from provisioner.reasons.files import MUST_BE_WORD
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.surges import GATE_GO, GATE_GO_STATED

_FIRST = "first batch"


def _parse(value: object) -> float:
    if value != _FIRST:
        raise ValueError(MUST_BE_WORD(word=f"'{_FIRST}'"))
    return 1.0


def _shut_by(_: float, before: BatchBefore) -> Reason:
    return GATE_GO(wave=before.wave) if before.index == 0 else NONE


CONDITION = GateCondition(
    key="go",
    help="`first batch`: the first batch waits for `bascule surge go WAVE`.",
    place=0,
    schema={"type": "string", "const": _FIRST},
    parse=_parse,
    shut_by=_shut_by,
    stated=lambda _: GATE_GO_STATED(),
    strictness=lambda value: value,
    by_hand=True,
)
