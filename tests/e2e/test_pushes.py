"""Desktops push over real sockets: through the receiver's process into a whole daemon, its API and its metrics."""

import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

import pytest

from provisioner.demo.receiver import ReceiverProcess, free_port
from provisioner.receiver.intake import PATH
from tests.builders.api import ask
from tests.builders.patience import comes
from tests.e2e.switch import Switch
from tests.sessions.desktops import _push as guests_own

pytestmark = pytest.mark.real
AGENTS, SCALE = 6, 20.0
FIRST_READING_S = 140.0
"""Of virtual time: by then each desktop has been read."""


@dataclass
class Site:
    """Twin, receiver and daemon, each a process."""

    switch: Switch
    port: int

    def desktops(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = ask(self.switch.folder / "api.sock", "/v1/desktops").document["desktops"]
        return rows

    def session(self, name: str) -> dict[str, Any]:
        return next(row["session"] for row in self.desktops() if row["name"] == name)

    def metric(self, series: str) -> float:
        line = next(line for line in self.switch.metrics().splitlines() if line.startswith(f"{series} "))
        return float(line.rpartition(" ")[2])

    def read(self) -> float:
        """How often the daemon has read a desktop."""
        return self.metric('bascule_session_documents_total{source="guest_agent"}')

    def document(self, desktop: dict[str, Any]) -> dict[str, Any]:
        """What root reads in the desktop: its document with its secret."""
        state = self.switch.twin.state
        path = f"/api2/json/nodes/{desktop['node']}/qemu/{desktop['vmid']}/agent/file-read?file=/run/bascule/status.json"
        ((token, secret),) = state.tokens.items()
        request = Request(f"{state.url}{path}", headers={"Authorization": f"PVEAPIToken={token}={secret}"})
        context = ssl.create_default_context(cafile=state.ca_file)
        with build_opener(ProxyHandler({}), HTTPSHandler(context=context)).open(request, timeout=20) as answer:
            document: dict[str, Any] = json.loads(json.load(answer)["data"]["content"])
        return document


def all_are_read(site: Site) -> bool:
    return site.read() >= AGENTS


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, port = tmp_path_factory.mktemp("p"), free_port()
    with (
        Switch(folder, agents=AGENTS, scale=SCALE, sessions=AGENTS - 1, receiver_port=port) as switch,
        ReceiverProcess(switch.config, port=port, log=folder / "receiver.log"),
    ):
        switch.start()
        yield Site(switch, port)


def test_what_desktops_push_is_counted_as_it_is_true(site: Site):
    """Five people come, some of them go and come again; each desktop says so itself."""
    truth = site.switch.wait_for(lambda truth: truth["sessions"] == AGENTS - 1)
    assert truth["sessions"] == AGENTS - 1

    assert site.switch.page_with("/metrics", f'bascule_sessions{{profile="standard",state="connected"}} {AGENTS - 1}.0')
    assert f"bascule_sessions_day_peak {truth['sessions_peak']}.0" in site.switch.metrics()
    assert sorted(row["session"]["state"] for row in site.desktops()) == [*["connected"] * (AGENTS - 1), "none"]
    assert comes(lambda: site.metric('bascule_pushes_total{result="accepted"}') >= truth["log_ons"]), "a reading may come first"
    assert site.metric("bascule_sessions_inferred_total") == 0, "each was counted when it happened"


def test_a_report_that_the_guests_own_program_pushes_is_shown_without_a_reading(site: Site):
    began = site.switch.twin.state.clock.now()
    assert comes(lambda: site.switch.twin.state.clock.now() >= began + FIRST_READING_S and all_are_read(site))
    desktop = next(row for row in site.desktops() if row["session"]["count"] == 0)
    document = site.document(desktop)
    secret, now = document.pop("push_secret"), site.switch.twin.state.clock.now()
    came_s = now - document["booted_at"]
    document |= {
        "sessions": [{"user": "zlefevre", "state": "connected", "since": round(now, 3)}],
        "connections": 1,
        "written_at": round(now, 3),
        "sequence": int(came_s * 1e6),
        "event_number": document["event_number"] + 1,
        "events": [{"number": document["event_number"] + 1, "event": "logon", "user": "zlefevre", "at_s": round(came_s, 3)}],
    }
    url, ca_file = f"https://localhost:{site.port}{PATH}", site.switch.twin.state.ca_file
    pusher = guests_own.Pusher(guests_own.Receiver(url=url, ca_file=ca_file, vmid=desktop["vmid"]))

    pusher.hand_in(
        json.dumps(document).encode(), secret=secret, boot_id=document["boot_id"], sequence=document["sequence"], at_once=True
    )
    assert comes(lambda: site.session(desktop["name"])["count"] > 0)

    shown = site.session(desktop["name"])
    assert (shown["count"], shown["state"], shown["source"]) == (1, "connected", "push")
    assert f'bascule_sessions{{profile="standard",state="connected"}} {AGENTS}.0' in site.switch.metrics()
