"""Lends beside a served switch: 32 callers at once, four for each person, and a kill in the middle.

Nobody has two desktops, and no desktop two people.
"""

import http.client
import json
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.builders.api import Answer, ask
from tests.builders.patience import comes
from tests.e2e.switch import Switch, pause

pytestmark = pytest.mark.real
PEOPLE = 8
_TRIES = 6_000


class Caller(threading.Thread):
    """A broker's thread: the same order under the same key, until it is answered."""

    def __init__(self, socket: Path, login: str, key: str) -> None:
        super().__init__(name=key)
        self.socket, self.login, self.key, self.lent = socket, login, key, dict[str, Any]()

    def run(self) -> None:
        for _ in range(_TRIES):
            answer = self._once()
            if answer is not None and answer.status == 200:
                self.lent = answer.document
                return
            pause(0.1)

    def _once(self) -> Answer | None:
        body = json.dumps({"who": self.login}).encode()
        headers = {"Content_Type": "application/json", "Idempotency_Key": self.key}
        try:
            return ask(self.socket, "/v1/lends", method="POST", body=body, **headers)
        except (OSError, http.client.HTTPException):
            return None  # killed meanwhile


def _with_pool(document: dict[str, Any]) -> None:
    name = next(iter(document["profiles"]))
    document["profiles"][name]["home_share"] = "//files.example/homes"
    document["pools"] = {"desk": {"profile": name, "size": PEOPLE + 2, "after_person": "restart"}}


def _pools(socket: Path) -> list[dict[str, Any]]:
    """Once the daemon answers again: everybody may have been answered before it was killed."""
    said: list[Answer] = []

    def answers() -> bool:
        with suppress(OSError, http.client.HTTPException):
            said.append(ask(socket, "/v1/pools"))
        return bool(said) and said[-1].status == 200

    assert comes(answers, look_s=0.2), "the daemon does not answer"
    return list(said[-1].document["pools"])


def test_no_kill_between_decision_and_answer_lends_a_desktop_twice(tmp_path: Path):
    with Switch(tmp_path, agents=PEOPLE, scale=20) as switch:
        switch.change_config(_with_pool)
        switch.start()
        switch.wait_for(lambda truth: truth["desktops"] > PEOPLE)
        socket = tmp_path / "api.sock"
        people = [agent["login"] for agent in ask(socket, "/v1/agents").document["agents"]]
        callers = [Caller(socket, login, f"{login} {which}") for login in people for which in range(4)]
        for caller in callers:
            caller.start()
        pause(0.4)
        switch.kill()
        switch.start()
        for caller in callers:
            caller.join()

        answers = {(caller.login, caller.lent.get("desktop")) for caller in callers}
        lent = dict(answers)
        assert None not in lent.values()
        assert len(answers) == len(lent) == len(set(lent.values())) == PEOPLE
        (pool,) = _pools(socket)
        assert {desktop["login"]: desktop["name"] for desktop in pool["desktops"] if desktop["login"]} == lent
