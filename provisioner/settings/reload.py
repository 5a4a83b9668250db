"""What a reload takes up of a changed configuration, and what it leaves to a restart. Each field of Settings says which."""

from dataclasses import fields, replace

from provisioner.settings.values import Reload, Settings


def reload_settings(old: Settings, new: Settings) -> Settings:
    """The old settings with every live field of the new ones.

    An installation or a range of VMIDs that waits for a restart must not slip in by half.
    """
    return replace(old, **{name: getattr(new, name) for name in _names(Reload.LIVE)})


def needs_restart(old: Settings, new: Settings) -> list[str]:
    """The changed fields that a reload does not take up, in the order of Settings."""
    return [name for name in _names(Reload.RESTART) if getattr(old, name) != getattr(new, name)]


def _names(which: Reload) -> list[str]:
    return [one.name for one in fields(Settings) if one.metadata["reload"] is which]
