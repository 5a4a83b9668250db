"""People reach their desktop: its name resolves in a real BIND beside names of others, and its connection file is signed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from provisioner.extensions import Part
from provisioner.reconciler import Reconciler
from tests.builders.daemon import Heard, a_variant, live
from tests.e2e.switch import Switch
from tests.servers.bind import KEY, SECRET, Bind, running_bind
from tests.servers.certificates import a_publisher

pytestmark = pytest.mark.real
AGENTS = 2
PUBLISHED: Part[Any] = Part("zones", ())
"""The capability's part of the status; it counts by its name."""
FORWARD, REVERSE = "vd.dep.example", "20.10.in-addr.arpa"
POOL = {"network": "10.20.0.0/24", "gateway": "10.20.0.1", "first": "10.20.0.10", "last": "10.20.0.60"}
COMMAND = (sys.executable, "-c", "from provisioner.cli.entry import main; main()")


def with_names_and_publisher(server: Bind, folder: Path) -> Any:
    """A change of the configuration: addresses from a pool, DNS, and a certificate for connection files."""
    files = a_publisher(folder)
    (folder / "dns-key").write_text(SECRET)
    (folder / "dns-key").chmod(0o600)
    key = {"name": KEY, "secret": {"file": str(folder / "dns-key")}}
    dns = {"server": "127.0.0.1", "port": server.port, "key": key, "forward": FORWARD, "reverse": [REVERSE]}

    def change(document: dict[str, Any]) -> None:
        document.pop("scenario")
        document["dns"] = dns
        document["connections"] = {"certificate": str(files.certificate), "key": str(files.key)}
        for profile in document["profiles"].values():
            profile["addressing"] = POOL

    return change


def test_names_resolve_and_files_lead_to_the_desktops(tmp_path):
    (life := tmp_path / "life").mkdir()
    (home := tmp_path / "bind").mkdir()
    rdp, asked = tmp_path / "rdp", dict[str, "subprocess.Popen[str]"]()
    environment = {**os.environ, "BASCULE_SITE": str(life / "site.json")}

    def ask(*words: str) -> None:
        asked[words[0]] = subprocess.Popen(
            [*COMMAND, *words], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def until(_: Heard, reconciler: Reconciler) -> bool:
        status = reconciler.status
        published = status is not None and [zone.published for zone in status.parts[PUBLISHED]] == [AGENTS, AGENTS]
        if not asked and status is not None and status.phases.get("ready") == AGENTS and published:
            ask("status", "--json", "--config", str(config))
            ask("agent", "connections", "--json", "--rdp", str(rdp), "--config", str(config))
        return bool(asked) and all(command.poll() is not None for command in asked.values())

    with (
        running_bind(home, (FORWARD, REVERSE), more="mail A 192.0.2.1") as server,
        Switch(tmp_path / "site", agents=AGENTS, scale=30) as switch,
    ):
        config = a_variant(switch.config, life, with_names_and_publisher(server, tmp_path))
        _, reconciler = live(config, switch.twin.state, until=until)
        assert reconciler.status is not None
        desktops = {name: state.reservation.address for name, state in reconciler.status.desktops.items()}
        for name, address in desktops.items():
            assert server.asked(f"{name}.{FORWARD}", "A") == {address}
            assert server.asked(f"{address.split('.')[3]}.{address.split('.')[2]}.{REVERSE}", "PTR") == {f"{name}.{FORWARD}."}
        assert server.asked(f"mail.{FORWARD}", "A") == {"192.0.2.1"}

    said = {name: command.communicate() for name, command in asked.items()}
    assert [error for _, error in said.values()] == ["", ""]
    zones = json.loads(said["status"][0])["status"]["zones"]
    assert [(zone["zone"], zone["published"], zone["foreign"]) for zone in zones] == [
        (FORWARD, AGENTS, []),
        (REVERSE, AGENTS, []),
    ]
    assert len(json.loads(said["agent"][0])["written"]) == AGENTS
    lines = {line for file in rdp.iterdir() for line in file.read_bytes().decode("utf-16").split("\r\n")}
    assert {f"full address:s:{address}" for address in desktops.values()} <= lines
