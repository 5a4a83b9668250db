"""A daemon that the role has installed on a guest with a real systemd, and who played it."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from provisioner.demo.site import DemoSite
from provisioner.twin.server.process import TwinProcess
from tests.ansible.site import Site
from tests.builders.ansible import Operator, short_folder
from tests.packaging.wheels import build_wheel, wheelhouse
from tests.servers.nspawn import Guest, guest
from tests.servers.processes import free_port

BASCULE = "/usr/local/bin/bascule"


class Installed:
    """A daemon that the role has installed."""

    def __init__(self, machine, operator, site, parts):
        self.machine, self.site = machine, site
        self.operator, self.parts = operator, parts
        self.printed = ""

    @property
    def wheel(self):
        """Of the release that was installed first."""
        return Path(self.parts["bascule_wheel"])

    def play(self, *options, **variables):
        given = self.parts | self.site.variables() | variables
        played = self.operator.plays("daemon.yml", given, "--diff", *options)
        self.printed += played.text
        return played

    def play_until(self, reached, **variables):
        """As `play`, by somebody whose machine dies when it is so."""
        self.operator.plays("daemon.yml", self.parts | self.site.variables() | variables, dies_when=reached)

    def shows(self, name):
        return self.machine.says("systemctl", "show", "--value", "--property", name, "bascule.service")

    def log(self):
        return self.machine.says("journalctl", "--unit", "bascule.service", "--output", "cat", "--no-pager")

    def logs(self, text, within_s=20.0):
        """Whether it says so within this time."""
        give_up = time.monotonic() + within_s
        while text not in self.log():
            if time.monotonic() > give_up:
                return False
            time.sleep(0.1)
        return True

    def release(self):
        return self.machine.says("readlink", "/opt/bascule/current")

    def environment(self):
        return self.machine.says("cat", f"/proc/{self.shows('MainPID')}/environ").split("\0")

    def files(self):
        """Everything the role brings, with owner, mode and contents."""
        listed = "find /etc/bascule /etc/systemd/system/bascule.service /usr/local/bin/bascule"
        return self.machine.says("sh", "-c", f"{listed} -printf '%p %M %u %g\\n'; {listed} -type f -exec sha256sum {{}} +")


def _nothing(_: Guest) -> None:
    """Most sites need nobody on their machine."""


@contextmanager
def installation(
    home: Path,
    site_of: Callable[[Path, DemoSite, TwinProcess], Any] = Site,
    accounts: Callable[[Guest], None] = _nothing,
    receiver_port: int | None = None,
    prepare: Callable[[Any], Mapping[str, Any]] = lambda site: {},
) -> Iterator[Installed]:
    """A guest with a running daemon, whose site lies in a folder here; it lives as long as the context.

    `accounts`: makes the site's on the machine, before. `receiver_port`: the desktops have what a receiver knows them by.
    `prepare`: changes the site before, and gives variables of the role that go with it.
    """
    wheel, wheels = build_wheel(home / "dist"), home / "wheelhouse.tar"
    subprocess.run(["tar", "--create", "--file", str(wheels), "--directory", str(wheelhouse()), "."], check=True, timeout=60)
    parts = {"bascule_wheel": str(wheel), "bascule_wheelhouse": str(wheels)}
    demo = DemoSite(home / "demo", agents=3, sessions=0, port=free_port(), ldap=None, receiver_port=receiver_port)
    (home / "guest").mkdir()
    with short_folder() as temp, TwinProcess(demo.write_twin(), home / "twin") as twin, guest(home / "guest") as machine:
        over_ssh = {"ansible_user": "root", "ansible_python_interpreter": "/usr/bin/python3"}
        over_ssh["ansible_ssh_common_args"] = f"-F {machine.ssh_config}"
        operator = Operator(home, group="bascule", machine=over_ssh, temp=temp)
        site = site_of(home, demo, twin)
        accounts(machine)
        daemon = Installed(machine, operator, site, {**parts, **prepare(site)})
        daemon.play("-v").well()
        yield daemon
