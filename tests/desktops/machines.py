"""The desktops themselves: a guest of systemd-nspawn for each VM of a twin that runs."""

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provisioner.twin.model.first_boot import network_data, user_data
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.twin import Twin
from tests.desktops.network import Network
from tests.servers import nspawn
from tests.servers.nspawn import Guest

AGENT = "run/qemu-ga.sock"
_LOOK_S = 0.05
_SEED = "var/lib/cloud/seed/nocloud"
_AGENTS_UNIT = f"[Service]\nExecStart=/usr/sbin/qemu-ga --method=unix-listen --path=/{AGENT}\n"
"""The image's own agent, on a socket instead of the virtio port that QEMU gives."""


class Machine:
    """What a VM's disk and power are."""

    def __init__(self, guest: TwinGuest, home: Path, root: Path) -> None:
        self.guest, self.home, self.root = guest, home, root
        self.boot = 0
        """The number of the twin's boot that it runs; 0: it is off."""
        self._process: subprocess.Popen[bytes] | None = None
        self._pid, self._card = 0, ""

    @property
    def pid(self) -> int:
        """Of its init; 0: it is off, or not as far yet."""
        if self._process is None or self._process.poll() is not None:
            return 0
        self._pid = self._pid or nspawn.init_of(self._process.pid) or 0
        return self._pid

    @property
    def ended(self) -> bool:
        """Whether it has powered itself off."""
        return self._process is not None and self._process.poll() is not None

    @property
    def agent(self) -> Path:
        """Its guest agent's socket."""
        return Path(f"/proc/{self.pid or 'none'}/root") / AGENT

    @property
    def inside(self) -> Guest:
        """For commands in there."""
        assert self.pid, "it is off"
        return Guest(pid=self.pid, ssh_config=self.home / "none")

    def power_on(self, network: Network, site_files: Path) -> None:
        """With the drive that Proxmox VE gives to cloud-init."""
        files = self.home / "files"
        shutil.rmtree(files, ignore_errors=True)
        shutil.copytree(site_files, files, symlinks=True)
        (files / _SEED).mkdir(parents=True)
        (files / _SEED / "meta-data").write_text(f"instance-id: i-{self.guest.vmid}\n")
        (files / _SEED / "user-data").write_text(user_data(self.guest))
        (files / _SEED / "network-config").write_text(network_data(self.guest))
        mac = self.guest.config["net0"].partition("=")[2].partition(",")[0].lower()
        self.boot, self._pid = self.guest.boots, 0
        self._card = network.card(mac)
        self._process = nspawn.whole_guest(self.home, files, root=self.root, card=self._card)

    def power_off(self, network: Network) -> None:
        if self._process is not None:
            nspawn.end(self._process)
            network.remove(self._card)
        self.boot, self._process, self._pid = 0, None, 0


class Machines:
    """All of a twin. They follow it: what runs there, runs here."""

    def __init__(self, home: Path, root: Path, network: Network, site_files: Path) -> None:
        self._home, self._root, self._network, self._site_files = home, root, network, site_files
        self._machines: dict[int, Machine] = {}
        self._over = threading.Event()
        self.failure: BaseException | None = None
        agent = site_files / "etc/systemd/system"
        (agent / "multi-user.target.wants").mkdir(parents=True)
        (agent / "qemu-guest-agent.service").write_text(_AGENTS_UNIT)
        (agent / "multi-user.target.wants/qemu-guest-agent.service").symlink_to("../qemu-guest-agent.service")

    def of(self, vmid: int) -> Machine | None:
        return self._machines.get(vmid)

    @contextmanager
    def following(self, twin: Twin) -> Iterator[None]:
        """In a thread of its own, which the guests do not outlive."""
        thread = threading.Thread(target=self._follow, args=(twin,), name="machines")
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join(60)

    def _follow(self, twin: Twin) -> None:
        try:
            while not self._over.wait(_LOOK_S):
                guests = {vmid: guest for vmid, guest in list(twin.cluster.guests.items()) if guest.desktop}
                for vmid, machine in list(self._machines.items()):
                    if guests.get(vmid) is not machine.guest:
                        self._remove(vmid)
                for guest in guests.values():
                    self._bring_up_to_date(guest)
        except BaseException as failure:
            self.failure = failure
            raise
        finally:
            for vmid in list(self._machines):
                self._remove(vmid)

    def _bring_up_to_date(self, guest: TwinGuest) -> None:
        wanted = guest.boots if guest.power == "running" else 0
        machine = self._machines.get(guest.vmid)
        if machine is None:
            if not wanted:
                return
            home = self._home / f"{guest.vmid}-{time.monotonic_ns()}"
            home.mkdir(parents=True)
            machine = self._machines[guest.vmid] = Machine(guest, home, self._root)
        if machine.boot == wanted:
            return
        machine.power_off(self._network)
        if wanted:
            machine.power_on(self._network, self._site_files)

    def _remove(self, vmid: int) -> None:
        """Its disk goes with it."""
        machine = self._machines.pop(vmid)
        machine.power_off(self._network)
        shutil.rmtree(machine.home / "disk", ignore_errors=True)
