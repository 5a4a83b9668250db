"""Who this machine is: what no two desktops may share."""

import base64
import binascii
import fcntl
import hashlib
import re
import socket
import struct

from machine import Machine

_CARD = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_SIOCGIFADDR = 0x8915
_MARK = 0x02
"""First byte of the addresses that Bascule gives: locally administered. The last four are the VMID."""


def machine_hash(machine: Machine) -> str:
    """Of /etc/machine-id, which is not to leave the machine (machine-id(5)); empty: it has none."""
    machine_id = machine.read("etc/machine-id").strip()
    return hashlib.sha256(b"bascule-guest " + machine_id.encode()).hexdigest()[:32] if machine_id else ""


def host_keys(machine: Machine) -> list[str]:
    """The fingerprints of sshd's host keys, as `ssh-keygen -l` shows them."""
    texts = (path.read_text(encoding="utf-8").split() for path in sorted(machine.root.glob("etc/ssh/ssh_host_*_key.pub")))
    return [fingerprint for text in texts if len(text) >= 2 and (fingerprint := _fingerprint(text[1]))]


def _fingerprint(key: str) -> str:
    try:
        digest = hashlib.sha256(base64.b64decode(key, validate=True)).digest()
    except binascii.Error:
        return ""
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def hostname(machine: Machine) -> str:
    """The name that this machine has now."""
    return machine.read("proc/sys/kernel/hostname").strip().lower()


def cards(machine: Machine) -> dict[str, str]:
    """The network cards by their names, with their addresses; bridges and tunnels are alike on every desktop."""
    paths = sorted(machine.root.glob("sys/class/net/*/device"))
    texts = {path.parent.name: (path.parent / "address").read_text(encoding="ascii").strip() for path in paths}
    return {name: text for name, text in texts.items() if _CARD.fullmatch(text)}


def addresses(names: list[str]) -> list[str]:
    """The IPv4 address of each of these network cards that has one, as the kernel gives it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        found = (_address(asked, name) for name in names)
        return [address for address in found if address and not address.startswith("169.254.")]


def _address(asked: socket.socket, name: str) -> str:
    try:
        answer = fcntl.ioctl(asked.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
    except OSError:  # it has none
        return ""
    return socket.inet_ntoa(answer[20:24])


def vmid_of(machine: Machine) -> int | None:
    """The VMID in the address that Bascule gave to the first network card; None: no card has such an address."""
    for path in sorted(machine.root.glob("sys/class/net/*/address")):
        parts = path.read_text(encoding="ascii").strip().split(":")
        if len(parts) == 6 and all(len(part) == 2 for part in parts) and int(parts[0], 16) == _MARK:
            return int("".join(parts[2:]), 16)
    return None
