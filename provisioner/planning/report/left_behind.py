"""What clones have left where no listing shows it: VMs that hold a number of ours, or may. Pure."""

from collections.abc import Iterator

from provisioner.model.ids import GuestKey
from provisioner.model.kept.absence import is_left_behind, was_tried
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.drift import Difference, DifferenceKind
from provisioner.planning.inputs import Situation
from provisioner.planning.survey.survey import Survey
from provisioner.reasons import drift
from provisioner.reasons.reason import Reason, as_reason
from provisioner.reasons.requests import CLONE_HIDDEN

_WITHOUT_VM = (Phase.RESERVED, Phase.UNKNOWN, Phase.FAILED)


def left_behind_of(situation: Situation, survey: Survey) -> Iterator[Difference]:
    """What no listing shows and that holds a number of ours, or may: half made by a clone that failed; or anybody's.

    It ends when Proxmox VE says that the number is free, or a listing shows the VM: then it is a difference like any other.
    """
    clusters = situation.snapshot.clusters
    for desktop in (desktop for phase in _WITHOUT_VM for desktop in survey.not_ready.get(phase, {}).values()):
        record, view = situation.records.desktops[desktop.name], clusters.get(desktop.cluster)
        if view is None or desktop.vmid in view.guests or not was_tried(record):
            continue
        if view.existence.get(desktop.vmid, record.attempts.made):
            kind, what = _sent(record)
            yield Difference(kind=kind, subject=desktop.name, key=desktop.key, seen=what)
    for key, why in sorted(situation.records.retired.items()):
        view = clusters.get(key.cluster)
        if view is not None and key.vmid not in view.guests and view.existence.get(key.vmid, True) and is_left_behind(why):
            kind, what = _left(key, as_reason(why))
            yield Difference(kind=kind, subject=f"vm {key}", key=key, seen=what)


def _sent(record: DesktopRecord) -> tuple[DifferenceKind, Reason]:
    """A desktop that somebody had may be made again under its number: whether it is that one, a person has to see."""
    desktop = record.reservation
    if record.has_served:
        return DifferenceKind.MISSING, drift.VM_UNLISTED(vmid=desktop.vmid, cluster=desktop.cluster)
    return DifferenceKind.HALF_MADE, drift.SENT_UNLISTED(vmid=desktop.vmid, node=desktop.node, name=desktop.name)


def _left(key: GuestKey, why: Reason) -> tuple[DifferenceKind, Reason]:
    if why.code != CLONE_HIDDEN.code:
        return DifferenceKind.UNKNOWN_VM, drift.TAKEN_UNLISTED(vmid=key.vmid)
    made = {name: why.arguments.get(name, "") for name in ("name", "node")}
    return DifferenceKind.HALF_MADE, drift.CLONE_UNLISTED(vmid=key.vmid, **made)


__all__ = ["left_behind_of"]
