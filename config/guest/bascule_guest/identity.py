"""Who this machine is: what no two desktops may share."""

import base64
import binascii
import hashlib

from machine import Machine

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


def vmid_of(machine: Machine) -> int | None:
    """The VMID in the address that Bascule gave to the first network card; None: no card has such an address."""
    for path in sorted(machine.root.glob("sys/class/net/*/address")):
        parts = path.read_text(encoding="ascii").strip().split(":")
        if len(parts) == 6 and all(len(part) == 2 for part in parts) and int(parts[0], 16) == _MARK:
            return int("".join(parts[2:]), 16)
    return None
