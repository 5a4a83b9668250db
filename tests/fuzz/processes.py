"""A real daemon that gets orders by spite over its socket, finds a poisoned row in its store, and is killed with SIGKILL."""

import contextlib
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from provisioner.adapters.sql.store import SqlStore
from tests.builders.api import ask
from tests.builders.cli import a_lonely_site
from tests.builders.directory import FixedClock
from tests.builders.patience import FUSE_S
from tests.fuzz.documents import spoiled, written
from tests.fuzz.orders import FOCUSED, Outcome

_ORDERS, _ROUNDS = 60, 4
_POISON = (
    "INSERT OR REPLACE INTO intents VALUES ('hold', '', 'x', 1.8e9, '', 253402300740.0, NULL, NULL, NULL)",
    "INSERT OR REPLACE INTO intents VALUES ('rekey', '', 'x', 1.8e9, '', NULL, '[[1]]', NULL, NULL)",
    "INSERT OR REPLACE INTO intents VALUES ('of tomorrow', 'x', 'x', 'now', '', NULL, NULL, NULL, NULL)",
    "INSERT OR REPLACE INTO surges VALUES (9, 'x', 'running', 1.8e9, 1.8e9, 'x', '', '{\"day_1\": \"9999-12-31\"}')",
)
_MAIN = "from provisioner.cli.entry import main; main()"


def play(folder: Path, seed: int, _: int) -> Outcome:
    """One store, over some lives."""
    draw, outcome, site = Random(seed), Outcome(), a_lonely_site(folder)
    with contextlib.closing(SqlStore(f"sqlite:///{folder}/bascule.db", clock=FixedClock())) as store:
        store.claim()
    for number in range(_ROUNDS):
        command = [sys.executable, "-c", _MAIN, "run", "--config", str(site.main)]
        with (folder / "log").open("w+") as log, subprocess.Popen(command, stdout=log, stderr=log) as daemon:
            if not _answers(folder / "api.sock", daemon):
                log.seek(0)
                outcome.wrong.append(f"a start ended with {daemon.poll()}: {log.read()[-800:]}")
                daemon.kill()
                break
            for _ in range(_ORDERS):
                _order(folder / "api.sock", draw, outcome)
            if daemon.poll() is not None:
                log.seek(0)
                outcome.wrong.append(f"the daemon ended with {daemon.returncode}: {log.read()[-800:]}")
            daemon.send_signal(signal.SIGKILL)
        outcome.kills += 1
        (folder / "api.sock").unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(folder / "bascule.db")) as connection, connection:
            connection.execute(_POISON[number % len(_POISON)])
    return outcome


def _answers(socket: Path, daemon: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + FUSE_S
    while time.monotonic() < until and daemon.poll() is None:
        with contextlib.suppress(OSError):
            return ask(socket, "/v1/daemon").status == 200
        time.sleep(0.05)
    return False


def _order(socket: Path, draw: Random, outcome: Outcome) -> None:
    path, document = draw.choice(FOCUSED)
    for _ in range(draw.choice((0, 1, 2))):
        document = spoiled(document, draw)
    body, outcome.orders = written(document, draw), outcome.orders + 1
    headers = {"Content_Type": "application/json", "Idempotency_Key": f"k{outcome.orders}"}
    with contextlib.suppress(OSError):  # then it has ended, which is found out above
        answer = ask(socket, path, method="POST", body=body, **headers)
        outcome.answers[answer.status] += 1
        if answer.status >= 500 and answer.status not in (503, 504):
            outcome.wrong.append(f"{path} was answered with {answer.status}: {body[:300]!r}")


__all__ = ["play"]
