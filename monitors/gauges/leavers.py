"""Desktops of leavers."""

from monitors.metric import Room, Rows, View
from provisioner.model.departures import STEPS_DUE, LeaverStep

ROOM = Room("Leavers", of_cycle=True)


@ROOM.gauge(
    "desktops_leaving",
    "step",
    help="Desktops of leavers, by the step of the leavers' ladder they have reached: suspended, stopped or recycled.",
    query="bascule_desktops_leaving > 0",
)
def leaving(view: View) -> Rows:
    return {(step.value,): view.census.leaving[step] for step in LeaverStep}


@ROOM.gauge(
    "desktops_leaving_overdue",
    "step",
    help="Desktops of leavers whose next step is overdue by more than an hour, by that step: stopped, recycled or deleted.",
    query='bascule_desktops_leaving_overdue{step!="deleted"} > 0',
)
def overdue(view: View) -> Rows:
    return {(step,): view.census.overdue[step] for step in STEPS_DUE}
