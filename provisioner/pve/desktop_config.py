"""What a desktop's configuration is to say: its profile's sizes, its network, cloud-init, and its tags."""

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
    """The parameters of the call. `own` is what the clone has of its template, which stays but for what is ours.

    Whatever has our card's address has been configured before: somebody may work on it, and has but lost its tags.
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
    """Only these tags, beside all that it has but for those that are to go."""
    kept = (tag for tag in _TAG_ENDS.split(str(own.get("tags", ""))) if tag and not without(tag))
    return {"tags": ";".join(sorted({*kept, *tags}))}


def _card(profile: Profile) -> Ours:
    """What the profile says of the network card; a VLAN that it does not name is none, the rest is the template's."""
    stated = {"firewall": None if profile.firewall is None else int(profile.firewall), "mtu": profile.mtu}
    said = {name: value for name, value in stated.items() if value is not None}
    return {"bridge": profile.bridge, "tag": profile.vlan, **said}


def _names(profile: Profile) -> Parameters:
    """Who tells it names; where the profile says nothing, what the template says stays."""
    said = {"nameserver": profile.nameservers, "searchdomain": profile.searchdomains}
    return {name: " ".join(values) for name, values in said.items() if values}


def _address(reservation: Reservation, profile: Profile) -> Ours:
    if not reservation.address:
        return {"ip": "dhcp", "gw": None}
    prefix = ipaddress.ip_network(profile.addressing.network).prefixlen
    return {"ip": f"{reservation.address}/{prefix}", "gw": profile.addressing.gateway or None}
