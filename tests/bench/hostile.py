"""What clients cost a daemon: `python -m tests.bench.hostile [--agents 300]`, on a switch at rest.

Processor time of the control thread per cycle, alternately with and without a hostile load on the socket; and of the whole
daemon with ten clients that ask for every desktop each 2 s of the twin's time, with entity tags, as commands send them, and
without. Shares are of a core in the twin's time: in real time there is one cycle where there are so many here.
"""

import argparse
import contextlib
import http.client
import json
import random
import re
import socket as sockets
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

from tests.api.test_abuse import malformed
from tests.builders.api import UnixConnection, connected
from tests.e2e.switch import Switch

SCALE, ROUNDS, SPAN_S = 20.0, 5, 10.0
WATCHERS, WATCH_EVERY_S = 10, 2.0 / SCALE
_SLOW = b"POST /v1/intents HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n"
_LARGE = b"POST /v1/intents HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n"


class Load:
    """1,000 streams asked for, slow bodies, bodies of 1 GB and malformed requests, one after the other, until it ends."""

    def __init__(self, at: Path) -> None:
        self._at, self._over = at, threading.Event()
        self._threads = [threading.Thread(target=self._again, args=(each,)) for each in (self._streams, self._slow, self._bad)]

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _again(self, what: object) -> None:
        while not self._over.is_set():
            with contextlib.suppress(OSError):
                what()  # type: ignore[operator]

    def _streams(self) -> None:
        opened = []
        for _ in range(1000):
            if self._over.is_set():
                break
            with contextlib.suppress(OSError):
                stream = connected(self._at, within_s=2.0)
                stream.sendall(b"GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
                opened.append(stream)
        self._over.wait(2.0)
        for stream in opened:
            stream.close()

    def _slow(self) -> None:
        opened = [connected(self._at, within_s=2.0) for _ in range(20)]
        for connection in opened:
            connection.sendall(_SLOW + b"{")
        with connected(self._at, within_s=2.0) as large:
            large.sendall(_LARGE)
            for _ in range(16 * 1024):
                large.sendall(b" " * 65_536)
        self._over.wait(1.0)
        for connection in opened:
            connection.close()

    def _bad(self) -> None:
        chance = random.Random(1)
        for _ in range(200):
            if self._over.wait(0.01):
                return
            with contextlib.suppress(OSError), connected(self._at, within_s=0.2) as connection:
                connection.sendall(malformed(chance))
                connection.shutdown(sockets.SHUT_WR)
                connection.recv(65_536)


class Watcher(threading.Thread):
    """Asks for every desktop again and again."""

    def __init__(self, at: Path, *, tags: bool) -> None:
        super().__init__(daemon=True)
        self._at, self._tags, self.over, self.answers = at, tags, threading.Event(), [0, 0]

    def run(self) -> None:
        tag = None
        while not self.over.wait(WATCH_EVERY_S):
            with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(UnixConnection(self._at)) as asked:
                asked.request("GET", "/v1/desktops", headers={"If-None-Match": tag} if tag and self._tags else {})
                answer = asked.getresponse()
                answer.read()
                tag = answer.headers.get("ETag")
                self.answers[answer.status == http.client.NOT_MODIFIED] += 1


def thread_s(pid: int) -> float:
    """Processor time of the process's first thread: the control thread."""
    return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text(encoding="utf-8").split()[0]) / 1e9


def process_s(pid: int) -> float:
    """Of all its threads."""
    return (
        sum(int((task / "schedstat").read_text(encoding="utf-8").split()[0]) for task in Path(f"/proc/{pid}/task").iterdir())
        / 1e9
    )


def rss_mib(pid: int) -> float:
    """Memory of the process."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return int(found.group(1)) / 1024 if found else 0.0


def cycles(switch: Switch) -> int:
    """How many the daemon has had."""
    found = re.search(r"^bascule_cycle_seconds_count (\d+)", switch.metrics(), re.MULTILINE)
    assert found is not None, [line for line in switch.metrics().splitlines() if "cycle" in line]
    return int(found.group(1))


def per_cycle_ms(switch: Switch, pid: int) -> float:
    """Processor time of the control thread, with all that lies between two cycles."""
    before, began = cycles(switch), thread_s(pid)
    time.sleep(SPAN_S)
    return 1000 * (thread_s(pid) - began) / max(cycles(switch) - before, 1)


def core_share(pid: int, watchers: list[Watcher]) -> float:
    """Of one core, in percent of the twin's time, while they watch."""
    for watcher in watchers:
        watcher.start()
    time.sleep(1.0)
    began, at = process_s(pid), time.monotonic()
    time.sleep(2 * SPAN_S)
    share = (process_s(pid) - began) / (time.monotonic() - at)
    for watcher in watchers:
        watcher.over.set()
    return 100 * share / SCALE


def main() -> int:
    """The command; exit code 1 if the daemon has written a traceback."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.hostile", description=__doc__)
    parser.add_argument("--agents", type=int, default=300)
    agents = parser.parse_args().agents
    with (
        tempfile.TemporaryDirectory(prefix="bascule-hostile-") as folder,
        Switch(Path(folder), agents=agents, scale=SCALE) as switch,
    ):
        switch.start()
        assert switch.daemon is not None
        assert switch.said(f"cycle: {agents} wanted, {agents} ready", within_s=240), switch.log()[-2000:]
        pid, at = switch.daemon.pid, Path(folder) / "api.sock"
        quiet, loaded, memory = [], [], [rss_mib(pid)]
        for _ in range(ROUNDS):
            quiet.append(per_cycle_ms(switch, pid))
            with Load(at):
                loaded.append(per_cycle_ms(switch, pid))
            memory.append(rss_mib(pid))
        idle = core_share(pid, [])
        shares = {}
        for tags in (True, False):
            watchers = [Watcher(at, tags=tags) for _ in range(WATCHERS)]
            shares[tags] = core_share(pid, watchers), [sum(watcher.answers[kind] for watcher in watchers) for kind in (0, 1)]
        memory.append(rss_mib(pid))
        found = {
            "agents": agents,
            "quiet_ms": [round(value, 2) for value in quiet],
            "loaded_ms": [round(value, 2) for value in loaded],
            "times": round(median(loaded) / median(quiet), 3),
            "rss_mib": [round(value, 1) for value in memory],
            "idle_percent": round(idle, 2),
            "watched_with_tags": shares[True],
            "watched_without": shares[False],
            "tracebacks": switch.log().count("Traceback"),
        }
    print(json.dumps(found, indent=1))
    return int(found["tracebacks"] > 0)


if __name__ == "__main__":
    sys.exit(main())
