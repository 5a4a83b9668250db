"""A real daemon on a served twin probes its desktops while a surge is under way: here nothing listens on any log-on port."""

import json
import os
import subprocess
import sys

import pytest

from provisioner.capabilities.probes.model import STATE
from tests.builders.daemon import a_variant, live
from tests.e2e.switch import Switch
from tests.servers.processes import free_port

pytestmark = pytest.mark.real

AGENTS = 8
POOL = {"network": "127.77.0.0/24", "gateway": "127.77.0.1", "first": "127.77.0.10", "last": "127.77.0.60"}
COMMAND = (sys.executable, "-c", "from provisioner.cli.entry import main; main()")


def test_what_its_probes_have_shown_is_in_status_and_log(tmp_path):
    (folder := tmp_path / "life").mkdir()
    environment = {**os.environ, "BASCULE_SITE": str(folder / "site.json")}
    shown = list["subprocess.Popen[str]"]()

    def with_probes(document):
        document["probes"] = {"per_minute": 60, "timeout": 1}
        for profile in document["profiles"].values():
            profile |= {"addressing": POOL, "connection": {"port": free_port()}}

    def until(_, reconciler) -> bool:
        status = reconciler.status
        state = None if status is None else status.parts[STATE]
        if not shown and state is not None and state.everywhere:
            command = [*COMMAND, "status", "--json", "--config", str(config)]
            shown.append(subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE))
        return bool(shown) and shown[0].poll() is not None

    with Switch(tmp_path / "site", agents=AGENTS, scale=10) as switch:
        config = a_variant(switch.config, folder, with_probes)
        heard, reconciler = live(config, switch.twin.state, until=until)

    (said,) = heard.about("probes")
    assert said.endswith("desktops have failed, on every node and image: their log-on ports are not reached")
    document = json.loads(shown[0].communicate()[0])
    assert document["status"]["probes"]["everywhere"]
    assert "probes_not_reached" in [reason["code"] for reason in document["status"]["wrong"]]
    assert reconciler.status is not None
    assert reconciler.status.phases == {"ready": AGENTS}
