"""`bascule why` beside a daemon that works: found by its own word, and from its last cycle."""

import json
import os
import subprocess
import sys

import pytest

from provisioner.reconciler import Reconciler
from tests.builders.daemon import Heard, a_variant, live
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real
AGENTS = 2
COMMAND = (sys.executable, "-c", "from provisioner.cli.entry import main; main()", "why", "--json")


def test_the_command_finds_the_daemon_and_says_what_it_has_done(tmp_path_factory):
    folder, answers = tmp_path_factory.mktemp("life"), list[subprocess.Popen[str]]()

    def until(_: Heard, reconciler: Reconciler) -> bool:
        status = reconciler.status
        if not answers and status is not None and status.phases.get("ready") == AGENTS:
            environment = {**os.environ, "BASCULE_SITE": str(folder / "site.json")}
            names = (*sorted(status.desktops), next(iter(status.snapshot.clusters)))
            answers.extend(
                subprocess.Popen([*COMMAND, name], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                for name in names
            )
        return bool(answers) and all(answer.poll() is not None for answer in answers)

    with Switch(tmp_path_factory.mktemp("site"), agents=AGENTS, scale=20) as switch:
        live(a_variant(switch.config, folder, lambda document: document.pop("scenario")), switch.twin.state, until=until)

    said = [answer.communicate() for answer in answers]
    assert [error for _, error in said] == [""] * len(answers)
    *desktops, nodes = (json.loads(text) for text, _ in said)
    assert [document["source"] for document in desktops] == ["daemon"] * AGENTS
    for document in desktops:
        seat = document["seat"]
        assert (seat["desktop"]["phase"], seat["target"]["level"], seat["held_by"]) == ("ready", "ready", [])
        assert {("clone", "done"), ("ready", "done")} <= {(line["what"], line["result"]) for line in seat["journal"]}
    assert {match["kind"] for match in nodes["matches"]} == {"node"}
