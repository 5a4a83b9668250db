"""Check a template's configuration: its drives, what cloud-init gets, its operating system, and what its clones inherit."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from provisioner.daemon.template_configs import Config
from provisioner.doctor.findings import Finding, bad, doubtful
from provisioner.model.ids import Vmid
from provisioner.model.people.profiles import Probe, Profile
from provisioner.pve.volumes import Image, ImageRole, images_of
from provisioner.reasons import cluster, templates
from provisioner.reasons.reason import ALSO, Reason, join_reasons

_FIXED_ADDRESS = re.compile(r"(?:^|,)ip=\d")
_HOST_DEVICE = re.compile(r"hostpci\d+|usb\d+")
_COMPARED = ("ostype", "bios", "scsihw")
"""Settings that are the same in all replicas of an image."""


def examine_config(subject: Reason, config: Config, profile: Profile) -> Iterator[Finding]:
    """What is wrong with one template, apart from where it is."""
    yield from _drives(subject, config, profile)
    yield from _cloud_init(subject, config)
    if profile.probe is Probe.GUEST_AGENT and not _agent_is_on(config):
        yield doubtful(subject, cluster.AGENT_OFF())
    yield from _upgrade(subject, str(config.get("ciupgrade", "")), profile)
    yield from (_windows if profile.os == "windows" else _linux)(subject, config)
    yield from _inherited(subject, config)


def differing(configs: Mapping[Vmid, Config]) -> Mapping[Vmid, Reason]:
    """What distinguishes a template from most replicas of a profile."""
    found: dict[Vmid, list[Reason]] = {}
    looks = {vmid: _look(config) for vmid, config in configs.items()}
    for what in next(iter(looks.values()), {}):
        usual, _ = Counter(look[what] for look in looks.values()).most_common(1)[0]
        for vmid in (vmid for vmid, look in looks.items() if look[what] != usual):
            found.setdefault(vmid, []).append(what)
    return {vmid: join_reasons(what, ALSO) for vmid, what in found.items()}


def _look(config: Config) -> dict[Reason, object]:
    images = images_of(config)
    settings = {templates.REPLICA_SETTING(setting=name): str(config.get(name, "")) for name in _COMPARED}
    return {
        templates.REPLICA_DISKS(): tuple(image.size_gib for image in images if image.role is ImageRole.DISK),
        templates.REPLICA_DRIVES(): tuple((image.key, image.role) for image in images),
        **settings,
    }


# -- drives ----------------------------------------------------------------------------------------------------------------


def _drives(subject: Reason, config: Config, profile: Profile) -> Iterator[Finding]:
    disks = [image for image in images_of(config) if image.role is ImageRole.DISK]
    if not any(image.role is ImageRole.CLOUD_INIT for image in images_of(config)):
        yield bad(subject, cluster.NO_CLOUD_INIT())
    if not disks:
        yield bad(subject, templates.NO_DISK())
        return
    order = str(config.get("boot", "")).partition("order=")[2]
    if order and not {disk.key for disk in disks} & set(order.split(";")):
        yield bad(subject, templates.BOOTS_NOTHING(order=order, disk=disks[0].key))
    yield from _size(subject, disks, profile.disk_gib)


def _size(subject: Reason, disks: list[Image], disk_gib: int) -> Iterator[Finding]:
    sizes = [disk.size_gib for disk in disks if disk.size_gib is not None]
    largest, whole = math.ceil(max(sizes, default=disk_gib)), math.ceil(sum(sizes)) if sizes else disk_gib
    if disk_gib < largest:
        yield bad(subject, templates.DISK_SMALLER(size_gib=whole, disk_gib=disk_gib))
    elif disk_gib < whole:
        yield doubtful(subject, templates.DISKS_LARGER(size_gib=whole, disk_gib=disk_gib))
    elif disk_gib > whole:
        yield doubtful(subject, templates.DISK_LARGER(size_gib=whole, disk_gib=disk_gib))


# -- cloud-init and the system ---------------------------------------------------------------------------------------------


def _cloud_init(subject: Reason, config: Config) -> Iterator[Finding]:
    """Bascule gives `ipconfig0`; a snippet or a further card keeps what the template says. `vendor` data only add to it."""
    custom = str(config.get("cicustom", ""))
    kinds = {part.partition("=")[0] for part in custom.split(",")}
    if "network" in kinds:
        yield bad(subject, templates.CUSTOM_NETWORK(setting=custom))
    elif kinds & {"user", "meta"}:
        yield doubtful(subject, templates.CUSTOM_OTHER(setting=custom))
    for key, setting in sorted(config.items()):
        if key.startswith("ipconfig") and key != "ipconfig0" and _FIXED_ADDRESS.search(str(setting)):
            yield bad(subject, templates.SECOND_ADDRESS(key=key, setting=str(setting)))


def _agent_is_on(config: Config) -> bool:
    return str(config.get("agent", "")).replace("enabled=", "").startswith("1")


def _upgrade(subject: Reason, setting: str, profile: Profile) -> Iterator[Finding]:
    """A template without a value is right: each desktop gets the profile's value."""
    if setting and (setting != "0") is not profile.upgrade_at_first_boot:
        wanted = str(profile.upgrade_at_first_boot).lower()
        yield doubtful(subject, cluster.UPGRADE_DIFFERS(template=setting, profile=wanted))


def _windows(subject: Reason, config: Config) -> Iterator[Finding]:
    """cloudbase-init reads `configdrive2` alone, which Proxmox VE writes for its Windows types (qemu-server, Cloudinit.pm)."""
    ostype, uefi = str(config.get("ostype", "other")), str(config.get("bios", "seabios")) == "ovmf"
    if str(config.get("citype", "configdrive2" if _is_windows(ostype) else "nocloud")) != "configdrive2":
        yield bad(subject, templates.WINDOWS_TYPE(ostype=ostype))
    if ostype == "win11" and not uefi:
        yield bad(subject, templates.WINDOWS_FIRMWARE(lacks="bios: seabios"))
    elif uefi and "efidisk0" not in config:
        yield bad(subject, templates.WINDOWS_FIRMWARE(lacks="bios: ovmf, efidisk0: -"))
    if ostype == "win11" and "tpmstate0" not in config:
        yield bad(subject, templates.WINDOWS_TPM())


def _linux(subject: Reason, config: Config) -> Iterator[Finding]:
    if _is_windows(ostype := str(config.get("ostype", "other"))):
        yield doubtful(subject, templates.LINUX_TYPE(ostype=ostype))


def _is_windows(ostype: str) -> bool:
    return ostype.startswith(("win", "wxp", "w2k", "wvista"))


# -- what clones inherit ---------------------------------------------------------------------------------------------------


def _inherited(subject: Reason, config: Config) -> Iterator[Finding]:
    if "link_down=1" in str(config.get("net0", "")).split(","):
        yield bad(subject, templates.LINK_DOWN())
    for key, setting in sorted(config.items()):
        if _HOST_DEVICE.fullmatch(key) and _only_once(key, str(setting)):
            yield bad(subject, templates.PASSTHROUGH(key=key, setting=str(setting)))
    if str(config.get("protection", "0")) == "1":
        yield doubtful(subject, templates.KEPT_FROM_DELETION())
    if cores := str(config.get("affinity", "")):
        yield doubtful(subject, templates.PINNED(cores=cores))


def _only_once(key: str, setting: str) -> bool:
    """A mediated device or a mapping may stand for several; a USB device of SPICE is the user's."""
    values = [part.partition("=") for part in setting.split(",")]
    named = {name for name, equals, _ in values if equals}
    if key.startswith("usb"):
        return "spice" not in setting and "mapping" not in named
    return not named & {"mdev", "mapping"}


__all__ = ["differing", "examine_config"]
