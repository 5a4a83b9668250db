"""The access to the store, for commands that need nothing else of the configuration."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.cli.output import complain
from provisioner.cli.times import zone_of_files
from provisioner.texts.translate import _

if TYPE_CHECKING:  # orders go to the daemon: they need no configuration
    from provisioner.settings.store_access import StoreAccess


def access_to_store(config: Path) -> "StoreAccess":
    """The store, also if other parts of the configuration are wrong: then with a warning. Raises SettingsError."""
    from provisioner.settings.store_access import load_store_access

    access = load_store_access(config, environment=os.environ)
    zone_of_files(access.zone)
    if not access.sound:
        complain(_("the configuration has problems that do not matter for this command; `bascule check --offline` lists them"))
    return access
