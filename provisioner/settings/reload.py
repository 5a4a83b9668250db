"""Which changes a reload applies, and which wait for a restart. Each field of Settings says so."""

from dataclasses import fields, replace

from provisioner.settings.values import Reload, Settings


def reload_settings(old: Settings, new: Settings) -> Settings:
    """The old settings with the live fields of the new settings.

    Fields that need a restart (the installation, VMID ranges) all keep their old value: a mixture would be wrong.
    """
    return replace(old, **{name: getattr(new, name) for name in _names(Reload.LIVE)})


def needs_restart(old: Settings, new: Settings) -> list[str]:
    """The changed fields that need a restart, in the order of Settings."""
    return [name for name in _names(Reload.RESTART) if getattr(old, name) != getattr(new, name)]


def _names(which: Reload) -> list[str]:
    return [field.name for field in fields(Settings) if field.metadata["reload"] is which]
