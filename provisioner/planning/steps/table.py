"""The step for each phase and target of a desktop, and the phase that the step leads to.

A phase and target without a row need no step: the target is reached, or the action in flight has to end first.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

from provisioner.model.machines.desktops import Phase
from provisioner.planning.steps.delete import delete
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.identify import prove
from provisioner.planning.steps.provision import wait_for_clone
from provisioner.planning.steps.replace import check_or_replace, clone_or_move, instead_of_failed, instead_of_silent
from provisioner.planning.steps.start import configure, keep_ready, start
from provisioner.planning.steps.stop import shut_down, stop_later, wait_unseen
from provisioner.planning.steps.task import LowerTask, RaiseTask
from provisioner.planning.targets.leavers import NOT_RUNNING
from provisioner.planning.targets.target import DOWNWARD, UPWARD, TargetLevel

_Task = TypeVar("_Task", RaiseTask, LowerTask)
_POWERED = (TargetLevel.RUNNING, TargetLevel.READY)


class Row(NamedTuple, Generic[_Task]):
    """A step, and where it leads."""

    step: Callable[[Draft, _Task], None]
    leads_to: Phase | None = None
    """The phase after the step succeeded; None: the step only waits or reads, or creates another desktop."""


def _rows(
    phases: Iterable[Phase], levels: Iterable[TargetLevel], row: Row[_Task]
) -> dict[tuple[Phase, TargetLevel], Row[_Task]]:
    return {(phase, level): row for phase in phases for level in levels}


RAISING: Mapping[tuple[Phase, TargetLevel], Row[RaiseTask]] = {
    **_rows([Phase.RESERVED], UPWARD, Row(clone_or_move, Phase.CLONING)),
    **_rows([Phase.CLONING], UPWARD, Row(wait_for_clone)),
    **_rows([Phase.UNPROVEN], UPWARD, Row(prove, Phase.CLONED)),
    **_rows([Phase.CLONED], UPWARD, Row(configure, Phase.STOPPED)),
    **_rows([Phase.STOPPED], _POWERED, Row(start, Phase.STARTING)),
    **_rows([Phase.STARTING], UPWARD, Row(check_or_replace, Phase.READY)),
    **_rows([Phase.READY], UPWARD, Row(keep_ready)),
    **_rows([Phase.SILENT], UPWARD, Row(instead_of_silent)),
    **_rows([Phase.FAILED], UPWARD, Row(instead_of_failed)),
}
LOWERING: Mapping[tuple[Phase, TargetLevel], Row[LowerTask]] = {
    **_rows([Phase.STARTING], DOWNWARD, Row(stop_later, Phase.STOPPING)),
    **_rows([Phase.READY, Phase.SILENT], DOWNWARD, Row(shut_down, Phase.STOPPING)),
    **_rows([Phase.UNKNOWN], DOWNWARD, Row(wait_unseen)),
    **_rows([Phase.RESERVED], [TargetLevel.ABSENT], Row(delete)),
    **_rows(NOT_RUNNING - {Phase.RESERVED}, [TargetLevel.ABSENT], Row(delete, Phase.DELETING)),
}
