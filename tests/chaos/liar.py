"""Root in one desktop, with the key of its boot: what it says, generated. Its VM and its people go on as they are."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

from provisioner.model.ids import Vmid
from provisioner.model.machines.desktops import EventKind
from provisioner.sessions.push import Push, signature_of
from provisioner.sessions.questions import ASKS_ORDERS
from tests.chaos.liar_body import Body
from tests.chaos.liar_words import STRINGS, events_of, marks_of, sessions_of

ACT_EVERY_S = 60.0
_ON, _OFF = EventKind.LOGON, EventKind.LOGOFF
_FAR = 253_402_300_799


class Liar:
    """Does something each minute."""

    def __init__(
        self, body: Body, *, seed: int, jumps: bool, push: Callable[[Push], None], ask: Callable[[Push, str], None]
    ) -> None:  # fmt: skip
        """`push` and `ask` are the ways to the daemon; `ask` says of what: `session-orders` or `first-boot`. `jumps`: it lies
        of its uptime, too, where it is read: what it pushes is judged by that.
        """
        self._body, self._vmid, self._draw = body, body.vmid, Random(seed)
        self._push, self._ask = push, ask
        self.acts: Counter[str] = Counter()
        self.sent = 0
        self._lies: dict[str, object] = {}
        """Whose marks it claims."""
        self._jumps_where_read, self.lied_of_uptime = jumps, False
        self._number = 0
        self._quiet_until = 0.0
        self._sent: list[Push] = []
        self._answers: Callable[[dict[str, Any]], dict[str, Any]] = dict

    def begin(self) -> None:
        """From now on its own program says nothing any more."""
        self._body.hush()
        self._number = 1000
        self._lies["host_keys"] = [self._key()]
        for kind in ("card", "address", "name"):
            self._lies |= marks_of(kind, self._vmid, self._draw)
        self._body.after(5.0, partial(self._if_up, self._lifts_and_goes))  # while none of its rates is used up
        self._body.after(ACT_EVERY_S, self._act)

    def answer(self, document: dict[str, Any]) -> dict[str, Any]:
        """What it lets the daemon read of it."""
        return self._answers(document | {"push_secret": self._body.secret} | self._lies)

    def _act(self) -> None:
        self._body.after(ACT_EVERY_S, self._act)
        if not self._body.is_up or self._body.now < self._quiet_until:
            return
        name = self._draw.choice(_ACTS)
        self.acts[name] += 1
        getattr(self, f"_{name}")()

    # -- what it pushes ----------------------------------------------------------------------------------------------

    def _document(self, **lies: object) -> dict[str, Any]:
        return self._body.document() | {"sequence": int(self._body.up_s * 1e6)} | self._lies | lies

    def _says(self, document: dict[str, Any], *, secret: str = "", vmid: int = 0) -> None:
        number, boot_id, body = Vmid(vmid or self._vmid), str(document["boot_id"]), json.dumps(document)[:65_536]
        push = Push(vmid=number, boot_id=boot_id, sequence=document["sequence"], signature="", body=body)
        self._sends(replace(push, signature=signature_of(secret or self._body.secret, push)))

    def _sends(self, push: Push) -> None:
        self.sent += 1
        self._sent = [*self._sent[-20:], push]
        self._push(push)

    def _events(self, *kinds: EventKind, at_s: float | None = None, gap: int = 0) -> list[dict[str, object]]:
        up_s, first = self._body.up_s if at_s is None else at_s, self._number + gap + 1
        self._number = first + len(kinds) - 1
        return events_of(kinds, first=first, at_s=up_s - 1.0)

    def _with_events(self, *kinds: EventKind, count: int | None = None, **how: Any) -> None:
        if not self._body.is_up:
            return
        there = sum(1 if kind is _ON else -1 for kind in kinds) if count is None else count
        made_up = self._events(*kinds, **how)
        self._says(self._document(events=made_up, event_number=self._number, sessions=sessions_of(max(0, there))))

    def _floods(self) -> None:
        for _ in range(120):
            self._body.after(self._draw.uniform(0, 20), lambda: self._with_events(_ON, _OFF))

    def _from_nobody(self, *lies: Callable[[], None]) -> None:
        """Nobody is there, it says first, so that its events go on from there."""
        self._says(self._document(events=[], event_number=self._number, sessions=[]))
        for index, lie in enumerate(lies, 1):
            self._body.after(float(index), partial(self._if_up, lie))

    def _if_up(self, lie: Callable[[], None]) -> None:
        if self._body.is_up:
            lie()

    def _lifts(self) -> None:
        self._from_nobody(lambda: self._with_events(*[_ON] * 16, count=0))

    def _lifts_and_goes(self) -> None:
        self._from_nobody(lambda: self._with_events(*[_ON] * 12, *[_OFF] * 12))

    def _stays_at_its_most(self) -> None:
        self._with_events(*[_ON] * 4)

    def _goes(self) -> None:
        self._with_events(*[_OFF] * 4, count=0)

    def _dates_back(self) -> None:
        def lie() -> None:
            on = self._events(*[_ON] * 4, at_s=1.0)
            self._says(self._document(events=[*on, *self._events(*[_OFF] * 4)], event_number=self._number, sessions=[]))

        self._from_nobody(*[lie] * 4)

    def _dates_ahead(self) -> None:
        self._with_events(_ON, at_s=9e8, count=1)
        self._says(self._document(written_at=_FAR, booted_at=_FAR, ready_at=_FAR, sessions=sessions_of(1, since=_FAR)))

    def _leaves_a_gap(self) -> None:
        self._with_events(*[_ON, _OFF] * 8, gap=self._draw.randint(1, 10_000))

    def _jumps(self) -> None:
        self._says(self._document(sequence=self._draw.choice((10**14, 10**12, 10**15, 1))))

    def _creeps(self) -> None:
        for ahead_s in (170.0, 340.0, 510.0, 680.0):
            document = self._document()
            self._says(document | {"sequence": document["sequence"] + int(1e6 * ahead_s)})

    def _crowds(self) -> None:
        self._says(self._document(sessions=sessions_of(256)))

    def _writes_strings(self) -> None:
        text = self._draw.choice(STRINGS)
        key = self._draw.choice(("image", "hostname", "machine", "first_boot_error", "first_boot", "boot_id"))
        self._says(self._document(**{key: text}) | {"boot_id": self._body.boot_id})
        self._says(self._document(sessions=[{"user": text, "state": "connected", "since": self._body.now}]))

    def _shows_host_keys(self) -> None:
        for _ in range(12):
            self._body.after(self._draw.uniform(0, 50), partial(self._if_up, partial(self._shows, self._key())))

    def _key(self) -> str:
        return f"SHA256:{self._draw.getrandbits(160):043x}"

    def _shows(self, key: str) -> None:
        self._says(self._document(host_keys=[key]))

    def _plays_back(self) -> None:
        for push in self._sent * 3:
            self._sends(push)

    def _is_another(self) -> None:
        for vmid, boot_id, began_at in self._body.others():
            another = f"{self._draw.getrandbits(64):016x}"
            for each in (boot_id, another) * 20:
                self._body.after(self._draw.uniform(0, 90), partial(self._says_as, vmid, each, began_at))

    def _says_as(self, vmid: int, boot_id: str, began_at: float) -> None:
        """At a moment that can be one of that boot."""
        if self._body.is_up:
            sequence = int((self._body.now - began_at) * 1e6)
            self._says(self._document(boot_id=boot_id, sequence=sequence), vmid=vmid)

    def _claims(self) -> None:
        self._lies |= marks_of(self._draw.choice(("card", "address", "name")), self._vmid, self._draw)
        self._says(self._document())

    # -- what it asks ------------------------------------------------------------------------------------------------

    def _asks_about_256(self) -> None:
        self._asks(256)

    def _asks_about_new_people(self) -> None:
        for _ in range(40):
            self._body.after(self._draw.uniform(0, 40), lambda: self._asks(4))

    def _asks(self, count: int) -> None:
        rows = [
            {"id": f"c{self._draw.getrandbits(40):x}", "user": "made-up", "open_s": 1e6, "away_s": 1e6, "warned": {}}
            for _ in range(count)
        ]
        self._questions(ASKS_ORDERS, {"connections": 0, "sessions": rows}, self._vmid)

    def _asks_for_first_boots(self) -> None:
        for vmid in [self._vmid] * 350 + [other[0] for other in self._body.others()]:
            self._questions("first-boot", {}, vmid)

    def _questions(self, about: str, more: dict[str, object], vmid: int) -> None:
        if not self._body.is_up:
            return
        body = json.dumps({"asks": about, "nonce": f"{self._draw.getrandbits(128):032x}", **more})
        sequence = int(self._body.up_s * 1e6)
        push = Push(vmid=Vmid(vmid), boot_id=self._body.boot_id, sequence=sequence, signature="", body=body)
        self._ask(replace(push, signature=signature_of(self._body.secret, push)), about)

    # -- what it lets be read ----------------------------------------------------------------------------------------

    def _restarts_ever_again(self) -> None:
        draw = self._draw
        self._answers = lambda document: (
            document
            | {"boot_id": f"{draw.getrandbits(64):016x}", "booted_at": 0.0, "ready_at": draw.choice((0.0, float(_FAR)))}
        )

    def _tells_nonsense(self) -> None:
        lies: tuple[dict[str, object], ...] = (
            {"sessions": sessions_of(256)},
            {"sequence": 10**14, "event_number": 10**8} if self._jumps_where_read else {"event_number": 10**8},
            {"first_boot": "failed", "first_boot_error": "x" * 300},
            {"host_keys": [self._key()]},
        )
        lie = self._draw.choice(lies)
        self.lied_of_uptime |= "sequence" in lie
        self._answers = lambda document: document | lie

    def _tells_the_truth(self) -> None:
        self._answers = dict

    def _is_silent(self) -> None:
        quiet_s = self._draw.uniform(600, 2400)
        self._quiet_until = self._body.now + quiet_s
        self._body.after(quiet_s, self._floods)


_ACTS = (
    "floods", "lifts", "lifts_and_goes", "stays_at_its_most", "goes", "dates_back", "dates_ahead", "leaves_a_gap", "jumps",
    "creeps", "crowds", "writes_strings", "plays_back", "shows_host_keys", "is_another", "claims", "asks_about_256",
    "asks_about_new_people",
    "asks_for_first_boots", "restarts_ever_again", "tells_nonsense", "tells_the_truth", "is_silent",
)  # fmt: skip
"""Each is a method with a stroke before it."""

__all__ = ["ACT_EVERY_S", "Liar"]
