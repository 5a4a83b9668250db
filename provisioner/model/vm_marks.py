"""What a desktop carries on the cluster besides its note: its tags and its MAC address."""

import hashlib
from functools import lru_cache

from provisioner.model.cluster import Guest
from provisioner.model.ids import ProfileName, Vmid
from provisioner.model.profiles import Profile


@lru_cache(maxsize=16)
def configured_tag(installation: str) -> str:
    """The tag that only Configure sets; a template must not carry it, for clones inherit tags."""
    return f"bascule-{installation}".lower()


def marks_of(profile: ProfileName, installation: str) -> frozenset[str]:
    """The tags that a desktop has for life; which image it was made of is not kept, so that tag cannot be put back."""
    return frozenset({configured_tag(installation), f"profile-{profile}".lower()})


def tags_for(profile: Profile, installation: str) -> tuple[str, ...]:
    """All that a new desktop gets; sorted, as Proxmox VE stores them."""
    return tuple(sorted({*marks_of(profile.name, installation), f"img-{profile.image}".lower()}))


def is_configured(guest: Guest, installation: str) -> bool:
    """Whether Configure has been through."""
    return configured_tag(installation) in guest.tags


def mac_for(vmid: Vmid, installation: str) -> str:
    """A locally administered address, unique per VMID: random ones collide with odds of 8.2 % in 1,700."""
    prefix = hashlib.sha256(installation.encode()).digest()[0]
    octets = (0x02, prefix, *int(vmid).to_bytes(4, "big"))
    return ":".join(f"{octet:02X}" for octet in octets)
