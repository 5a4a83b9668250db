"""The guest that all tests of this folder share."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.ansible.installed import Installed, installation
from tests.ansible.site import Site
from tests.servers.processes import free_port

FOLDER = "/etc/bascule-receiver"
FILES = {"certificate": f"{FOLDER}/receiver.pem", "key": f"{FOLDER}/receiver.key", "authority_key": f"{FOLDER}/ca.key"}


def everybody_at_once(site: Site) -> dict[str, Any]:
    """Three people get a desktop each, and a receiver runs, with a certificate of the machine."""
    (site.folder / "scenario.yaml").write_text("name: now\nwaves: [{name: all, who: everyone}]\n")
    section = {"address": "127.0.0.1", "port": free_port(), "group": "bascule-receiver", "name": "127.0.0.1"}
    section |= {**FILES, "authority": f"{FOLDER}/ca.pem"}
    site.change(lambda document: document.update(receiver=section, scenario="scenario.yaml"))
    return {"bascule_receiver": FILES}


@pytest.fixture(scope="package")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """Its daemon runs before and after each test."""
    with installation(tmp_path_factory.mktemp("operated"), prepare=everybody_at_once) as daemon:
        assert daemon.machine.says("sh", "-c", "until bascule status | grep '3 of 3 wanted'; do sleep 1; done")
        yield daemon
