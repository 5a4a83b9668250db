"""What a profile gives a desktop, by aspect, and the tag that keeps what the desktop was given last.

The tag (`cfg-…`) has a few characters for each aspect, computed from the values. So a listing shows which aspects have changed
in the profile since, without a call, also after the store was lost. Values that come from the template do not count.

A setting with several values (`net0`, `agent`, `ipconfig0`) gets ours and keeps the others: Proxmox VE replaces it as a whole,
so a write has to include them.
"""

import enum
import ipaddress
import re
from base64 import b32encode
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from provisioner.model.machines.desktops import Reservation
from provisioner.model.people.profiles import Addressing, Profile

_CARDS = frozenset(
    {"e1000", "e1000-82540em", "e1000-82544gc", "e1000-82545em", "e1000e", "i82551", "i82557b", "i82559er", "ne2k_isa",
     "ne2k_pci", "pcnet", "rtl8139", "virtio", "vmxnet3"}
)  # fmt: skip
"""Models of network cards. In `net0` the model is a key, and its value is the MAC address."""
_MODEL = "virtio"
"""Model if the template has no card: the fastest."""

Ours = Mapping[str, str | int | None]
"""Our values by name; None removes the value."""


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
    return _given(_Source.of(reservation, profile))


def fits(reservation: Reservation, addressing: Addressing) -> bool:
    """Whether the desktop's address can be used with the profile's prefix and gateway. DHCP always can."""
    return _is_in(reservation.address, addressing.network)


def changed_since(tags: Collection[str], reservation: Reservation, profile: Profile) -> tuple[Aspect, ...]:
    """The aspects that the profile gives now, and that were not given to a desktop with these tags; in order."""
    wanted = _wanted(_Source.of(reservation, profile))
    if wanted.tag in tags:  # nearly always
        return ()
    has = _read(tags)
    return tuple(aspect for aspect, digest in wanted.digests.items() if has.get(aspect) != digest)


def is_known(tags: Iterable[str]) -> bool:
    """Whether these tags say what the desktop was given."""
    return any(map(is_settings_tag, tags))


def settings_tag(reservation: Reservation, profile: Profile, before: Iterable[str] = ()) -> str:
    """The tag of a desktop that was given everything. An address that does not fit keeps its part of the tags `before`."""
    parts = {**dict.fromkeys(Aspect, _NONE_YET), **_read(before), **_wanted(_Source.of(reservation, profile)).digests}
    return _tag(parts)


def is_settings_tag(tag: str) -> bool:
    """Whether it is a tag of this kind."""
    return tag.startswith("cfg-") and _TAG.fullmatch(tag) is not None


def _read(tags: Iterable[str]) -> dict[Aspect, str]:
    """The characters of each aspect; empty without such a tag."""
    tag = min(filter(is_settings_tag, tags), default="")
    return dict(zip(Aspect, tag.removeprefix("cfg-").split("."), strict=True)) if tag else {}


class _Source(NamedTuple):
    """Everything that the values are made of. Cheap to compare: a survey asks for the same ones thousands of times."""

    address: str
    network: str
    gateway: str
    vcpus: int
    memory_mib: int
    bridge: str
    vlan: int | None
    firewall: bool | None
    mtu: int | None
    nameservers: tuple[str, ...]
    searchdomains: tuple[str, ...]

    @classmethod
    def of(cls, reservation: Reservation, profile: Profile) -> "_Source":
        return cls(
            address=reservation.address,
            network=profile.addressing.network,
            gateway=profile.addressing.gateway,
            vcpus=profile.vcpus,
            memory_mib=profile.memory_mib,
            bridge=profile.bridge,
            vlan=profile.vlan,
            firewall=profile.firewall,
            mtu=profile.mtu,
            nameservers=profile.nameservers,
            searchdomains=profile.searchdomains,
        )


class _Wanted(NamedTuple):
    digests: Mapping[Aspect, str]
    tag: str
    """Empty: the address does not fit, so the tag depends on what the desktop has."""


@lru_cache(maxsize=8192)
def _wanted(source: _Source) -> _Wanted:
    given = _given(source)
    digests = {aspect: _digest(given[aspect]) for aspect in Aspect if aspect in given}
    return _Wanted(digests, _tag(digests) if len(digests) == len(Aspect) else "")


def _digest(values: Ours) -> str:
    return b32encode(blake2b(repr(sorted(values.items())).encode(), digest_size=5).digest()).decode().lower()[:_CHARACTERS]


def _tag(parts: Mapping[Aspect, str]) -> str:
    return "cfg-" + ".".join(parts[aspect] for aspect in Aspect)


def _given(source: _Source) -> dict[Aspect, Ours]:
    given: dict[Aspect, Ours] = {
        Aspect.SIZE: {"sockets": 1, "cores": source.vcpus, "memory": source.memory_mib},
        Aspect.CARD: _card(source),
        Aspect.DNS: _names(source),
    }
    if _is_in(source.address, source.network):
        given[Aspect.ADDRESS] = _address(source)
    return given


def _is_in(address: str, network: str) -> bool:
    return not address or (bool(network) and ipaddress.ip_address(address) in ipaddress.ip_network(network))


def _card(source: _Source) -> Ours:
    """Without a VLAN in the profile the tag is removed; other values that it does not have stay as they are."""
    optional = {"firewall": None if source.firewall is None else int(source.firewall), "mtu": source.mtu}
    values = {name: value for name, value in optional.items() if value is not None}
    return {"bridge": source.bridge, "tag": source.vlan, **values}


def _names(source: _Source) -> Mapping[str, str]:
    """Without values in the profile those that the desktop has stay: the template's, in a new desktop."""
    settings = {"nameserver": source.nameservers, "searchdomain": source.searchdomains}
    return {name: " ".join(values) for name, values in settings.items() if values}


def _address(source: _Source) -> Ours:
    if not source.address:
        return {"ip": "dhcp", "gw": None}
    network = ipaddress.ip_network(source.network)
    address, gateway = f"{source.address}/{network.prefixlen}", source.gateway or None
    if network.version == 6:
        return {"ip": None, "gw": None, "ip6": address, "gw6": gateway}
    return {"ip": address, "gw": gateway}


def with_ours(text: str, ours: Ours, *, first: str = "") -> str:
    """The setting with our values. `first` is the name Proxmox VE omits before the first value."""
    return ",".join(f"{name}={value}" for name, value in {**_values_in(text, first=first), **ours}.items() if value is not None)


def network_card(text: str, *, mac: str, ours: Ours) -> str:
    """A card of the same model with our MAC address, with its values in Proxmox VE's order."""
    values = _values_in(text, first="model")
    model = next((name for name in values if name in _CARDS), values.get("model") or _MODEL)
    others = {name: value for name, value in values.items() if name not in (*_CARDS, "model", "macaddr")}
    return with_ours(f"{model}={mac}", dict(sorted({**others, **ours}.items())))


def _values_in(text: str, *, first: str) -> dict[str, str | int | None]:
    parts = (part.partition("=") for part in text.split(",") if part.strip())
    return {name if equals else first: value if equals else name for name, equals, value in parts}
