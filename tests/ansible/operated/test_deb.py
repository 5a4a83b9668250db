"""The package for Debian on a fresh machine: installed without a network, configured, upgraded, removed, purged."""

import shutil

import pytest

from provisioner.demo.site import DemoSite
from provisioner.twin.server.process import TwinProcess
from tests.ansible.operated.pages import filled_in, pasted
from tests.ansible.operated.test_by_hand import BEGINS, BLOCKS, LOOKS, SERVICES, ByHand
from tests.ansible.operated.test_recovery import inside
from tests.release.checkouts import a_repository, cloned
from tests.release.packages import a_package, with_wheels
from tests.servers.nspawn import guest
from tests.servers.processes import free_port

pytestmark = pytest.mark.guest

INSTALL = next(block for block in pasted("docs/en/install-by-hand.md") if block.startswith("apt install"))
APT = "unshare --net apt-get --yes"
KEPT = ("/etc/bascule/bascule.yaml", "/etc/bascule/secrets/note-key", "/var/lib/bascule/bascule.db")
ANSWERS = "until bascule status | grep 'of 3 wanted desktops'; do sleep 1; done"
"""That they come up, too: test_by_hand.py, with the same units."""
OF_A_CONTAINER = "rm -f /usr/sbin/policy-rc.d"
"""Where it lies, no package starts or stops anything: a Debian has none."""


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """Two versions, by number."""
    home = tmp_path_factory.mktemp("packages")
    clone = cloned(a_repository(home / "repository"), home / "clone")
    with_wheels(clone)
    return {version: a_package(clone, version) for version in ("0.1.0", "0.1.1")}


@pytest.fixture(scope="module")
def packaged(packages, tmp_path_factory):
    """A person at the machine on which it was installed, and nothing else was done."""
    home = tmp_path_factory.mktemp("packaged")
    (home / "guest").mkdir()
    demo = DemoSite(home / "demo", agents=3, sessions=0, port=free_port(), ldap=None)
    with TwinProcess(demo.write_twin(), home / "twin") as twin, guest(home / "guest") as machine:
        person = ByHand(machine, twin)
        try:
            person.knows(home)
            for package in packages.values():
                shutil.copy(package, inside(machine, "/root"))
            person.types(f"cd /root\n{OF_A_CONTAINER}")
            person.types(without_a_network(packages["0.1.0"].name))
            yield person
        finally:
            person.close()


def without_a_network(package: str) -> str:
    """The page's command, for this file; nobody is asked."""
    name = INSTALL.split("./")[1].strip()
    return filled_in(INSTALL, **{"apt install": f"{APT} install", name: package})


def states(machine) -> list[str]:
    return machine.run("systemctl", "is-active", *SERVICES).stdout.split()


def pid(machine) -> str:
    return machine.says("systemctl", "show", "--value", "--property=MainPID", "bascule.service")


def test_nothing_is_started_before_it_is_configured(packaged):
    machine = packaged.machine

    assert machine.says("bascule", "--version").endswith("0.1.0")
    assert states(machine) == ["inactive"] * len(SERVICES)
    assert machine.run("systemctl", "is-enabled", *SERVICES).stdout.split() == ["disabled"] * len(SERVICES)
    assert machine.says("id", "--groups", "--name", "bascule") == "bascule bascule-receiver"
    assert machine.says("stat", "--format=%A %U %G", "/etc/bascule") == "drwxr-x--- root bascule"
    assert machine.says("dpkg", "--verify", "bascule") == ""


def test_configured_by_the_pages_blocks_it_runs_and_answers(packaged):
    for block in (packaged.init(), BLOCKS["own"], LOOKS, BLOCKS["run"], BEGINS):
        packaged.types(block)

    packaged.types(ANSWERS)
    assert states(packaged.machine) == ["active"] * len(SERVICES)
    assert packaged.machine.says("find", "/var/lib/bascule", "!", "-user", "bascule") == ""
    assert packaged.machine.says("dpkg", "--verify", "bascule") == ""


def test_an_upgrade_restarts_what_runs_and_nothing_else(packaged, packages):
    machine, before = packaged.machine, pid(packaged.machine)
    machine.says("systemctl", "stop", "bascule-receiver.service")

    packaged.types(without_a_network(packages["0.1.1"].name))

    assert machine.says("bascule", "--version").endswith("0.1.1")
    assert states(machine) == ["active", "inactive", "active"]
    assert pid(machine) not in ("0", before)
    packaged.types(ANSWERS)


def test_removed_and_purged_it_leaves_configuration_and_store(packaged):
    machine, sums = packaged.machine, packaged.machine.says("sha256sum", *KEPT[:2])
    packaged.types(f"{APT} remove bascule")
    removed = states(machine), machine.run("bascule").returncode
    said = packaged.types(f"{APT} purge bascule")

    assert removed == (["inactive"] * len(SERVICES), 127)
    assert machine.says("sha256sum", *KEPT[:2]) == sums
    assert machine.says("stat", "--format=%U", KEPT[2]) == "bascule"
    assert "left as they are, for root to remove: /etc/bascule" in said
    assert machine.says("find", "/etc/systemd/system", "-name", "bascule*") == ""
