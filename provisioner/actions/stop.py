"""Shut down in an orderly way, after a last check that the desktop has no session."""

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.errors import GuestUnknown, InUse
from provisioner.model.actions import Stop
from provisioner.model.ids import Instant, Upid
from provisioner.model.machines.cluster import Guest, Power
from provisioner.model.machines.desktops import GuestReport
from provisioner.model.words import GuestWord
from provisioner.pve.requests import of_guest, request_task
from provisioner.pve.wire import Operation, question


def operation(action: Stop, context: OperationContext) -> Operation[Upid]:
    """Check the sessions, then order a shutdown. The VM is locked for up to Proxmox VE's own 60 s.

    Never a hard stop, unless an operator has ordered that: then Proxmox VE powers it off after these 60 s.
    """
    if not action.even_with_session:
        yield from _check(action, context)
    params = {"forceStop": 1} if action.by_force else {}
    request = of_guest("POST", action.node, action.key.vmid, "/status/shutdown", params)
    return (yield from request_task(request, f"stop {action.desktop}"))


def _check(action: Stop, context: OperationContext) -> Operation[None]:
    """Ask the guest who is there, right before the shutdown."""
    try:
        report = yield from question(action.reading)
    except GuestUnknown:
        if not action.though_unknown:
            raise
    else:
        _require_unused(report, action, now=context.now())


def _require_unused(report: GuestReport, action: Stop, *, now: Instant) -> None:
    """Raise InUse when there is a session, GuestUnknown when the report does not prove that there is none now.

    An operator's order (`though_unknown`) overrides unknown sessions, never known ones.
    """
    if (doubt := report.doubt(now)) and not (report.sessions or action.though_unknown):
        raise GuestUnknown(f"stop {action.desktop}: {doubt}: it was not sent", cause=GuestWord.OUTDATED)
    if report.sessions:
        raise InUse(f"stop {action.desktop}: {len(report.sessions)} session(s) began since it was ordered: it was not sent")


def _reached(_: Stop, guest: Guest | None, __: str) -> bool:
    return guest is not None and guest.power is Power.STOPPED


SPEC = ActionSpec(
    ends=EndSignal.TASK,
    operation=operation,
    reached=_reached,
    tasks=("qmshutdown", "qmstop", "hastop"),
    destroys=True,
    gives_up=False,
    already_so_is_done=True,
)
"""A desktop that does not shut down still works: the stop is retried without limit, and it does not count as failed."""
