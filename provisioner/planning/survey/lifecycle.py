"""A desktop's phase from observed facts: one function, and one table of transitions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from provisioner.model.actions import Action, Clone, Delete, Reconfigure, Start, Stop
from provisioner.model.ids import Instant, NodeName, PoolName, Vmid
from provisioner.model.kept.absence import is_missing, was_made, why_absent
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.cluster import HA_ERROR, ClusterView, Guest, Power
from provisioner.model.machines.desktops import CONFIGURED, FirstBoot, FirstBootData, GuestReport, Phase
from provisioner.model.vm_marks import is_configured
from provisioner.model.words import BootLevel, GuestWord
from provisioner.reasons import phases as reasons
from provisioner.reasons.reason import Reason


class PhaseFacts(NamedTuple):
    """The facts that a phase is derived from. A tuple, which is cheap to make for thousands of desktops."""

    record: DesktopRecord
    view: ClusterView | None
    installation: str
    in_flight: Action | None = None
    pool: PoolName | None = None
    """Of Proxmox VE, where the rights on the cluster's desktops are given; None: on the VMs themselves."""

    @property
    def guest(self) -> Guest | None:
        """The VM, if it was seen."""
        return self.view.guests.get(self.record.reservation.vmid) if self.view else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A possible change from one phase to another, and when it happens."""

    source: Phase
    target: Phase
    when: str


def _edge(source: Phase, target: Phase, when: str) -> Transition:
    return Transition(source=source, target=target, when=when)


_LIFE = (
    _edge(Phase.RESERVED, Phase.CLONING, "the clone was ordered, or the VM shows lock 'clone'"),
    _edge(Phase.RESERVED, Phase.UNPROVEN, "its VM exists: the clone succeeded, but its answer was lost"),
    _edge(Phase.RESERVED, Phase.FAILED, "the clone was given up"),
    _edge(Phase.CLONING, Phase.RESERVED, "the clone failed and left nothing behind"),
    _edge(Phase.CLONING, Phase.UNPROVEN, "the lock is gone, but Bascule did not see its own clone end"),
    _edge(Phase.CLONING, Phase.CLONED, "the lock is gone, on the node where the clone was ordered"),
    _edge(Phase.CLONING, Phase.FAILED, "the clone was refused, or given up"),
    _edge(Phase.UNPROVEN, Phase.CLONED, "its signed note proves it ours"),
    _edge(Phase.UNPROVEN, Phase.STOPPED, "its signed note proves it ours, and it is configured"),
    _edge(Phase.UNPROVEN, Phase.STARTING, "its signed note proves it ours, and it runs"),
    _edge(Phase.UNPROVEN, Phase.READY, "its signed note proves it ours, and a report of this boot says ready"),
    _edge(Phase.CLONED, Phase.STOPPED, "it has our tag: it is configured"),
    _edge(Phase.CLONED, Phase.STARTING, "it has our tag and runs already"),
    _edge(
        Phase.CLONED, Phase.UNPROVEN, "it was not configured in time: another VM may have its VMID, so its note is read again"
    ),
    _edge(Phase.CLONED, Phase.FAILED, "the configuration was given up"),
    _edge(Phase.STOPPED, Phase.STARTING, "the start was ordered, or it runs"),
    _edge(Phase.STOPPED, Phase.FAILED, "the start was given up, by Bascule or by Proxmox VE's HA"),
    _edge(Phase.STOPPED, Phase.DELETING, "the delete was ordered"),
    _edge(Phase.CLONED, Phase.DELETING, "the delete was ordered: its agent left before it was configured"),
    _edge(Phase.FAILED, Phase.DELETING, "the delete was ordered"),
    _edge(Phase.STARTING, Phase.READY, "a report of this boot says ready"),
    _edge(Phase.STARTING, Phase.STOPPED, "the start failed, or it was powered off"),
    _edge(Phase.STARTING, Phase.FAILED, "the start was given up, by Bascule or by Proxmox VE's HA"),
    _edge(Phase.READY, Phase.STOPPING, "the stop was ordered"),
    _edge(Phase.STARTING, Phase.STOPPING, "an operator ordered the stop of a desktop that does not report"),
    _edge(Phase.READY, Phase.STOPPED, "it was powered off"),
    _edge(Phase.READY, Phase.FAILED, "it is off, and Proxmox VE's HA has given it up"),
    _edge(
        Phase.READY,
        Phase.STARTING,
        "it was restarted, so its report is of an older boot; or it was moved, and is read again; or it is not ready any more",
    ),
    _edge(Phase.READY, Phase.SILENT, "it has not answered for minutes"),
    _edge(Phase.SILENT, Phase.READY, "it answers again"),
    _edge(Phase.SILENT, Phase.STARTING, "it was restarted, or moved; or it answers, and is not ready any more"),
    _edge(Phase.SILENT, Phase.STOPPING, "the stop was ordered"),
    _edge(Phase.SILENT, Phase.STOPPED, "it was powered off"),
    _edge(Phase.SILENT, Phase.FAILED, "it is off, and Proxmox VE's HA has given it up"),
    _edge(Phase.UNPROVEN, Phase.SILENT, "its signed note proves it ours, and it had not answered for minutes before"),
    _edge(Phase.STOPPING, Phase.SILENT, "the stop failed, and it does not answer"),
    _edge(Phase.STOPPING, Phase.STOPPED, "it is off"),
    _edge(Phase.STOPPING, Phase.READY, "the stop failed"),
    _edge(Phase.STOPPING, Phase.STARTING, "the stop of a desktop that does not report failed"),
    _edge(Phase.DELETING, Phase.RESERVED, "the VM is gone, and its reservation is released"),
    _edge(Phase.DELETING, Phase.STOPPED, "the delete failed"),
    _edge(Phase.DELETING, Phase.CLONED, "the delete failed, and the desktop was never configured"),
    _edge(Phase.DELETING, Phase.FAILED, "the delete failed, and the desktop had been given up before"),
    _edge(Phase.FAILED, Phase.CLONING, "the VM of the abandoned clone shows lock 'clone' after all"),
    _edge(Phase.FAILED, Phase.UNPROVEN, "the abandoned clone succeeded after all"),
    _edge(Phase.FAILED, Phase.RESERVED, "an operator ordered another try"),
    _edge(Phase.FAILED, Phase.CLONED, "an operator ordered another try"),
    _edge(Phase.FAILED, Phase.STOPPED, "an operator ordered another try, or it was configured again for its changed profile"),
    _edge(Phase.FAILED, Phase.STARTING, "it runs: it was repaired and started by hand"),
)
_BY_HAND = tuple(
    _edge(source, Phase.RESERVED, "its VM was deleted by hand")
    for source in (Phase.UNPROVEN, *sorted(CONFIGURED), Phase.CLONED)
)
_OUT_OF_SIGHT = tuple(
    _edge(source, Phase.UNKNOWN, "its node is not visible, its power state is not known, or its VM is missing from the listing")
    for source in Phase
    if source is not Phase.UNKNOWN
)
_SEEN_AGAIN = tuple(
    _edge(Phase.UNKNOWN, target, "it is visible again, and in this phase") for target in Phase if target is not Phase.UNKNOWN
)
EDGES: tuple[Transition, ...] = (*_LIFE, *_BY_HAND, *_OUT_OF_SIGHT, *_SEEN_AGAIN)
"""Every possible transition; any other change of phase was made by hand on the cluster."""
_WAYS = frozenset((edge.source, edge.target) for edge in EDGES)


def is_transition(source: Phase, target: Phase) -> bool:
    """Whether the table has this transition, or the phase stays the same."""
    return source is target or (source, target) in _WAYS


_NOT_ANSWERED = frozenset(
    {GuestWord.NO_AGENT, GuestWord.NO_ANSWER, GuestWord.HANGS, GuestWord.PORT_ALONE, GuestWord.OFF, GuestWord.NOT_ASKED,
     GuestWord.OTHER}
)  # fmt: skip
_REPORTED = frozenset({GuestWord.UNREACHED, GuestWord.NOT_SET_UP})
"""What is missing is beside its report."""
_READY = (Phase.READY, reasons.READY())
"""Made once: it is the result for most desktops in every cycle."""


def phase_of(facts: PhaseFacts) -> tuple[Phase, Reason]:
    """The phase, and the reason for it: the first case that applies decides."""
    record, view, guest = facts.record, facts.view, facts.guest
    reservation = record.reservation
    # Out of sight.
    if view is None:
        return Phase.UNKNOWN, reasons.NOT_OBSERVED(cluster=reservation.cluster)
    node = guest.node if guest else reservation.node
    if not view.complete_on(node):
        return Phase.UNKNOWN, _why_unseen(guest, node)
    # A delete or a clone is under way, or there is no VM.
    if isinstance(facts.in_flight, Delete):
        return Phase.DELETING, reasons.DELETING()
    if guest is None:
        return _without_guest(facts)
    if guest.lock == "clone" or isinstance(facts.in_flight, Clone):
        return Phase.CLONING, reasons.CLONING(node=node)
    # A VM: first whether it is ours, then whether it is configured, then its power state.
    if not reservation.proven:
        return Phase.UNPROVEN, reasons.UNPROVEN(vmid=reservation.vmid)
    configured = record.has_served or is_configured(guest, facts.installation)
    if record.attempts.gave_up and not (configured and guest.power is Power.RUNNING):
        return Phase.FAILED, record.attempts.reason
    if not configured:
        return Phase.CLONED, reasons.CLONED()
    if guest.ha == HA_ERROR and guest.power is Power.STOPPED:
        return Phase.FAILED, reasons.HA_GAVE_UP(vmid=reservation.vmid)
    return _by_power(facts, guest)


def same_boot(report: GuestReport, vmid: Vmid, view: ClusterView) -> bool:
    """Whether the report was read after the guest's present boot began.

    A listed uptime is out of date, so the boot seems later than it was: a valid early report may be rejected, but an old
    report is never accepted. It makes no difference to a boot that was seen before (`ClusterView.boots`).
    """
    if vmid not in view.uptimes_s:
        return True
    return view.booted_at(vmid) <= report.read_at


def first_boot_of(record: DesktopRecord, view: ClusterView | None) -> FirstBoot | None:
    """How far its first boot is, by a report of its present boot; None: it has not reported.

    A first boot that has left the desktop with another one's identity has failed.
    """
    report = record.report
    if report is None or view is None or not same_boot(report, record.reservation.vmid, view):
        return None
    return FirstBoot.FAILED if report.clash else report.first_boot


def levels_of(record: DesktopRecord, view: ClusterView | None) -> frozenset[BootLevel]:
    """How far its present boot has come, by its last answer."""
    report, unheard = record.report, record.unheard
    if report is not None and view is not None and same_boot(report, record.reservation.vmid, view):
        port = (BootLevel.PORT,) * report.logon_port_open
        done = (BootLevel.FIRST_BOOT,) * (report.first_boot is FirstBoot.DONE)
        return frozenset((BootLevel.AGENT, BootLevel.REPORT, *port, *done))
    if unheard is None or unheard.word in _NOT_ANSWERED:
        return frozenset()
    proven = (BootLevel.REPORT,) * (unheard.word in _REPORTED)
    return frozenset((BootLevel.AGENT, *proven))


def first_boot_failed(record: DesktopRecord, view: ClusterView | None) -> bool:
    """Whether it will not get ready by itself: the guest says so, or it has another desktop's identity."""
    return first_boot_of(record, view) is FirstBoot.FAILED


def of_another_boot(read_at: Mapping[Vmid, Instant], view: ClusterView) -> list[Vmid]:
    """Guests that reported at these times and for which `same_boot` is false. One pass, since it covers every ready desktop."""
    taken_at, uptimes_s = view.taken_at, view.uptimes_s
    later = [vmid for vmid, at in read_at.items() if vmid in uptimes_s and taken_at - uptimes_s[vmid] > at]
    return [vmid for vmid in later if view.booted_at(vmid) > read_at[vmid]]


def _why_unseen(guest: Guest | None, node: NodeName) -> Reason:
    if guest is not None and guest.ha_recovers:
        return reasons.HA_RECOVERS(node=node, state=guest.ha or "")
    return reasons.NODE_UNSEEN(node=node)


def _without_guest(facts: PhaseFacts) -> tuple[Phase, Reason]:
    reservation, attempts, view = facts.record.reservation, facts.record.attempts, facts.view
    if isinstance(facts.in_flight, Clone):
        return Phase.CLONING, reasons.CLONE_ORDERED()
    if attempts.gave_up:
        return Phase.FAILED, attempts.reason
    if was_made(reservation, attempts) and view is not None:
        missing = is_missing(attempts) and not view.existence.get(reservation.vmid)
        return Phase.UNKNOWN, attempts.reason if missing else why_absent(reservation, view, facts.pool)
    return Phase.RESERVED, attempts.reason or reasons.RESERVED()


def _why_not_ready(record: DesktopRecord, view: ClusterView) -> Reason:
    """Why a running desktop is not ready, in the guest's own words where it has reported in this boot."""
    report = record.report
    if record.unheard is not None:
        return reasons.NOT_HEARD(why=record.unheard.text)
    if report is None or report.ready or not same_boot(report, record.reservation.vmid, view):
        return reasons.NOT_READY()
    if report.clash:
        return reasons.IDENTITY_CLASH(clash=report.clash)
    if report.first_boot is FirstBoot.DONE:
        return reasons.LOGON_PORT_CLOSED()
    return _why_first_boot(report)


def _why_first_boot(report: GuestReport) -> Reason:
    said = report.first_boot_error
    if report.first_boot is FirstBoot.FAILED:
        return reasons.FIRST_BOOT_FAILED_SO(said=said) if said else reasons.FIRST_BOOT_FAILED()
    waits = report.first_boot_data is FirstBootData.WAITING
    return reasons.FIRST_BOOT_WAITS() if waits else reasons.FIRST_BOOT_RUNNING()


def _by_power(facts: PhaseFacts, guest: Guest) -> tuple[Phase, Reason]:
    assert facts.view is not None  # a guest comes out of a view
    report = facts.record.report
    if isinstance(facts.in_flight, Stop):
        return Phase.STOPPING, reasons.STOPPING(why=facts.in_flight.because)
    if guest.power is Power.RUNNING:
        if report and report.ready and same_boot(report, guest.key.vmid, facts.view):
            unheard = facts.record.unheard
            is_silent = unheard is not None and unheard.silent
            return (Phase.SILENT, reasons.SILENT(why=unheard.text)) if unheard and is_silent else _READY
        return Phase.STARTING, _why_not_ready(facts.record, facts.view)
    if isinstance(facts.in_flight, Start):
        return Phase.STARTING, reasons.STARTING()
    if isinstance(facts.in_flight, Reconfigure):
        return Phase.STOPPED, reasons.RECONFIGURING(why=facts.in_flight.because)
    if guest.power is Power.STOPPED or facts.record.started_at is None:
        # A fresh clone is `unknown` until pvestatd has run: it has never been started, so it is off.
        return Phase.STOPPED, facts.record.attempts.reason or reasons.STOPPED()
    return Phase.UNKNOWN, reasons.POWER_UNKNOWN(power=guest.power.value)
