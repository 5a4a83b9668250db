"""What must hold whatever goes wrong, by the twin's hidden truth: at each write, after each cycle, and at the end."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from provisioner.errors import NoQuorum
from provisioner.model.actions import Outcome, Result
from provisioner.model.desktops import Phase, Reservation
from provisioner.model.ids import ClusterId, GuestKey, NodeName, Vmid
from provisioner.model.intents import IntentKind
from provisioner.model.ownership import NoteKey, read_note
from provisioner.model.records import Memory
from provisioner.model.status import Picture
from provisioner.model.vm_marks import configured_tag, mac_for
from provisioner.ports import Store
from provisioner.pve.faults import error_for
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.twin import Twin
from tests.chaos.world import CLUSTER, FIRST_VMID, INSTALLATION, LEAVER_STOPS_AFTER_S
from tests.scenarios.witness import Witness

UNANSWERED_S = 300.0
"""An order that has had no answer for so long is given up."""
STALE_S = 25.0
"""So long a listing and what was decided from it may be behind: pvestatd's 10 s, our own 10 s, and the way."""
_WRITES = ("/clone", "/config", "/status/start", "/status/shutdown")
_FROZEN, _NO_QUORUM = "no write under freeze", "no write while the quorum is known to be lost"
_HELD, _BASELINE = "nothing is stopped while held", "nothing is stopped before the rebuilt baseline is accepted"
_STOPS_ALONE = frozenset({_HELD, _BASELINE})
_LAST_READING_S = 6.0
"""Between the cycle that orders a stop and the shutdown its guest is read once more, which may be slow."""
_CONFIGURED = configured_tag(INSTALLATION)
_BLIND_S = 230.0
"""The longest between two looks: the listing and the task lists of four nodes hang for 40 s each, and a pause of 10 s."""
_GIVEN_UP_S = 400.0
"""A look that has had no answer for five minutes is asked again, and told of once a minute before."""
_WRITES_WITHIN_S = 120.0
"""After the last listing: a minute until it is late, and the steps of an order that was on its way."""
_SEEN_WITHIN_S = 20.0
"""From one view to the next: what happened in a longer gap, nobody has seen."""
_GIVEN_UP_AT_MOST = 4
"""Two desktops that fail alike may do so by chance, on each of two nodes."""
_UNLISTED_AT_MOST = 3
"""Two may be deleted by hand just now."""
_HOLDS = 4
"""Sessions of a desktop, by its profile."""
_PASS_S = 11.0
"""A listing shows an uptime as of the last pass of pvestatd, in whole seconds."""
_BOOTING_S = 15.0
"""A boot that began so long ago shows in a listing."""


@dataclass(slots=True, kw_only=True)
class Foreigners:
    """VMs of other people in our range, by VMID: since when, and how each was made."""

    made_at: dict[int, float] = field(default_factory=dict)
    instead_of_ours: set[int] = field(default_factory=set)
    """Made where the store knew a desktop of ours, proven: until a listing shows the change, nobody can tell them apart."""
    looks: dict[int, tuple[object, ...]] = field(default_factory=dict)


def _about(request: ApiRequest) -> str:
    """The VM that a write changes."""
    return str(request.params.get("newid") or request.path.split("/")[4])


class Judge:
    """Remembers whatever should not have been; `wrong` stays empty in a good run."""

    def __init__(
        self,
        twin: Twin,
        keys: Sequence[NoteKey],
        *,
        store: Callable[[], Store],
        frozen_by_file: Callable[[], bool],
        grace_s: float = 0.0,
    ) -> None:
        """`grace_s`: so long what has been decided before may still be on its way; in virtual time nothing is."""
        self.twin, self.wrong, self.foreigners = twin, dict[str, None](), Foreigners()
        self._writing: dict[str, float] = {}
        """VMs that the present life writes to, and has no answer yet; since when."""
        self._looked_at: float | None = None
        self._clock_set_at = float("-inf")
        self._loaded: tuple[Store, float, Memory] | None = None
        self._drained_at: dict[str, float] = {}
        """When each node was last seen to be drained."""
        self._to_stop_at: dict[str, float] = {}
        """When each desktop was last seen to be one that an operator stops."""
        self._forbidden: dict[str, float] = {}
        """Why nothing may be written, and since when."""
        self._grace_s = grace_s
        self._keys, self._store, self._frozen_by_file = keys, store, frozen_by_file
        self.tampered = False
        """Whether it is judged as well by what holds where no clock is set and no answer is made slow."""
        self.calm_at = 0.0
        self.is_hidden: Callable[[int], bool] = lambda _: False
        """Whether listings lack that VM now."""
        self._unlisted_since: dict[int, float] = {}
        self.hidden_until = self.stalled_until = float("-inf")
        """Until then listings lack VMs, or are older than pvestatd's period."""
        self.left: dict[str, float] = {}
        """Who has left, and when."""
        self._listed_at: float | None = None
        self._was_ready: dict[str, tuple[int, float]] = {}
        """Desktops called ready in the last picture: by which boot, and how old what was seen then is."""
        self._notes: dict[tuple[int, str], Reservation | None] = {}
        self._replaced: set[int] = set()
        """Desktops that have ever been given up for another."""
        self._given_up = 0
        self._ready_since: dict[str, float] = {}
        for vmid in twin.cluster.guests:
            self.foreigners.made_at[vmid] = 0.0
            self.foreigners.looks[vmid] = self._looks(vmid)

    def condemn(self, invariant: str, text: str) -> None:
        """Say what was violated, and how."""
        self.wrong.setdefault(f"{invariant}: {text}")

    # -- the wire --------------------------------------------------------------------------------------------------

    def told(self, request: ApiRequest, response: ApiResponse | None) -> None:
        """A request is sent, or its answer arrives."""
        if response is not None:
            self._learn_of_quorum(request, response)
            self._writing.pop(_about(request) if request.method != "GET" else "", None)
            if request.path == "/cluster/resources" and response.ok:
                self._listed_at = self.twin.events.now
        elif request.method != "GET":
            self._judge_write(request)

    @property
    def stale_s(self) -> float:
        """So long what is seen or decided may be behind."""
        return STALE_S + self._grace_s

    def begin_life(self) -> None:
        """A daemon that has just begun has not been told of the quorum."""
        self._forbid(_NO_QUORUM, on=False)
        self._writing.clear()
        self._looked_at = self._listed_at = None
        self._was_ready.clear()

    def _look_for_orders(self) -> None:
        """What may not be done from now on."""
        intents = self._store().intents()
        kinds = {one.kind for one in intents}
        self._forbid(_FROZEN, on=self._frozen_by_file() or IntentKind.FREEZE in kinds)
        self._forbid(_HELD, on=IntentKind.HOLD in kinds)
        self._forbid(_BASELINE, on=not self._memory.baseline_accepted)
        drained = {one.node.node for one in intents if one.kind is IntentKind.DRAIN}
        self._drained_at.update(dict.fromkeys(drained, self.twin.events.now))
        to_stop = (one.target for one in intents if one.kind is IntentKind.STOP)
        self._to_stop_at.update(dict.fromkeys(to_stop, self.twin.events.now))

    @property
    def _memory(self) -> Memory:
        """What is kept, looked up once a moment: over HTTP it is a database."""
        store, now = self._store(), self.twin.events.now
        if self._loaded is None or self._loaded[:2] != (store, now):
            self._loaded = (store, now, store.load())
        return self._loaded[2]

    def _forbid(self, why: str, *, on: bool) -> None:
        if on:
            self._forbidden.setdefault(why, self.twin.events.now)
        else:
            self._forbidden.pop(why, None)

    def _learn_of_quorum(self, request: ApiRequest, response: ApiResponse) -> None:
        if not response.ok:
            if isinstance(error_for(response, ""), NoQuorum):
                self._forbid(_NO_QUORUM, on=True)
        elif request.path == "/cluster/status" and isinstance(response.data, list):
            self._forbid(_NO_QUORUM, on=not all(one.get("quorate", 1) for one in response.data))

    def _judge_write(self, request: ApiRequest) -> None:
        doing = f"{request.method} {request.path} {request.params.get('newid', '')}".strip()
        if not request.path.endswith(_WRITES):
            self.condemn("nothing is deleted, and no plug is pulled", doing)
            return
        if self.twin.events.now < self._writing.get(_about(request), float("-inf")) + UNANSWERED_S:
            self.condemn("one VM is worked on by one order at a time", doing)
        self._writing[_about(request)] = self.twin.events.now
        if self.tampered and self._listed_at is not None and self.twin.events.now > self._listed_at + _WRITES_WITHIN_S:
            self.condemn("nothing is written on an old view", f"{doing}, {self.twin.events.now - self._listed_at:.0f} s old")
        if request.path.endswith("/config"):
            self._judge_configure(request, doing)
        self._look_for_orders()
        stops = request.path.endswith("/shutdown")
        for why, since in self._forbidden.items():
            grace_s = self._grace_s + (_LAST_READING_S if stops else 0.0)
            if self.twin.events.now >= since + grace_s and (stops or why not in _STOPS_ALONE):
                self.condemn(why, doing)
        if stops:
            self._judge_stop(int(request.path.split("/")[4]), doing)
        elif request.path.endswith("/clone"):
            self._judge_clone(int(request.params["newid"]), doing)
        else:
            self._judge_change(int(request.path.split("/")[4]), doing)

    def _judge_clone(self, vmid: int, doing: str) -> None:
        if sum(self.twin.events.now > since + self.stale_s for since in self._unlisted_since.values()) >= _UNLISTED_AT_MOST:
            self.condemn("what no listing shows is not made on and on", doing)
        memory, key = self._memory, GuestKey(CLUSTER, Vmid(vmid))
        if key in memory.retired:
            self.condemn("a retired VMID is never handed out", doing)
        if not any(one.key == key for one in memory.reservations.values()):
            self.condemn("a reservation is durable before its clone", doing)

    def _judge_configure(self, request: ApiRequest, doing: str) -> None:
        guest = self.twin.cluster.guests.get(int(request.path.split("/")[4]))
        if guest is None or "memory" not in request.params or self.note_of(guest) is None:
            return
        if guest.boots and f"={mac_for(Vmid(guest.vmid), INSTALLATION)}" in guest.config.get("net0", ""):
            self.condemn("no desktop that has served is configured again", doing)

    def _judge_change(self, vmid: int, doing: str) -> None:
        guest = self.twin.cluster.guests.get(vmid)
        if guest is None:
            return
        if self.note_of(guest) is not None:
            if doing.startswith("POST") and _CONFIGURED not in guest.config.get("tags", ""):
                self.condemn("nothing is started before it is configured", doing)
            return
        made_at = self.foreigners.made_at.get(vmid, 0.0)
        if vmid not in self.foreigners.instead_of_ours or self.twin.events.now > made_at + self.stale_s:
            self.condemn("nothing foreign or unproven is touched", doing)

    def _judge_stop(self, vmid: int, doing: str) -> None:
        guest = self.twin.cluster.guests.get(vmid)
        note = self.note_of(guest) if guest is not None else None
        if guest is None or note is None:
            self._judge_change(vmid, doing)
            return
        since = self.twin.events.now - _LAST_READING_S - self._grace_s
        to_stop = self._to_stop_at.get(note.name, float("-inf")) >= since
        # Of whoever has come since the document was written nobody can know, nor of anybody where no guest agent answers.
        unknown = to_stop and guest.dead_agent and note.name not in self._memory.reports
        if not unknown and any(one.since < self.twin.events.now - self.twin.spec.report.period_s for one in guest.sessions):
            self.condemn("nobody is cut off", doing)
        gone = self.twin.events.now >= self.left.get(note.agent_id or "", float("inf")) + LEAVER_STOPS_AFTER_S
        if not (gone or to_stop or self._drained_at.get(guest.node, float("-inf")) >= since):
            self.condemn("nothing is stopped without an order", doing)

    def clock_set(self) -> None:
        """What is in flight, and the listing that is on its way, are dated by two clocks: an order may be repeated."""
        self._clock_set_at = self.twin.events.now

    def ended(self, outcome: Outcome) -> None:
        """The daemon says what an order came to."""
        guest = self.twin.cluster.guests.get(outcome.key.vmid)
        done = outcome.result is Result.DONE or outcome.reason.startswith("configure ")  # the cluster's own words
        done = done or self.twin.events.now < max(self._clock_set_at + STALE_S, self.hidden_until)
        if outcome.action == "configure" and guest is not None and not done and _CONFIGURED in guest.config.get("tags", ""):
            self.condemn("what is done is not called failed", f"{outcome.desktop}: {outcome.reason}")

    # -- after each cycle ------------------------------------------------------------------------------------------

    def look(self, picture: Picture | None) -> None:
        """At everything that must hold at every moment."""
        self._look_for_orders()  # nothing may be written for a long time after one was given
        self._look_at_replaced()
        for agent_id, vmids in self.desktops_of().items():
            several = [vmid for vmid in vmids if vmid not in self._replaced]
            if len(several) > 1:
                self.condemn("nothing is doubled", f"{agent_id} has desktops {sorted(several)}")
        self._look_for_doubles()
        self._look_for_unlisted()
        self._look_at_foreigners()
        if picture is not None:
            self._look_at_pace()
            self._look_at_ready(picture)
            self._look_for_silence(picture)
            if self.tampered:
                self._look_at_view(picture)
                self._look_at_fallen(picture)
                self._look_at_sessions()

    def _look_at_replaced(self) -> None:
        """A desktop is given up for another only when its agent cannot have it. A lost store knows of it no more: we do."""
        memory = self._memory
        for name, other in memory.superseded.items():
            vmid = memory.reservations[name].vmid
            if vmid in self._replaced:
                continue
            self._replaced.add(vmid)
            self._look_at_common_cause(name)
            guest = self.twin.cluster.guests.get(vmid)
            counts_again = memory.reservations[other].vmid in self._replaced
            if guest is not None and guest.ready and not counts_again and self.twin.cluster.nodes[guest.node].alive:
                self.condemn("nobody is given another desktop while theirs can be had", f"{name} on {guest.node} is ready")

    def _look_at_common_cause(self, name: str) -> None:
        """What no desktop can start for is no reason to make others."""
        if self.twin.cluster.spec.bridges != self.twin.spec.bridges:
            self._given_up += 1
            if self._given_up > _GIVEN_UP_AT_MOST:
                self.condemn("what fails alike for all uses up no desktop", f"{name} is the {self._given_up}th given up")

    def desktops_of(self) -> dict[str, list[int]]:
        """VMIDs of the desktops there are, by agent."""
        found: dict[str, list[int]] = {}
        for vmid, guest in self.twin.cluster.guests.items():
            note = self.note_of(guest)
            if note is not None:
                found.setdefault(note.agent_id or "", []).append(vmid)
        return found

    def note_of(self, guest: TwinGuest) -> Reservation | None:
        """What its own note proves."""
        text = guest.config.get("description", "")
        if (guest.vmid, text) not in self._notes:
            notes = (read_note(text, key, node=NodeName(guest.node), seen_at=0.0) for key in self._keys)
            note = next((one for one in notes if one is not None), None)
            mine = note is not None and note.key == GuestKey(ClusterId(CLUSTER), Vmid(guest.vmid))
            self._notes[guest.vmid, text] = note if mine else None
        return self._notes[guest.vmid, text]

    def _look_for_unlisted(self) -> None:
        unlisted = [vmid for vmids in self.desktops_of().values() for vmid in vmids if self.is_hidden(vmid)]
        self._unlisted_since = {vmid: self._unlisted_since.get(vmid, self.twin.events.now) for vmid in unlisted}

    def _look_for_doubles(self) -> None:
        notes = [note for guest in self.twin.cluster.guests.values() if (note := self.note_of(guest))]
        for things in ([one.name for one in notes], [one.address for one in notes if one.address]):
            for thing, count in Counter(things).items():
                if count > 1:
                    self.condemn("nothing is doubled", f"{thing} is there {count} times")

    def _look_at_foreigners(self) -> None:
        for vmid, looks in self.foreigners.looks.items():
            if self._looks(vmid) not in (looks, ()):
                self.condemn("nothing foreign is touched", f"VM {vmid} is not as it was")

    def note_making(self, vmid: int) -> None:
        """Somebody is about to make a VM of their own."""
        self.foreigners.made_at[vmid] = self.twin.events.now
        ours = (one for one in self._memory.reservations.values() if one.vmid == vmid)
        if any(one.proven for one in ours):
            self.foreigners.instead_of_ours.add(vmid)

    def note_foreigner(self, vmid: int) -> None:
        """How a foreign VM looks, once it is there."""
        guest = self.twin.cluster.guests.get(vmid)
        if guest is not None and self.note_of(guest) is None and guest.lock is None:
            self.foreigners.looks[vmid] = self._looks(vmid)

    def _looks(self, vmid: int) -> tuple[object, ...]:
        guest = self.twin.cluster.guests.get(vmid)
        if guest is None:
            return ()
        config = tuple(sorted((key, value) for key, value in guest.config.items() if key != "lock"))
        return (guest.node, config)

    def _look_at_pace(self) -> None:
        """Whatever happens, the cluster is looked at again soon."""
        now = self.twin.events.now
        if self._looked_at is not None and now > self._looked_at + _BLIND_S:
            self.condemn("the cluster is looked at all the time", f"not for {now - self._looked_at:.0f} s")
        self._looked_at = now

    def _look_at_ready(self, picture: Picture) -> None:
        """Who is called ready is ready, but for what no listing shows yet."""
        now = self.twin.events.now
        if now <= self.stalled_until:
            return
        if any(picture.at > view.taken_at + STALE_S for view in picture.snapshot.clusters.values()):
            self._ready_since.clear()  # the cluster cannot be observed, and the picture says so
            return
        for name, one in picture.desktops.items():
            if one.phase is not Phase.READY or self._is_ready(one.reservation.vmid):
                self._ready_since.pop(name, None)
            elif self._listing_shows_boot(picture, one.reservation.vmid):
                self.condemn("who is called ready is ready", f"{name} boots, and its listing shows it")
            elif now > self._ready_since.setdefault(name, now) + STALE_S:
                self.condemn("who is called ready is ready", f"{name} is not")

    def _look_at_view(self, picture: Picture) -> None:
        """Whatever never comes back, the cluster is asked again."""
        for view in picture.snapshot.clusters.values():
            if picture.at > view.taken_at + _GIVEN_UP_S:
                self.condemn("a look that never ends is given up", f"the view is {picture.at - view.taken_at:.0f} s old")

    def _look_at_fallen(self, picture: Picture) -> None:
        """Who has told in this boot that it is ready, and goes on, is not called starting, whatever pvestatd says."""
        view = picture.snapshot.clusters.get(CLUSTER)
        if view is None:
            return
        ready, reports = dict[str, tuple[int, float]](), self._memory.reports
        for name, one in picture.desktops.items():
            guest = self.twin.cluster.guests.get(one.reservation.vmid)
            if guest is None or not guest.ready or guest.status_file is not None:
                continue
            boots, seen_at = self._was_ready.get(name, (0, 0.0))
            report, boot = reports.get(name), guest.boot
            told = report is not None and boot is not None and boot.ready_at is not None and report.read_at >= boot.ready_at
            if one.phase is Phase.READY and told:
                ready[name] = (guest.boots, view.taken_at)
            elif one.phase is Phase.STARTING and boots == guest.boots and view.taken_at < seen_at + _SEEN_WITHIN_S:
                self.condemn("who is ready is not called starting", f"{name}: {one.because}")
        self._was_ready = ready

    def _look_at_sessions(self) -> None:
        for name, report in self._memory.reports.items():
            if len(report.sessions) > _HOLDS:
                self.condemn("no desktop has more sessions than it can hold", f"{name} has {len(report.sessions)}")

    def _listing_shows_boot(self, picture: Picture, vmid: int) -> bool:
        """Whether what it was called ready by shows its present boot, by an uptime: then no older one excuses it."""
        view, guest = picture.snapshot.clusters[CLUSTER], self.twin.cluster.guests.get(vmid)
        uptime_s = view.uptimes_s.get(Vmid(vmid), 0)
        if guest is None or not guest.running or not uptime_s:
            return False
        passed_before = self.twin.events.now - (picture.at - view.taken_at)
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

    def _look_for_silence(self, picture: Picture) -> None:
        witness = Witness()
        witness.picture(picture)
        for text in witness.wrong:
            if "has no word" not in text:  # a word is for metrics; what is asked for here is a reason
                self.condemn("every unmet agent has a reason", text)

    # -- the end -----------------------------------------------------------------------------------------------------

    def unserved(self, agents: Iterator[str]) -> dict[str, str]:
        """Agents without a ready desktop on a living node, with how it stands: the hardware that is left holds them all."""
        desktops, nodes, found = self.desktops_of(), self.twin.cluster.nodes, dict[str, str]()
        for agent_id in agents:
            guests = [self.twin.cluster.guests[vmid] for vmid in desktops.get(agent_id, ())]
            living = [one for one in guests if nodes[one.node].alive]
            if any(one.ready for one in living) or (not living and self._nobody_can_be_served()):
                continue
            found[agent_id] = ", ".join(f"VM {one.vmid} on {one.node}: {one.power}" for one in guests) or "no desktop"
        return found

    def unmarked(self, agents: Iterator[str]) -> list[int]:
        """Ready desktops of these agents without the tag that says they are configured."""
        desktops = self.desktops_of()
        ready = (self.twin.cluster.guests[vmid] for agent_id in agents for vmid in desktops.get(agent_id, ()))
        return [one.vmid for one in ready if one.ready and _CONFIGURED not in one.config.get("tags", "")]

    def _nobody_can_be_served(self) -> bool:
        """What excuses those who have no desktop, and nothing else: nowhere to clone from, or nothing may be cloned."""
        templates = (one for one in self.twin.cluster.guests.values() if one.template)
        somewhere = any(self.twin.cluster.nodes[one.node].alive for one in templates)
        return not somewhere or self._nobody_can_identify(self._memory)

    def _nobody_can_identify(self, memory: Memory) -> bool:
        """A VM that the store does not know lies on a dead node: it may be anybody's desktop, and nothing is cloned before."""
        known = {one.vmid for one in memory.reservations.values()} | {key.vmid for key in memory.retired}
        strange = (one for one in self.twin.cluster.guests.values() if one.vmid >= FIRST_VMID and one.vmid not in known)
        return any(not self.twin.cluster.nodes[one.node].alive and not one.template for one in strange)

    def unexplained(self) -> list[int]:
        """VMs in our range that neither the store nor, being foreign, other people explain; and desktops the store forgot."""
        memory = self._memory
        known = {one.vmid for one in memory.reservations.values()}
        retired = {key.vmid for key in memory.retired}
        found = []
        for vmid, guest in self.twin.cluster.guests.items():
            if vmid in self.foreigners.made_at and self.note_of(guest) is None:
                continue
            if vmid not in (known if self.note_of(guest) else known | retired):
                found.append(vmid)
        return found


__all__ = ["STALE_S", "Judge"]
