"""Write a new site's folder: all of it or nothing, and never over anything."""

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import mkdtemp

from provisioner.errors import SettingsError
from provisioner.reasons.commands import FOLDER_NOT_EMPTY, FOLDER_UNWRITABLE
from provisioner.reasons.reason import rename_in_reason
from provisioner.settings.bascule import load_settings
from provisioner.settings.values import Settings
from provisioner.setup.site_files import NewFile

FOLDER = 0o750


def check_empty(folder: Path) -> None:
    """Raises SettingsError if anything is there, or if the folder above is not there or cannot be written."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise SettingsError(FOLDER_NOT_EMPTY(path=str(folder)))
    above = folder.absolute().parent
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise SettingsError(FOLDER_UNWRITABLE(path=str(folder), said=str(above)))


def write_site(folder: Path, files: Iterable[NewFile], *, environment: Mapping[str, str]) -> Settings:
    """Write the files beside the folder, load them as the daemon would, and only then put them in place.

    Raises SettingsError. Whatever ends it early, Ctrl-C included, leaves nothing behind.
    """
    check_empty(folder)
    try:
        draft = Path(mkdtemp(dir=folder.absolute().parent, prefix=f".{folder.absolute().name}."))
    except OSError as error:
        raise SettingsError(FOLDER_UNWRITABLE(path=str(folder), said=error.strerror or "")) from error
    try:
        for file in files:
            _write(draft, file)
        settings = load_settings(draft / "bascule.yaml", environment=environment)
        draft.chmod(FOLDER)
        draft.rename(folder.absolute())  # onto an empty folder, or nothing: anything else is refused
    except OSError as error:
        raise SettingsError(FOLDER_UNWRITABLE(path=str(folder), said=error.strerror or "")) from error
    except SettingsError as error:
        place = str(folder.absolute())
        raise SettingsError(rename_in_reason(error.reason, lambda text: text.replace(str(draft), place))) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return settings


def _write(draft: Path, file: NewFile) -> None:
    path = draft / file.path
    if path.parent != draft:
        path.parent.mkdir(mode=0o700 if file.path.startswith("secrets/") else FOLDER, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file.mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        os.fchmod(descriptor, file.mode)  # whatever the umask is
        opened.write(file.text)
