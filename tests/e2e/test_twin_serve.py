"""`bascule twin serve`: a twin that people try Bascule on, ended by Ctrl-C and started again."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.ldap.ldif import read_ldif
from provisioner.cli.clocks import TWIN_STATE
from provisioner.settings.shipped import shipped
from tests.builders.cli import bascule
from tests.builders.patience import comes
from tests.servers.processes import free_port

pytestmark = pytest.mark.real

BASCULE = str(Path(sys.executable).with_name("bascule"))


@contextmanager
def served(folder: Path, *options: str, last: str = "--ca-file") -> Iterator[list[str]]:
    """Serve until the block ends, then Ctrl-C. Gives what it has printed; the rest is there after the end."""
    command = [BASCULE, "twin", "serve", "--people", "3", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
        assert process.stdout is not None
        lines: list[str] = []
        try:
            while not lines or last not in lines[-1]:
                lines.append(process.stdout.readline())
                assert lines[-1], lines
            yield lines
        finally:
            process.send_signal(signal.SIGINT)
            lines += process.stdout.readlines()
            assert process.wait(20) == 0


def test_it_says_how_to_reach_it_and_no_secret_and_is_the_same_the_next_time(tmp_path):
    port = free_port()
    with served(tmp_path, "--port", str(port)) as first:
        secret = (tmp_path / "twin" / "token").read_text().strip()
        text = "".join(first)
    with served(tmp_path) as second:
        assert (tmp_path / "twin" / "token").read_text().strip() == secret

    assert re.search(rf"endpoint +https://127.0.0.1:{port}\n", text)
    assert re.search(r"token id +bascule@pve!daemon\n", text)
    assert (len(secret) > 20, secret in text) == (True, False)
    assert first[:-1] == second[:-1]
    assert "virtual machines are kept" in first[-1]
    modes = {name: (tmp_path / "twin" / name).stat().st_mode & 0o777 for name in ("", "token", "twin.json", "server.key")}
    assert modes == {"": 0o700, "token": 0o600, "twin.json": 0o600, "server.key": 0o600}
    assert sum(b"@" in str(record).encode() for record in read_ldif(tmp_path / "twin" / "people.ldif")) == 3


def test_a_port_in_use_is_one_message(tmp_path):
    with served(tmp_path, "--port", str(free_port())) as lines:
        port = re.findall(r"127.0.0.1:(\d+)", "".join(lines))[0]
        ended = bascule("twin", "serve", "--folder", str(tmp_path / "other"), "--port", port)

    assert (ended.code, ended.out) == (2, "")
    assert f"the twin cannot listen on port {port}" in ended.said


def test_a_twin_that_does_not_exist_is_one_message_with_those_that_do(tmp_path):
    ended = bascule("twin", "serve", "evenings", "--folder", str(tmp_path / "other"))

    assert (ended.code, "no file evenings" in ended.said, "evening" in ended.said, "shared-4" in ended.said) == (
        2,
        True,
        True,
        True,
    )
    assert list(tmp_path.iterdir()) == []


def test_a_twin_without_a_token_is_refused(tmp_path):
    file = tmp_path / "mute.yaml"
    text = (shipped() / "twins" / "local-16.yaml").read_text(encoding="utf-8")
    file.write_text(f"{text}\ntokens: []\n", encoding="utf-8")

    ended = bascule("twin", "serve", str(file))

    assert (ended.code, "names no token" in ended.said) == (2, True)
    assert not (tmp_path / "mute").exists()


def test_a_site_that_the_demo_has_kept_goes_on_with_its_desktops(tmp_path):
    command = [BASCULE, "demo", "--agents", "3", "--scale", "50", "--port", "0", "--keep", "site"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path, timeout=120).stdout
    assert f"bascule twin serve {tmp_path}/site/twin.yaml" in shown
    config, state = str(tmp_path / "site" / "bascule.yaml"), str(tmp_path / "site" / "twin" / "twin.json")
    kept = json.loads((tmp_path / "site" / "twin" / "guests.json").read_text())["guests"]

    with served(tmp_path, "site/twin.yaml", "--scale", "50", last="bascule run"):
        environment = {**os.environ, TWIN_STATE: state}
        daemon = subprocess.Popen([BASCULE, "run", "--config", config], env=environment, stderr=subprocess.DEVNULL)
        try:
            desktops = _ready(config, state)
        finally:
            daemon.terminate()
            daemon.wait(20)

    assert {desktop["phase"] for desktop in desktops} == {"ready"}
    assert {(desktop["name"], desktop["vmid"], desktop["node"]) for desktop in desktops} == {
        (guest["config"]["name"], guest["vmid"], guest["node"]) for guest in kept
    }


def _ready(config: str, state: str) -> list[dict[str, Any]]:
    """The desktops, once all are ready, or as they are in the end."""
    desktops: list[dict[str, Any]] = []

    def are_ready() -> bool:
        ended = bascule("desktop", "list", "--json", "--config", config, **{TWIN_STATE: state})
        desktops[:] = ended.document["desktops"] if ended.code == 0 else []
        return {desktop["phase"] for desktop in desktops} == {"ready"}

    comes(are_ready, look_s=1.0)
    return desktops
