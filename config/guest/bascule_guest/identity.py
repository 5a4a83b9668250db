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
_GLOBAL = "00"
_UNSETTLED = 0x40 | 0x01
"""IFA_F_TENTATIVE and IFA_F_TEMPORARY of linux/if_addr.h."""
MOST = 16
"""Addresses: as many as Bascule takes."""
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


def addresses(machine: Machine, names: list[str]) -> list[str]:
    """The addresses of these network cards, as the kernel gives them: IPv4, then IPv6. None that only the link knows."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        found = [_address(asked, name) for name in names]
    ours = [address for address in found if address and not address.startswith("169.254.")]
    return [*ours, *_addresses6(machine.read("proc/net/if_inet6"), names)][:MOST]


def _addresses6(table: str, names: list[str]) -> list[str]:
    """Of the kernel's table: address, index, prefix, scope, flags and name, all but the name in hexadecimal digits.

    Not those that are still being tried, and not those that change by themselves (RFC 8981).
    """
    rows = (line.split() for line in table.splitlines())
    kept = [row[0] for row in rows if row[5] in names and row[3] == _GLOBAL and not int(row[4], 16) & _UNSETTLED]
    return [socket.inet_ntop(socket.AF_INET6, bytes.fromhex(address)) for address in kept]


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
