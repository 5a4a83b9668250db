"""The daemon's API over a switch: what it says is what the daemon has done."""

import json
from pathlib import Path

import pytest

from provisioner.reconciler import Reconciler
from tests.builders.api import Answer, ask
from tests.builders.daemon import Heard, a_variant, live
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

    live(config, switch.twin.state, until=until, within_s=60)
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
