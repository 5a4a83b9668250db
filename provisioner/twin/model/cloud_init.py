"""What Proxmox VE writes on a guest's cloud-init drive, and what the guest does with it at its first boot.

As recorded (pve-manager 9.2.11, `cloudinit dump user` and `network`), without the password and the keys.
"""

import ipaddress
import re

from provisioner.twin.model.guests import TwinGuest

_NODE_NAME_SERVER, _NODE_SEARCH_DOMAIN = "127.0.0.1", "lab.local"
"""The node's own settings, for guests without their own (as recorded)."""


def upgrades(guest: TwinGuest) -> bool:
    """Whether the first boot upgrades all packages: Proxmox VE's default, unless `ciupgrade` is 0."""
    return any(volume.cloud_init for volume in guest.volumes.values()) and guest.config.get("ciupgrade", "1") != "0"


def user_data(guest: TwinGuest) -> str:
    """The user data: users, and whether packages are upgraded."""
    user = guest.config.get("ciuser")
    lines = [
        "#cloud-config", f"hostname: {guest.name}", "manage_etc_hosts: true", f"fqdn: {guest.name}",
        *([f"user: {user}"] if user is not None else []),
        "chpasswd:", "  expire: False", "users:", "  - default",
        *(["package_upgrade: true"] if upgrades(guest) else []),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def network_data(guest: TwinGuest) -> str:
    """The network data: the first network card and the name servers."""
    card = re.search(r"=((?:[0-9a-f]{2}:){5}[0-9a-f]{2})(?:,|$)", guest.config.get("net0", "").lower())
    lines = [
        "version: 1", "config:",
        "    - type: physical", "      name: eth0", f"      mac_address: '{card[1] if card else ''}'", "      subnets:",
        *_subnet(dict(part.partition("=")[::2] for part in guest.config.get("ipconfig0", "").split(","))),
        "    - type: nameserver", "      address:", *_items(_set(guest, "nameserver", _NODE_NAME_SERVER)),
        "      search:", *_items(_set(guest, "searchdomain", _NODE_SEARCH_DOMAIN)),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _subnet(settings: dict[str, str]) -> list[str]:
    if "ip6" in settings:
        alone = {name: value for name, value in settings.items() if name != "ip6"}
        return [*(_subnet(alone) if "ip" in settings else []), *_subnet6(settings)]
    if settings.get("ip", "dhcp") == "dhcp":
        return ["      - type: dhcp4"]
    host = ipaddress.ip_interface(settings["ip"])
    gateway = [f"        gateway: '{settings['gw']}'"] if "gw" in settings else []
    return ["      - type: static", f"        address: '{host.ip}'", f"        netmask: '{host.netmask}'", *gateway]


def _subnet6(settings: dict[str, str]) -> list[str]:
    """As qemu-server writes it (PVE::QemuServer::Cloudinit)."""
    if kind := {"dhcp": "dhcp6", "auto": "ipv6_slaac"}.get(settings["ip6"]):
        return [f"      - type: {kind}"]
    gateway = [f"        gateway: '{settings['gw6']}'"] if "gw6" in settings else []
    return ["      - type: static6", f"        address: '{settings['ip6']}'", *gateway]


def _set(guest: TwinGuest, key: str, of_node: str) -> list[str]:
    return re.split(r"[;, ]+", guest.config.get(key, "").strip() or of_node)


def _items(values: list[str]) -> list[str]:
    return [f"      - '{value}'" for value in values]
