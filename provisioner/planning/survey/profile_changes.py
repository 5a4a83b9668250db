"""What a desktop's profile says now and the desktop was not given: as aspects, and in words."""

from collections.abc import Iterable, Iterator

from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.cluster import Guest
from provisioner.model.machines.desktops import CONFIGURED, Phase, Reservation
from provisioner.model.people.profiles import Addressing, Profile
from provisioner.model.site_config import SiteConfig
from provisioner.model.vm_marks import is_configured
from provisioner.planning.placement.allocation import in_pool
from provisioner.pve.desktop_settings import Aspect, changed_since, fits, is_known
from provisioner.reasons import drift
from provisioner.reasons.reason import ALSO, NONE, Reason, join_reasons

_FOLLOWING = CONFIGURED | {Phase.STOPPING, Phase.FAILED}
"""Phases of desktops that follow their profile."""


def changes_of(config: SiteConfig, record: DesktopRecord, guest: Guest | None, phase: Phase) -> tuple[Aspect, ...]:
    """The aspects in which a configured desktop differs; all, if it is not known; empty: none, or it is not proven ours."""
    desktop, profile = record.reservation, config.profiles.get(record.reservation.profile)
    if guest is None or profile is None or not desktop.proven or phase not in _FOLLOWING:
        return ()
    if not (record.has_served or is_configured(guest, config.installation)):
        return ()
    return changed_since(guest.tags, desktop, profile)


def in_words(aspects: Iterable[Aspect], guest: Guest | None, profile: Profile) -> Reason:
    """What differs, with what the profile says now."""
    if guest is None or not is_known(guest.tags):
        return drift.CONFIGURATION_UNKNOWN()
    return join_reasons(_each(aspects, profile), ALSO)


def _each(aspects: Iterable[Aspect], profile: Profile) -> Iterator[Reason]:
    for aspect in aspects:
        match aspect:
            case Aspect.SIZE:
                yield drift.SIZE_CHANGED(vcpus=profile.vcpus, memory_mib=profile.memory_mib)
            case Aspect.CARD:
                card = {"bridge": profile.bridge}
                yield drift.CARD_CHANGED(**card) if profile.vlan is None else drift.CARD_CHANGED_VLAN(**card, vlan=profile.vlan)
            case Aspect.ADDRESS:
                yield drift.PREFIX_CHANGED(network=profile.addressing.network)
            case Aspect.DNS:
                yield drift.DNS_CHANGED()


def misfit_of(desktop: Reservation, addressing: Addressing) -> Reason:
    """How the desktop's address is none of those that the profile gives now; empty: it is one of them."""
    if not desktop.address:
        return drift.WITHOUT_ADDRESS(first=addressing.first, last=addressing.last) if addressing.first else NONE
    if not addressing.first:
        return drift.ADDRESS_NOT_DHCP(address=desktop.address)
    if not fits(desktop, addressing):
        return drift.OUTSIDE_NETWORK(address=desktop.address, network=addressing.network)
    if not in_pool(desktop.address, addressing):
        return drift.OUTSIDE_POOL(address=desktop.address, first=addressing.first, last=addressing.last)
    return NONE
