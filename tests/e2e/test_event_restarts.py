"""The event stream of a daemon that is killed again and again: a client that comes back misses and repeats no line."""

import http.client
import json
import signal
import threading
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import pytest

from provisioner.adapters.sql.store import SqlStore
from tests.builders.api import UnixConnection, ask
from tests.builders.patience import comes
from tests.builders.store import StillClock
from tests.e2e.lives import Life
from tests.e2e.switch import Switch, pause

pytestmark = [pytest.mark.real, pytest.mark.long]
LIVES, AGENTS, SCALE = 20, 40, 5
_COMES_AGAIN_S = 0.02


class Client(threading.Thread):
    """Reads the stream, and comes back with the number of its last line."""

    def __init__(self, socket: Path) -> None:
        super().__init__(name="client")
        self.socket, self.lines, self.comes, self.over = socket, list[dict[str, object]](), 0, False

    def run(self) -> None:
        while not self.over:
            with suppress(OSError, http.client.HTTPException):
                self._read()
            pause(_COMES_AGAIN_S)

    def _read(self) -> None:
        with closing(UnixConnection(self.socket)) as connection:
            last = self.lines[-1]["sequence"] if self.lines else 0
            connection.request("GET", "/v1/events", headers={"Last-Event-ID": str(last)})
            response = connection.getresponse()
            self.comes += response.status == http.client.OK
            event: dict[str, str] = {}
            while response.status == http.client.OK and (line := response.readline().decode()):
                name, _, value = line.rstrip("\n").partition(": ")
                event[name] = value
                if line == "\n":  # the end of an event; one that was cut off does not count
                    if event.get("event") == "journal":
                        assert event["id"] == str(json.loads(event["data"])["sequence"])
                        self.lines.append(json.loads(event["data"]))
                    event = {}


def is_told(client: Client, lines: int) -> bool:
    return comes(lambda: len(client.lines) >= lines)


def order(switch: Switch, life: int) -> None:
    """A line for each life: as soon as it answers."""
    what = "/v1/intents/withdrawals" if life % 2 else "/v1/intents"
    headers = {"Content_Type": "application/json", "Idempotency_Key": f"life {life}"}

    def is_taken() -> bool:
        with suppress(OSError, http.client.HTTPException):
            answer = ask(switch.folder / "api.sock", what, method="POST", body=b'{"kind": "hold"}', **headers)
            return answer.status == http.client.OK
        return False

    assert comes(is_taken), switch.log()


def test_over_twenty_restarts_of_a_daemon_nothing_is_missed_and_nothing_comes_twice(tmp_path: Path):
    chance = Random(1)
    with Switch(tmp_path, agents=AGENTS, scale=SCALE) as switch:
        client = Client(switch.folder / "api.sock")
        client.start()
        for number in range(LIVES):
            life, known = Life(switch), len(client.lines)
            order(switch, number)
            assert is_told(client, known + 1), switch.log()
            pause(chance.uniform(0.0, 0.3))
            blow = (signal.SIGKILL, signal.SIGTERM)[number % 2]
            assert life.end(blow) == (-signal.SIGKILL if blow is signal.SIGKILL else 0), switch.log()
        life = Life(switch)
        with closing(SqlStore(f"sqlite:///{tmp_path}/bascule.db", clock=StillClock())) as store:
            written = [entry.sequence for entry in store.journal_after(0, limit=10_000)]
            known = len(written)
            assert is_told(client, known)
            client.over = True
            life.end(signal.SIGTERM)
            client.join()
            written = [entry.sequence for entry in store.journal_after(0, limit=10_000)]

    numbers = [line["sequence"] for line in client.lines]
    assert numbers == written[: len(numbers)]
    assert len(numbers) >= known, "what the last life has written while it ended may have come too late"
    assert client.comes >= LIVES
