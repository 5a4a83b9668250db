"""A clone of the golden image under QEMU, with the drive that Proxmox VE gives to cloud-init, and its guest agent's socket.

Without KVM: the processor is emulated, so a boot takes minutes.
"""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.servers import guest_agent
from tests.servers.processes import START_S, free_port, processor_s

BOOT_S = 600.0
"""Of a processor: a boot took 143 s (docs/en/golden-image.md). A busy machine gives it slowly: with twenty other programs on
two processors, half an hour gave 120 s, and was not enough."""
LONGEST_S = 7200.0
"""By the clock: a boot that hangs uses no processor."""
_ADDRESS = "192.0.2.7"
_EMULATED = ("-accel", "tcg,thread=single", "-smp", "1", "-icount", "shift=3")
"""Its time is counted in instructions (8 ns each): on a busy machine it passes slower, and no unit runs into its time limit."""
_NETWORK = """\
version: 1
config:
- type: physical
  name: eth0
  mac_address: '{mac}'
  subnets:
  - {{type: static, address: {address}/24, gateway: 192.0.2.2}}
"""
"""As Proxmox VE writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone:
    """A running clone."""

    agent: Path
    """Socket of its guest agent."""
    rdp_port: int
    """Of this machine's loopback, which leads to the clone's log-on port."""
    console: Path
    pid: int = 0
    """Of its QEMU."""

    def asked(self, command: str, **arguments: object) -> Any:
        """What the guest agent answers; OSError or ValueError: nothing, or a refusal."""
        return guest_agent.asked(self.agent, command, **arguments)

    def read(self, path: str) -> str:
        """A file, as Bascule reads it through Proxmox VE."""
        return guest_agent.read(self.agent, path).decode()

    def report(self) -> dict[str, Any]:
        """Its document, once first boot has ended and people can log on."""
        give_up = time.monotonic() + LONGEST_S
        document: dict[str, Any] = {}
        while time.monotonic() < give_up and processor_s(self.pid) < BOOT_S:
            with suppress(OSError, ValueError):
                document = json.loads(self.read("/run/bascule/status.json"))
                if (document["first_boot"], document["logon_port"]) != ("running", "closed") and document["ready_at"]:
                    return document
            time.sleep(2.0)
        raise RuntimeError(f"not ready: {document} {self.console.read_text(errors='replace')[-3000:]}")


@contextmanager
def clone(disk: Path, home: Path, *, vmid: int) -> Iterator[Clone]:
    """A linked clone of the disk, started; it ends with the context. `home` has a short name: it holds a socket."""
    mac = ":".join(f"{byte:02x}" for byte in (2, 0, *vmid.to_bytes(4, "big")))
    cloud_init = home / "cidata"
    cloud_init.mkdir(parents=True)
    (cloud_init / "meta-data").write_text(f"instance-id: i-{vmid}\n")
    (cloud_init / "user-data").write_text(
        f"#cloud-config\nhostname: vd-{vmid}\nmanage_etc_hosts: true\npackage_upgrade: false\n"
    )
    (cloud_init / "network-config").write_text(_NETWORK.format(mac=mac, address=_ADDRESS))
    made_by = ["genisoimage", "-quiet", "-iso-level", "3", "-R", "-V", "cidata"]  # qemu-server, Cloudinit.pm
    subprocess.run([*made_by, "-o", str(home / "cidata.iso"), str(cloud_init)], check=True, timeout=60)
    backed = ["-f", "qcow2", "-F", "raw", "-b", str(disk)]
    subprocess.run(["qemu-img", "create", "-q", *backed, str(home / "clone.qcow2"), "16G"], check=True, timeout=60)
    made = Clone(agent=home / "agent.sock", rdp_port=free_port(), console=home / "console.log")
    with (home / "qemu.log").open("wb") as log:
        process = subprocess.Popen(_command(made, home, mac), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield replace(made, pid=process.pid)
    finally:
        process.kill()
        process.wait(timeout=START_S)


def _command(made: Clone, home: Path, mac: str) -> list[str]:
    """The devices that the role gives to a template."""
    reached = f"hostfwd=tcp:127.0.0.1:{made.rdp_port}-{_ADDRESS}:3389"
    devices = {
        "virtio-scsi-pci": "",
        "scsi-hd": "drive=disk,bootindex=0",
        "ide-cd": "drive=cloudinit",
        "virtio-net-pci": f"netdev=net,mac={mac},rombar=0",
        "virtio-rng-pci": "",
        "virtio-serial-pci": "",
        "virtserialport": "chardev=agent,name=org.qemu.guest_agent.0",
    }
    command = ["setpriv", "--pdeathsig=KILL", "qemu-system-x86_64", *_EMULATED, "-m", "1536"]
    command += ["-nodefaults", "-display", "none", "-no-reboot", "-serial", f"file:{made.console}"]
    command += ["-drive", f"file={home}/clone.qcow2,if=none,id=disk,cache=unsafe"]
    command += ["-drive", f"file={home}/cidata.iso,media=cdrom,format=raw,if=none,id=cloudinit,read-only=on"]
    command += ["-netdev", f"user,id=net,net=192.0.2.0/24,restrict=on,{reached}"]
    command += ["-chardev", f"socket,id=agent,path={made.agent},server=on,wait=off"]
    for device, options in devices.items():
        command += ["-device", ",".join(filter(None, (device, options)))]
    return command
