"""The parameters of the configure calls: a desktop's sizes, network, cloud-init and tags."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping

from provisioner.model.actions import Configure, Reconfigure
from provisioner.model.vm_marks import mac_for, marks_of, tags_for
from provisioner.pve.desktop_settings import (
    Aspect,
    changed_since,
    given_by,
    is_settings_tag,
    network_card,
    settings_tag,
    with_ours,
)

Parameters = dict[str, str | int]
_TAG_ENDS = re.compile(r"[;, ]+")
_CLOUD_INIT = frozenset({"name", "ipconfig0", "nameserver", "searchdomain"})
"""When one of these changes, Proxmox VE gives cloud-init another instance id, and it does again what it does at first boot."""


def desktop_config(action: Configure, installation: str, own: Mapping[str, object]) -> Parameters:
    """The parameters of the configure call. `own` is the clone's configuration from its template; other settings stay.

    A VM that already has our MAC address was configured before and may be in use: only its tags are restored.
    """
    profile = action.profile
    if _was_configured(action, installation, own):
        return with_tags(own, marks_of(profile.name, installation))
    tags = {*tags_for(profile, installation), settings_tag(action.reservation, profile)}
    return {
        **_fixed(action, own),
        **_settings(action, installation, own, tuple(Aspect)),
        **_first_boot(action),
        "tags": ";".join(sorted(tags)),
    }


def changed_config(action: Reconfigure, installation: str, own: Mapping[str, object]) -> Parameters:
    """The parameters of the call that makes a desktop follow its profile: what has changed there, or everything by order.

    Values that it has already are left out: cloud-init would act on a new instance id.
    """
    profile, tags = action.profile, _tags(own)
    aspects = tuple(Aspect) if action.whole else changed_since(tags, action.reservation, profile)
    wanted = {**(_fixed(action, own) if action.whole else {}), **_settings(action, installation, own, aspects)}
    changed = {name: value for name, value in wanted.items() if str(own.get(name, "")) != str(value)}
    if changed.keys() & _CLOUD_INIT:
        changed |= _first_boot(action)
    ours = {*marks_of(profile.name, installation), settings_tag(action.reservation, profile, tags)}
    return {**changed, **with_tags(own, ours, without=is_settings_tag)}


def with_tags(
    own: Mapping[str, object], tags: Iterable[str], *, without: Callable[[str], bool] = lambda _: False
) -> Parameters:
    """Add these tags; remove existing tags for which `without` is true, and keep the others."""
    return {"tags": ";".join(sorted({*(tag for tag in _tags(own) if not without(tag)), *tags}))}


def _tags(own: Mapping[str, object]) -> list[str]:
    return [tag for tag in _TAG_ENDS.split(str(own.get("tags", ""))) if tag]


def _was_configured(action: Configure, installation: str, own: Mapping[str, object]) -> bool:
    return f"={mac_for(action.key.vmid, installation)}" in str(own.get("net0", "")).upper()


def _fixed(action: Configure | Reconfigure, own: Mapping[str, object]) -> Parameters:
    """What no profile changes."""
    agent = with_ours(str(own.get("agent", "")), {"enabled": 1}, first="enabled")
    return {"name": action.desktop, "agent": agent, "onboot": 0}


def _first_boot(action: Configure | Reconfigure) -> Parameters:
    return {"ciupgrade": int(action.profile.upgrade_at_first_boot)}


def _settings(
    action: Configure | Reconfigure, installation: str, own: Mapping[str, object], aspects: Collection[Aspect]
) -> Parameters:
    """The values of these aspects, as parameters."""
    given = {aspect: ours for aspect, ours in given_by(action.reservation, action.profile).items() if aspect in aspects}
    parameters = {name: value for plain in (Aspect.SIZE, Aspect.DNS) for name, value in given.get(plain, {}).items()}
    if Aspect.CARD in given:
        mac = mac_for(action.key.vmid, installation)
        parameters["net0"] = network_card(str(own.get("net0", "")), mac=mac, ours=given[Aspect.CARD])
    if Aspect.ADDRESS in given:
        parameters["ipconfig0"] = with_ours(str(own.get("ipconfig0", "")), given[Aspect.ADDRESS])
    return {name: value for name, value in parameters.items() if value is not None}
