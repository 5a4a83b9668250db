"""The configuration that comes with Bascule: in the package once installed, beside it in a checkout."""

from pathlib import Path

import provisioner


def shipped() -> Path:
    """The folder with `bascule.yaml`, `scenarios/`, `twins/` and the rest."""
    package = Path(provisioner.__file__).parent
    installed = package / "shipped_config"
    return installed if installed.is_dir() else package.parent / "config"
