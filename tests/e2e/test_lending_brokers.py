"""Brokers that forget, and send twice, beside a switch that is killed: nobody has two desktops, and none stays lent."""

import http.client
import json
import random
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.builders.api import Answer, UnixConnection, ask
from tests.builders.patience import comes
from tests.e2e.switch import Switch, pause

pytestmark = pytest.mark.real
PEOPLE, CALLERS, _TRIES = 16, 32, 300


class Broker(threading.Thread):
    """One broker's thread for one person: it hangs up before the answer, sends twice, and forgets its keys."""

    def __init__(self, socket: Path, login: str, seed: int) -> None:
        super().__init__(name=f"{login} {seed}")
        self._socket, self._login, self._random = socket, login, random.Random(seed)
        self._key = f"{login} {seed}"
        self.desktops: set[str] = set()
        self.refusals: set[int] = set()

    def run(self) -> None:
        for number in range(_TRIES):
            if self._random.random() < 0.3:
                self._key = f"{self.name} {number}"  # forgotten: a new order
            if self._random.random() < 0.3:
                self._hang_up()
            answer = self._once()
            if answer is not None and answer.status == 200:
                self.desktops.add(answer.document["desktop"])
                if self._random.random() < 0.5:
                    return
            elif answer is not None:
                self.refusals.add(answer.status)
            pause(0.2)

    def _order(self) -> tuple[bytes, dict[str, str]]:
        return json.dumps({"who": self._login}).encode(), {"Content-Type": "application/json", "Idempotency-Key": self._key}

    def _hang_up(self) -> None:
        """The order is sent, and its answer never read."""
        connection = UnixConnection(self._socket)
        try:
            body, headers = self._order()
            connection.request("POST", "/v1/lends", body=body, headers=headers)
        except OSError:
            pass  # killed meanwhile
        finally:
            connection.close()

    def _once(self) -> Answer | None:
        body, headers = self._order()
        try:
            return ask(
                self._socket,
                "/v1/lends",
                method="POST",
                body=body,
                **{key.replace("-", "_"): at for key, at in headers.items()},
            )
        except (OSError, http.client.HTTPException):
            return None  # killed meanwhile


def _with_pool(document: dict[str, Any]) -> None:
    name = next(iter(document["profiles"]))
    document["profiles"][name]["home_share"] = "//files.example/homes"
    document["pools"] = {"desk": {"profile": name, "size": PEOPLE, "after_person": "restart", "unused_after": "30s"}}
    document["pace"] = {"session_interval": "30s", "session_first": "10s"}


def _desktops(socket: Path) -> list[dict[str, Any]]:
    pools: list[dict[str, Any]] = []

    def listens() -> bool:
        with suppress(OSError, http.client.HTTPException):
            pools[:] = ask(socket, "/v1/pools").document["pools"]
        return bool(pools)

    assert comes(listens, look_s=0.2), "the daemon does not listen"
    return list(pools[0]["desktops"])


def _all_free(socket: Path) -> bool:
    """Whether no lease is left in the end."""
    return comes(lambda: all(desktop["lease"] == "free" for desktop in _desktops(socket)), look_s=0.2)


def test_brokers_that_forget_leave_nobody_with_two_and_nothing_stuck(tmp_path: Path):
    with Switch(tmp_path, agents=PEOPLE, scale=20) as switch:
        switch.change_config(_with_pool)
        switch.start()
        switch.wait_for(lambda truth: truth["desktops"] >= 2 * PEOPLE)
        socket = tmp_path / "api.sock"
        people = [agent["login"] for agent in ask(socket, "/v1/agents").document["agents"]]
        brokers = [Broker(socket, people[number % PEOPLE], number) for number in range(CALLERS)]
        for broker in brokers:
            broker.start()
        pause(0.5)
        switch.kill()
        switch.start()
        for broker in brokers:
            broker.join()

        holders = [desktop["login"] for desktop in _desktops(socket) if desktop["lease"] == "lent"]
        assert len(holders) == len(set(holders)), "nobody has two"
        assert any(broker.desktops for broker in brokers)
        assert {status for broker in brokers for status in broker.refusals} <= {409, 429, 504}
        assert _all_free(socket), "a broker that forgot keeps no desktop: nobody is logged on there"
