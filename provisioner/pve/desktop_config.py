"""A desktop's configuration: its profile's sizes, network, cloud-init and tags."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping

from provisioner.model.actions import Configure
from provisioner.model.desktops import Reservation
from provisioner.model.profiles import Profile
from provisioner.model.vm_marks import mac_for, marks_of, tags_for
from provisioner.pve.property_strings import Ours, network_card, with_ours

Parameters = dict[str, str | int]
_TAG_ENDS = re.compile(r"[;, ]+")


def desktop_config(action: Configure, installation: str, own: Mapping[str, object]) -> Parameters:
    """The parameters of the configure call. `own` is the clone's configuration from its template; other settings stay.

    A VM that already has our MAC address was configured before and may be in use: only its tags are restored.
    """
    profile, mac = action.profile, mac_for(action.key.vmid, installation)
    if f"={mac}" in str(own.get("net0", "")).upper():
        return with_tags(own, marks_of(profile.name, installation))
    return {
        "name": action.desktop,
        "sockets": 1,
        "cores": profile.vcpus,
        "memory": profile.memory_mib,
        "net0": network_card(str(own.get("net0", "")), mac=mac, ours=_card(profile)),
        "ipconfig0": with_ours(str(own.get("ipconfig0", "")), _address(action.reservation, profile)),
        "ciupgrade": int(profile.upgrade_at_first_boot),
        "agent": with_ours(str(own.get("agent", "")), {"enabled": 1}, first="enabled"),
        "onboot": 0,
        "tags": ";".join(tags_for(profile, installation)),
        **_names(profile),
    }


def with_tags(
    own: Mapping[str, object], tags: Iterable[str], *, without: Callable[[str], bool] = lambda _: False
) -> Parameters:
    """Add these tags; remove existing tags for which `without` is true, and keep the others."""
    other = (tag for tag in _TAG_ENDS.split(str(own.get("tags", ""))) if tag and not without(tag))
    return {"tags": ";".join(sorted({*other, *tags}))}


def _card(profile: Profile) -> Ours:
    """The profile's values for the network card. Without a VLAN in the profile the tag is removed; others stay as they are."""
    optional = {"firewall": None if profile.firewall is None else int(profile.firewall), "mtu": profile.mtu}
    values = {name: value for name, value in optional.items() if value is not None}
    return {"bridge": profile.bridge, "tag": profile.vlan, **values}


def _names(profile: Profile) -> Parameters:
    """The profile's DNS settings; without them the template's settings stay."""
    settings = {"nameserver": profile.nameservers, "searchdomain": profile.searchdomains}
    return {name: " ".join(values) for name, values in settings.items() if values}


def _address(reservation: Reservation, profile: Profile) -> Ours:
    if not reservation.address:
        return {"ip": "dhcp", "gw": None}
    prefix = ipaddress.ip_network(profile.addressing.network).prefixlen
    return {"ip": f"{reservation.address}/{prefix}", "gw": profile.addressing.gateway or None}
