"""The invariants after each cycle and at the end, by the twin's hidden truth."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from provisioner.model.ids import Vmid
from provisioner.model.kept.records import Records
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import Profile
from provisioner.model.status import Status
from provisioner.twin.api.endpoints.ha_manager import recoverable
from tests.chaos.judge_restores import RestoreJudge
from tests.chaos.truth import CONFIGURED, STALE_S
from tests.chaos.world import CLUSTER, FIRST_VMID
from tests.scenarios.witness import Witness

_BLIND_S = 230.0
"""The longest between two looks: the listing and the task lists of four nodes hang for 40 s each, and a pause of 10 s."""
_GIVEN_UP_S = 400.0
"""An observation without an answer for five minutes is requested again; it is reported once, a minute before."""
_SEEN_WITHIN_S = 20.0
"""From one view to the next: events in a longer gap are not observed."""
_GIVEN_UP_AT_MOST = 4
"""Two desktops that fail alike may do so by chance, on each of two nodes."""
_HOLDS = 4
"""Sessions of a desktop, by its profile."""
_PASS_S = 11.0
"""A listing shows an uptime as of the last pass of pvestatd, in whole seconds."""
_START_S = 30.0
"""A start's task ends within this time."""
_BOOTING_S = 15.0
"""A boot that began so long ago shows in a listing."""


class Judge(RestoreJudge):
    """At each write, after each cycle, and at the end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._looked_at: float | None = None
        self._was_ready: dict[str, tuple[int, float]] = {}
        """Desktops called ready in the last status: by which boot, and how old what was seen then is."""
        self._replaced: set[int] = set()
        """Desktops that have ever been given up for another."""
        self._given_up = 0
        self._ready_since: dict[str, float] = {}
        self.profile: Profile | None = None
        """The profile that is in force, once it has changed."""
        self.profile_since = 0.0
        self.started_by_hand: dict[int, float] = {}

    def begin_life(self) -> None:
        """A daemon that has just begun has not looked yet."""
        super().begin_life()
        self._looked_at = None
        self._was_ready.clear()

    def look(self, status: Status | None) -> None:
        """At everything that must hold at every moment."""
        self._look_for_orders()  # nothing may be written for a long time after one was given
        self.note_troubles()
        self._look_at_replaced()
        self._look_at_instead()
        self._look_at_given()
        for agent_id, vmids in self.desktops_of().items():
            several = [vmid for vmid in vmids if vmid not in self._replaced]
            if len(several) > 1:
                self.condemn("nothing is doubled", f"{agent_id} has desktops {sorted(several)}")
        self._look_for_doubles()
        self._look_for_unlisted()
        self._look_at_foreigners()
        self._look_at_leases()
        self._look_at_scale()
        self._look_at_trials()
        self._look_at_profiles()
        if status is not None:
            self._look_at_pace()
            self._look_at_ready(status)
            self._look_for_silence(status)
            self._look_at_pauses(status)
            if self.restoring:
                self._look_at_called(status)
            if self.tampered:
                self._look_at_view(status)
                self._look_at_fallen(status)
                self._look_at_sessions()

    def _look_at_replaced(self) -> None:
        """A desktop is given up for another only when its agent cannot have it. A lost store knows of it no more: we do."""
        records = self._records
        for name, record in records.desktops.items():
            vmid, other = record.reservation.vmid, record.superseded_by
            if other is None or vmid in self._replaced:
                continue
            self._replaced.add(vmid)
            self._look_at_common_cause(name)
            guest = self.twin.cluster.guests.get(vmid)
            if guest is not None and recoverable(guest) and not self.twin.cluster.nodes[guest.node].alive:
                self.condemn("what HA recovers is not replaced", f"{name} on {guest.node} is '{guest.ha}'")
            counts_again = records.desktops[other].reservation.vmid in self._replaced or name in self.ever_kept
            if self.can_be_had(guest) and not counts_again:
                self.condemn("nobody is given another desktop while theirs can be had", f"{name} on VM {vmid} is ready")

    def _look_at_common_cause(self, name: str) -> None:
        """What no desktop can start for is not a reason to make others."""
        if self.twin.cluster.spec.bridges != self.twin.spec.bridges:
            self._given_up += 1
            if self._given_up > _GIVEN_UP_AT_MOST:
                self.condemn("what fails alike for all uses up no desktop", f"{name} is the {self._given_up}th given up")

    def _look_for_unlisted(self) -> None:
        unlisted = [vmid for vmids in self.desktops_of().values() for vmid in vmids if self.is_hidden(vmid)]
        self._unlisted_since = {vmid: self._unlisted_since.get(vmid, self.twin.events.now) for vmid in unlisted}

    def _look_for_doubles(self) -> None:
        notes = [note for guest in self.twin.cluster.guests.values() if (note := self.note_of(guest))]
        for things in ([note.name for note in notes], [note.address for note in notes if note.address]):
            for thing, count in Counter(things).items():
                if count > 1:
                    self.condemn("nothing is doubled", f"{thing} is there {count} times")

    def _look_at_foreigners(self) -> None:
        for vmid, looks in self.foreigners.looks.items():
            if self._looks(vmid) not in (looks, ()):
                self.condemn("nothing foreign is touched", f"VM {vmid} is not as it was")

    def _look_at_pace(self) -> None:
        """The cluster is always observed again soon."""
        now = self.twin.events.now
        if self._looked_at is not None and now > self._looked_at + _BLIND_S:
            self.condemn("the cluster is looked at all the time", f"not for {now - self._looked_at:.0f} s")
        self._looked_at = now

    def _look_at_pauses(self, status: Status) -> None:
        """A refusal that speaks of one path holds up nothing else."""
        for cluster, why in status.paused.items():
            if "Permission check failed" in why:
                self.condemn("a path that is forbidden pauses no cluster", f"{cluster}: {why}")

    def _look_at_ready(self, status: Status) -> None:
        """A desktop called ready is ready, except for changes that no listing shows yet."""
        now = self.twin.events.now
        if now <= self.stalled_until:
            return
        if any(status.at > view.taken_at + STALE_S for view in status.snapshot.clusters.values()):
            self._ready_since.clear()  # the cluster cannot be observed, and the status says so
            return
        for name, desktop in status.desktops.items():
            if desktop.phase is not Phase.READY or self._is_ready(desktop.reservation.vmid):
                self._ready_since.pop(name, None)
            elif self._listing_shows_boot(status, desktop.reservation.vmid):
                self.condemn("who is called ready is ready", f"{name} boots, and its listing shows it")
            elif now > self._ready_since.setdefault(name, now) + STALE_S:
                self.condemn("who is called ready is ready", f"{name} is not")

    def _look_at_view(self, status: Status) -> None:
        """The cluster is observed again although an answer never comes."""
        for view in status.snapshot.clusters.values():
            if status.at > view.taken_at + _GIVEN_UP_S:
                self.condemn("a look that never ends is given up", f"the view is {status.at - view.taken_at:.0f} s old")

    def _look_at_fallen(self, status: Status) -> None:
        """A desktop that reported ready in this boot is not called starting, even when pvestatd's figures are late."""
        view = status.snapshot.clusters.get(CLUSTER)
        if view is None:
            return
        ready, records = dict[str, tuple[int, float]](), self._records.desktops
        for name, desktop in status.desktops.items():
            guest = self.twin.cluster.guests.get(desktop.reservation.vmid)
            if guest is None or not guest.ready or guest.status_file is not None:
                continue
            boots, seen_at = self._was_ready.get(name, (0, 0.0))
            report, boot = records[name].report if name in records else None, guest.boot
            reported = report is not None and boot is not None and boot.ready_at is not None and report.read_at >= boot.ready_at
            if desktop.phase is Phase.READY and reported:
                ready[name] = (guest.boots, view.taken_at)
            elif desktop.phase is Phase.STARTING and boots == guest.boots and view.taken_at < seen_at + _SEEN_WITHIN_S:
                self.condemn("who is ready is not called starting", f"{name}: {desktop.because}")
        self._was_ready = ready

    def _look_at_sessions(self) -> None:
        for name, record in self._records.desktops.items():
            if record.report is not None and len(record.report.sessions) > _HOLDS:
                self.condemn("no desktop has more sessions than it can hold", f"{name} has {len(record.report.sessions)}")

    def _listing_shows_boot(self, status: Status, vmid: int) -> bool:
        """Whether what it was called ready by shows its present boot, by an uptime: then no older one excuses it."""
        view, guest = status.snapshot.clusters[CLUSTER], self.twin.cluster.guests.get(vmid)
        uptime_s = view.uptimes_s.get(Vmid(vmid), 0)
        if guest is None or not guest.running or not uptime_s:
            return False
        passed_before = self.twin.events.now - (status.at - view.taken_at)
        return 0.0 <= passed_before - uptime_s - guest.started_at < _PASS_S

    def _is_ready(self, vmid: int) -> bool:
        """Truly, or as far as anybody can tell: a dead node's guests are listed as before until it is offline."""
        guest, now = self.twin.cluster.guests.get(vmid), self.twin.events.now
        if guest is None:
            return False
        if not self.twin.cluster.nodes[guest.node].alive:
            return now <= self.twin.cluster.nodes[guest.node].died_at + STALE_S
        booting = guest.boot is not None and guest.boot.ready_at is None
        return guest.ready or (booting and guest.boot is not None and now < guest.boot.began_at + _BOOTING_S)

    def _look_for_silence(self, status: Status) -> None:
        witness = Witness()
        witness.status(status)
        for text in witness.wrong:
            if "has no word" not in text:  # a word is for metrics; here a reason is needed
                self.condemn("every unmet agent has a reason", text)

    # -- the end -----------------------------------------------------------------------------------------------------

    def unserved(self, agents: Iterator[str]) -> dict[str, str]:
        """Agents without a ready desktop on a living node, with its state: the remaining hardware has room for all."""
        desktops, nodes, found = self.used_desktops(), self.twin.cluster.nodes, dict[str, str]()
        for agent_id in agents:
            guests = [self.twin.cluster.guests[vmid] for vmid in desktops.get(agent_id, ())]
            if any(self.is_forbidden(guest.vmid) for guest in guests):
                continue
            living = [guest for guest in guests if nodes[guest.node].alive]
            if any(guest.ready for guest in living) or (not living and self._nobody_can_be_served()) or self._is_full():
                continue
            found[agent_id] = ", ".join(f"VM {guest.vmid} on {guest.node}: {guest.power}" for guest in guests) or "no desktop"
        return found

    def unmarked(self, agents: Iterator[str]) -> list[int]:
        """Ready desktops of these agents without the tag that says they are configured."""
        desktops = self.desktops_of()
        ready = (self.twin.cluster.guests[vmid] for agent_id in agents for vmid in desktops.get(agent_id, ()))
        return [guest.vmid for guest in ready if guest.ready and CONFIGURED not in guest.config.get("tags", "")]

    def behind(self) -> list[int]:
        """Desktops that were started long after the last change of the profile, and not with what it says."""
        if self.profile is None:
            return []
        card = f"bridge={self.profile.bridge}" + (f",tag={self.profile.vlan}" if self.profile.vlan else "")
        wanted = (str(self.profile.memory_mib), card)
        ours = (guest for guest in self.twin.cluster.guests.values() if self.note_of(guest) is not None)
        since, by_hand = self.profile_since + self.stale_s, self.started_by_hand
        ordered = (guest for guest in ours if guest.started_at > by_hand.get(guest.vmid, 0.0) + _START_S)
        late = (guest for guest in ordered if guest.running and guest.started_at > since)
        return [guest.vmid for guest in late if (guest.config["memory"], guest.config["net0"].partition(",")[2]) != wanted]

    def _nobody_can_be_served(self) -> bool:
        """The only excuses for a missing desktop: no template on a living node, or cloning is forbidden."""
        templates = (guest for guest in self.twin.cluster.guests.values() if guest.template)
        somewhere = any(self.twin.cluster.nodes[template.node].alive for template in templates)
        return not somewhere or self._nobody_can_identify(self._records)

    def _is_full(self) -> bool:
        """No living node has room for one more: what was replaced keeps its place there, until somebody deletes it."""
        booked, more_mib = Counter[str](), self.twin.spec.templates[0].memory_mib
        for guest in self.twin.cluster.guests.values():
            booked[guest.node] += guest.memory_mib * guest.desktop
        living = [node.name for node in self.twin.cluster.nodes.values() if node.alive]
        return bool(self._replaced) and all(booked[name] + more_mib > self._room_mib(name) for name in living)

    def _nobody_can_identify(self, records: Records) -> bool:
        """A VM that the store does not know lies on a dead node: it may be anybody's desktop, and nothing is cloned before."""
        known = {reservation.vmid for reservation in records.reservations} | {key.vmid for key in records.retired}
        strange = (guest for guest in self.twin.cluster.guests.values() if guest.vmid >= FIRST_VMID and guest.vmid not in known)
        return any(not self.twin.cluster.nodes[guest.node].alive and not guest.template for guest in strange)

    def unexplained(self) -> list[int]:
        """VMs in our range that neither the store nor, being foreign, other people explain; and desktops the store forgot."""
        records = self._records
        known = {reservation.vmid for reservation in records.reservations}
        retired = {key.vmid for key in records.retired}
        found = []
        for vmid, guest in self.twin.cluster.guests.items():
            if self.outside(guest) or (vmid in self.foreigners.made_at and self.note_of(guest) is None):
                continue
            if vmid not in (known if self.note_of(guest) else known | retired):
                found.append(vmid)
        return found


__all__ = ["Judge"]
