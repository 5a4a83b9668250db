"""The golden image, built by the role's own script from the role's own list; kept in build/ until any part of it changes."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.builders.ansible import ANSIBLE

CHECKOUT = Path(__file__).resolve().parents[2]
FILES = ANSIBLE / "roles" / "golden_image" / "files"
HOME = CHECKOUT / "build" / "image"
VERSION = "2026-11-27"
_BUILD_S = 3600


def built() -> Path:
    """The folder with `root.tar` and `golden.raw`."""
    name = _fingerprint()
    if not (HOME / name).is_dir():
        shutil.rmtree(HOME, ignore_errors=True)
        part = HOME / f".{name}"
        part.mkdir(parents=True)
        _build(part)
        part.rename(HOME / name)
    return HOME / name


def _build(folder: Path) -> None:
    bascule = Path(sys.executable).with_name("bascule")
    subprocess.run([bascule, "guest", "files", str(folder / "guest")], check=True, capture_output=True, timeout=60)
    given = os.environ | {"GUEST": str(folder / "guest"), "VERSION": VERSION}
    with (folder / "build.log").open("wb") as log:
        for command in (["root", "root.tar"], ["disk", "root.tar", "golden.raw", "8"]):
            done = subprocess.run(
                [str(FILES / "build-image"), *command],
                check=False,
                cwd=folder,
                env=given,
                stdout=log,
                stderr=log,
                timeout=_BUILD_S,
            )
            assert done.returncode == 0, (folder / "build.log").read_text(errors="replace")[-2000:]


def _fingerprint() -> str:
    parts = [FILES, CHECKOUT / "config" / "guest", CHECKOUT / "provisioner" / "cli" / "guest.py"]
    files = sorted(file for part in parts for file in ([part] if part.is_file() else part.rglob("*")) if file.is_file())
    text = hashlib.sha256()
    for file in (file for file in files if "__pycache__" not in file.parts):
        text.update(f"{file.relative_to(CHECKOUT)} {file.stat().st_mode:o}\n".encode() + file.read_bytes())
    return text.hexdigest()[:16]
