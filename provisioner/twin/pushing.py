"""What desktops do by themselves: those whose image pushes send what bascule-guest does, and what becomes of it on its way;
those whose image obeys ask what to do with their sessions, show the messages, and log off."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from provisioner.model.ids import Vmid
from provisioner.sessions.push import Push, signature_of
from provisioner.sessions.questions import ASKS_ORDERS, orders_signature
from provisioner.twin.api.endpoints.guest_agent import boot_id_of, secret_of, status_document
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest, TwinSession

_NOTICED_S = 1.0
"""bascule-guest looks once a second."""
_AGAIN_S, _LATEST_S, _VALID_S = 60.0, 900.0, 60.0
"""Without an answer; at most; an older answer is none: bascule-guest's."""
_NO_ANSWER = json.dumps({"orders": [], "again_s": _AGAIN_S})

Answered = Callable[[str | None], None]
"""Is called once with the daemon's answer, at the virtual time when it comes; None: it gives none."""
Ask = Callable[[Push, Answered], None]


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


class Obeying:
    """Asks for each desktop when its sessions have changed, and when it was told to ask again."""

    def __init__(self, cluster: Cluster, ask: Ask) -> None:
        self._cluster, self._events, self._ask = cluster, cluster.events, ask
        self._turns: dict[int, int] = {}
        """How often each desktop was to ask, by VMID: what waits for its turn is overtaken by what has changed meanwhile."""
        self.said: dict[tuple[int, int], dict[tuple[str, float], dict[str, tuple[int, float]]]] = {}
        """By VMID and boot, then by session (login, since): what was shown, the minutes and when."""
        self.shown: list[tuple[float, int, str, str, int]] = []
        """Every message: when, on which VM, to whom, about what, and the minutes."""
        self.texts: list[tuple[float, int, str, str]] = []
        """Every message of the help desk: when, on which VM, to whom, and its text."""
        self._marks: dict[tuple[int, int], dict[tuple[str, float], list[str]]] = {}
        """By VMID and boot, then by session: the marks of these messages."""

    def at_once(self, guest: TwinGuest) -> None:
        """Its sessions may have changed."""
        if guest.pushes and guest.sessions:
            self._wait(guest, _NOTICED_S)

    def _wait(self, guest: TwinGuest, seconds: float) -> None:
        turn = self._turns[guest.vmid] = self._turns.get(guest.vmid, 0) + 1
        boot = guest.boots
        self._events.after(seconds, lambda: self._go(guest, boot, turn))

    def _go(self, guest: TwinGuest, boot: int, turn: int) -> None:
        if self._is_up(guest, boot) and self._turns[guest.vmid] == turn and guest.sessions:
            asked_at = self._events.now
            self._ask(self._question(guest), lambda text: self._answered(guest, boot, turn, text, asked_at=asked_at))

    def _is_up(self, guest: TwinGuest, boot: int) -> bool:
        is_there = self._cluster.guests.get(guest.vmid) is guest and guest.boots == boot
        goes_on = guest.power == "running" and not guest.hung and guest.boot is not None
        return is_there and goes_on and self._cluster.nodes[guest.node].alive

    def _answered(self, guest: TwinGuest, boot: int, turn: int, text: str | None, *, asked_at: float) -> None:
        if not self._is_up(guest, boot):
            return
        if text is None or self._events.now - asked_at > _VALID_S:
            text = _NO_ANSWER
        answer = json.loads(text)
        if self._turns[guest.vmid] == turn:  # otherwise something has changed meanwhile, and it asks anyway
            self._wait(guest, min(_LATEST_S, answer["again_s"]))
        for order in answer["orders"]:
            self._carry_out(guest, order)

    def _question(self, guest: TwinGuest) -> Push:
        assert guest.boot is not None, "a guest that is off has no boot"
        now = self._events.now
        rows = [self._row(guest, number, session) for number, session in enumerate(guest.sessions)]
        body = json.dumps(
            {"asks": ASKS_ORDERS, "nonce": f"{int(now * 1e6):032x}", "connections": guest.connections_at(now), "sessions": rows}
        )
        sequence = int((now - guest.boot.began_at) * 1e6)
        push = Push(
            vmid=Vmid(guest.vmid), boot_id=boot_id_of(guest.vmid, guest.boot), sequence=sequence, signature="", body=body
        )
        return replace(push, signature=signature_of(secret_of(self._cluster, guest), push))

    def proven(self, push: Push, text: str, signature: str) -> str | None:
        """The answer, if it is the daemon's to this question, as bascule-guest checks it; None: it is not."""
        guest = self._cluster.guests.get(push.vmid)
        if (
            guest is None
            or guest.boot is None
            or orders_signature(secret_of(self._cluster, guest), push, body=text) != signature
        ):
            return None
        return text

    def _row(self, guest: TwinGuest, number: int, session: TwinSession) -> dict[str, object]:
        now = self._events.now
        gone = [entry.at for entry in guest.noted if entry.word == "disconnect" and entry.login == session.login]
        is_away = session.state == "disconnected"
        shown = self.said.get((guest.vmid, guest.boots), {}).get((session.login, session.since), {})
        return {
            "id": f"c{number}",
            "user": session.login,
            "open_s": now - session.since,
            "away_s": now - max(gone, default=session.since) if is_away else None,
            "warned": {about: [minutes, now - at] for about, (minutes, at) in shown.items()},
            "texts": self._marks_of(guest, session),
        }

    def _carry_out(self, guest: TwinGuest, order: dict[str, object]) -> None:
        """As `bascule-guest obey`: with one more look at who is here."""
        here = {f"c{number}": session for number, session in enumerate(guest.sessions)}
        session = here.get(str(order["session"]))
        if session is None or session.login != order["user"]:
            return
        if order["do"] == "say":
            self._say(guest, session, str(order["about"]), int(str(order["minutes"])))
        elif order["do"] == "show":
            self._show(guest, session, str(order["mark"]), str(order["text"]))
        elif not (order["only_disconnected"] and guest.connections_at(self._events.now)):
            self._cluster.people.ended(guest, session)

    def _say(self, guest: TwinGuest, session: TwinSession, about: str, minutes: int) -> None:
        now = self._events.now
        of_boot = self.said.setdefault((guest.vmid, guest.boots), {})
        of_boot.setdefault((session.login, session.since), {})[about] = minutes, now
        self.shown.append((now, guest.vmid, session.login, about, minutes))

    def _show(self, guest: TwinGuest, session: TwinSession, mark: str, text: str) -> None:
        marks = self._marks_of(guest, session)
        if mark not in marks:
            marks.append(mark)
            self.texts.append((self._events.now, guest.vmid, session.login, text))

    def _marks_of(self, guest: TwinGuest, session: TwinSession) -> list[str]:
        return self._marks.setdefault((guest.vmid, guest.boots), {}).setdefault((session.login, session.since), [])
