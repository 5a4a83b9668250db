"""The named formats of Proxmox VE's schema that the twin checks, with their texts. A format not listed accepts every value."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

from provisioner.twin.model.roles import PRIVILEGES


class FormatError(ValueError):
    """A value does not match its format. The text is Proxmox VE's, without its last newline."""


def _matching(pattern: str, text: str) -> Callable[[str], None]:
    compiled = re.compile(pattern)

    def check(value: str) -> None:
        if not compiled.fullmatch(value):
            raise FormatError(text.format(value))

    return check


def _privilege(value: str) -> None:
    if value not in PRIVILEGES:
        raise FormatError(f"invalid privilege '{value}'")


def _urlencoded(value: str) -> None:
    if not re.fullmatch(r"[-%a-zA-Z0-9_.!~*'()]*", value):
        raise FormatError(f"invalid urlencoded string: {value}")


def _network(version: int, *words: str) -> Callable[[str], None]:
    kind = ipaddress.IPv4Interface if version == 4 else ipaddress.IPv6Interface

    def check(value: str) -> None:
        if value in words:
            return
        try:
            if "/" in value and kind(value):
                return
        except ValueError:
            pass
        raise FormatError(f"value does not look like a valid ipv{version} network configuration")

    return check


def _address(version: int) -> Callable[[str], None]:
    kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address

    def check(value: str) -> None:
        try:
            kind(value)
        except ValueError:
            raise FormatError(f"value does not look like a valid IPv{version} address") from None

    return check


def _boot_devices(value: str) -> None:
    for device in filter(None, value.split(";")):
        if not re.fullmatch(r"(ide|sata|scsi|virtio|net|hostpci|usb|efidisk|tpmstate)\d+", device):
            raise FormatError(f"invalid boot device '{device}'")


_REALM = r"[A-Za-z][A-Za-z0-9._\-]+"
_USER = rf"[^\s:/]+@{_REALM}"
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9\-]*[a-zA-Z0-9])?"

FORMATS: Mapping[str, Callable[[str], None]] = {
    "pve-vmid": _matching(r"[1-9][0-9]{2,8}", "value does not look like a valid VM ID"),
    "dns-name": _matching(rf"{_LABEL}(?:\.{_LABEL})*", "value does not look like a valid DNS name"),
    "pve-node": _matching(_LABEL, "value does not look like a valid node name"),
    "pve-tag": _matching(r"[a-zA-Z0-9_][a-zA-Z0-9_\-+.]*", "invalid characters in tag"),
    "pve-configid": _matching(r"[a-zA-Z][a-zA-Z0-9_\-]+", "invalid configuration ID '{}'"),
    "pve-storage-id": _matching(r"[a-zA-Z][a-zA-Z0-9\-_.]*[a-zA-Z0-9]", "storage ID '{}' contains illegal characters"),
    "pve-poolid": _matching(r"[A-Za-z0-9._\-]+(?:/[A-Za-z0-9._\-]+){0,2}", "pool name '{}' contains invalid characters"),
    "pve-userid": _matching(_USER, "value '{}' does not look like a valid user name"),
    "pve-tokenid": _matching(rf"{_USER}!{_REALM}", "value '{}' does not look like a valid token ID"),
    "pve-groupid": _matching(r"[A-Za-z0-9._\-]+", "group name '{}' contains invalid characters"),
    "pve-roleid": _matching(r"[A-Za-z0-9._\-]+", "role name '{}' contains invalid characters"),
    "pve-priv": _privilege,
    "urlencoded": _urlencoded,
    "ipv4-config": _network(4, "dhcp"),
    "ipv6-config": _network(6, "dhcp", "auto"),
    "ipv4": _address(4),
    "ipv6": _address(6),
    "boot-devices": _boot_devices,
}  # fmt: skip

STRUCTURES: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "pve-qm-ipconfig": {
        "ip": {"type": "string", "format": "ipv4-config", "optional": 1},
        "gw": {"type": "string", "format": "ipv4", "optional": 1, "requires": "ip"},
        "ip6": {"type": "string", "format": "ipv6-config", "optional": 1},
        "gw6": {"type": "string", "format": "ipv6", "optional": 1, "requires": "ip6"},
    },
    "pve-qm-boot": {
        "legacy": {"type": "string", "pattern": "[acdn]{1,4}", "optional": 1, "default_key": 1},
        "order": {"type": "string", "format": "boot-devices", "optional": 1},
    },
    "pve-startup-order": {
        "order": {"type": "integer", "minimum": 0, "optional": 1, "default_key": 1},
        "up": {"type": "integer", "minimum": 0, "optional": 1},
        "down": {"type": "integer", "minimum": 0, "optional": 1},
    },
}
"""Property strings whose members are missing in the published description."""
