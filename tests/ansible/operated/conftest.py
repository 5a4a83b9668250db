"""The guest that all tests of this folder share: installed, and rebooted in the middle of its first surge."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.ansible.installed import Installed, installation
from tests.ansible.site import Site
from tests.builders.patience import comes
from tests.servers.processes import free_port

UNITS = ("bascule.service", "bascule-receiver.service")
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
def rebooted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installed, dict[str, Any], list[str]]]:
    """With what the cluster had when the reboot began, and how it is with the units right after."""
    with installation(tmp_path_factory.mktemp("operated"), prepare=everybody_at_once) as daemon:
        assert comes(lambda: daemon.site.twin.truth()["clones"] > 0, look_s=0.2)
        truth = daemon.site.twin.truth()
        daemon.machine.reboot()
        yield daemon, truth, daemon.machine.run("systemctl", "is-active", *UNITS).stdout.split()


@pytest.fixture(scope="package")
def operated(rebooted: tuple[Installed, dict[str, Any], list[str]]) -> Installed:
    """Its daemon runs before and after each test."""
    daemon, _, _ = rebooted
    assert daemon.machine.says("sh", "-c", "until bascule status | grep '3 of 3 wanted'; do sleep 1; done")
    return daemon
