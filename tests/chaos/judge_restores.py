"""Invariants of desktops that are given back: whose each is, which of two is used, and what becomes of the other."""

from typing import Any

from provisioner.model.ids import DesktopName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.model.status import Status
from provisioner.pve.wire import ApiRequest
from provisioner.twin.model.guests import TwinGuest
from tests.chaos.judge_writes import WriteJudge

_TROUBLED_S = 75.0
"""So long after its node is back, or it answers again, a desktop may be given up still: it is asked each minute."""
_KNOWN_AWAY_S = 60.0
"""By then a node that has died is seen to be away."""
_ON_THE_WAY_S = 30.0
"""What was ordered before a desktop was superseded may be on its way for so long."""
_SESSION_KNOWN_S = 10.0
"""A session older than that is in the desktop's document."""
_CHANGES = ("/clone", "/status/start", "/status/shutdown")
_THERE = frozenset({Phase.STOPPED, Phase.STARTING, Phase.READY, Phase.STOPPING})


class RestoreJudge(WriteJudge):
    """At each order, at each write, and at each look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.restoring = False
        """Whether operators give desktops back, and no store is lost or put back: then it is always known which is used."""
        self._instead: dict[DesktopName, tuple[DesktopName, float]] = {}
        """At the last look: what was superseded, by what, and since when."""
        self._troubled_at: dict[int, float] = {}
        """When a VM was last seen to hang, or on a node that is away."""
        self.ever_hung: set[int] = set()
        self._in_use = False
        self._restores: list[Intent] = []
        """Orders that were taken."""
        self._given_back: set[DesktopName] = set()
        """Desktops that are their people's by an order, also while they are off or start."""
        self._done: set[Intent] = set()

    def is_asked(self, order: Intent, status: Status) -> None:
        """Right before an order is given: what the daemon would have to know."""
        self._in_use = order.kind is IntentKind.RESTORE and self._newer_is_used(order, status)

    def is_ordered(self, order: Intent, refused: Any, before: Any) -> None:
        """See SessionJudge."""
        super().is_ordered(order, refused, before)
        if refused or order.kind is not IntentKind.RESTORE:
            return
        self._restores.append(order)
        guest, record = self.guest_named(order.target), self._records.desktops.get(DesktopName(order.target))
        if record is None or record.superseded_by is None:
            self.condemn("what is given back was given up", order.target)
        if guest is None or self.twin.events.now > self.twin.cluster.nodes[guest.node].died_at + _KNOWN_AWAY_S:
            self.condemn("nothing is given back that nobody can use", order.target)
        if not order.reason.strip():
            self.condemn("who gives a desktop back says why", order.target)
        if self._in_use and not order.terms.even_with_session:
            self.condemn("nobody at work gets another desktop, unless it is ordered so", order.target)

    def _newer_is_used(self, order: Intent, status: Status) -> bool:
        """Whether somebody is at work there, and the operator is shown that."""
        record = self._records.desktops.get(DesktopName(order.target))
        newer = record.superseded_by if record is not None else None
        if newer is None or newer not in status.desktops or not status.desktops[newer].sessions:
            return False
        guest, before = self.guest_named(newer), self.twin.events.now - _SESSION_KNOWN_S
        return guest is not None and any(session.since < before for session in guest.sessions)

    # -- at each write -----------------------------------------------------------------------------------------------

    def _judge_kept(self, request: ApiRequest, doing: str) -> None:
        """Also what was superseded is neither made, started nor shut down; its tags and its note may be written."""
        super()._judge_kept(request, doing)
        vmid = int(request.params["newid"]) if request.path.endswith("/clone") else int(request.path.split("/")[4])
        record = next((each for each in self._records.desktops.values() if each.reservation.vmid == vmid), None)
        if not self.restoring or record is None or record.superseded_by is None:
            return
        name = record.reservation.name
        since = self._instead[name][1] if name in self._instead else self.twin.events.now
        late = self.twin.events.now > since + _ON_THE_WAY_S + self._grace_s
        if late and request.path.endswith(_CHANGES) and name not in self._to_stop_at:
            self.condemn("a superseded desktop is kept as it is", doing)

    # -- at each look ------------------------------------------------------------------------------------------------

    def is_usable(self, guest: TwinGuest) -> bool:
        """Whether somebody can log on to it now."""
        return guest.ready and not guest.hung and self.twin.cluster.nodes[guest.node].alive

    def can_be_had(self, guest: TwinGuest | None) -> bool:
        """Whether nobody would have given it up: somebody can log on, and if it has hung, it was asked since."""
        hung = guest is not None and guest.vmid in self.ever_hung and self.was_troubled(guest)
        return guest is not None and self.is_usable(guest) and not hung

    def was_troubled(self, guest: TwinGuest) -> bool:
        """Whether it has hung, or its node was away, until a short while ago."""
        return self.twin.events.now <= self._troubled_at.get(guest.vmid, float("-inf")) + _TROUBLED_S

    def note_troubles(self) -> None:
        """Of all VMs."""
        nodes = self.twin.cluster.nodes
        troubled = [each.vmid for each in self.twin.cluster.guests.values() if each.hung or not nodes[each.node].alive]
        self._troubled_at.update(dict.fromkeys(troubled, self.twin.events.now))

    def _look_at_instead(self) -> None:
        """Which desktop is superseded by which, and what has changed of that."""
        desktops, before, now = self._records.desktops, self._instead, self.twin.events.now
        given_up = {name: record.superseded_by for name, record in desktops.items() if record.superseded_by is not None}
        self._instead = {
            name: before[name] if name in before and before[name][0] == other else (other, now)
            for name, other in given_up.items()
        }
        for name, (other, since) in self._instead.items():
            if since == now and before.get(name) != (other, since):
                self._look_at_change(name, other, was_before=other in before and before[other][0] == name)
        for order in self._restores:
            if order not in self._done and not self._stands(order):
                self._done.add(order)
                self._look_at_restored(order)

    def _stands(self, order: Intent) -> bool:
        return any((each.kind, each.target) == (order.kind, order.target) for each in self.standing())

    def _look_at_change(self, name: DesktopName, other: DesktopName, *, was_before: bool) -> None:
        guest, instead = self.guest_named(name), self.guest_named(other)
        mine, theirs = self._person_of(name, guest), self._person_of(other, instead)
        if mine is not None and theirs is not None and mine != theirs:
            self.condemn("nobody is given another person's desktop", f"{other} of {theirs} to {mine}")
        ordered = any(order.target == other and order not in self._done for order in self._restores)
        is_theirs = name in self._given_back or self._records.desktops[name].assigned_to is not None
        self._given_back.discard(name)
        back = self.restoring and was_before and is_theirs
        if back and guest is not None and not ordered and not self.was_troubled(guest):
            self.condemn("nobody is given another desktop while theirs can be had", f"{name} for {other}, once more")

    def _person_of(self, name: DesktopName, guest: TwinGuest | None) -> str | None:
        """By the note of its VM; while nothing has proven whose VM that is, by its record, which may be of an older store."""
        note = self.note_of(guest) if guest is not None else None
        if note is None:
            return None
        record = self._records.desktops.get(name)
        return (note if record is None or record.reservation.proven else record.reservation).agent_id

    def _look_at_restored(self, order: Intent) -> None:
        """The order is over: what it was about is its person's, and whatever else they have is superseded by it."""
        name, end = DesktopName(order.target), self._end_of(order)
        if end is None or not end.reason.strip():
            self.condemn("an order that ends says how", f"{order.kind} {name}")
            return
        record, guest = self._records.desktops.get(name), self.guest_named(name)
        if "not given back" not in end.reason:
            self._given_back.add(name)
        if "not given back" in end.reason or record is None or guest is None or self.was_troubled(guest):
            return
        if record.superseded_by is not None:
            self.condemn("what was given back is used", f"{name} is superseded by {record.superseded_by}")
        note = self.note_of(guest)
        if note is not None and record.assigned_to != note.agent_id:
            self.condemn("what was given back is its own person's", f"{name} of {note.agent_id}: {record.assigned_to}")
        for each in self._records.desktops.values():
            further = each.reservation.name != name and each.reservation.seat == record.reservation.seat
            if further and each.superseded_by != name:
                self.condemn("what was had instead is kept, superseded", f"{each.reservation.name} beside {name}")

    def _look_at_called(self, status: Status) -> None:
        """Of all that brokers and the help desk are shown one is each person's."""
        called: dict[str, DesktopName] = {}
        for name, state in sorted(status.desktops.items()):
            agent_id = state.reservation.agent_id
            if agent_id is None or state.unused or state.leaving is not None or state.phase not in _THERE:
                continue
            if agent_id in called:
                self.condemn("nobody has two desktops that are called theirs", f"{agent_id}: {called[agent_id]} and {name}")
            called[agent_id] = name

    def used_desktops(self) -> dict[str, list[int]]:
        """VMIDs of the desktops there are, by agent; without superseded ones where it is always known which those are."""
        desktops = self._records.desktops.values() if self.restoring else ()
        given_up = {each.reservation.vmid for each in desktops if each.superseded_by is not None}
        return {agent_id: [vmid for vmid in vmids if vmid not in given_up] for agent_id, vmids in self.desktops_of().items()}

    def not_given_back(self) -> list[str]:
        """Orders that stand still."""
        return sorted({order.target for order in self._restores if self._stands(order)})


__all__ = ["RestoreJudge"]
