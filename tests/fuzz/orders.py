"""A life of a daemon that gets orders by schema and by spite, through the application, and is killed and started again."""

import sqlite3
import traceback
from asyncio import Runner
from collections import Counter
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI

from provisioner.adapters.sql.store import SqlStore
from provisioner.api.app import app_of
from provisioner.api.callers import Role
from provisioner.api.encoding import Shelf
from provisioner.api.idempotency import Replies
from provisioner.api.identity import IdentityLayer
from provisioner.api.lending import GiveBackRequest, LendRequest
from provisioner.api.reloading import ReloadRequest
from provisioner.api.site import ApiSite, Noticeboard
from provisioner.api.writing import OrderRequest, WithdrawalRequest
from provisioner.daemon.freeze_file import FreezeFiles
from provisioner.daemon.order_desk import OrderDesk
from provisioner.daemon.publishing import StatusPublisher
from provisioner.daemon.report_facts import report_facts
from provisioner.model.ids import WaveName
from provisioner.model.intents import IntentKind
from provisioner.model.lending import LendingAnswer, LendingOrder
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.calendars import Calendar, HalfDay
from provisioner.model.scenario.scenarios import End, PlannedTime, PreparationLevel, Scenario, Wave
from provisioner.ports import Changes
from provisioner.reasons.reason import Reason
from provisioner.reconciler import Order
from provisioner.settings.site_zone import SiteZone
from provisioner.views.resources import RESOURCES
from provisioner.wrong.keeping import WrongList
from tests.builders.api import an_api_site, as_role
from tests.builders.cluster import PVE
from tests.builders.pools import with_desk
from tests.builders.reconciler import SetClock, Site
from tests.fuzz.asking import asked
from tests.fuzz.documents import SPITE, Raw, instance, spoiled, written

PEOPLE = 3
_WORKDAYS = Calendar(
    zone="Europe/Paris",
    working_days=frozenset(range(5)),
    half_days=(HalfDay(name="am", begins=8 * 60, ends=12 * 60), HalfDay(name="pm", begins=13 * 60, ends=18 * 60)),
)
SCENARIO = Scenario(
    name="confinement",
    by_hand=True,
    planned=True,
    calendar=_WORKDAYS,
    waves=(
        Wave(
            name=WaveName("first"),
            who=Selection(logins=frozenset({"login0001"})),
            ready_by=PlannedTime(day=1, minute=8 * 60),
            prepare=PreparationLevel.RUNNING,
            prepare_from=PlannedTime(after_s=60.0),
        ),
        Wave(name=WaveName("rest"), who=Selection(), ready_by=PlannedTime(day=2, minute=0), size=1, every_half_day=True),
    ),
    end=End(when=PlannedTime(day=30, minute=0), size=1, every_half_day=True),
)
_EVENTS = ("start", "pause", "resume", "go", "abort", "finish", "extend", "accept")
WORDS = {
    "target": ("vd-5001", "vd-5002", "vd-5003", "pve/n1", "n2", "pve/5003", "pve/9", "agent-0001", "office/1",
    *_EVENTS * 2, "freeze file"),
    "agent": ("login0001", "login0002", "agent-0003"),
    "scenario": ("", "confinement", "other"),
    "wave": ("first", "rest"),
    "who": ("login0001", "agent-0002", "nobody"),
    "pool": ("desk",),
    "desktop": ("vd-5003",),
    "leavers": ("agent-0001", "agent-0002"),
    "joiners": ("agent-0009",),
    "rekeys": ("agent-0001", "agent-0002", "new-1"),
    "kind": tuple(kind.value for kind in IntentKind),
}  # fmt: skip
_ASKED = {
    "/v1/intents": (OrderRequest, 12),
    "/v1/intents/withdrawals": (WithdrawalRequest, 3),
    "/v1/lends": (LendRequest, 2),
    "/v1/lends/returns": (GiveBackRequest, 1),
    "/v1/config/reloads": (ReloadRequest, 1),
}
_SCHEMAS = {path: model.model_json_schema() for path, (model, _) in _ASKED.items()}
_LOOKED_AT = (
    *(f"/v1/{name}" for name in RESOURCES), "/v1/daemon", "/v1/config", "/v1/journal?lines=20", "/v1/reports/surge",
    "/v1/reports/peak", "/v1/readiness", "/v1/why?of=vd-5001", "/v1/why?of=login0001", "/v1/why?of=n1",
    "/v1/person?of=login0001",
    "/v1/ready?wave=first", "/v1/capacity?n=1",
)  # fmt: skip
_QUERIES = (
    "/v1/journal?lines=", "/v1/journal?subject=", "/v1/reports/surge?run=", "/v1/reports/peak?days=", "/v1/readiness?answers=",
    "/v1/why?of=", "/v1/person?of=", "/v1/ready?wave=", "/v1/capacity?n=", "/v1/capacity?profile=", "/v1/",
)  # fmt: skip
_TIMES = (
    "2027-01-15T09:00:00Z",
    "2027-01-18T06:00:00Z",
    "2027-02-15T12:00:00Z",
    "2199-12-31T00:00:00Z",
    "2026-01-01T00:00:00Z",
)
FOCUSED: tuple[tuple[str, dict[str, Any]], ...] = (
    *(
        ("/v1/intents", {"kind": "surge", "target": "start", "surge": {"first_day": day, "starts_at": at, "ends_at": end}})
        for day in (None, "2027-01-18", "2199-12-30", "1970-01-02")
        for at in (None, _TIMES[1])
        for end in (None, _TIMES[2], _TIMES[3])
    ),
    *(
        ("/v1/intents", {"kind": "surge", "target": "start", "surge": {"first_day": day}})
        for day in ("9999-12-31", "0001-01-01", "2199-12-31") * 2
    ),
    *(
        ("/v1/intents", {"kind": "surge", "target": event, "surge": {key: Raw("1e308")}})
        for event in ("finish", "abort")
        for key in ("keep_s", "batch_interval_s") * 2
    ),
    *(("/v1/intents", {"kind": "surge", "target": event, "surge": {}}) for event in _EVENTS[1:]),
    ("/v1/intents", {"kind": "surge", "target": "go", "surge": {"wave": "rest"}}),
    (
        "/v1/intents",
        {"kind": "surge", "target": "abort", "surge": {"then_returns": True, "batch": 1, "batch_interval_s": 3.15e9}},
    ),
    ("/v1/intents", {"kind": "surge", "target": "finish", "surge": {"keep_s": 3.1536e9, "batch": 1, "batch_interval_s": 3e9}}),
    ("/v1/intents", {"kind": "surge", "target": "finish", "surge": {"keep_s": 0.0}}),
    ("/v1/intents", {"kind": "surge", "target": "extend", "surge": {"ends_at": _TIMES[3]}}),
    *(("/v1/intents", {"kind": "hold", "until": at}) for at in (None, *_TIMES * 2)),
    *(("/v1/intents/withdrawals", {"kind": kind}) for kind in ("freeze", "hold") * 3),
    *(
        ("/v1/intents", {"kind": kind, "target": name, "reason": "why", "even_with_session": kind != "reconfigure"})
        for kind in ("stop", "restart", "rebuild", "quarantine", "retry", "reconfigure", "restore")
        for name in ("vd-5001", "vd-5002")
    ),
    *(("/v1/intents/withdrawals", {"kind": "quarantine", "target": name}) for name in ("vd-5001", "vd-5002") * 2),
    *(("/v1/intents", {"kind": kind, "target": "pve/n1"}) for kind in ("cordon", "drain", "evacuate")),
    *(("/v1/intents/withdrawals", {"kind": kind, "target": "pve/n1"}) for kind in ("cordon", "drain", "evacuate") * 2),
    ("/v1/intents", {"kind": "reassign", "target": "vd-5001", "agent": "login0002"}),
    ("/v1/intents", {"kind": "trial", "target": "office/1", "until": _TIMES[1]}),
    ("/v1/intents", {"kind": "message", "target": "vd-5001", "text": "save your work"}),
    ("/v1/intents", {"kind": "logoff", "target": "vd-5001", "minutes": 5, "reason": "why"}),
    ("/v1/intents", {"kind": "rekey", "rekeys": [["agent-0001", "new-1"]]}),
    ("/v1/intents", {"kind": "accept_directory", "leavers": ["agent-0001"], "until": "2027-01-16T00:00:00Z"}),
    ("/v1/intents", {"kind": "retire", "target": "pve/5009"}),
    ("/v1/lends", {"who": "login0001", "pool": "desk"}),
    ("/v1/lends/returns", {"who": "login0001"}),
)
"""Orders that are taken as they stand, in many states, and with one thing in them that is not."""
_POISON = ("kind", "target", "given_by", "given_at", "reason", "until", "rekeys", "allows", "terms")
_RUN_COLUMNS = ("scenario", "state", "started_at", "since", "given_by", "reason", "terms")


@dataclass
class Outcome:
    """What came of it."""

    orders: int = 0
    kills: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    """Ends of the daemon, and answers with 500."""
    fenced: list[str] = field(default_factory=list)
    """Orders that the fence has kept from ending it: each is an error of a check before it."""

    def add(self, other: "Outcome") -> None:
        """Both together."""
        self.orders, self.kills = self.orders + other.orders, self.kills + other.kills
        self.answers.update(other.answers)
        self.wrong += other.wrong
        self.fenced += other.fenced


@cache
def _application() -> FastAPI:
    """Its routes, made once: that takes as long as some hundred orders."""
    return app_of(an_api_site(zone=_paris))


def _paris() -> SiteZone:
    return SiteZone("Europe/Paris")


class Life:
    """One site, from its first start on."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._draw, self._file, self.outcome = Random(seed), folder / "bascule.db", Outcome()
        config = with_desk(size=1)
        store = self._a_store()
        store.claim()
        store.commit(Changes(baseline_accepted=True))
        store.close()
        self.site = Site(agents=PEOPLE, scenario=SCENARIO, config=config, store=store)
        self._board, self._wrong = Noticeboard(), WrongList((PVE,))
        self._publisher = StatusPublisher(self._board, lambda: self.site.reconciler, wrong=self._wrong.of)
        files = FreezeFiles(configured=folder / "freeze", always=folder / "always")
        self._desk = OrderDesk(files, nudge=lambda: None)
        application = _application()
        self._app = IdentityLayer(application, as_role(Role.OPERATOR), _paris)
        application.state.site, application.state.shelf, application.state.replies = self._api_site(), Shelf(), Replies()
        self._serial = 0

    def play(self, orders: int) -> Outcome:
        """Give them, and look at everything from time to time."""
        with Runner() as self._loop:
            self._guarded("the first cycles", lambda: self.site.settle(cycles=6))
            for _ in range(orders):
                self._guarded("an order", self._step)
            self._guarded("the last look", self._look)
        self.site.store.close()
        return self.outcome

    def _guarded(self, what: str, do: Any) -> None:
        """Whatever reaches this place would have ended the daemon: it is started again, and goes on."""
        try:
            do()
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            self._note(f"the daemon ended at {what}: {type(error).__name__}: {error!s:.200} ({where.filename}:{where.lineno})")
            self._file.with_name("poisoned.db").write_bytes(self._file.read_bytes())
            self._start_anew()

    def _note(self, text: str) -> None:
        self.outcome.wrong.append(f"{text}; the last order was {self._last[:300]!r}")

    _last = b""

    def _step(self) -> None:
        self._order()
        chance = self._draw.random()
        if chance < 0.06:
            self._cycle()
        elif chance < 0.075:
            self._look()
        elif chance < 0.085:
            self._kill()

    def _order(self) -> None:
        if self._draw.random() < 0.6:
            path, document = self._draw.choice(FOCUSED)
        else:
            path = self._draw.choices(list(_ASKED), [weight for _, weight in _ASKED.values()])[0]
            document = instance(_SCHEMAS[path], self._draw, WORDS)
        for _ in range(self._draw.choice((0, 0, 1, 1, 2))):
            document = spoiled(document, self._draw)
        self._last, self._serial = written(document, self._draw), self._serial + 1
        key = f"k{self._serial}" if self._draw.random() < 0.98 else "again"
        self._ask("POST", path, self._last, key=key)
        self.outcome.orders += 1

    def _ask(self, method: str, path: str, body: bytes = b"", *, key: str = "") -> None:
        language = self._draw.choice(("en", "fr"))
        status, answer = self._loop.run(asked(self._app, method, path, body, key=key, language=language))
        self.outcome.answers[status] += 1
        if b'"order_fails"' in answer:
            self.outcome.fenced.append(f"{self._last[:200]!r}: {answer[:300]!r}")
        if status >= 500 and status not in (503, 504):
            self._note(f"{method} {path} was answered with {status}: {answer[:200]!r}")

    def _cycle(self) -> None:
        self.site.clock.at += self._draw.choice((1, 20, 600, 43_200))
        self.site.carry_out(self.site.look(after=20))
        self.site.cluster.come_out()
        if self.site.reconciler.status is not None:
            self._publisher.status(self.site.reconciler.status)
        self.site.heard.statuses.clear()
        self.site.heard.notices.clear()
        self.site.heard.outcomes.clear()

    def _look(self) -> None:
        """Every document, as commands and pages ask for it."""
        self._cycle()
        for path in _LOOKED_AT:
            self._ask("GET", path)
        said = self._draw.choice(SPITE)
        self._ask(
            "GET", f"{self._draw.choice(_QUERIES)}{quote(str(said.text if isinstance(said, Raw) else said)[:2000], safe='')}"
        )

    def _kill(self) -> None:
        """The process is gone, what is stored is there; sometimes somebody has had a hand in it."""
        self.outcome.kills += 1
        if self._draw.random() < 0.6:
            self._poison()
        self.site.restart(self._a_store())
        self._cycle()

    def _start_anew(self) -> None:
        """After an end, with an empty store: what has ended it was noted."""
        self.site.store.close()
        for file in self._file.parent.glob("bascule.db*"):
            file.unlink()
        self.site.restart(self._a_store())
        self.site.reconciler.parts.cache.commit(Changes(baseline_accepted=True))

    def _poison(self) -> None:
        """A row of an order or of the run, as another version, a disk or a hand may leave it."""
        self.site.store.close()
        with closing(sqlite3.connect(self._file)) as connection, connection:
            if self._draw.random() < 0.6:
                kind = self._draw.choice((*(each.value for each in IntentKind), "of tomorrow"))
                row: dict[str, Any] = dict.fromkeys(_POISON)
                row |= {
                    "kind": kind,
                    "target": self._draw.choice(WORDS["target"]),
                    "given_by": "x",
                    "given_at": 1.8e9,
                    "reason": "",
                }
                for column in self._draw.sample(_POISON, self._draw.randint(1, 3)):
                    row[column] = self._a_value(row[column])
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                connection.execute(f"INSERT OR REPLACE INTO intents ({names}) VALUES ({marks})", tuple(row.values()))
            else:
                column = self._draw.choice(_RUN_COLUMNS)
                connection.execute(f"UPDATE OR IGNORE surges SET {column} = ?", (self._a_value(""),))

    def _a_value(self, before: Any) -> Any:
        value = self._draw.choice((*SPITE, float("inf"), -1e308, 2**62, b"\xff\0", b"", '{"minutes": 1e308}', "[[]]"))
        value = value.text if isinstance(value, Raw) else value
        if isinstance(value, list | dict) or (value is None and before is not None):
            return "x"
        return value.encode(errors="replace").decode() if isinstance(value, str) else value

    def _a_store(self) -> SqlStore:
        return SqlStore(f"sqlite:///{self._file}", clock=SetClock())

    def _api_site(self) -> ApiSite:
        return an_api_site(
            clock=self.site.clock,
            board=self._board,
            journal=lambda lines, subject: self.site.store.journal(limit=lines, subject=subject),
            journal_after=lambda sequence, lines: self.site.store.journal_after(sequence, limit=lines),
            report=lambda number: report_facts(self.site.store, number, now=self.site.clock.at),
            session_counts=lambda: self.site.store.session_counts(),
            zone=lambda: SiteZone("Europe/Paris"),
            order=self._hand_in,
            lend=self._hand_in_lending,
        )

    def _hand_in(self, order: Order) -> "Future[Reason]":
        """As the control thread takes it, in its turn."""
        answer = self._desk.hand_in(order)
        self._desk.take_up(self._obey)
        return answer

    def _obey(self, order: Order) -> Reason:
        refused = self.site.reconciler.obey(order)
        if self.site.reconciler.status is not None:
            self._publisher.status(self.site.reconciler.status)
        return refused

    def _hand_in_lending(self, order: LendingOrder) -> "Future[LendingAnswer]":
        answer = self._desk.hand_in_lending(order)
        self._desk.take_up_lending(self.site.reconciler.lend)
        return answer


def play(folder: Path, seed: int, orders: int) -> Outcome:
    """One life."""
    return Life(folder, seed).play(orders)


__all__ = ["FOCUSED", "Life", "Outcome", "play"]
