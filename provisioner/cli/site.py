"""The configuration of the site that a command is about."""

import os
from pathlib import Path

from provisioner.cli.times import zone_of_files
from provisioner.settings.bascule import load_settings
from provisioner.settings.site_zone import site_zone
from provisioner.settings.values import Settings


def settings_of(config: Path) -> Settings:
    """Read the whole configuration; times are by its clock from now on. Raises SettingsError."""
    settings = load_settings(config, environment=os.environ)
    zone_of_files(site_zone(settings.timezone))
    return settings


__all__ = ["settings_of"]
