"""Which changes a reload applies, and which wait for a restart. Each field of Settings, and each section, says so."""

from dataclasses import fields, replace

from provisioner.settings.sections import SECTIONS
from provisioner.settings.values import Reload, Settings


def reload_settings(old: Settings, new: Settings) -> Settings:
    """The old settings with the live fields of the new settings.

    Fields that need a restart (the installation, VMID ranges) all keep their old value: a mixture would be wrong.
    """
    sections = old.sections
    for section in SECTIONS.found():
        if section.reload is Reload.LIVE:
            sections = sections.having(section.part, new.sections[section.part])
    return replace(old, sections=sections, **{name: getattr(new, name) for name in _names(Reload.LIVE)})


def needs_restart(old: Settings, new: Settings) -> list[str]:
    """The changed fields that need a restart, in the order of Settings; then sections of capabilities."""
    parts = (section.part for section in SECTIONS.found() if section.reload is Reload.RESTART)
    return [
        *(name for name in _names(Reload.RESTART) if getattr(old, name) != getattr(new, name)),
        *(part.name for part in parts if old.sections[part] != new.sections[part]),
    ]


def _names(which: Reload) -> list[str]:
    return [field.name for field in fields(Settings) if field.metadata["reload"] is which]
