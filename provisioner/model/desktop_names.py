"""Names of new desktops: a prefix and the VMID, so that they are unique and do not depend on anybody's surname."""

from collections.abc import Iterable

from provisioner.model.budget import Naming
from provisioner.model.ids import DesktopName, Vmid
from provisioner.model.profiles import Profile


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


__all__ = ["is_a_new_name", "may_collide", "new_name"]
