"""The desktops whose image pushes: what bascule-guest sends by itself, and what becomes of it on its way."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from provisioner.model.ids import Vmid
from provisioner.sessions.push import Push, signature_of
from provisioner.twin.api.endpoints.guest_agent import secret_of, status_document
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest


class Pushing:
    """Sends the document of each desktop at once when it has changed, and otherwise at intervals."""

    def __init__(self, cluster: Cluster, send: Callable[[Push], None]) -> None:
        """`send` gets each push when it arrives, as often as it does."""
        self._cluster, self._events, self._spec, self._send = cluster, cluster.events, cluster.spec.push, send
        self._turns: Counter[int] = Counter()
        """How often each desktop has pushed, by VMID: what waits for its turn is overtaken by what was sent meanwhile."""
        for guest in cluster.guests.values():
            if guest.pushes and _is_up(guest):
                self._wait(guest)

    def at_once(self, guest: TwinGuest) -> None:
        """Its document has changed."""
        if guest.pushes and _is_up(guest):
            self._push(guest)

    def _push(self, guest: TwinGuest) -> None:
        self._turns[guest.vmid] += 1
        if guest.power == "running" and not guest.hung and self._cluster.nodes[guest.node].alive:
            self._leave(guest, self._signed(guest))
        self._wait(guest)

    def _wait(self, guest: TwinGuest) -> None:
        """Until it pushes again without anything new; in this boot."""
        assert guest.boot is not None, "only a desktop that is up pushes"
        turn, boot = self._turns[guest.vmid], guest.boot.number
        uneven = self._spec.jitter * (2.0 * self._share(guest, "push interval") - 1.0)
        self._events.after(self._spec.every_s * (1.0 + uneven), lambda: self._again(guest, boot, turn))

    def _again(self, guest: TwinGuest, boot: int, turn: int) -> None:
        there = self._cluster.guests.get(guest.vmid) is guest and guest.boot is not None and guest.boot.number == boot
        if there and self._turns[guest.vmid] == turn:
            self._push(guest)

    def _leave(self, guest: TwinGuest, push: Push) -> None:
        """On its way: it may be lost, and it may arrive twice."""
        if self._share(guest, "push lost") < self._spec.lost:
            return
        delay_s = self._spec.delay_s * self._share(guest, "push delay")
        self._events.after(delay_s, lambda: self._send(push))
        if self._share(guest, "push doubled") < self._spec.doubled:
            later_s = self._spec.doubled_within_s * self._share(guest, "second push")
            self._events.after(delay_s + later_s, lambda: self._send(push))

    def _share(self, guest: TwinGuest, what: str) -> float:
        return self._cluster.draws.share(guest.vmid, what, guest.boots, self._turns[guest.vmid])

    def _signed(self, guest: TwinGuest) -> Push:
        document = status_document(guest, now=self._events.now, period_s=self._cluster.spec.report.period_s)
        boot_id, sequence = document["boot_id"], document["sequence"]
        assert isinstance(boot_id, str), "as the document is made"
        assert isinstance(sequence, int), "as the document is made"
        body = json.dumps(document)
        push = Push(vmid=Vmid(guest.vmid), boot_id=boot_id, sequence=sequence, signature="", body=body)
        return replace(push, signature=signature_of(secret_of(self._cluster, guest), push))


def _is_up(guest: TwinGuest) -> bool:
    """Whether bascule-guest runs: as long as its guest agent. *Assumed*: both are started in the same second."""
    return guest.boot is not None and guest.boot.agent_up
