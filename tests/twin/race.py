"""Shutdowns that race with people who log on: how many cut a person, by the twin's truth.

    python -m tests.twin.race [DESKTOPS]

One line for each combination of the documents' interval and the time at the log-on screen.
"""

import sys
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from provisioner.actions.checkguest import read_guest
from provisioner.errors import InUse
from provisioner.model.actions import Action, Stop
from provisioner.model.commands import Answer
from provisioner.model.ids import ClusterId, NodeKey, NodeName, Vmid
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.machines.twin_spec import LogOns, TwinSpec
from provisioner.pve.requests import of_guest, request_task
from provisioner.pve.wire import Operation
from provisioner.twin.calls import VirtualCalls
from tests.builders.actions import a_name, a_reservation, a_stop
from tests.builders.settings import SECRET
from tests.builders.twin import EXACT, Lab, a_spec
from tests.scenarios.surroundings import ScriptedDirectory

LAB = ClusterId("lab")
WITHIN_S = 60.0
"""Of each desktop's becoming ready its person comes, and so does the order to stop it: at any moment, each for itself."""

_APART_S = 1.0
"""From one start to the next, so that the API is not the bottleneck."""
_READY_AFTER_S = 9.0
"""Of the start order: its task, the boot and first boot."""


class Credulous(VirtualCalls):
    """The earlier rule: a document's sessions are trusted for 30 s, and connections are ignored."""

    def _of_action(self, action: Action) -> Operation[Answer] | None:
        return self._stopped(action) if isinstance(action, Stop) else super()._of_action(action)

    def _stopped(self, action: Stop) -> Operation[Answer]:
        report = yield from read_guest(action.reading, now=lambda: self._events.now)
        if report.sessions:
            raise InUse("somebody is there")
        request = of_guest("POST", action.node, action.key.vmid, "/status/shutdown", {})
        return (yield from request_task(request, f"stop {action.desktop}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Raced:
    """What came of it."""

    ordered: int
    sent: int
    """Shutdowns that were sent; the others found somebody, or could not tell."""
    cut: int

    @property
    def share(self) -> float:
        """The share of shutdowns that cut a person."""
        return self.cut / self.sent

    def __str__(self) -> str:
        return f"{self.cut} of {self.sent} shutdowns cut somebody ({self.share:.1%}); {self.ordered - self.sent} were not sent"


def a_crowd(desktops: int, **log_ons: float) -> TwinSpec:
    """One person a desktop; a node boots them all at once."""
    durations = replace(EXACT, boot_s=5.0, first_boot_s=1.0, boots_width=desktops, boots_before_loss=desktops)
    spec = a_spec(image_s=0.01, durations=durations, log_ons=LogOns(concurrent=desktops, spread_s=WITHIN_S, **log_ons))
    node = replace(spec.nodes[0], memory_mib=2**30, cores=4096)
    return replace(spec, nodes=(node,), storages=(replace(spec.storages[0], size_gib=2.0**20),))


def holding(spec: TwinSpec) -> TwinSpec:
    """The same, of images that hold a shutdown back while somebody is in."""
    return replace(spec, report=replace(spec.report, holds=True))


def race(spec: TwinSpec, desktops: int, *, seed: int = 1, calls: type[VirtualCalls] = VirtualCalls) -> Raced:
    """Stop each desktop at a moment of its own within the minute in which its person comes."""
    lab, draw = Lab(spec), Random(seed)
    vmids = range(101, 101 + desktops)
    lab.cloned(*vmids)
    answering = calls(
        twins={LAB: lab.twin},
        events=lab.events,
        directory=ScriptedDirectory(None, lambda: lab.events.now),  # type: ignore[arg-type]
        key=NoteKey(installation="lab", secret=SECRET.encode()),
    )
    for number, vmid in enumerate(vmids):
        start = partial(lab.send, "POST", f"/nodes/pve1/qemu/{vmid}/status/start")
        started_at = lab.events.now + number * _APART_S
        lab.events.at(started_at, start)
        ready_at = started_at + _READY_AFTER_S
        lab.events.at(ready_at + draw.uniform(0.0, WITHIN_S), partial(answering.submit, _stop_of(vmid)))
    until = lab.events.now + desktops * _APART_S + 3 * WITHIN_S
    ended = sent = 0
    while ended < desktops:
        completion = answering.next(until=until)
        assert completion is not None
        ended, sent = ended + 1, sent + (completion.error is None)
    lab.wait(60)
    return Raced(ordered=desktops, sent=sent, cut=lab.truth.cut)


def _stop_of(vmid: int) -> Stop:
    node = NodeName("pve1")
    reservation = a_reservation(cluster=LAB, vmid=Vmid(vmid), name=a_name(vmid - 5000), node=node)
    return a_stop(reservation=reservation, node=NodeKey(LAB, node))


def main(desktops: int) -> None:
    """Print a line for each way."""
    for mask_s in (0.0, 5.0, 10.0, 20.0):
        spec = a_crowd(desktops, log_on_s=mask_s)
        print(f"{mask_s:.0f} s at the mask, any document of 30 s: {race(spec, desktops, calls=Credulous)}")
        print(f"{mask_s:.0f} s at the mask, as it is: {race(spec, desktops)}")
        print(f"{mask_s:.0f} s at the mask, with bascule-hold in the image: {race(holding(spec), desktops)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 600)
