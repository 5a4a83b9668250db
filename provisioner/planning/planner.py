"""The plan of one cycle: a set difference over identities, so that a repeated cycle orders nothing twice."""

from collections import Counter

from provisioner.model.actions import (
    Action,
    Assign,
    CheckGuest,
    Clone,
    Configure,
    Deferral,
    Plan,
    Retired,
    Start,
    Verify,
)
from provisioner.model.cluster import Guest
from provisioner.model.demand import Want
from provisioner.model.desktops import Attempts, Phase, Reservation
from provisioner.model.ids import DesktopName, Instant, NodeKey
from provisioner.model.intents import IntentKind
from provisioner.model.profiles import Profile
from provisioner.planning.checks import readiness_due, sessions_due
from provisioner.planning.numbering import Numbering
from provisioner.planning.placement import Placement, Refusal, Room
from provisioner.planning.power import Desired, PowerFacts, desired_power
from provisioner.planning.situation import Situation, Survey, is_leftover, room_of, started_at, survey, where

_VERIFIES_AT_ONCE = 16
"""Notes read in one cycle while an empty store is rebuilt: 1,700 are read within minutes, and people keep their API."""
_VERIFY_AGAIN_S = 60.0
_SAYS_ITSELF = frozenset({Phase.CLONING, Phase.UNPROVEN, Phase.STARTING, Phase.READY, Phase.STOPPING, Phase.DELETING})
"""Phases that say what an agent waits for while an action is in flight."""


def make_plan(situation: Situation, seen: Survey | None = None, room: Room | None = None) -> Plan:
    """What to order now, in order of rank, and what not, with reasons.

    The caller may pass the survey and the room it has made already; the placements are taken off the room.
    """
    planner = _Planner(situation, seen or survey(situation), room or room_of(situation))
    planner.identify()
    for want in sorted(situation.demand.wants.values(), key=lambda want: want.rank):
        planner.serve(want)
    planner.sweep()
    planner.report_doubles()
    return Plan(
        actions=tuple(planner.actions),
        deferred=tuple(planner.deferred),
        leftovers=tuple(planner.leftovers),
        observed=situation.snapshot.revision,
    )


class _Planner:
    """The state of one plan being made."""

    def __init__(self, situation: Situation, seen: Survey, room: Room) -> None:
        self.situation = situation
        self.seen = seen
        self.actions: list[Action] = []
        self.deferred: list[Deferral] = []
        self.leftovers: list[Retired] = []
        self.room = room
        self.numbers = Numbering(situation.policy.naming, situation.memory, situation.snapshot)
        self.booting = Counter(seen.booting)
        self.configuring = Counter(one.node for one in situation.in_flight.values() if isinstance(one, Configure))
        self.checking = Counter(one.node for one in situation.in_flight.values() if isinstance(one, CheckGuest))
        self._sweeps: list[CheckGuest] = []
        self._no_clones = self._why_no_new_desktop()
        self._full: dict[str, Refusal] = {}

    # -- whose VMs are these -------------------------------------------------------------------------------------

    def identify(self) -> None:
        """Read the notes of VMs in our range that nothing explains; report what was left behind half-made."""
        asked = sum(isinstance(one, Verify) for one in self.situation.in_flight.values())
        for guest in sorted(self.seen.unidentified, key=lambda guest: guest.key):
            view = self.situation.snapshot.clusters[guest.key.cluster]
            if is_leftover(guest, view):
                self._retire(guest)
            elif self._asked_lately(guest):
                continue
            elif guest.lock != "clone" and guest.key not in self.situation.in_flight and asked < _VERIFIES_AT_ONCE:
                asked += 1
                because = "it lies in our VMID range, and the store does not know it"
                self.actions.append(
                    Verify(key=guest.key, node=guest.node_key, because=because, deadline=self.situation.now + 60.0)
                )

    def _asked_lately(self, guest: Guest) -> bool:
        """A note that could not be read is asked for again, but not in every cycle."""
        asked = self.situation.memory.checked.get(DesktopName(f"vm-{guest.key.vmid}"))
        return asked is not None and self.situation.now < asked + _VERIFY_AGAIN_S

    def _retire(self, guest: Guest) -> None:
        reason = f"leftover of an interrupted clone on node {guest.node}: look at it and delete it by hand"
        self.leftovers.append(Retired(key=guest.key, reason=reason, at=self.situation.now))

    def _why_no_new_desktop(self) -> str:
        """Before every VM in our range has been explained, a new desktop could be somebody's second."""
        memory, now = self.situation.memory, self.situation.now
        if self.seen.unidentified:
            return f"{len(self.seen.unidentified)} VMs in our VMID range are being identified first"
        if memory.rebuilt_since is not None and now < memory.rebuilt_since + self.situation.settle_s:
            return "the store was empty: clones ordered before may still come out (safety.rebuild_settle)"
        for cluster in sorted(self.situation.policy.naming.vmids):
            view = self.situation.snapshot.clusters.get(cluster)
            if view is None:
                return f"cluster {cluster} has not been observed yet"
            if memory.rebuilt_since is not None and not all(node.online for node in view.nodes.values()):
                return f"the store was empty, and a node of cluster {cluster} is offline: what is on it is unknown"
        return ""

    # -- one agent -----------------------------------------------------------------------------------------------

    def serve(self, want: Want) -> None:
        """The next step for one agent's desktop."""
        profiles = self.situation.policy.profiles
        reservation = self.seen.of_agent.get(want.agent_id)
        if reservation is None:
            self._create(want, profiles[want.profile])
            return
        phase, why = self.seen.phases[reservation.name]
        attempts = self.situation.memory.attempts.get(reservation.name)
        profile = profiles.get(reservation.profile)  # what it was made of, whatever its agent would get today
        if phase is Phase.UNKNOWN:  # whatever was under way there
            self._defer(want, why, binds="nodes")
            return
        if phase is Phase.STARTING and profile is not None:
            self._say_if_late(want, reservation, profile)
        if order := self.situation.in_flight.get(reservation.key):
            if phase not in _SAYS_ITSELF and not (phase is Phase.CLONED and isinstance(order, Configure)):
                self._defer(want, f"an order's end has not been seen yet: {why}", binds="retry")
            return
        if profile is None:
            if phase is not Phase.READY:
                self._defer(want, f"{reservation.name} is of profile {reservation.profile}, which is not configured any more")
            return
        if attempts and self._too_early(attempts) and phase not in (Phase.READY, Phase.STARTING):
            reason = f"{attempts.reason} (try {attempts.count})"
            self._defer(want, reason, binds="retry", retry_at=attempts.retry_at)
            return
        match phase:
            case Phase.RESERVED:
                self._clone_again(want, reservation, profile)
            case Phase.UNPROVEN:
                self._verify(reservation, why)
            case Phase.CLONED:
                self._configure(want, reservation, profile)
            case Phase.STOPPED:
                self._start(want, reservation, profile)
            case Phase.STARTING:
                self._check(reservation, profile)
            case Phase.READY:
                self._keep_ready(want, reservation, profile)
            case Phase.CLONING:
                self._wait_for_clone(want, reservation)
            case _:  # failed: what is stopping or being deleted is in flight
                self._defer(want, why)

    def _too_early(self, attempts: Attempts) -> bool:
        """A wait longer than any there is was noted by a clock that has been put back since."""
        return 0 < attempts.retry_at - self.situation.now <= self.situation.policy.budget.retry_cap_s

    def _create(self, want: Want, profile: Profile) -> None:
        if self._no_clones:
            self._defer(want, self._no_clones, binds="safety")
            return
        if full := self._full.get(profile.name):
            self._defer(want, full.text, binds=full.binds)
            return
        placement = self.room.place(profile)
        if placement.template is None or placement.lock_domain is None:
            # Room only shrinks within a plan: whoever comes later with the same profile meets the same refusal.
            full = self._full[profile.name] = placement.why_not
            self._defer(want, full.text, binds=full.binds)
            return
        reservation = self._reserve(want, profile, placement)
        if reservation is None:
            return
        self.room.take(profile, placement)
        self._order_clone(want, reservation, profile, placement)

    def _reserve(self, want: Want, profile: Profile, placement: Placement) -> Reservation | None:
        assert placement.template is not None  # asked only for a placement that was found
        cluster = placement.template.cluster
        address = self.numbers.address(profile.addressing)
        if address is None:  # asked for before the VMID, which another profile can use
            text = f"the address pool of profile {profile.name} is used up: widen it (addressing.last)"
            self._full[profile.name] = Refusal("addresses", text)
            self._defer(want, text, binds="addresses")
            return None
        vmid = self.numbers.vmid(cluster)
        if vmid is None:
            self._defer(
                want, f"the VMID range of cluster {cluster} is used up: widen it (clusters.{cluster}.vmids)", binds="vmids"
            )
            return None
        return Reservation(
            name=self.numbers.name(vmid),
            cluster=cluster,
            vmid=vmid,
            profile=profile.name,
            agent_id=want.agent_id,
            address=address,
            node=placement.template.node,
            reserved_at=self.situation.now,
        )

    def _order_clone(self, want: Want, reservation: Reservation, profile: Profile, placement: Placement) -> None:
        assert placement.template is not None  # asked only for a placement that was found
        assert placement.lock_domain is not None
        self.actions.append(
            Clone(
                reservation=reservation,
                because=want.because,
                deadline=self.situation.now + profile.clone_timeout_s,
                profile=profile,
                template=placement.template,
                lock_domain=placement.lock_domain,
            )
        )

    def _wait_for_clone(self, want: Want, reservation: Reservation) -> None:
        """A clone of an earlier life of the daemon: its lock goes by itself, unless nobody is at it any more."""
        guest = self.situation.snapshot.guest(reservation.key)
        if guest is not None and is_leftover(guest, self.situation.snapshot.clusters[reservation.cluster]):
            self._retire(guest)
            self._defer(want, f"the clone of {reservation.name} was interrupted: another desktop is next", binds="retry")

    def _clone_again(self, want: Want, reservation: Reservation, profile: Profile) -> None:
        """Same VMID, same node: should the first order still come out, the two are one desktop."""
        template = next((one for one in profile.templates if self._is_home(one.cluster, one.node, reservation)), None)
        if template is None:
            self._defer(want, f"profile {profile.name} has no template on node {reservation.node} any more", binds="templates")
            return
        # Its memory and disk are taken already by the reservation itself.
        room = self.room
        if reason := room.absence(template) or room.overdrawn(template) or room.slot_refusal(template):
            self._defer(want, reason.text, binds=reason.binds)
            return
        placement = Placement(template=template, lock_domain=self.room.domain_of(template))
        self.room.take_slot(placement)
        self._order_clone(want, reservation, profile, placement)

    @staticmethod
    def _is_home(cluster: str, node: str, reservation: Reservation) -> bool:
        return (cluster, node) == (reservation.cluster, reservation.node)

    def _verify(self, reservation: Reservation, why: str) -> None:
        node, deadline = where(self.situation, reservation), self.situation.now + 60.0
        self.actions.append(Verify(key=reservation.key, node=node, because=why, deadline=deadline, name=reservation.name))

    def _configure(self, want: Want, reservation: Reservation, profile: Profile) -> None:
        node = where(self.situation, reservation)
        if not self._slot(self.configuring, node, self.situation.policy.budget.configures_per_node):
            self._defer(want, f"node {node.node} is configuring as many desktops as its budget allows")
            return
        deadline = self.situation.now + 60.0
        self.actions.append(
            Configure(reservation=reservation, because=want.because, deadline=deadline, node=node, profile=profile)
        )

    def _start(self, want: Want, reservation: Reservation, profile: Profile) -> None:
        orders = {intent.kind for intent in self.situation.memory.intents}
        frozen, held = IntentKind.FREEZE in orders, IntentKind.HOLD in orders
        desired, why = desired_power(PowerFacts(frozen=frozen, sessions=None, running=False, held=held, want=want))
        if desired is not Desired.ON:
            self._defer(want, why, binds="operator")
            return
        node = where(self.situation, reservation)
        budget = self.situation.policy.budget.boots_per_node
        if not self._slot(self.booting, node, budget):
            self._defer(want, f"node {node.node} boots {budget} desktops already: the next start waits for one to be ready")
            return
        deadline = self.situation.now + profile.start_timeout_s
        self.actions.append(Start(reservation=reservation, because=why, deadline=deadline, node=node, profile=profile))

    def _say_if_late(self, want: Want, reservation: Reservation, profile: Profile) -> None:
        if self.situation.now - started_at(self.situation, reservation) > profile.ready_timeout_s:
            self._defer(want, f"running, but not ready after {profile.ready_timeout_s:.0f} s: look at its console")

    def _check(self, reservation: Reservation, profile: Profile) -> None:
        due = readiness_due(
            started_at=started_at(self.situation, reservation),
            checked_at=self.situation.memory.checked.get(reservation.name),
            expected_s=self.seen.expected_ready_s[profile.name],
            pace=self.situation.policy.pace,
        )
        if due > self.situation.now:
            return
        node = where(self.situation, reservation)
        if self._slot(self.checking, node, self.situation.policy.budget.checks_per_node):
            self.actions.append(self._reading(reservation, profile, node, sweep=False))

    def _keep_ready(self, want: Want, reservation: Reservation, profile: Profile) -> None:
        memory, now = self.situation.memory, self.situation.now
        if memory.assignments.get(reservation.name) != want.agent_id:
            self.actions.append(Assign(reservation=reservation, because="ready", deadline=now + 60.0, agent_id=want.agent_id))
        report = memory.reports[reservation.name]
        checked = memory.checked.get(reservation.name)
        if sessions_due(report=report, checked_at=checked, pace=self.situation.policy.pace) <= now:
            self._sweeps.append(self._reading(reservation, profile, where(self.situation, reservation), sweep=True))

    # -- the rest ------------------------------------------------------------------------------------------------

    def sweep(self) -> None:
        """Session readings come after readiness checks, the longest unread first."""
        reports = self.situation.memory.reports
        for reading in sorted(self._sweeps, key=lambda one: (reports[one.desktop].read_at, one.desktop)):
            if self._slot(self.checking, reading.node, self.situation.policy.budget.checks_per_node):
                self.actions.append(reading)

    def report_doubles(self) -> None:
        """Somebody's second desktop is never touched, and never passed over in silence."""
        for one in self.seen.doubled:
            assert one.agent_id is not None  # only an agent's desktop can be somebody's second
            kept = self.seen.of_agent[one.agent_id].name
            reason = f"a second desktop of the same agent, who has {kept}: it is kept and not used"
            self.deferred.append(Deferral(what=one.name, agent_id=one.agent_id, reason=reason))

    def _reading(self, reservation: Reservation, profile: Profile, node: NodeKey, *, sweep: bool) -> CheckGuest:
        because = "its sessions are due to be read" if sweep else "it should be ready by now"
        return CheckGuest(
            reservation=reservation,
            because=because,
            deadline=self.situation.now + 60.0,
            node=node,
            profile=profile,
            sweep=sweep,
        )

    @staticmethod
    def _slot(busy: Counter[NodeKey], node: NodeKey, ceiling: int) -> bool:
        if busy[node] >= ceiling:
            return False
        busy[node] += 1
        return True

    def _defer(self, want: Want, reason: str, *, binds: str = "", retry_at: Instant | None = None) -> None:
        self.deferred.append(Deferral(what=want.login, agent_id=want.agent_id, reason=reason, retry_at=retry_at, binds=binds))
