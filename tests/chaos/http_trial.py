"""One seed over HTTPS, in scaled time: real sockets, the real adapter, the real store, and a process that is really killed."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from provisioner.adapters.sql.store import SqlStore
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.server.http import HttpTwin
from provisioner.twin.server.state import clock_from
from provisioner.twin.server.tls import make_certificates
from provisioner.twin.twin import Reply, Twin
from tests.builders.twin_http import EPOCH
from tests.chaos.life import Place
from tests.chaos.scene import SERVED_WITHIN_S, Scene
from tests.chaos.schedule import Happening
from tests.chaos.surroundings import People, StormyWire
from tests.chaos.world import World

SCALE = 20.0
_GRACE_S = 1.5 * SCALE
"""A cycle begun before, threads that queue, and two processes on a busy machine."""
_TICK_S = 3.0
_LATE_S = 60.0
_INSTANT_S = 0.05 * SCALE
_STOP_S = 0.2
"""Real seconds."""
_ROOT = Path(__file__).parents[2]


class StormyTwin(Twin):
    """What a daemon asks for goes through the storm; what the hands do, who need no token, does not."""

    def __init__(self, spec: TwinSpec, events: EventHeap) -> None:
        super().__init__(spec, events)
        self.storm: StormyWire | None = None

    def request(self, request: ApiRequest, reply: Reply, *, auth: str | None = None) -> None:
        """See Twin."""
        if self.storm is None or auth is None:
            super().request(request, reply, auth=auth)
        else:
            self.storm.request(request, reply, auth=auth)


class HttpTrial(Scene):
    """All that happens here happens in one asyncio loop, at the twin's events."""

    def __init__(self, world: World) -> None:
        self._clock = clock_from(EPOCH, scale=SCALE)
        twin = StormyTwin(world.spec, EventHeap(EPOCH))
        super().__init__(world, twin, People(world.agents, self._clock.now), grace_s=_GRACE_S)
        late = partial(Random(world.seed).uniform, 0.0, 29.0)
        self._storm = StormyWire(
            partial(Twin.request, twin), twin.events, losses=self.losses, late_s=late, observe=self.observe
        )
        twin.storm = self._storm
        self.instant_s = _INSTANT_S
        self._process: subprocess.Popen[bytes] | None = None
        self._armed_down_s: float | None = None
        self._copies: list[Path] = []
        self._ended = asyncio.Event()
        self._place: Place
        self._store: SqlStore

    def run(self) -> "HttpTrial":
        """To the first violation, or until all is well for good."""
        with tempfile.TemporaryDirectory(prefix="chaos-http-") as folder:
            asyncio.run(self._run(Path(folder)))
            self._add_log()
        return self

    async def _run(self, folder: Path) -> None:
        face = HttpTwin(self.twin, self._clock, control="nobody asks for it")
        asyncio.get_running_loop().set_exception_handler(self._broken)
        certificates = make_certificates(folder, now=time.time())  # TLS checks real dates
        self._place = Place(
            folder=folder, port=await face.start(certificates), ca=str(certificates.ca), clock=self._clock
        )  # fmt: skip
        self._place.write()
        self._store = self._place.store()
        self.tell()
        self.start()
        self.arm()
        self.every(_TICK_S, self._tick)
        try:
            await asyncio.wait_for(self._ended.wait(), _LATE_S + 2 * (self.world.calm_at + SERVED_WITHIN_S) / SCALE)
        except TimeoutError:
            self.judge.condemn("the suite itself holds", "the trial has not ended in its time")
        finally:
            self._end_process()
            self._storm.cut = True
            with suppress(TimeoutError):  # what hangs would be waited for, a minute long
                await asyncio.wait_for(face.stop(), _STOP_S)
        if not self.wrong:
            self.judge_the_end()

    def _tick(self) -> None:
        self.judge.look(None)
        self._look_at_process()
        if self._place.wrong_file.exists():
            for text in self._place.wrong_file.read_text(encoding="utf-8").splitlines():
                if "has no word" not in text:  # see the judge
                    self.judge.condemn("every unmet agent has a reason", text)
        if self.settled:
            self.look_around()
        if self.over:
            self._ended.set()

    def _broken(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is not None and not isinstance(error, OSError):
            self.judge.condemn("the suite itself holds", f"{context.get('message')}: {error!r}")

    # -- the daemon --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """A process of its own, which imports for about a second first."""
        self.judge.begin_life()
        self.lives += 1
        with (self._place.folder / "daemon.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.life", str(self._place.folder), str(self.world.seed)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=_ROOT,
            )

    def observe(self, request: ApiRequest, response: ApiResponse | None) -> None:
        """What a dead daemon had sent arrives all the same; the store that it went by may be gone by now."""
        if self.alive:
            super().observe(request, response)
        elif request.method != "GET":
            self.note("wire", f"{request.method} {request.path}, from a daemon that is dead")

    def kill(self) -> None:
        """-9."""
        self.alive = False
        self._end_process()

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.kill()
        if process is not None:
            process.wait()

    def _look_at_process(self) -> None:
        if self._process is None or (code := self._process.poll()) is None:
            return
        if code == -signal.SIGKILL and self._armed_down_s is not None:
            self.note("scene", "killed in a commit")
            down_s, self._armed_down_s = self._armed_down_s, None
            self.kill()
            self.events.after(down_s, self._born)
        else:
            self.judge.condemn("the daemon never crashes", f"exit code {code}")

    # -- what a scene asks for ---------------------------------------------------------------------------------------

    @property
    def store(self) -> SqlStore:
        """As any process may look at it."""
        return self._store

    def copy_store(self) -> None:
        """As a backup does, at any moment of the daemon's work."""
        if not self._place.database.exists():
            return
        copy = self._place.folder / f"copy-{len(self._copies)}.db"
        source, target = sqlite3.connect(self._place.database), sqlite3.connect(copy)
        with source, target:
            source.backup(target)
        source.close()
        target.close()
        self._copies.append(copy)

    @property
    def copies(self) -> int:
        """So far."""
        return len(self._copies)

    def put_back(self, copy: int | None) -> None:
        """Only ever while no daemon lives."""
        self.judge.store_goes()
        self._store.close()
        for file in self._place.folder.glob("store.db*"):
            file.unlink()
        if copy is not None and copy < len(self._copies):  # none is made before there is a store
            self._place.database.write_bytes(self._copies[copy].read_bytes())
        self._store = self._place.store()

    def tell(self) -> None:
        """It looks by itself; what it may see is written down."""
        self._place.write_people(self.people)

    def freeze_file(self, there: bool) -> None:
        """Make or remove it."""
        super().freeze_file(there)
        if there:
            self._place.freeze_file.touch()
        else:
            self._place.freeze_file.unlink(missing_ok=True)

    def _do_killed_at_commit(self, happening: Happening) -> None:
        nth, when = happening.about
        self._armed_down_s = happening.for_s
        self._place.death_file.write_text(f"{nth} {when}", encoding="utf-8")

    def _add_log(self) -> None:
        log = Path(self._place.folder, "daemon.log").read_text(encoding="utf-8", errors="replace")
        self.trace += ["the daemons said:", *log.splitlines()]


__all__ = ["SCALE", "HttpTrial"]
