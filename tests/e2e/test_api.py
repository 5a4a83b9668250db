"""The daemon's API over a switch: what it says is what the daemon has done."""

import json
import os
import pwd
import threading
from contextlib import closing
from pathlib import Path

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.reconciler import Reconciler
from tests.builders.api import Answer, ask
from tests.builders.daemon import Heard, a_variant, live
from tests.builders.store import StillClock
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real
AGENTS = 3


@pytest.fixture(scope="module")
def switch(tmp_path_factory):
    with Switch(tmp_path_factory.mktemp("site"), agents=AGENTS, scale=20) as switch:
        yield switch


@pytest.fixture(scope="module")
def answers(switch: Switch, tmp_path_factory) -> dict[str, Answer]:
    """What it answers once every desktop is ready."""
    folder = tmp_path_factory.mktemp("life")
    config = a_variant(switch.config, folder, lambda document: document.pop("scenario"))
    answers: dict[str, Answer] = {}

    def until(_: Heard, reconciler: Reconciler) -> bool:
        if not answers and reconciler.status is not None and reconciler.status.phases.get("ready") == AGENTS:
            for name in ("status", "desktops", "daemon", "config", "ready", "journal", "plan", "nodes"):
                answers[name] = ask(folder / "api.sock", f"/v1/{name}")
            answers["site"] = Answer(status=200, headers={}, body=(folder / "site.json").read_bytes())
        return bool(answers)

    live(config, switch.twin.state, until=until)
    assert not (folder / "api.sock").exists()
    return answers


def test_every_desktop_is_ready_and_the_wave_too(answers):
    figures = answers["status"].document["figures"]

    assert (figures["wanted"], figures["ready"], figures["desktops"]) == (AGENTS, AGENTS, {"ready": AGENTS})
    assert answers["ready"].status == 200


def test_desktops_are_those_that_the_journal_tells_of(answers):
    names = {desktop["name"] for desktop in answers["desktops"].document["desktops"]}
    cloned = {
        line["subject"] for line in answers["journal"].document["lines"] if (line["what"], line["result"]) == ("clone", "done")
    }

    assert len(names) == AGENTS
    assert cloned <= names
    sequences = [line["sequence"] for line in answers["journal"].document["lines"]]
    assert sequences == sorted(set(sequences), reverse=True)


def test_each_desktop_was_read_lately(answers):
    sessions = [desktop["session"] for desktop in answers["desktops"].document["desktops"]]

    assert all(session["age_s"] is not None and session["age_s"] >= 0 for session in sessions)


def test_the_configuration_on_disk_is_in_force(answers):
    config = answers["config"].document

    assert (config["differs"], config["changed"], config["problem"]) == (False, [], None)


def test_the_site_file_leads_to_the_socket(answers):
    site = json.loads(answers["site"].body)

    assert Path(site["socket"]).name == "api.sock"
    assert site["installation"]
    assert site["version"] == answers["daemon"].document["version"]


class Operator(threading.Thread):
    """Gives orders while the daemon works: its own thread waits for nobody."""

    def __init__(self, socket: Path) -> None:
        super().__init__(name="operator")
        self.socket, self.answers = socket, dict[str, Answer]()
        self.file_while_frozen = False

    def run(self) -> None:
        self._order("freeze", {"kind": "freeze", "reason": "smoke in room 3"})
        self.file_while_frozen = (self.socket.parent / "freeze").exists()
        self._order("stop", {"kind": "stop", "target": "vd-1"})
        self._order("hold", {"kind": "hold"})
        self._order("thaw", {"kind": "freeze"}, what="/v1/intents/withdrawals")

    def _order(self, name: str, body: dict[str, str], *, what: str = "/v1/intents") -> None:
        headers = {"Content_Type": "application/json", "Idempotency_Key": name}
        self.answers[name] = ask(self.socket, what, method="POST", body=json.dumps(body).encode(), **headers)


def test_orders_are_taken_while_it_works_and_journalled(switch: Switch, tmp_path: Path):
    config = a_variant(switch.config, tmp_path, lambda document: document.pop("scenario"))
    operators: list[Operator] = []

    def until(_: Heard, reconciler: Reconciler) -> bool:
        if not operators and reconciler.status is not None:
            operators.append(Operator(tmp_path / "api.sock"))
            operators[0].start()
        return bool(operators) and not operators[0].is_alive()

    heard, _ = live(config, switch.twin.state, until=until)

    (claire,) = operators
    assert {name: answer.status for name, answer in claire.answers.items()} == {
        "freeze": 200,
        "stop": 409,
        "hold": 200,
        "thaw": 200,
    }
    assert [order["kind"] for order in claire.answers["hold"].document["intents"]] == ["hold", "freeze"]
    assert [order["kind"] for order in claire.answers["thaw"].document["intents"]] == ["hold"]
    assert claire.file_while_frozen
    assert not (tmp_path / "freeze").exists()
    with closing(SqlStore(f"sqlite:///{tmp_path}/bascule.db", clock=StillClock())) as store:
        lines = [(line.what, line.result, line.reason) for line in store.journal() if line.what in ("freeze", "hold")]
    account = pwd.getpwuid(os.getuid()).pw_name
    assert lines == [
        ("freeze", "withdrawn", f"by {account}"),
        ("hold", "given", f"by {account}"),
        ("freeze", "given", f"by {account}: smoke in room 3"),
    ]
    assert heard.about("freeze")
