"""The first boot of a clone: its setup (how long it takes, how often the clone restarts, whether it fails), and what Proxmox
VE writes on its cloud-init drive.

Only clones are set up, and only once: a part that a power cycle interrupts is repeated, a finished part is not. The drive's
content is as recorded (pve-manager 9.2.11, `cloudinit dump user` and `network`), without the password and the keys.
"""

import ipaddress
import re

from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest

_NODE_NAME_SERVER, _NODE_SEARCH_DOMAIN = "127.0.0.1", "lab.local"
"""The node's own settings, for guests without their own (as recorded)."""


def setup_of(cluster: Cluster, guest: TwinGuest) -> list[float]:
    """Seconds of each part of the setup still to come; empty: there is none, or it is over."""
    if guest.setup_left_s is None:
        guest.setup_left_s = _parts_s(cluster, guest) if guest.desktop else []
    return guest.setup_left_s


def end_setup_part(cluster: Cluster, guest: TwinGuest) -> bool:
    """End the current part; true: the guest restarts for the next. The last part decides whether the setup fails."""
    left_s = setup_of(cluster, guest)
    del left_s[0]
    if not left_s and _share(cluster, guest, "setup failure") < cluster.spec.durations.setup_failures:
        guest.setup_failed = True
        cluster.log_event(f"guest {guest.vmid} on {guest.node}: setup failed")
    return bool(left_s)


def _parts_s(cluster: Cluster, guest: TwinGuest) -> list[float]:
    """All parts last the same."""
    durations = cluster.spec.durations
    whole_s = durations.setup_s + durations.setup_spread_s * _share(cluster, guest, "setup")
    if not whole_s and not durations.setup_restarts and not durations.setup_failures:
        return []
    restarts = min(1 + int(durations.setup_restarts * _share(cluster, guest, "setup restarts")), durations.setup_restarts)
    return [whole_s / (restarts + 1)] * (restarts + 1)


def _share(cluster: Cluster, guest: TwinGuest, what: str) -> float:
    """Another draw for each clone, also for a later clone with the same VMID."""
    return cluster.draws.share(guest.vmid, what, cluster.attempt(guest.vmid, what))


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
