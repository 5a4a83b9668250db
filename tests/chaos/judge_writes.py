"""The invariants at each write."""

from typing import Any

from provisioner.errors import NoQuorum
from provisioner.model.actions import Outcome, Result
from provisioner.model.ids import GuestKey, Vmid
from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.seats import is_trial, pool_of
from provisioner.model.scenario.surges import SurgeState
from provisioner.model.vm_marks import mac_for
from provisioner.pve.faults import error_for
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.model.guests import TwinGuest
from tests.builders.records import parts_of
from tests.chaos.judge_sessions import SessionJudge
from tests.chaos.truth import CONFIGURED
from tests.chaos.world import CLUSTER, INSTALLATION, LEAVER_STOPS_AFTER_S

UNANSWERED_S = 300.0
"""An order that has had no answer for so long is given up."""
_STARTS_WITHIN_S = 30.0
"""A start that was ordered just before something else may take effect so much later."""
_WRITES = ("/clone", "/config", "/status/start", "/status/shutdown", "/migrate")
_SETTINGS = frozenset({"memory", "cores", "net0", "ipconfig0", "nameserver", "name"})
"""What a profile gives; the rest are tags and notes."""
_UNDER_WAY_S = 0.1
"""Of an action that was sent just before a freeze the second request goes out here: only production asks before each."""
_RESPECTED_S = 1800.0
"""So long an order waits for a session that was open when the desktop last answered (pacing.probe_timing)."""
_FROZEN, _NO_QUORUM = "no write under freeze", "no write while the quorum is known to be lost"
_HELD, _BASELINE = "nothing is stopped while held", "nothing is stopped before the rebuilt baseline is accepted"
_STOPS_ALONE = frozenset({_HELD, _BASELINE})
_LAST_READING_S = 6.0
"""Between the cycle that orders a stop or a move and the write, its guest or its note is read once more: that may be slow."""
_WRITES_WITHIN_S = 120.0
"""After the last listing: a minute until it is late, and the steps of an order that was on its way."""
_UNLISTED_AT_MOST = 3
"""Two may be deleted by hand just now."""


class WriteJudge(SessionJudge):
    """Judges each write; it receives every request and answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._writing: dict[str, float] = {}
        """VMs that the present life writes to, and has no answer yet; since when."""
        self._drained_at: dict[str, float] = {}
        """When each node was last seen to be drained."""
        self._evacuated_at: dict[str, float] = {}
        """When each node was last seen to be evacuated."""
        self._to_stop_at: dict[str, float] = {}
        """When each desktop was last seen with an operator's stop or restart."""
        self._restart_at: dict[str, float] = {}
        """Orders to restart a desktop that stand, and when each was given."""
        self.kept_since: dict[str, float] = {}
        """Since when each desktop is kept as it is."""
        self.ever_kept: set[str] = set()
        self._to_reconfigure_at: dict[str, float] = {}
        """When each desktop was last seen with an order to be configured again."""
        self._returned_at, self._takes_back = float("-inf"), frozenset[int]()
        """When a surge was last seen going back, and the runs that it takes back."""
        self.mended_at: dict[int, float] = {}
        """When the guest agent of a VM was mended, if it was dead: a question just before was not answered."""
        self._forbidden: dict[str, float] = {}
        """Why nothing may be written, and since when."""
        self._listed_at: float | None = None
        self._reserved_before = (float("-inf"), set[GuestKey]())
        self._answered: set[int] = set()
        """VMIDs of clones that were answered; of one whose answer was lost the daemon cannot know that there is anything."""

    def observe(self, request: ApiRequest, response: ApiResponse | None) -> None:
        """A request is sent, or its answer arrives."""
        if response is not None:
            self._learn_of_quorum(request, response)
            self._writing.pop(_about(request) if request.method != "GET" else "", None)
            if request.path.endswith("/clone") and response.ok:
                self._answered.add(int(request.params["newid"]))
            if request.path == "/cluster/resources" and response.ok:
                self._listed_at = self.twin.events.now
        elif request.method != "GET":
            self._judge_write(request)

    def store_goes(self) -> None:
        """It is lost, or put back: what was sent just before may still arrive."""
        self._reserved_before = (self.twin.events.now, {reservation.key for reservation in self._records.reservations})

    def _was_reserved(self, key: GuestKey) -> bool:
        """In a store that went so shortly ago that its daemon may have sent the clone. In virtual time nothing is that late."""
        at, keys = self._reserved_before
        return key in keys and self.twin.events.now < at + self._grace_s

    def begin_life(self) -> None:
        """A new daemon does not know the quorum yet."""
        self._forbid(_NO_QUORUM, on=False)
        self._writing.clear()
        self._listed_at = None

    def _look_for_orders(self) -> None:
        """What may not be done from now on."""
        intents = self._store().intents()
        kinds = {intent.kind for intent in intents}
        self._forbid(_FROZEN, on=self._frozen_by_file() or IntentKind.FREEZE in kinds)
        self._forbid(_HELD, on=IntentKind.HOLD in kinds)
        self._forbid(_BASELINE, on=not self._records.baseline_accepted)
        drained = {intent.node.node for intent in intents if intent.kind is IntentKind.DRAIN}
        self._drained_at.update(dict.fromkeys(drained, self.twin.events.now))
        evacuated = {intent.node.node for intent in intents if intent.kind is IntentKind.EVACUATE}
        self._evacuated_at.update(dict.fromkeys(evacuated, self.twin.events.now))
        self._restart_at = {intent.target: intent.at for intent in intents if intent.kind is IntentKind.RESTART}
        kept = {intent.target for intent in intents if intent.kind is IntentKind.QUARANTINE}
        self.kept_since = {name: self.kept_since.get(name, self.twin.events.now) for name in kept}
        self.ever_kept |= kept
        to_stop = (intent.target for intent in intents if intent.kind in (IntentKind.STOP, IntentKind.RESTART))
        self._to_stop_at.update(dict.fromkeys(to_stop, self.twin.events.now))
        to_reconfigure = (intent.target for intent in intents if intent.kind is IntentKind.RECONFIGURE and intent.target)
        self._to_reconfigure_at.update(dict.fromkeys(to_reconfigure, self.twin.events.now))
        run = self._records.surge
        if run is not None and run.state is SurgeState.RETURNING:
            self._returned_at, self._takes_back = self.twin.events.now, run.takes_back

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
            self._forbid(_NO_QUORUM, on=not all(node.get("quorate", 1) for node in response.data))

    def _judge_write(self, request: ApiRequest) -> None:
        doing = f"{request.method} {request.path} {request.params.get('newid', '')}".strip()
        if request.method == "DELETE" and self._may_go(int(request.path.split("/")[4]), doing):
            return
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
            grace_s = self._grace_s + (_LAST_READING_S if stops else _UNDER_WAY_S if why == _FROZEN else 0.0)
            if self.twin.events.now >= since + grace_s and (stops or why not in _STOPS_ALONE):
                self.condemn(why, doing)
        self._judge_kept(request, doing)
        if stops:
            self._judge_stop(int(request.path.split("/")[4]), doing)
        elif request.path.endswith("/clone"):
            self._judge_clone(int(request.params["newid"]), doing)
        elif request.path.endswith("/migrate"):
            self._judge_move(request, doing)
        else:
            self._judge_change(int(request.path.split("/")[4]), doing)

    def _may_go(self, vmid: int, doing: str) -> bool:
        """Whether it is a desktop of a pool, which nobody has, or one of a trial that is over; nobody is logged on to it."""
        guest = self.twin.cluster.guests.get(vmid)
        note = self.note_of(guest) if guest is not None else None
        if guest is None or note is None or (pool_of(note.seat) is None and not is_trial(note.seat)):
            return False
        for why, since in self._forbidden.items():
            if self.twin.events.now >= since + self._grace_s:
                self.condemn(why, doing)
        if guest.running:
            self.condemn("nothing that runs is deleted", doing)
        self._judge_nobody_has(note.name, doing)
        self._judge_trial_over(note.seat or "", doing)
        return True

    def _judge_kept(self, request: ApiRequest, doing: str) -> None:
        guest = None if request.path.endswith("/clone") else self.twin.cluster.guests.get(int(request.path.split("/")[4]))
        note = self.note_of(guest) if guest is not None else None
        since = self.kept_since.get(note.name) if note is not None else None
        if since is not None and self.twin.events.now >= since + self._grace_s + _LAST_READING_S:
            self.condemn("nothing is written to a desktop in quarantine", doing)

    def _judge_move(self, request: ApiRequest, doing: str) -> None:
        """Only our own, away from a node that an operator evacuates, and to none of these."""
        self._judge_change(int(request.path.split("/")[4]), doing)
        since = self.twin.events.now - _LAST_READING_S - self._grace_s
        evacuated = {node: at for node, at in self._evacuated_at.items() if at >= since}
        if request.path.split("/")[2] not in evacuated:
            self.condemn("nothing is moved without an order", doing)
        if str(request.params["target"]) in {node for node, at in evacuated.items() if at == self.twin.events.now}:
            self.condemn("nothing is moved to a node that is evacuated", doing)

    def _judge_clone(self, vmid: int, doing: str) -> None:
        unlisted_since = (since for made, since in self._unlisted_since.items() if made in self._answered)
        unlisted = sum(self.twin.events.now > since + self.stale_s for since in unlisted_since)
        # The same number again makes nothing: Proxmox VE refuses it.
        if unlisted >= _UNLISTED_AT_MOST and vmid not in self.twin.cluster.guests:
            self.condemn("what no listing shows is not made on and on", doing)
        records, key = self._records, GuestKey(CLUSTER, Vmid(vmid))
        if key in records.retired:
            self.condemn("a retired VMID is never handed out", doing)
        reserved = [reservation for reservation in records.reservations if reservation.key == key]
        if not reserved and not self._was_reserved(key):
            self.condemn("a reservation is durable before its clone", doing)
        run = records.surge
        if run is not None and run.state is SurgeState.PAUSED and any(self._is_new(desktop, run.since) for desktop in reserved):
            self.condemn("a paused surge begins no new desktop", doing)
        for desktop in reserved:
            if self._is_new(desktop, self.scenario_since):
                self._judge_new(desktop, doing)

    def _is_new(self, desktop: Reservation, since: float) -> bool:
        """Whether it was reserved since, and not instead of another one, which may have been given back meanwhile."""
        desktops = self._records.desktops
        instead = {record.superseded_by for record in desktops.values()}
        instead |= {name for name, record in desktops.items() if record.superseded_by is not None}
        return desktop.reserved_at > since and desktop.name not in instead

    def _judge_configure(self, request: ApiRequest, doing: str) -> None:
        guest = self.twin.cluster.guests.get(int(request.path.split("/")[4]))
        if guest is None or not _SETTINGS & request.params.keys() or self.note_of(guest) is None:
            return
        if guest.running and f"={mac_for(Vmid(guest.vmid), INSTALLATION)}" in guest.config.get("net0", ""):
            self.condemn("no desktop that runs is configured again", doing)

    def _judge_change(self, vmid: int, doing: str) -> None:
        guest = self.twin.cluster.guests.get(vmid)
        if guest is None:
            return
        if self.note_of(guest) is not None:
            if doing.startswith("POST") and CONFIGURED not in guest.config.get("tags", ""):
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
        to_stop, tried = self._to_stop_at.get(note.name, float("-inf")) >= since, is_trial(note.seat)
        # A log-on after the document was written cannot be known, nor any session without a guest agent.
        silent = guest.dead_agent or guest.hung or self.mended_at.get(vmid, float("-inf")) >= since
        unknown = (to_stop or tried) and silent and self._is_long_unheard(note.name)
        if not unknown and any(
            session.since < self.twin.events.now - self.twin.spec.report.period_s for session in guest.sessions
        ):
            self.condemn("nobody is cut off", doing)
        self._judge_restart(guest, note.name, doing)
        if tried:
            self._judge_trial_over(note.seat or "", doing)
            return
        if pool_of(note.seat) is not None and not to_stop:
            self._judge_nobody_has(note.name, doing)
            if guest.dead_agent:
                self.condemn("no pool shuts down a desktop of which nothing is known", doing)
            return
        to_stop = to_stop or (note.run in self._takes_back and self._returned_at >= since)
        to_reconfigure = self._to_reconfigure_at.get(note.name, float("-inf")) >= since
        gone = self.twin.events.now >= self.left.get(note.agent_id or "", float("inf")) + LEAVER_STOPS_AFTER_S
        if not (gone or to_stop or to_reconfigure or self._drained_at.get(guest.node, float("-inf")) >= since):
            self.condemn("nothing is stopped without an order", doing)

    def _is_long_unheard(self, name: str) -> bool:
        """Whether a session that it last said may have ended long since: whoever orders the stop is responsible."""
        report = parts_of(self._records.desktops).reports.get(name)
        return report is None or report.read_at < self.twin.events.now - _RESPECTED_S

    def _judge_restart(self, guest: TwinGuest, name: str, doing: str) -> None:
        """What was started well after the order is not shut down for it once more."""
        stops = {intent.target for intent in self._store().intents() if intent.kind is IntentKind.STOP}
        ordered_at = self._restart_at.get(name)
        if ordered_at is not None and name not in stops and guest.started_at > ordered_at + _STARTS_WITHIN_S:
            self.condemn("a restart is done once", doing)

    def ended(self, outcome: Outcome) -> None:
        """The daemon says what an order came to."""
        guest = self.twin.cluster.guests.get(outcome.key.vmid)
        done = outcome.result in (Result.DONE, Result.UNKNOWN)  # unknown is not called failed
        done = done or outcome.reason.startswith("configure ")  # the cluster's own words
        done = done or self.twin.events.now < self.hidden_until
        if outcome.action == "configure" and guest is not None and not done and CONFIGURED in guest.config.get("tags", ""):
            self.condemn("what is done is not called failed", f"{outcome.desktop}: {outcome.reason}")


def _about(request: ApiRequest) -> str:
    """The VM that a write changes."""
    return str(request.params.get("newid") or request.path.split("/")[4])


__all__ = ["WriteJudge"]
