"""N8: a store that does not answer, or has no room, is waited for; nothing is ordered meanwhile."""

import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.errors import StoreError, StoreOwned
from provisioner.model.machines.desktops import Phase
from provisioner.reconciler import Reconciler
from tests.builders.api import ask
from tests.builders.daemon import Heard, a_variant, live
from tests.builders.private import a_secret_file
from tests.builders.store import StillClock
from tests.e2e.switch import Switch
from tests.failures.rows import plays
from tests.servers.postgres import PASSWORD, Postgres, end_at_once, postgres, up_again

pytestmark = pytest.mark.real

AGENTS = 4
WAITS = "nothing is ordered until it can be written to: "
GOES_ON = "answers again after "


@pytest.fixture
def switch(tmp_path: Path) -> Iterator[Switch]:
    with Switch(tmp_path / "site", agents=AGENTS, scale=30) as switch:
        yield switch


@dataclass
class Fault:
    """Begins once desktops are on their way, and ends a moment after the daemon has said that it waits."""

    begin: Callable[[], None]
    end: Callable[[], None]
    meanwhile: Callable[[Heard], None] = lambda _: None
    begun: bool = False
    failed: list[BaseException] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def turn(self, heard: Heard, reconciler: Reconciler) -> bool:
        """Whether all are ready again, after it."""
        if not self.begun and reconciler.records.desktops:
            self.begun = True
            self.begin()
            threading.Thread(target=self._end, args=(heard,), daemon=True).start()
        status = reconciler.status
        phases = [] if status is None else [view.phase for view in status.desktops.values()]
        return self.ended.is_set() and heard.has(GOES_ON) and phases.count(Phase.READY) == AGENTS

    def _end(self, heard: Heard) -> None:
        give_up = time.monotonic() + 60
        while not heard.has(WAITS) and time.monotonic() < give_up:
            time.sleep(0.05)
        try:
            self.meanwhile(heard)
            time.sleep(1.5)
        except BaseException as error:
            self.failed.append(error)
        finally:
            self.end()
            self.ended.set()


def on_postgresql(switch: Switch, folder: Path, server: Postgres) -> Path:
    a_secret_file(folder / "store-password", PASSWORD)

    def change(document: dict[str, Any]) -> None:
        document.pop("scenario")
        url = f"postgresql+psycopg://bascule@127.0.0.1:{server.port}/bascule"
        document["store"] = {"url": url, "password": {"file": str(folder / "store-password")}}

    return a_variant(switch.config, folder, change)


@dataclass
class AtFivePastEight:
    """What somebody sees and does while the store is away."""

    config: Path
    api: Path
    known: dict[str, Any] = field(default_factory=dict)

    def do(self, heard: Heard) -> None:
        """A changed profile is to be taken up, by signal and by command; and nothing is to be written."""
        document = json.loads(self.config.read_text())
        document["budget"] = {**document.get("budget", {}), "clones_per_local_domain": 2}
        self.config.write_text(json.dumps(document))
        os.kill(os.getpid(), signal.SIGHUP)
        self.known["reload"] = self._ordered("config/reloads", {})
        self.known["hold"] = self._ordered("intents", {"kind": "hold", "reason": "test"})
        self.known["freeze"] = self._ordered("intents", {"kind": "freeze", "reason": "test"})
        give_up = time.monotonic() + 25  # the next try of the store
        while not heard.has(RELOAD_WAITS) and time.monotonic() < give_up:
            time.sleep(0.1)
        self.known["status"] = ask(self.api, "/v1/status").document
        self.api.with_name("freeze").unlink()

    def _ordered(self, what: str, order: dict[str, Any]) -> Any:
        body = json.dumps(order).encode()
        key = f"key-{what}-{order.get('kind', '')}"
        return ask(self.api, f"/v1/{what}", method="POST", body=body, Idempotency_Key=key, Content_Type="application/json")


RELOAD_WAITS = "a reload was ordered: it is taken up once the store answers"


@pytest.fixture
def hangups() -> Iterator[None]:
    """The daemon of the test takes signals; afterwards they are the test's again."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@plays("PostgreSQL restarts, moves to another server with the same data, or does not answer")
def test_a_postgresql_that_restarts_is_waited_for_and_nothing_ordered_meanwhile_is_lost(switch, tmp_path, hangups):
    """N8: the daemon ended with it. Then it waited, a reload by command got no answer, and nothing said since when."""
    with ExitStack() as again, postgres() as server:
        config = on_postgresql(switch, tmp_path, server)
        operator = AtFivePastEight(config, tmp_path / "api.sock")
        fault = Fault(
            begin=lambda: end_at_once(server), end=lambda: again.enter_context(up_again(server)), meanwhile=operator.do
        )

        heard, reconciler = live(
            config,
            switch.twin.state,
            until=lambda heard, reconciler: (
                fault.turn(heard, reconciler) and (bool(fault.failed) or "reloaded" in heard.about("settings"))
            ),
            signals=True,
        )

        assert (fault.failed, heard.about("settings")) == ([], [RELOAD_WAITS, "reloaded"])
        waits, goes_on = heard.about("store")
        assert (waits.startswith(WAITS), goes_on.startswith(GOES_ON)) == (True, True)
        assert len(reconciler.records.desktops) == AGENTS
        known = operator.known
        assert [(known[order].status, known[order].codes) for order in ("reload", "hold")] == [(503, [WAITED_FOR])] * 2
        assert known["reload"].headers["retry-after"] == "20"
        assert known["freeze"].status == 200
        assert [intent["kind"] for intent in known["freeze"].document["intents"]] == ["freeze"], "taken, and not in force"
        (away,) = [entry for entry in known["status"]["wrong"] if entry["code"] == "store_away"]
        assert away["since"] < known["status"]["at"]
        assert [intent["kind"] for intent in known["status"]["intents"]] == ["freeze"]
        assert reconciler.parts.rules.configured.budget.clones_per_local_domain == 2
        again.close()


WAITED_FOR = "order_store_waited_for"


@contextmanager
def a_small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 32 MiB."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m,mode=700", "bascule", str(folder)], check=True, timeout=10)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True, timeout=10)


def fill(folder: Path) -> None:
    with (folder / "ballast").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


def test_a_full_disk_is_waited_for_also_under_a_freeze(switch, tmp_path):
    """N8b: with a freeze it was a restart loop."""
    with a_small_disk(tmp_path / "disk") as disk:
        config = a_variant(switch.config, disk, lambda document: document.pop("scenario"))

        def begin() -> None:
            fill(disk)
            (disk / "freeze").touch()

        def end() -> None:
            (disk / "ballast").unlink()
            (disk / "freeze").unlink()

        fault = Fault(begin=begin, end=end)
        heard, reconciler = live(config, switch.twin.state, until=fault.turn)

        assert any(line.startswith(WAITS) for line in heard.about("store"))
        assert len(reconciler.records.desktops) == AGENTS


@contextmanager
def silent(server: Postgres) -> Iterator[None]:
    """As behind a network that has gone: connections are cut, and new ones are taken and never answered."""
    postmaster = int((server.data / "postmaster.pid").read_text().split()[0])
    clients = server.run("SELECT pid FROM pg_stat_activity WHERE usename = 'bascule'")
    os.kill(postmaster, signal.SIGSTOP)
    try:
        for (client,) in clients:
            os.kill(int(str(client)), signal.SIGTERM)
        yield
    finally:
        os.kill(postmaster, signal.SIGCONT)


@pytest.mark.night
def test_a_daemon_whose_postgresql_is_silent_ends_before_systemd_ends_it(switch, tmp_path, hangups):
    """It took 45 s: each last writing waited ten seconds for a connection; the unit's TimeoutStopSec is 20."""
    ordered: list[float] = []

    def end() -> None:
        ordered.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGTERM)

    with ExitStack() as again, postgres() as server:
        fault = Fault(begin=lambda: again.enter_context(silent(server)), end=end)
        live(
            on_postgresql(switch, tmp_path, server),
            switch.twin.state,
            until=lambda heard, reconciler: fault.turn(heard, reconciler) or heard.has(WAITS),
            signals=True,
        )
        took_s = time.monotonic() - ordered[0]
        again.close()

    assert took_s < 20.0


def test_whoever_has_taken_the_store_meanwhile_keeps_it(switch, tmp_path):
    """N8a: the daemon ends, and says who."""
    with postgres() as server, ExitStack() as again:
        fault = Fault(begin=lambda: _taken_over(server, again), end=lambda: None)
        with pytest.raises(StoreOwned, match="lost, and taken by process"):
            live(on_postgresql(switch, tmp_path, server), switch.twin.state, until=fault.turn)


def _taken_over(server: Postgres, kept: ExitStack) -> None:
    """Another daemon is quicker than ours after its connection was cut."""
    other = kept.enter_context(closing(SqlStore(server.url("public"), clock=StillClock())))
    server.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'bascule'")
    other.claim()


@dataclass(frozen=True)
class Notified:
    """What systemd is told."""

    address: str
    theirs: socket.socket

    def received(self) -> list[str]:
        """All since the last call."""
        found: list[str] = []
        with suppress(BlockingIOError):
            while True:
                found.append(self.theirs.recv(4096).decode())
        return found


@contextmanager
def notified() -> Iterator[Notified]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as theirs:
        theirs.bind("")  # unix(7), "Autobind feature"
        theirs.setblocking(False)
        yield Notified("@" + theirs.getsockname()[1:].decode(), theirs)


@dataclass
class AwayAtTheStart:
    """It is away before the daemon begins, and comes once the API has said that the daemon waits."""

    api: Path
    end: Callable[[], None]
    systemd: Notified
    answered: dict[str, Any] = field(default_factory=dict)
    refused: int = 0
    failed: list[BaseException] = field(default_factory=list)

    def watch(self) -> None:
        """Beside the daemon."""
        threading.Thread(target=self._watch, daemon=True).start()

    def turn(self, heard: Heard, reconciler: Reconciler) -> bool:
        """Whether all are ready."""
        status = reconciler.status
        phases = [] if status is None else [view.phase for view in status.desktops.values()]
        return heard.has(GOES_ON) and phases.count(Phase.READY) == AGENTS

    def _watch(self) -> None:
        try:
            self.answered = self._first_status()
            self.refused = ask(self.api, "/v1/desktops").status
            time.sleep(1.5)
        except BaseException as error:
            self.failed.append(error)
        finally:
            self.end()

    def _first_status(self) -> dict[str, Any]:
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            with suppress(OSError):
                if (answer := ask(self.api, "/v1/status")).status == 200:
                    return answer.document
            time.sleep(0.1)
        raise AssertionError("no answer")


def waited_at_the_start(away: AwayAtTheStart, config: Path, switch: Switch) -> Heard:
    """All about it but what stands in its way."""
    away.watch()

    heard, reconciler = live(config, switch.twin.state, until=away.turn, NOTIFY_SOCKET=away.systemd.address)

    assert away.failed == []
    waits, goes_on = heard.about("store")
    assert (waits.startswith(WAITS), goes_on.startswith(GOES_ON)) == (True, True)
    assert len(reconciler.records.desktops) == AGENTS
    assert away.refused == 503
    words = away.systemd.received()
    assert words[0] == "READY=1"
    assert words[1].startswith("STATUS=waits for the store: ")
    assert ("WATCHDOG=1" in words, "STATUS=" in words, words[-1]) == (True, True, "STOPPING=1")
    return heard


@plays("the daemon is started while the store does not answer or has no room")
def test_a_postgresql_that_is_not_there_at_the_start_is_waited_for(switch, tmp_path):
    """N8b: the daemon ended, and was started every ten seconds."""
    with ExitStack() as again, postgres() as server, notified() as systemd:
        config = on_postgresql(switch, tmp_path, server)
        end_at_once(server)
        away = AwayAtTheStart(tmp_path / "api.sock", lambda: again.enter_context(up_again(server)), systemd)

        waited_at_the_start(away, config, switch)

        (cluster,) = away.answered["clusters"]
        assert "Connection refused" in cluster["paused"]["text"]
        again.close()


def test_a_disk_that_is_full_at_the_start_is_waited_for_under_a_freeze(switch, tmp_path):
    """N8b: with a freeze before the first word it was a restart loop."""
    with a_small_disk(tmp_path / "disk") as disk, notified() as systemd:
        config = a_variant(switch.config, disk, lambda document: document.pop("scenario"))
        (disk / "freeze").touch()
        fill(disk)

        def end() -> None:
            (disk / "ballast").unlink()
            (disk / "freeze").unlink()

        away = AwayAtTheStart(disk / "api.sock", end, systemd)
        waited_at_the_start(away, config, switch)

        assert [intent["kind"] for intent in away.answered["intents"]] == ["freeze"]


def test_what_cannot_mend_itself_ends_the_start_at_once(switch, tmp_path):
    """What of PostgreSQL's words means that: tests/adapters/sql/test_faults.py."""
    with postgres() as server, closing(SqlStore(server.url("public"), clock=StillClock())) as owner:
        config = on_postgresql(switch, tmp_path, server)
        owner.claim()
        assert "owned by process" in ended_at_once(config, switch)
        owner.close()
        server.run("UPDATE bascule_version SET version_num = '9998'")
        assert "made by a newer Bascule" in ended_at_once(config, switch)
        server.run("ALTER ROLE bascule PASSWORD 'another'")
        assert "password" in ended_at_once(config, switch)


def ended_at_once(config: Path, switch: Switch) -> str:
    """Why; it has not waited."""
    with pytest.raises(StoreError) as caught:
        live(config, switch.twin.state, until=lambda *_: True)
    return str(caught.value)
