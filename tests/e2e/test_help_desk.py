"""A help desk's morning: each order by the socket of a running daemon, on a twin that is served over HTTPS."""

import json
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.reconciler import Reconciler
from tests.builders.api import Answer, ask
from tests.builders.daemon import Heard, a_variant, live
from tests.builders.patience import comes
from tests.builders.store import StillClock
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real
AGENTS = 3
"""Real seconds for everything: most of them are shutdowns and boots, at 20 times their speed."""


class HelpDesk(threading.Thread):
    """Gives one order after the other, each when the one before has ended."""

    def __init__(self, socket: Path) -> None:
        super().__init__(name="help desk")
        self.socket, self.answers = socket, dict[str, Answer]()
        self.found: dict[str, Any] = {}

    def run(self) -> None:
        first, second, third = sorted(self._desktops())
        self._order("restart", first, reason="black screen")
        self._wait(lambda: "restart" not in self._standing())
        self._order("quarantine", second, reason="odd log-ons")
        self._wait(lambda: len(self._ready()) == AGENTS + 1)
        self.found["kept"] = self._desktops()[second]
        self._order("stop", second)
        self._order("quarantine", second, what="/v1/intents/withdrawals", key="release")
        self._order("rebuild", third, reason="broken disk")
        self._wait(lambda: "rebuild" not in self._standing())
        self.found["before"], self.found["after"] = (first, second, third), self._desktops()

    def _order(self, kind: str, target: str, *, what: str = "/v1/intents", key: str = "", reason: str = "") -> None:
        body = json.dumps({"kind": kind, "target": target, "reason": reason}).encode()
        headers = {"Content_Type": "application/json", "Idempotency_Key": key or kind}
        self.answers[key or kind] = ask(self.socket, what, method="POST", body=body, **headers)

    def _desktops(self) -> dict[str, Any]:
        return {desktop["name"]: desktop for desktop in self._read("desktops")["desktops"]}

    def _ready(self) -> list[str]:
        return [name for name, desktop in self._desktops().items() if desktop["phase"] == "ready"]

    def _standing(self) -> set[str]:
        return {order["kind"] for order in self._read("intents")["intents"]}

    def _read(self, resource: str) -> Any:
        return ask(self.socket, f"/v1/{resource}").document

    def _wait(self, done: Callable[[], bool]) -> None:
        comes(done, look_s=0.2)


def _edit(document: dict[str, Any]) -> None:
    document.pop("scenario")
    document["safety"] = {**document.get("safety", {}), "max_deletes": 1}


def test_each_order_is_carried_out_and_told(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory):
    desks: list[HelpDesk] = []

    def until(_: Heard, reconciler: Reconciler) -> bool:
        if not desks and reconciler.status is not None and reconciler.status.phases.get("ready") == AGENTS:
            desks.append(HelpDesk(tmp_path / "api.sock"))
            desks[0].start()
        return bool(desks) and not desks[0].is_alive()

    with Switch(tmp_path_factory.mktemp("site"), agents=AGENTS, scale=20) as switch:
        live(a_variant(switch.config, tmp_path, _edit), switch.twin.state, until=until)

    (desk,) = desks
    taken = {name: answer.status for name, answer in desk.answers.items()}
    assert taken == {"restart": 200, "quarantine": 200, "stop": 409, "release": 200, "rebuild": 200}
    assert desk.answers["stop"].codes == ["in_quarantine_by"]
    first, second, third = desk.found["before"]
    kept, after = desk.found["kept"], desk.found["after"]
    assert (kept["quarantined"], kept["phase"]) == (True, "ready")
    assert after[second]["superseded_by"] is not None
    assert {desktop["phase"] for desktop in after.values()} == {"ready"}
    with closing(SqlStore(f"sqlite:///{tmp_path}/bascule.db", clock=StillClock())) as store:
        lines = [(line.what, line.subject, line.result, str(line.reason)) for line in store.journal()]
    assert ("restart", first, "withdrawn", "by daemon: ready again") in lines
    assert [line[:3] for line in lines if line[0] == "delete"] == [("delete", third, "done")]
    assert any(line[:3] == ("rebuild", third, "withdrawn") and "is ready instead" in line[3] for line in lines)
