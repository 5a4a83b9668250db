"""A whole site in one folder: slapd, BIND, a twin with real desktops, the receiver and the daemon, each a real process."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from provisioner.demo.people import SUFFIX, demo_people, write_server_ldif
from tests.builders.api import ask
from tests.desktops.image import desktop_root
from tests.desktops.machines import Machine, Machines
from tests.desktops.network import Network, network
from tests.desktops.twin import RealTwin
from tests.e2e.switch import Switch
from tests.servers.certificates import Authority
from tests.servers.processes import free_port, running
from tests.servers.rdp import Person
from tests.servers.slapd import PASSWORD, READER, slapd

FORWARD = "vd.dep.example"
Change = Callable[[dict[str, Any], Sequence[Person]], None]
"""Of bascule.yaml; it is given the people, too."""
_GUEST_CONF = """\
[push]
url = https://{address}:{port}/v1/report
ca_file = /etc/bascule/receiver-ca.pem

[first_boot]
fetch = yes
"""
_LOOK_S = 0.1
BUSY_START_S = 90.0
"""The daemon and the receiver answer after two seconds; on two processors with twenty busy programs it took a minute."""


class RealSite(Switch):
    """People, and desktops that they can log on to."""

    def __init__(self, folder: Path, *, people: int, network: Network) -> None:
        super().__init__(folder, agents=people, scale=1.0)
        self.people = [Person(name=person.login, password=f"Bascule-{person.number}") for person in demo_people(people)]
        self.network = network
        self.authority = Authority(folder / "ca")
        self.receiver_port = free_port()
        site_files = folder / "image-files"
        (site_files / "etc/bascule").mkdir(parents=True)
        conf = _GUEST_CONF.format(address=network.receiver, port=self.receiver_port)
        (site_files / "etc/bascule/guest.conf").write_text(conf)
        # The receiver's authority is not in the image: each desktop gets it in its boot.
        self.machines = Machines(folder / "vd", desktop_root(), network, site_files)
        self.twin = RealTwin(self.site.write_twin(), folder / "twin", self.machines)

    def machine(self, vmid: int) -> Machine:
        found = self.machines.of(vmid)
        assert found is not None, f"VM {vmid} does not run"
        return found

    def asks(self, path: str) -> Any:
        """A document of the daemon's API."""
        return ask(self.folder / "api.sock", path).document

    def desktops(self) -> dict[str, dict[str, Any]]:
        """By the login of the person who has it; without anybody, by its name."""
        return {desktop["login"] or desktop["name"]: desktop for desktop in self.asks("/v1/desktops").get("desktops", ())}

    def figure(self, name: str, **labels: str) -> float:
        """The sum of a metric's series with these labels."""
        rows = re.findall(rf"^{name}(?:{{(.*)}})? (\S+)$", self.metrics(), re.MULTILINE)
        wanted = {f'{label}="{value}"' for label, value in labels.items()}
        return sum(float(value) for found, value in rows if wanted <= set(found.split(",")))

    def comes(self, holds: Callable[[], bool], *, within_s: float) -> float:
        """How long it took until it was so, in seconds; fails after the time."""
        began = time.monotonic()
        while not holds():
            assert time.monotonic() - began < within_s, self.log()[-4000:]
            time.sleep(_LOOK_S)
        return time.monotonic() - began


@contextmanager
def real_site(folder: Path, *, people: int, change: Change) -> Iterator[RealSite]:
    """Once the daemon and the receiver run."""
    with ExitStack() as servers:
        site = servers.enter_context(RealSite(folder, people=people, network=servers.enter_context(network())))
        write_server_ldif(folder / "people.server.ldif", people)
        directory = servers.enter_context(
            slapd(folder / "slapd", certificate=site.authority.issue("slapd"), ldif=folder / "people.server.ldif")
        )
        site.change_config(lambda document: _configure(document, site, directory.ldaps))
        site.change_config(lambda document: change(document, site.people))
        command, port = site.command("guest", "receiver"), site.receiver_port
        receiver = running(
            command, ports=[port], log=folder / "receiver.log", address=site.network.receiver, within_s=BUSY_START_S
        )
        servers.enter_context(receiver)
        site.start()
        site.comes((folder / "api.sock").exists, within_s=BUSY_START_S)
        yield site


def _configure(document: dict[str, Any], site: RealSite, url: str) -> None:
    receiver = site.authority.issue("receiver", addresses=(site.network.receiver,))
    _secret(site.folder / "ldap-password", PASSWORD)
    document["directory"] = {
        "urls": [url],
        "ca_file": str(site.authority.ca_file),
        "base": f"ou=people,{SUFFIX}",
        "bind_dn": READER,
        "password": {"file": str(site.folder / "ldap-password")},
        "page_size": 200,
    }
    document["receiver"] = {
        "address": site.network.receiver,
        "port": site.receiver_port,
        "certificate": str(receiver.certificate),
        "key": str(receiver.key),
        "authority": str(site.authority.ca_file),
        "socket": str(site.folder / "r" / "daemon.sock"),
    }
    document["scenario"] = "everyone"
    profile = document["profiles"]["standard"]
    profile["addressing"] = site.network.addressing
    profile["readiness"] = "port"
    # A container is up in seconds: the first look, which learns what proves its pushes, waits for no virtual machine.
    profile["expected_ready"] = "10s"


def _secret(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text)
    return path
