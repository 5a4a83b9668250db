"""A desktop's marks on the cluster besides its note: name, tags and MAC address."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from provisioner.model.budget import Naming
from provisioner.model.ids import DesktopName, ProfileName, Vmid
from provisioner.model.machines.cluster import Guest
from provisioner.model.people.profiles import Profile


@lru_cache(maxsize=16)
def configured_tag(installation: str) -> str:
    """The tag that only Configure sets. A template must not have it: clones inherit tags."""
    return f"bascule-{installation}".lower()


def marks_of(profile: ProfileName, installation: str) -> frozenset[str]:
    """A desktop's permanent tags. The image's tag is not among them: the image is not stored, so it cannot be set again."""
    return frozenset({configured_tag(installation), f"profile-{profile}".lower()})


def tags_for(profile: Profile, installation: str) -> tuple[str, ...]:
    """All tags of a new desktop; sorted, as Proxmox VE stores them."""
    return tuple(sorted({*marks_of(profile.name, installation), f"img-{profile.image}".lower()}))


def is_configured(guest: Guest, installation: str) -> bool:
    """Whether Configure has been done."""
    return configured_tag(installation) in guest.tags


def mac_for(vmid: Vmid, installation: str) -> str:
    """A locally administered address, unique per VMID. Among 1,700 random ones two collide with a probability of 8.2 %."""
    prefix = hashlib.sha256(installation.encode()).digest()[0]
    octets = (0x02, prefix, *int(vmid).to_bytes(4, "big"))
    return ":".join(f"{octet:02X}" for octet in octets)


def vmid_in(mac: str) -> Vmid | None:
    """The VMID in such an address, of whatever installation; None: it is none."""
    octets = mac.split(":")
    return Vmid(int("".join(octets[2:]), 16)) if len(octets) == 6 and octets[0] == "02" else None


def new_name(vmid: Vmid, profile: Profile, naming: Naming) -> DesktopName:
    """The name of a new desktop of this profile. It stays, whatever becomes of the prefix."""
    return DesktopName(f"{profile.name_prefix or naming.prefix}{vmid}")


def is_a_new_name(name: str | None, vmid: Vmid, profiles: Iterable[Profile], naming: Naming) -> bool:
    """Whether a new desktop with this VMID could be called so, of whichever profile."""
    prefixes = {naming.prefix, *(profile.name_prefix for profile in profiles)} - {""}
    return any(name == f"{prefix}{vmid}" for prefix in prefixes)


def may_collide(prefix: str, other: str) -> bool:
    """Whether two prefixes can give the same name to two VMIDs: `vd-` with 12000, and `vd-1` with 2000."""
    longer, shorter = sorted((prefix, other), key=len, reverse=True)
    return longer != shorter and longer.startswith(shorter) and longer.removeprefix(shorter).isdecimal()
