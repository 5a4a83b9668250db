"""People find their own desktop in Guacamole, and a lent one by a grant; the secrets for it are in no log and in no answer."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from provisioner.capabilities.brokers.model import STATES
from provisioner.reconciler import Reconciler
from tests.builders.daemon import Heard, a_variant, live
from tests.capabilities.brokers.builders import KEY, decoded_by_openssl
from tests.capabilities.brokers.server import PASSWORD, USER, GuacamoleDatabase, guacamole
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real
COMMAND = (sys.executable, "-c", "from provisioner.cli.entry import main; main()")


def with_guacamole(url: str, folder: Path) -> Any:
    """A change of the configuration: connections and grants, and a pool."""
    for name, secret in (("key", KEY), ("password", PASSWORD)):
        (folder / name).write_text(secret)
        (folder / name).chmod(0o600)
    access = {"user": USER, "password": {"file": str(folder / "password")}, "create_people": True}

    def change(document: dict[str, Any]) -> None:
        document.pop("scenario")
        grants = {"key": {"file": str(folder / "key")}}
        document["guacamole"] = {"url": url, "parameters": {"security": "nla"}, "grants": grants, "connections": access}
        profile = sorted(document["profiles"])[0]
        document["profiles"][profile]["home_share"] = "//files.dep.example/homes"
        document["pools"] = {"desk": {"profile": profile, "size": 1}}

    return change


def test_own_desktops_are_found_and_a_lent_one_is_opened_by_a_grant(tmp_path):
    (life := tmp_path / "life").mkdir()
    database, asked = GuacamoleDatabase(), dict[str, "subprocess.Popen[str]"]()
    environment = {**os.environ, "BASCULE_SITE": str(life / "site.json")}

    def ask(*words: str) -> None:
        command = [*COMMAND, *words, "--config", str(config)]
        asked[words[0]] = subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def until(_: Heard, reconciler: Reconciler) -> bool:
        status = reconciler.status
        if not asked and status is not None and status.phases.get("ready") == 3 and status.parts[STATES][0].published == 2:
            login = next(iter(reconciler.records.roster.agents.values())).login
            ask("pool", "lend", login, "--grant", "--json")
            ask("status", "--json")
            ask("check")
        return bool(asked) and all(command.poll() is not None for command in asked.values())

    with guacamole(database) as url, Switch(tmp_path / "site", agents=2, scale=30) as switch:
        config = a_variant(switch.config, life, with_guacamole(url, tmp_path))
        heard, reconciler = live(config, switch.twin.state, until=until)
        assert reconciler.status is not None
        own = {name: state.agent_login for name, state in reconciler.status.desktops.items() if state.reservation.agent_id}

    said = {name: command.communicate() for name, command in asked.items()}
    assert said["pool"][1] == said["status"][1] == ""
    assert {database.connections[key]["name"] for key in database.connections} == set(own)
    assert sorted(database.people) == sorted(own.values())

    (broker,) = json.loads(said["status"][0])["status"]["brokers"]
    assert (broker["broker"], broker["published"], broker["failing"]) == ("guacamole", 2, None)
    lent = json.loads(said["pool"][0])
    assert [*decoded_by_openssl(lent["grant"]["data"])["connections"]] == [lent["desktop"]]
    assert "2 connections are in our group" in said["check"][0]

    texts = "\n".join([*map(str, heard.lines), said["status"][0], said["check"][0]])
    for secret in (KEY, PASSWORD, lent["grant"]["data"]):
        assert secret not in texts
    assert heard.has("has a grant of the broker")
    assert not any(secret.encode() in (life / "bascule.db").read_bytes() for secret in (KEY, PASSWORD, lent["grant"]["data"]))
