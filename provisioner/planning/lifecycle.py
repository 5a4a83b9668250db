"""A desktop's phase from observed facts: one function, one table of edges."""

from dataclasses import dataclass

from provisioner.model.actions import Action, Clone, Delete, Start, Stop
from provisioner.model.cluster import ClusterView, Guest, Power
from provisioner.model.desktops import Attempts, GuestReport, Phase, Reservation
from provisioner.model.ids import Instant
from provisioner.model.marks import is_configured


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a phase is derived from."""

    reservation: Reservation
    view: ClusterView | None
    installation: str
    in_flight: Action | None = None
    report: GuestReport | None = None
    started_at: Instant | None = None
    attempts: Attempts = Attempts()

    @property
    def guest(self) -> Guest | None:
        """The VM, where it was seen."""
        return self.view.guests.get(self.reservation.vmid) if self.view else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A way from one phase to another, and when it is taken."""

    source: Phase
    target: Phase
    when: str


EDGES: tuple[Edge, ...] = (
    Edge(source=Phase.RESERVED, target=Phase.CLONING, when="the clone was ordered, or the VM shows lock 'clone'"),
    Edge(source=Phase.RESERVED, target=Phase.FAILED, when="the clone was given up"),
    Edge(source=Phase.CLONING, target=Phase.RESERVED, when="the clone failed and left nothing behind"),
    Edge(source=Phase.CLONING, target=Phase.UNPROVEN, when="the lock is gone, and we did not see our own clone come out"),
    Edge(source=Phase.CLONING, target=Phase.CLONED, when="the lock is gone, on the node where we ordered it"),
    Edge(source=Phase.UNPROVEN, target=Phase.CLONED, when="the signed note proves it ours"),
    Edge(source=Phase.UNPROVEN, target=Phase.STOPPED, when="the signed note proves it ours, and it is configured"),
    Edge(source=Phase.UNPROVEN, target=Phase.STARTING, when="the signed note proves it ours, and it runs"),
    Edge(source=Phase.CLONED, target=Phase.STOPPED, when="our tag is on it: configured"),
    Edge(source=Phase.CLONED, target=Phase.FAILED, when="configuring was given up"),
    Edge(source=Phase.STOPPED, target=Phase.STARTING, when="the start was ordered, or it runs"),
    Edge(source=Phase.STOPPED, target=Phase.FAILED, when="starting was given up"),
    Edge(source=Phase.STOPPED, target=Phase.DELETING, when="the delete was ordered"),
    Edge(source=Phase.STARTING, target=Phase.READY, when="a report of this boot says ready"),
    Edge(source=Phase.STARTING, target=Phase.STOPPED, when="the start failed, or it was powered off"),
    Edge(source=Phase.READY, target=Phase.STOPPING, when="the stop was ordered"),
    Edge(source=Phase.READY, target=Phase.STOPPED, when="it was powered off"),
    Edge(source=Phase.READY, target=Phase.STARTING, when="it was restarted: the report is of an older boot"),
    Edge(source=Phase.READY, target=Phase.UNKNOWN, when="its node is offline, or Proxmox VE does not know its power"),
    Edge(source=Phase.UNKNOWN, target=Phase.READY, when="it is seen again, in the same boot"),
    Edge(source=Phase.UNKNOWN, target=Phase.STARTING, when="it is seen running in a new boot"),
    Edge(source=Phase.UNKNOWN, target=Phase.STOPPED, when="it is seen again, powered off"),
    Edge(source=Phase.UNKNOWN, target=Phase.RESERVED, when="its node is back without it"),
    Edge(source=Phase.STOPPING, target=Phase.STOPPED, when="it is powered off"),
    Edge(source=Phase.STOPPING, target=Phase.READY, when="the stop failed"),
    Edge(source=Phase.DELETING, target=Phase.RESERVED, when="the VM is gone; its reservation is released"),
    Edge(source=Phase.DELETING, target=Phase.STOPPED, when="the delete failed"),
    Edge(source=Phase.FAILED, target=Phase.RESERVED, when="an operator asked for another try"),
)
"""Every way there is; a phase seen to change otherwise was changed by hand on the cluster."""


def phase_of(facts: Facts) -> tuple[Phase, str]:
    """The phase and what it was concluded from."""
    reservation, view, guest = facts.reservation, facts.view, facts.guest
    if view is None:
        return Phase.UNKNOWN, f"cluster {reservation.cluster} has not been observed yet"
    node = guest.node if guest else reservation.node
    if not view.complete_on(node):
        return Phase.UNKNOWN, f"node {node} is offline or not seen: what is on it is unknown"
    if isinstance(facts.in_flight, Delete):
        return Phase.DELETING, "its delete is under way"
    if guest is None:
        return _without_guest(facts)
    if guest.lock == "clone" or isinstance(facts.in_flight, Clone):
        return Phase.CLONING, f"its clone is under way on {node}"
    if not reservation.proven:
        return Phase.UNPROVEN, f"VM {reservation.vmid} exists, and its ownership note has not been read yet"
    if facts.attempts.gave_up:
        return Phase.FAILED, facts.attempts.reason
    if not is_configured(guest, facts.installation):
        return Phase.CLONED, "cloned, not configured yet"
    return _by_power(facts, guest)


def same_boot(report: GuestReport, guest: Guest, view: ClusterView) -> bool:
    """Whether the report was read after the guest's present boot began.

    Uptime is up to 10 s stale, so the boot seems later than it was: an early report is rejected, never an old one accepted.
    """
    return guest.uptime_s == 0 or report.read_at >= view.taken_at - guest.uptime_s


def _without_guest(facts: Facts) -> tuple[Phase, str]:
    if isinstance(facts.in_flight, Clone):
        return Phase.CLONING, "its clone was ordered"
    if facts.attempts.gave_up:
        return Phase.FAILED, facts.attempts.reason
    return Phase.RESERVED, facts.attempts.reason or "reserved, not cloned yet"


def _by_power(facts: Facts, guest: Guest) -> tuple[Phase, str]:
    assert facts.view is not None  # a guest comes out of a view
    if isinstance(facts.in_flight, Stop):
        return Phase.STOPPING, "its stop is under way"
    if guest.power is Power.RUNNING:
        if facts.report and facts.report.ready and same_boot(facts.report, guest, facts.view):
            return Phase.READY, "first boot has finished and its log-on port answers"
        return Phase.STARTING, "it runs, and has not reported ready in this boot"
    if isinstance(facts.in_flight, Start):
        return Phase.STARTING, "its start was ordered"
    if guest.power is Power.STOPPED or facts.started_at is None:
        # A fresh clone is `unknown` until pvestatd has passed: nobody has started it yet, so it is off.
        return Phase.STOPPED, facts.attempts.reason or "configured and powered off"
    return Phase.UNKNOWN, f"Proxmox VE reports its power as '{guest.power}'"
