"""What a profile gives a desktop, by aspect, and the tag that keeps what the desktop was given last.

The tag (`cfg-…`) has a few characters for each aspect, computed from the values. So a listing shows which aspects have changed
in the profile since, without a call, also after the store was lost. Values that come from the template do not count.
"""

import enum
import ipaddress
import re
from base64 import b32encode
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b

from provisioner.model.desktops import Reservation
from provisioner.model.profiles import Addressing, Profile
from provisioner.pve.property_strings import Ours


class Aspect(enum.StrEnum):
    """The parts of a desktop's configuration that follow its profile."""

    SIZE = "size"
    """Cores and memory."""
    CARD = "card"
    """The network card: bridge, VLAN, firewall, MTU."""
    ADDRESS = "address"
    """The address with its prefix and gateway, or DHCP."""
    DNS = "dns"
    """Name servers and search domains."""


_CHARACTERS = 4
"""For each aspect: 20 bits. One change in a million keeps its characters."""
_PART = rf"[a-z2-7]{{{_CHARACTERS}}}"
_TAG = re.compile(rf"cfg-({_PART}(?:\.{_PART}){{{len(Aspect) - 1}}})")
_NONE_YET = "none"
"""Of an aspect that was never given."""


def given_by(reservation: Reservation, profile: Profile) -> dict[Aspect, Ours]:
    """The values of each aspect; None removes a value. Without the address, if it does not fit the profile's network."""
    given: dict[Aspect, Ours] = {
        Aspect.SIZE: {"sockets": 1, "cores": profile.vcpus, "memory": profile.memory_mib},
        Aspect.CARD: _card(profile),
        Aspect.DNS: _names(profile),
    }
    if fits(reservation, profile.addressing):
        given[Aspect.ADDRESS] = _address(reservation, profile.addressing)
    return given


def fits(reservation: Reservation, addressing: Addressing) -> bool:
    """Whether the desktop's address can be used with the profile's prefix and gateway. DHCP always can."""
    if not reservation.address:
        return True
    return bool(addressing.network) and ipaddress.ip_address(reservation.address) in _network(addressing.network)


def changed_since(tags: Iterable[str], reservation: Reservation, profile: Profile) -> tuple[Aspect, ...]:
    """The aspects that the profile gives now, and that were not given to a desktop with these tags; in order."""
    has = _read(tags)
    digests = {aspect: _digest(values) for aspect, values in given_by(reservation, profile).items()}
    return tuple(aspect for aspect in Aspect if aspect in digests and has.get(aspect) != digests[aspect])


def is_known(tags: Iterable[str]) -> bool:
    """Whether these tags say what the desktop was given."""
    return any(map(is_settings_tag, tags))


def settings_tag(reservation: Reservation, profile: Profile, before: Iterable[str] = ()) -> str:
    """The tag of a desktop that was given everything. An address that does not fit keeps its part of the tags `before`."""
    digests = {aspect: _digest(values) for aspect, values in given_by(reservation, profile).items()}
    parts = {**dict.fromkeys(Aspect, _NONE_YET), **_read(before), **digests}
    return "cfg-" + ".".join(parts[aspect] for aspect in Aspect)


def is_settings_tag(tag: str) -> bool:
    """Whether it is a tag of this kind."""
    return tag.startswith("cfg-") and _TAG.fullmatch(tag) is not None


def _read(tags: Iterable[str]) -> dict[Aspect, str]:
    """The characters of each aspect; empty without such a tag."""
    tag = min(filter(is_settings_tag, tags), default="")
    return dict(zip(Aspect, tag.removeprefix("cfg-").split("."), strict=True)) if tag else {}


def _digest(values: Ours) -> str:
    return _characters(tuple(sorted(values.items())))


@lru_cache(maxsize=4096)
def _characters(values: tuple[tuple[str, str | int | None], ...]) -> str:
    """Few values are different, apart from addresses: a switch asks for the same ones thousands of times."""
    return b32encode(blake2b(repr(values).encode(), digest_size=5).digest()).decode().lower()[:_CHARACTERS]


@lru_cache(maxsize=64)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text)


def _card(profile: Profile) -> Ours:
    """Without a VLAN in the profile the tag is removed; other values that it does not have stay as they are."""
    optional = {"firewall": None if profile.firewall is None else int(profile.firewall), "mtu": profile.mtu}
    values = {name: value for name, value in optional.items() if value is not None}
    return {"bridge": profile.bridge, "tag": profile.vlan, **values}


def _names(profile: Profile) -> Mapping[str, str]:
    """Without values in the profile those that the desktop has stay: the template's, in a new desktop."""
    settings = {"nameserver": profile.nameservers, "searchdomain": profile.searchdomains}
    return {name: " ".join(values) for name, values in settings.items() if values}


def _address(reservation: Reservation, addressing: Addressing) -> Ours:
    if not reservation.address:
        return {"ip": "dhcp", "gw": None}
    return {
        "ip": f"{reservation.address}/{_network(addressing.network).prefixlen}",
        "gw": addressing.gateway or None,
    }


__all__ = ["Aspect", "changed_since", "fits", "given_by", "is_known", "is_settings_tag", "settings_tag"]
