"""The installation by hand of docs/en/install-by-hand.md, pasted block by block into root's terminal on a fresh machine."""

import shutil
from pathlib import Path

import pytest

from provisioner.demo.people import PEOPLE_BASE, write_demo_directory
from provisioner.demo.site import DemoSite
from provisioner.twin.server.process import TwinProcess
from tests.ansible.operated.pages import ROOT, filled_in, pasted
from tests.ansible.operated.test_recovery import inside
from tests.builders.terminal import Terminal
from tests.packaging.wheels import build_wheel, wheelhouse
from tests.servers.nspawn import Guest, guest
from tests.servers.processes import free_port

pytestmark = pytest.mark.guest

BLOCKS = {
    name: next(block for block in pasted("docs/en/install-by-hand.md") if begins in block)
    for name, begins in {
        "install": "useradd --system",
        "init": "bascule init /etc/bascule",
        "own": "chown -R root:bascule",
        "run": "systemctl enable --now bascule\n",
    }.items()
}
LOOKS = "bascule check && bascule forecast"
"""Of step 5: before there is a daemon."""
BEGINS = "sed -i '/^starts_at:/d' /etc/bascule/scenarios/everyone.yaml && systemctl reload bascule"
"""What the first evening does with the far day of a new site's scenario."""
SERVICES = ("bascule.service", "bascule-receiver.service", "bascule-receiver-renew.timer")


class ByHand:
    """A machine, a twin, and what a person has unpacked in /root/checkout."""

    def __init__(self, machine: Guest, twin: TwinProcess) -> None:
        self.machine, self._twin = machine, twin
        path = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/root", "BASCULE_LANG": "en"}
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/root/wheelhouse"}
        enters = ("nsenter", "--target", str(machine.pid), "--all")
        self._terminal = Terminal(Path("/"), path | offline, inside=enters)

    def brings(self) -> None:
        """What is to be installed."""
        root = inside(self.machine, "/root")
        (root / "checkout").mkdir()
        build_wheel(root / "checkout" / "dist")
        shutil.copytree(wheelhouse(), root / "wheelhouse")
        shutil.copytree(ROOT / "config", root / "checkout" / "config")
        shutil.copy(ROOT / "requirements.lock", root / "checkout")

    def knows(self, home: Path) -> None:
        """The people, and the token of the cluster."""
        root, people = inside(self.machine, "/root"), home / "people.ldif"
        write_demo_directory(people, 3)
        shutil.copy(people, inside(self.machine, "/srv") / "people.ldif")
        state = self._twin.state
        shutil.copy(state.ca_file, root / "pve-root-ca.pem")
        (root / "token").write_text(next(iter(state.tokens.values())))
        (root / "token").chmod(0o600)

    def init(self) -> str:
        """The block, for this cluster and these people."""
        state = self._twin.state
        return filled_in(
            BLOCKS["init"],
            **{
                "https://pve01.example.org:8006": state.url,
                "'bascule@pve!daemon'": f"'{next(iter(state.tokens))}' --token-secret-file /root/token",
                "--ldap ldaps://dc1.example.org --ldap-ca /root/domain-ca.pem": "--ldif /srv/people.ldif",
                "DC=example,DC=org \\": f"{PEOPLE_BASE} --receiver 127.0.0.1:{free_port()} --yes",
                '  --ldap-user "CN=bascule,CN=Users,DC=example,DC=org" --group Teletravail': "",
            },
        )

    def types(self, block: str) -> str:
        """What root's terminal shows; every line has to end well."""
        said = self._terminal.paste(f"trap 'echo it ended with $?' ERR\n{block}", within_s=300)
        assert "it ended with" not in said, said
        return said

    def close(self) -> None:
        self._terminal.close()


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory):
    home = tmp_path_factory.mktemp("by-hand")
    (home / "guest").mkdir()
    demo = DemoSite(home / "demo", agents=3, sessions=0, port=free_port(), ldap=None)
    with TwinProcess(demo.write_twin(), home / "twin") as twin, guest(home / "guest") as machine:
        person = ByHand(machine, twin)
        try:
            person.brings()
            person.knows(home)
            person.types("cd /root/checkout")
            for block in (BLOCKS["install"], person.init(), BLOCKS["own"], LOOKS, BLOCKS["run"], BEGINS):
                person.types(block)
            yield person
        finally:
            person.close()


def test_what_the_blocks_install_runs_and_makes_the_desktops(by_hand):
    said = by_hand.types("until bascule status | grep '3 of 3 wanted'; do sleep 1; done")

    assert "3 of 3 wanted desktops ready" in said
    assert by_hand.machine.says("systemctl", "is-active", *SERVICES).split() == ["active"] * len(SERVICES)
    assert by_hand.machine.says("systemctl", "is-enabled", *SERVICES).split() == ["enabled"] * len(SERVICES)


def test_root_leaves_no_file_that_the_daemon_cannot_write(by_hand):
    """The bare command was linked: root who typed `bascule status` owned the store."""
    by_hand.types("bascule check; bascule hold start --reason trial; bascule hold end")

    assert by_hand.machine.says("find", "/var/lib/bascule", "!", "-user", "bascule") == ""


def test_the_receivers_keys_are_for_root_alone_and_its_certificate_is_renewed(by_hand):
    machine = by_hand.machine
    for account in ("bascule", "bascule-receiver"):
        for key in ("receiver.key", "receiver-ca.key"):
            assert machine.run("setpriv", f"--reuid={account}", "cat", f"/etc/bascule/secrets/{key}").returncode != 0
    before = machine.says("sha256sum", "/etc/bascule/secrets/receiver.key")
    machine.says("rm", "/etc/bascule/receiver.pem")
    machine.says("systemctl", "start", "bascule-receiver-renew.service")

    assert machine.says("stat", "--format=%U", "/etc/bascule/receiver.pem") == "root"
    assert machine.says("sha256sum", "/etc/bascule/secrets/receiver.key") == before
    assert machine.says("systemctl", "is-active", "bascule-receiver.service") == "active"


def test_nothing_is_wrong_by_the_daemons_own_word(by_hand):
    """Exit code 0: the list of what is wrong is empty."""
    by_hand.types("until bascule status; do sleep 1; done")
